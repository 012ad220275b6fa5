use mailwright_domain::{CheckId, FolderRole, Proof, Protocol, Secret, Security, Stage};
use mailwright_mail::{Credential, assign_roles, folders};

use CheckId::{
    Authenticate, CapabilitiesSecure, Connect, Count, Folders, Greeting, Inbox, Resolve, Tls,
};

use crate::support::{World, check, failed, passed, target, xoauth2};

/// Up to the sign-in over TLS, as Dovecot speaks.
const START: &str = "
    TLS
    S: * OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE AUTH=XOAUTH2 AUTH=OAUTHBEARER] Dovecot ready.
    C: A1 AUTHENTICATE XOAUTH2 *
";
const SIGNED_IN: &str = "
    S: * CAPABILITY IMAP4rev1 LIST-EXTENDED SPECIAL-USE
    S: A1 OK Logged in
";
const INBOX: &str = "
    C: A2 SELECT INBOX
    S: * FLAGS (\\Answered \\Flagged)
    S: * 172 EXISTS
    S: * 1 RECENT
    S: * OK [UIDVALIDITY 3857529045] UIDs valid
    S: A2 OK [READ-WRITE] Select completed.
";
const FOLDERS: &str = "
    C: A3 LIST \"\" \"*\" RETURN (SPECIAL-USE)
    S: * LIST (\\HasNoChildren) \"/\" INBOX
    S: * LIST (\\HasNoChildren \\Sent) \"/\" \"Verzonden items\"
    S: * LIST (\\HasNoChildren) \"/\" {14}
    S: Entw&APw-rfe/2
    S: * LIST (\\HasNoChildren) NIL Entw&APw-rfe
    S: * LIST (\\Noselect \\HasChildren) \"/\" \"a \\\\ \\\"b\\\"\"
    S: * STATUSQUO something unknown {x}
    S: A3 OK List completed.
";
const COUNTS: &str = "
    C: A4 STATUS \"Verzonden items\" (MESSAGES)
    C: A5 STATUS \"Entw&APw-rfe\" (MESSAGES)
    S: * STATUS Entw&APw-rfe (MESSAGES 3)
    S: A5 OK Status completed.
    S: * STATUS \"Verzonden items\" (MESSAGES 12 UIDNEXT 7)
    S: A4 OK Status completed.
    C: A6 LOGOUT
    S: * BYE Logging out
    S: A6 OK Logout completed.
";

#[tokio::test]
async fn everything_works_over_tls() {
    let world = World::new();
    let server = world
        .server(&[&[START, SIGNED_IN, INBOX, FOLDERS, COUNTS].concat()])
        .await;
    let ladder = world
        .climb(&target(Protocol::Imap, server.port, Security::Tls))
        .await;
    passed(&ladder);
    server.check();
    let ids: Vec<CheckId> = ladder.checks.iter().map(|c| c.id).collect();
    assert_eq!(
        ids,
        [
            Resolve,
            Connect,
            Tls,
            Greeting,
            CapabilitiesSecure,
            Authenticate,
            Inbox,
            Folders,
            Count
        ]
    );
    assert_eq!(ladder.proof, Some(Proof::Login));
    assert_eq!(
        server.heard()[0],
        format!("A1 AUTHENTICATE XOAUTH2 {}", xoauth2())
    );
    let tls = &check(&ladder, Tls).detail;
    assert!(
        tls.starts_with("TLS 1.3 with ")
            && tls.contains("127.0.0.1")
            && tls.contains("CN=Lab Root")
            && tls.contains("until 2055-01-01"),
        "{tls}"
    );
    let names: Vec<(&str, Option<u32>, bool)> = ladder
        .folders
        .iter()
        .map(|f| (f.name.as_str(), f.messages, f.selectable))
        .collect();
    assert_eq!(
        names,
        [
            ("INBOX", Some(172), true),
            ("Verzonden items", Some(12), true),
            ("Entwürfe/2", None, true),
            ("Entwürfe", Some(3), true),
            ("a \\ \"b\"", None, false),
        ]
    );
    let roles = assign_roles(&ladder.folders);
    assert_eq!(
        roles.get(&FolderRole::Drafts).map(String::as_str),
        Some("Entw&APw-rfe")
    );
}

#[tokio::test]
async fn everything_works_with_starttls_and_nothing_from_before_tls_counts() {
    let world = World::new();
    let start = "
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR STARTTLS AUTH=PLAIN LOGINDISABLED] ready
        C: A1 STARTTLS
        S: A1 OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] Begin TLS negotiation now.
        TLS
        C: A2 CAPABILITY
        S: * CAPABILITY IMAP4rev1 AUTH=OAUTHBEARER
        S: A2 OK done
        C: A3 AUTHENTICATE OAUTHBEARER
        S: * OK still here
        S: + \x20
        C: bixhPWlu*
        S: A3 OK [CAPABILITY IMAP4rev1] welcome
        C: A4 SELECT INBOX
        S: * 0 EXISTS
        S: A4 OK done
        C: A5 LIST \"\" \"*\"
        S: * LIST () \".\" INBOX
        S: A5 OK done
        C: A6 LOGOUT
        CLOSE
    ";
    let server = world.server(&[start]).await;
    let ladder = world
        .climb(&target(Protocol::Imap, server.port, Security::Starttls))
        .await;
    passed(&ladder);
    server.check();
    assert_eq!(ladder.security, Security::Starttls);
    assert_eq!(ladder.checks.len(), 11);
}

/// Counted by the server's own choice are folders with a role that it gave; one whose name alone says what it is for is
/// asked for by name, also where the server then refuses the choice.
#[tokio::test]
async fn folders_with_a_role_are_counted_without_their_names_where_the_server_can_choose_them() {
    let world = World::new();
    let capable = SIGNED_IN.replace("SPECIAL-USE", "SPECIAL-USE LIST-STATUS");
    let folders = FOLDERS.replace(
        "RETURN (SPECIAL-USE)\n",
        "RETURN (SPECIAL-USE)\nC: A4 LIST (SPECIAL-USE) \"\" \"*\" RETURN (STATUS (MESSAGES))\n",
    );
    let rest = "C: A5 STATUS \"Entw&APw-rfe\" (MESSAGES)\nS: * STATUS Entw&APw-rfe (MESSAGES 3)\nS: A5 OK done\nC: A6 LOGOUT\nCLOSE";
    let chosen = "S: * LIST (\\Sent) \"/\" \"Verzonden items\"\nS: * STATUS \"Verzonden items\" (MESSAGES 12)\nS: A4 OK done\n";
    let refused = "S: A4 BAD Unknown selection option\n";
    let by_name = rest
        .replace(
            "C: A5",
            "C: A5 STATUS \"Verzonden items\" (MESSAGES)\nC: A6",
        )
        .replace(
            "S: A5 OK",
            "S: * STATUS \"Verzonden items\" (MESSAGES 12)\nS: A5 OK done\nS: A6 OK",
        )
        .replace("A6 LOGOUT", "A7 LOGOUT");
    for end in [format!("{chosen}{rest}"), format!("{refused}{by_name}")] {
        let script = [
            START,
            &capable,
            INBOX.split_once("S:").unwrap().0,
            folders.split_once("S:").unwrap().0,
        ]
        .concat();
        let answers = format!(
            "S:{}S:{}",
            INBOX.split_once("S:").unwrap().1,
            folders.split_once("S:").unwrap().1
        );
        let server = world.server(&[&format!("{script}{answers}{end}")]).await;
        let ladder = world
            .climb(&target(Protocol::Imap, server.port, Security::Tls))
            .await;
        passed(&ladder);
        server.check();
        let counted: Vec<Option<u32>> = ladder.folders.iter().map(|f| f.messages).collect();
        assert_eq!(counted, [Some(172), Some(12), None, Some(3), None]);
        assert_eq!(
            check(&ladder, Count).detail,
            "Messages counted in 3 folders."
        );
    }
}

/// failures.md: Exchange says OK to a token of somebody without rights and fails afterwards.
#[tokio::test]
async fn authenticated_but_not_connected_fails_at_the_inbox() {
    let world = World::new();
    let server = world
        .server(&[include_str!("fixtures/exchange-not-connected.txt")])
        .await;
    let ladder = world
        .climb(&target(Protocol::Imap, server.port, Security::Tls))
        .await;
    let evidence = failed(&ladder, CheckId::Inbox);
    server.check();
    assert_eq!(evidence.stage, Stage::ImapSelect);
    assert_eq!(
        evidence.text,
        "BAD User is authenticated but not connected."
    );
    assert_eq!(ladder.proof, None);
}

#[tokio::test]
async fn a_refused_token_is_answered_and_its_reason_kept() {
    let world = World::new();
    let server = world
        .server(&[include_str!("fixtures/gmail-refused.txt")])
        .await;
    let ladder = world
        .climb(&target(Protocol::Imap, server.port, Security::Tls))
        .await;
    let evidence = failed(&ladder, CheckId::Authenticate);
    server.check();
    assert_eq!(
        server.heard()[2],
        "",
        "the challenge is answered with an empty line"
    );
    assert_eq!(
        evidence.challenge.as_deref(),
        Some(r#"{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}"#)
    );
    assert_eq!(
        evidence.response_code.as_deref(),
        Some("AUTHENTICATIONFAILED")
    );
    assert_eq!(
        evidence.text,
        "NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)"
    );
    assert_eq!((evidence.stage, evidence.fault), (Stage::ImapAuth, None));
}

#[tokio::test]
async fn oauthbearer_answers_its_challenge_with_one_octet() {
    let world = World::new();
    let script = "
        TLS
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=OAUTHBEARER] ready
        C: A1 AUTHENTICATE OAUTHBEARER *
        S: + eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=
        C: AQ==
        S: A1 NO [AUTHENTICATIONFAILED] Authentication failed.
    ";
    let server = world.server(&[script]).await;
    let ladder = world
        .climb(&target(Protocol::Imap, server.port, Security::Tls))
        .await;
    let evidence = failed(&ladder, CheckId::Authenticate);
    server.check();
    assert_eq!(
        evidence.challenge.as_deref(),
        Some(r#"{"status":"invalid_token"}"#)
    );
}

#[tokio::test]
async fn the_reason_in_an_untagged_line_is_kept_with_the_refusal() {
    let world = World::new();
    let script = [
        START,
        "
        S: * NO [WEBALERT https://accounts.google.com/ContinueSignIn] Web login required.
        S: A1 NO [ALERT] Please log in via your web browser (Failure)
    ",
    ]
    .concat();
    let server = world.server(&[&script]).await;
    let ladder = world
        .climb(&target(Protocol::Imap, server.port, Security::Tls))
        .await;
    let evidence = failed(&ladder, CheckId::Authenticate);
    assert_eq!(
        evidence.text,
        "NO [WEBALERT https://accounts.google.com/ContinueSignIn] Web login required.\nNO [ALERT] Please log in via your web browser (Failure)"
    );
    assert_eq!(evidence.response_code.as_deref(), Some("ALERT"));
}

#[tokio::test]
async fn a_list_that_ends_in_no_is_no_success() {
    let world = World::new();
    let script = [
        START,
        SIGNED_IN,
        INBOX,
        "
        C: A3 LIST *
        S: A3 BAD no RETURN here
        C: A4 LIST \"\" \"*\"
        S: * LIST () \"/\" INBOX
        S: A4 NO [LIMIT] not now
    ",
    ]
    .concat();
    let server = world.server(&[&script]).await;
    let target = target(Protocol::Imap, server.port, Security::Tls);
    let ladder = world.climb(&target).await;
    let evidence = failed(&ladder, CheckId::Folders);
    assert_eq!(evidence.response_code.as_deref(), Some("LIMIT"));
    assert_eq!(ladder.proof, Some(Proof::Login), "the inbox did open");
    server.check();
    let credential = Credential::OAuth(Secret::new("t"));
    let check = folders(&world.net, &target, &credential).await.unwrap_err();
    assert_eq!(check.id, CheckId::Folders);
}

#[tokio::test]
async fn a_password_uses_plain_or_login_and_never_where_it_is_disabled() {
    let world = World::new();
    let password = Credential::Password(Secret::new("pa\"ss wörd"));
    let ascii = Credential::Password(Secret::new("pa\"ss"));
    let refusal = "S: A2 NO [AUTHENTICATIONFAILED] Authentication failed.";
    let script = |offer: &str, rest: &str| {
        format!(
            "TLS\nS: * OK ready\nC: A1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 {offer}\nS: A1 OK\n{rest}\n{refusal}"
        )
    };
    let plain = script("AUTH=PLAIN", "C: A2 AUTHENTICATE PLAIN\nS: +\nC: AGluZm9A*");
    let login = script("", "C: A2 LOGIN \"info@firma.nl\" \"pa\\\"ss\"");
    for (script, credential) in [(plain, &password), (login, &ascii)] {
        let server = world.server(&[&script]).await;
        let target = target(Protocol::Imap, server.port, Security::Tls);
        let ladder = world.climb_with(&target, credential).await;
        let evidence = failed(&ladder, CheckId::Authenticate);
        server.check();
        assert_eq!(
            evidence.response_code.as_deref(),
            Some("AUTHENTICATIONFAILED")
        );
        assert!(
            !ladder.transcript.to_string().contains("pa\""),
            "{}",
            ladder.transcript
        );
    }
    let server = world.server(&[&script("LOGINDISABLED", "")]).await;
    let ladder = world
        .climb_with(&target(Protocol::Imap, server.port, Security::Tls), &ascii)
        .await;
    let evidence = failed(&ladder, CheckId::Authenticate);
    assert_eq!(evidence.fault, Some(mailwright_domain::Fault::NoMechanism));
}

#[tokio::test]
async fn a_token_is_not_sent_where_only_passwords_are_taken() {
    let world = World::new();
    let server = world
        .server(&["TLS\nS: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN] ready"])
        .await;
    let ladder = world
        .climb(&target(Protocol::Imap, server.port, Security::Tls))
        .await;
    let evidence = failed(&ladder, CheckId::Authenticate);
    assert_eq!(evidence.fault, Some(mailwright_domain::Fault::NoMechanism));
    assert!(evidence.text.contains("AUTH=PLAIN"));
    assert_eq!(server.heard(), Vec::<String>::new());
}

/// Both commands arrive before either is answered, and a server may answer them in any order.
#[tokio::test]
async fn the_inbox_opens_and_the_folders_are_listed_in_one_go() {
    let world = World::new();
    let asked = "
        C: A2 SELECT INBOX
        C: A3 LIST \"\" \"*\" RETURN (SPECIAL-USE)
    ";
    let opened = "S: * 172 EXISTS\nS: A2 OK [READ-WRITE] Select completed.\n";
    let listed = "S: * LIST () \"/\" INBOX\nS: A3 OK List completed.\n";
    let left = "C: A4 LOGOUT\nCLOSE";
    for answers in [[opened, listed], [listed, opened]] {
        let script = [START, SIGNED_IN, asked, &answers.concat(), left].concat();
        let server = world.server(&[&script]).await;
        let ladder = world
            .climb(&target(Protocol::Imap, server.port, Security::Tls))
            .await;
        passed(&ladder);
        server.check();
        assert_eq!(ladder.folders[0].messages, Some(172));
    }
}

/// What is offered after the sign-in is asked along with the rest, and LIST once more only where roles are still to
/// be had.
#[tokio::test]
async fn roles_are_asked_for_where_they_are_offered_and_were_not_told() {
    let world = World::new();
    let asked = "
        S: A1 OK Logged in
        C: A2 SELECT INBOX
        C: A3 LIST \"\" \"*\"
        C: A4 CAPABILITY
        S: A2 OK done
    ";
    let plain =
        "S: * LIST () \"/\" INBOX\nS: * LIST () \"/\" Verzonden\nS: A3 OK List completed.\n";
    let told = "S: * LIST () \"/\" INBOX\nS: * LIST (\\Sent) \"/\" Verzonden\nS: A3 OK done\n";
    let offered = "S: * CAPABILITY IMAP4rev1 LIST-EXTENDED SPECIAL-USE\nS: A4 OK done\n";
    let not_offered = "S: * CAPABILITY IMAP4rev1 SPECIAL-USE\nS: A4 OK done\n";
    let again = "
        C: A5 LIST \"\" \"*\" RETURN (SPECIAL-USE)
        S: * LIST () \"/\" INBOX
        S: * LIST (\\Sent) \"/\" Verzonden
        S: A5 OK done
    ";
    let again_refused = "C: A5 LIST *\nS: A5 BAD what?\n";
    for (answers, role) in [
        ([plain, offered, again], true),
        ([plain, offered, again_refused], false),
        ([told, offered, ""], true),
        ([plain, not_offered, ""], false),
    ] {
        // The message counts do not matter here.
        let script = [START, asked, &answers.concat(), "C: *\nCLOSE"].concat();
        let server = world.server(&[&script]).await;
        let ladder = world
            .climb(&target(Protocol::Imap, server.port, Security::Tls))
            .await;
        server.check();
        assert_eq!(check(&ladder, Folders).detail, "2 folders.");
        let sent = ladder.folders[1].special_use == Some(FolderRole::Sent);
        assert_eq!(sent, role, "{}", ladder.transcript);
    }
}
