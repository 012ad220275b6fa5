//! `registration check`: what a provider says about an app registration without a person, and what only sign-ins show.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use mailwright_e2e::{
    Mailbox, Mailwright, Said, add_mailbox, add_registration_with_certificate, sign_in,
};
use mailwright_lab::{
    BrowserAction, CONFIDENTIAL_CLIENT, CONFIDENTIAL_SECRET, DISABLED_CLIENT, EXPIRED_CLIENT,
    EXPIRED_SECRET, KeychainState, Lab, NO_LOOPBACK_CLIENT, Options, PUBLIC_CLIENT, Tenant,
};
use serde_json::{Value, json};

fn lab() -> Lab {
    let options = Options::new()
        .authorization_server()
        .keychain(KeychainState::Unlocked);
    Lab::start(options).expect("the lab starts")
}

/// Adds a registration in Microsoft's shape.
fn add(lab: &Lab, name: &str, tenant: &str, client: &str, secret: Option<&str>) {
    let base = lab.authorization().expect("authorization").base();
    let mut words = vec![
        "registration",
        "add",
        "--name",
        name,
        "--provider",
        "microsoft",
        "--cloud",
        "custom",
        "--authority",
        base,
        "--tenant",
        tenant,
        "--client-id",
        client,
    ];
    if secret.is_some() {
        words.push("--client-secret-stdin");
    }
    let said = Mailwright::new(lab).run_with_input(&words, secret.unwrap_or_default());
    assert_eq!(said.code, 0, "{said:?}");
}

fn check(lab: &Lab, name: &str) -> Said {
    Mailwright::new(lab).json(&["registration", "check", name])
}

/// One reading: outcome, what it rests on, and the verdict.
fn reading(checked: &Value, id: &str) -> (String, String, String) {
    let all = checked["checks"].as_array().expect("checks");
    let one = all
        .iter()
        .find(|check| check["id"] == id)
        .unwrap_or_else(|| panic!("{id} in {checked:#}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (
        text(&one["outcome"]),
        text(&one["basis"]),
        text(&one["verdict"]["id"]),
    )
}

fn is(checked: &Value, id: &str, outcome: &str, basis: &str, verdict: &str) {
    let expected = (outcome.to_owned(), basis.to_owned(), verdict.to_owned());
    assert_eq!(reading(checked, id), expected, "{id} in {checked:#}");
}

#[test]
fn a_public_client_is_known_and_what_a_person_sees_is_not_guessed() {
    let lab = lab();
    add(&lab, "Desktop", "lab.test", PUBLIC_CLIENT, None);
    let checked = check(&lab, "Desktop").exits(0).json();
    is(&checked, "tenant", "passed", "asked", "");
    is(&checked, "client", "passed", "asked", "");
    is(&checked, "public-client", "passed", "asked", "");
    is(&checked, "secret", "skipped", "not-seen", "");
    for id in ["redirect", "platform", "consent"] {
        is(&checked, id, "unchecked", "not-seen", "");
    }
    let program = Mailwright::new(&lab);
    let shown = program
        .json(&["registration", "show", "Desktop"])
        .exits(0)
        .json();
    assert_eq!(shown["last_check"], checked, "the last look is kept");
    let listed = program.run(&["registration", "list"]).exits(0).out;
    assert!(listed.contains("3 passed, 3 not seen live"), "{listed}");
    let people = program
        .run(&["registration", "check", "Desktop"])
        .exits(0)
        .out;
    assert!(people.contains("Not seen live."), "{people}");
    assert!(people.contains("Asking changed nothing"), "{people}");
    let _ = program.json(&["registration", "check", "Nobody"]).exits(1);
}

#[test]
fn a_wrong_an_expired_and_a_right_secret_are_told_apart() {
    let lab = lab();
    add(
        &lab,
        "Right",
        "contoso",
        CONFIDENTIAL_CLIENT,
        Some(CONFIDENTIAL_SECRET),
    );
    add(
        &lab,
        "Wrong",
        "contoso",
        CONFIDENTIAL_CLIENT,
        Some("not~the.secret"),
    );
    add(
        &lab,
        "Ended",
        "contoso",
        EXPIRED_CLIENT,
        Some(EXPIRED_SECRET),
    );
    add(
        &lab,
        "Not wanted",
        "contoso",
        PUBLIC_CLIENT,
        Some("some~secret"),
    );
    add(&lab, "None", "contoso", CONFIDENTIAL_CLIENT, None);

    let right = check(&lab, "Right").exits(0).json();
    is(&right, "client", "passed", "asked", "");
    is(&right, "secret", "passed", "asked", "");
    is(&right, "public-client", "skipped", "not-seen", "");
    let wrong = check(&lab, "Wrong").exits(1);
    assert!(!format!("{wrong:?}").contains("not~the.secret"));
    is(&wrong.json(), "client", "passed", "asked", "");
    is(
        &wrong.json(),
        "secret",
        "failed",
        "asked",
        "entra-secret-wrong",
    );
    let ended = check(&lab, "Ended").exits(1).json();
    is(&ended, "secret", "failed", "asked", "entra-secret-expired");
    let not_wanted = check(&lab, "Not wanted").exits(1).json();
    is(
        &not_wanted,
        "secret",
        "failed",
        "asked",
        "entra-secret-sent-by-public",
    );
    let none = check(&lab, "None").exits(1).json();
    is(&none, "client", "passed", "asked", "");
    is(
        &none,
        "public-client",
        "failed",
        "asked",
        "entra-not-public-client",
    );
    let issued = lab.authorization().expect("authorization").issued();
    let rights = check(&lab, "Right");
    for token in issued.expect("issued") {
        assert!(
            !format!("{rights:?}").contains(&token),
            "nothing of what was given"
        );
    }
}

#[test]
fn a_certificate_is_looked_at_like_a_secret() {
    let lab = lab();
    let _ = add_registration_with_certificate(&lab, "Certificate").exits(0);
    let checked = check(&lab, "Certificate").exits(0).json();
    is(&checked, "client", "passed", "asked", "");
    is(&checked, "certificate", "passed", "asked", "");
    is(&checked, "public-client", "skipped", "not-seen", "");
    assert!(!checked.to_string().contains("\"secret\""), "{checked:#}");
    let refused = json!({ "count": 2, "aadsts": { "number": 700_027, "error": "invalid_client", "text": "The certificate is not registered." } });
    let authorization = lab.authorization().expect("authorization");
    authorization.fail(&refused).expect("a fault");
    let checked = check(&lab, "Certificate").exits(1).json();
    is(&checked, "client", "passed", "asked", "");
    is(
        &checked,
        "certificate",
        "failed",
        "asked",
        "entra-certificate-refused",
    );
    let people = Mailwright::new(&lab)
        .run(&["registration", "check", "Certificate"])
        .exits(0)
        .out;
    assert!(people.contains("Certificate accepted"), "{people}");
}

#[test]
fn what_is_not_there_or_switched_off_is_named_with_who_must_act() {
    let lab = lab();
    let stranger = "99999999-9999-4999-8999-999999999999";
    add(&lab, "No client", "contoso", stranger, None);
    add(&lab, "No tenant", "nobody.test", PUBLIC_CLIENT, None);
    add(&lab, "Other cloud", "china.test", PUBLIC_CLIENT, None);
    add(&lab, "Off", "contoso", DISABLED_CLIENT, None);
    add(
        &lab,
        "Anybody",
        "organizations",
        PUBLIC_CLIENT,
        Some("some~secret"),
    );

    let no_client = check(&lab, "No client").exits(1).json();
    is(
        &no_client,
        "client",
        "failed",
        "asked",
        "entra-app-not-found",
    );
    is(&no_client, "public-client", "skipped", "not-seen", "");
    for name in ["No tenant", "Other cloud"] {
        let no_tenant = check(&lab, name).exits(1).json();
        is(
            &no_tenant,
            "tenant",
            "failed",
            "asked",
            "entra-tenant-not-found",
        );
        is(&no_tenant, "client", "skipped", "not-seen", "");
    }
    let off = check(&lab, "Off").exits(4).json();
    is(&off, "client", "failed", "asked", "entra-app-disabled");
    let anybody = check(&lab, "Anybody").exits(0).json();
    is(&anybody, "tenant", "unchecked", "not-seen", "");
    is(&anybody, "secret", "unchecked", "not-seen", "");
    is(&anybody, "client", "passed", "asked", "");
}

#[test]
fn a_provider_that_cannot_be_asked_says_nothing_about_the_registration() {
    let lab = lab();
    add(
        &lab,
        "Right",
        "contoso",
        CONFIDENTIAL_CLIENT,
        Some(CONFIDENTIAL_SECRET),
    );
    let authorization = lab.authorization().expect("authorization");
    let metadata = json!({ "endpoint": "metadata", "kind": "503" });
    authorization.fail(&metadata).expect("a fault");
    let checked = check(&lab, "Right").exits(5).json();
    is(
        &checked,
        "tenant",
        "unchecked",
        "not-seen",
        "oauth-unreachable",
    );
    for fault in [
        json!({ "kind": "drop", "count": 2 }),
        json!({ "kind": "429", "count": 2 }),
    ] {
        authorization.fail(&fault).expect("a fault");
        let checked = check(&lab, "Right").exits(5).json();
        assert_eq!(reading(&checked, "secret").0, "unchecked", "{fault}");
        assert_eq!(reading(&checked, "secret").1, "not-seen", "{fault}");
    }
    let html = json!({ "kind": "html", "count": 2 });
    authorization.fail(&html).expect("a fault");
    let checked = check(&lab, "Right").json();
    assert_eq!(reading(&checked, "secret").0, "unchecked");
    // A number that is not known to be about the secret is no word about it.
    let odd = json!({ "count": 2, "aadsts": { "number": 53003, "error": "access_denied", "text": "Blocked." } });
    authorization.fail(&odd).expect("a fault");
    let checked = check(&lab, "Right").json();
    is(
        &checked,
        "secret",
        "unchecked",
        "not-seen",
        "entra-ca-blocked",
    );
    let _ = check(&lab, "Right").exits(0);
}

#[test]
fn a_custom_provider_is_told_apart_from_somebody_made_up() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let issuer = lab
        .authorization()
        .expect("authorization")
        .issuer(Tenant::Op);
    let own = |name: &str, client: &str, secret: Option<&str>| {
        let mut words = vec![
            "registration",
            "add",
            "--name",
            name,
            "--provider",
            "custom",
            "--authority",
            &issuer,
            "--client-id",
            client,
        ];
        if secret.is_some() {
            words.push("--client-secret-stdin");
        }
        let said = program.run_with_input(&words, secret.unwrap_or_default());
        assert_eq!(said.code, 0, "{said:?}");
    };
    own("Public", PUBLIC_CLIENT, None);
    let checked = check(&lab, "Public").exits(0).json();
    is(&checked, "issuer", "passed", "asked", "");
    is(&checked, "client", "passed", "asked", "");
    is(&checked, "public-client", "passed", "asked", "");
    own("Secret", CONFIDENTIAL_CLIENT, Some(CONFIDENTIAL_SECRET));
    let checked = check(&lab, "Secret").exits(0).json();
    is(&checked, "client", "passed", "asked", "");
    is(&checked, "secret", "passed", "asked", "");
    own("Wrong", CONFIDENTIAL_CLIENT, Some("not~the.secret"));
    let checked = check(&lab, "Wrong").exits(1).json();
    is(
        &checked,
        "client",
        "failed",
        "asked",
        "oauth-invalid-client",
    );
    is(&checked, "secret", "skipped", "not-seen", "");
    own("Nobody", "nobody-knows-me", None);
    let checked = check(&lab, "Nobody").exits(1).json();
    is(
        &checked,
        "client",
        "failed",
        "asked",
        "oauth-invalid-client",
    );
    let given = lab.authorization().expect("authorization").issued();
    assert!(given.expect("issued").is_empty(), "nothing was given out");
}

#[test]
fn what_sign_ins_have_shown_is_kept_and_forgotten_with_what_it_was_about() {
    let options = Options::new()
        .mail()
        .dns()
        .authorization_server()
        .browser()
        .keychain(KeychainState::Unlocked);
    let lab = Lab::start(options).expect("the lab starts");
    add(&lab, "Desktop", "contoso", PUBLIC_CLIENT, None);
    let mailbox = Mailbox::of(&lab, "alice");
    let address = mailbox.address.as_str();
    let _ = add_mailbox(&lab, &mailbox, "Desktop", &[]).exits(0);
    let _ = check(&lab, "Desktop").exits(0);
    let _ = sign_in(&lab, address, address, BrowserAction::Accept, &[]).exits(0);
    let program = Mailwright::new(&lab);
    let details = program
        .json(&["registration", "show", "Desktop"])
        .exits(0)
        .json();
    for id in ["redirect", "platform", "consent"] {
        is(&details["last_check"], id, "passed", "sign-in", "");
    }
    let checked = check(&lab, "Desktop").exits(0).json();
    for id in ["redirect", "platform", "consent"] {
        is(&checked, id, "passed", "sign-in", "");
    }
    let people = program
        .run(&["registration", "check", "Desktop"])
        .exits(0)
        .out;
    assert!(people.contains("Shown by the sign-in of 20"), "{people}");

    let to = [
        "registration",
        "set",
        "Desktop",
        "--redirect-uri",
        "http://localhost/callback",
    ];
    let _ = program.json(&to).exits(0);
    let shown = program
        .json(&["registration", "show", "Desktop"])
        .exits(0)
        .json();
    assert_eq!(
        shown["last_check"],
        Value::Null,
        "it was about another address"
    );
    let checked = check(&lab, "Desktop").exits(0).json();
    is(&checked, "redirect", "unchecked", "not-seen", "");
    is(&checked, "consent", "passed", "sign-in", "");

    // A return address that is not registered is shown to the person alone, and not guessed here.
    add(&lab, "Elsewhere", "contoso", NO_LOOPBACK_CLIENT, None);
    let checked = check(&lab, "Elsewhere").json();
    is(&checked, "redirect", "unchecked", "not-seen", "");
}

#[test]
fn an_approval_that_is_missing_is_known_after_the_sign_in_that_met_it() {
    let lab = Lab::start(Options::everything()).expect("the lab starts");
    add(&lab, "Desktop", "contoso", PUBLIC_CLIENT, None);
    let mailbox = Mailbox::of(&lab, "admin-approval");
    let address = mailbox.address.as_str();
    let _ = add_mailbox(&lab, &mailbox, "Desktop", &[]).exits(0);
    let _ = sign_in(&lab, address, "admin-approval", BrowserAction::Cancel, &[]).exits(4);
    let checked = check(&lab, "Desktop").exits(4).json();
    is(
        &checked,
        "consent",
        "failed",
        "sign-in",
        "entra-admin-consent-needed",
    );
    is(&checked, "redirect", "passed", "sign-in", "");
    is(&checked, "client", "passed", "asked", "");
}
