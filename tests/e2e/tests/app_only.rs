//! Mailboxes that nobody signs in to: the app registration proves itself, by secret and by certificate.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use std::fs;

use mailwright_e2e::{
    Mailbox, Mailwright, add_mailbox, add_registration_with_certificate,
    add_registration_with_secret, check, failure, failures, registration_words, report, sign_in,
};
use mailwright_lab::{
    AuthorizationServer, BrowserAction, CERTIFICATE_CLIENT, CONFIDENTIAL_CLIENT,
    CONFIDENTIAL_SECRET, Lab, Options, PUBLIC_CLIENT, Tenant,
};
use serde_json::{Value, json};

fn lab() -> Lab {
    Lab::start(Options::everything()).expect("the lab starts")
}

fn authorization(lab: &Lab) -> &AuthorizationServer {
    lab.authorization().expect("authorization")
}

fn asked(lab: &Lab) -> u64 {
    let state = authorization(lab).state().expect("state");
    state["token"].as_u64().expect("a number")
}

fn add_with_secret(lab: &Lab, tenant: Tenant) {
    let _ = add_registration_with_secret(lab, "secret", tenant).exits(0);
}

fn add_with_certificate(lab: &Lab) {
    let _ = add_registration_with_certificate(lab, "certificate").exits(0);
}

fn works(lab: &Lab, mailbox: &Mailbox) {
    let value = Mailwright::new(lab)
        .json(&["test", &mailbox.address])
        .exits(0)
        .json();
    assert_eq!(report(&value)["status"], "working", "{value:#}");
    assert_eq!(check(&value, "imap", "inbox")["outcome"], "passed");
    assert_eq!(check(&value, "smtp", "envelope")["outcome"], "passed");
    assert_eq!(check(&value, "", "renew")["outcome"], "passed");
    // Exchange says no to the message only, so what passed proves a sign-in and no more.
    assert_eq!(report(&value)["proof"], "login", "{value:#}");
    let said = check(&value, "smtp", "envelope")["detail"]
        .as_str()
        .unwrap_or_default();
    assert!(said.contains("the first one proves it"), "{said}");
}

#[test]
fn by_secret_a_mailbox_works_without_anybody_who_signs_in() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    add_with_secret(&lab, Tenant::Contoso);
    let bob = Mailbox::of(&lab, "bob");
    let added = add_mailbox(&lab, &bob, "secret", &["--auth", "app-only"])
        .exits(0)
        .json();
    assert_eq!(added["status"], "not-started");
    works(&lab, &bob);
    let shown = program.json(&["show", &bob.address]).exits(0).json();
    assert_eq!(
        (&shown["auth"], &shown["status"], &shown["signed_in_as"]),
        (&json!("app-only"), &json!("working"), &Value::Null)
    );
    let login = |at: usize| shown["servers"][at]["login"].clone();
    assert_eq!(
        (login(0), login(1)),
        (json!(bob.address), json!(bob.address))
    );

    // One token for all mailboxes of the registration, until it is forgotten.
    let before = asked(&lab);
    let zoe = Mailbox::of(&lab, "zoe");
    let _ = add_mailbox(&lab, &zoe, "secret", &["--auth", "app-only"]).exits(0);
    let token = |address: &str| program.json(&["token", address]).exits(0).json();
    let first = token(&bob.address);
    assert_eq!(first["user"], bob.address);
    assert_eq!(first["access_token"], token(&zoe.address)["access_token"]);
    assert_eq!(asked(&lab), before, "it was in the keychain");
    let out = program.json(&["sign-out", &bob.address]).exits(0).json();
    assert_eq!(out["revoked"], false);
    assert_ne!(first["access_token"], token(&bob.address)["access_token"]);
    assert_eq!(asked(&lab), before + 1);

    let folders = program.json(&["folders", &bob.address]).exits(0).json();
    assert_eq!(folders["roles"]["sent"]["mode"], "automatic");
    let _ = program.json(&["list"]).exits(0);

    // Nobody can sign in, use another's sign-in or approve, and what to do instead is said.
    for words in [
        &["sign-in", &bob.address, "--as", &zoe.address][..],
        &["approve", &bob.address, "--link"],
    ] {
        let said = program.run(words).exits(2);
        assert!(said.err.contains("Nobody signs in"), "{}", said.err);
    }
    let said = program
        .run(&["sign-in", &bob.address, "--print-link"])
        .exits(2);
    assert!(
        said.err.contains("Nobody signs in") && said.err.contains("mailwright test"),
        "{}",
        said.err
    );
    assert!(said.out.is_empty(), "no address was printed: {}", said.out);
    let removed = program.json(&["remove", &bob.address]).exits(0).json();
    assert!(
        removed["note"]
            .as_str()
            .is_some_and(|n| n.contains("Nobody was signed in"))
    );
    let _ = program.json(&["token", &zoe.address]).exits(0);
}

#[test]
fn by_certificate_a_mailbox_works_and_a_person_signs_in_with_the_same_registration() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    add_with_certificate(&lab);
    let shown = program
        .json(&["registration", "show", "certificate"])
        .exits(0)
        .json();
    assert_eq!(shown["has_secret"], false);
    let thumbprint = shown["certificate"]["thumbprint"].as_str().expect("text");
    assert_eq!(thumbprint.len(), 40, "{shown:#}");
    assert!(shown["certificate"]["expires"].is_string());

    let bob = Mailbox::of(&lab, "bob");
    let _ = add_mailbox(&lab, &bob, "certificate", &["--auth", "app-only"]).exits(0);
    works(&lab, &bob);

    let alice = Mailbox::of(&lab, "alice");
    let _ = add_mailbox(&lab, &alice, "certificate", &[]).exits(0);
    let _ = sign_in(&lab, &alice.address, "alice", BrowserAction::Accept, &[]).exits(0);
    let value = program.json(&["test", &alice.address]).exits(0).json();
    assert_eq!(
        report(&value)["status"],
        "working",
        "code and renewal: {value:#}"
    );

    // The private key is in no file of the data folder.
    let key = fs::read_to_string(&authorization(&lab).client_certificate().key).expect("key");
    let line = key.lines().nth(3).expect("a line of the key");
    let _ = program.json(&["token", &bob.address]).exits(0);
    for entry in fs::read_dir(lab.folder().join("home/mailwright")).expect("folder") {
        let path = entry.expect("entry").path();
        let bytes = fs::read(&path).unwrap_or_default();
        assert!(
            !String::from_utf8_lossy(&bytes).contains(line),
            "{}",
            path.display()
        );
    }
}

#[test]
fn a_custom_provider_takes_the_certificate_as_well() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let server = authorization(&lab);
    let files = server.client_certificate();
    // One file with both, as many tools write it.
    let both = lab.folder().join("both.pem");
    let text = [&files.key, &files.chain].map(|file| fs::read_to_string(file).expect("PEM"));
    fs::write(&both, text.concat()).expect("written");
    let (both, authorize, token) = (
        both.display().to_string(),
        server.authorize_url(Tenant::Op),
        server.token_url(Tenant::Op),
    );
    let add = |more: &[&str]| {
        let mut words = vec![
            "registration",
            "add",
            "--name",
            "op",
            "--provider",
            "custom",
        ];
        words.extend(["--client-id", CERTIFICATE_CLIENT, "--certificate", &both]);
        words.extend(["--authorize-url", &authorize, "--token-url", &token]);
        words.extend(more);
        let _ = program.json(&words).exits(0);
    };
    let bob = Mailbox::of(&lab, "bob");
    add(&[]);
    let said = add_mailbox(&lab, &bob, "op", &["--auth", "app-only"]).exits(2);
    assert!(
        said.err.contains("no permission to ask for"),
        "{}",
        said.err
    );
    let _ = program.json(&["registration", "remove", "op"]).exits(0);
    add(&["--scope", "mail"]);
    let _ = add_mailbox(&lab, &bob, "op", &["--auth", "app-only"]).exits(0);
    let _ = program.json(&["token", &bob.address]).exits(0);
}

#[test]
fn what_an_administrator_or_the_owner_of_the_registration_has_to_do_is_told_apart() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    add_with_secret(&lab, Tenant::Contoso);
    let bob = Mailbox::of(&lab, "bob");
    let _ = add_mailbox(&lab, &bob, "secret", &["--auth", "app-only"]).exits(0);
    for (number, error, exit, id, who) in [
        (
            7_000_222,
            "invalid_client",
            1,
            "entra-secret-expired",
            "consultant",
        ),
        (
            65001,
            "invalid_grant",
            4,
            "app-only-not-approved",
            "administrator",
        ),
        (
            700_016,
            "unauthorized_client",
            1,
            "entra-app-not-found",
            "consultant",
        ),
        (700_024, "invalid_client", 1, "entra-assertion-time", "you"),
    ] {
        authorization(&lab)
            .fail(&json!({ "aadsts": { "number": number, "error": error }, "count": 9 }))
            .expect("planned");
        let value = program.json(&["test", &bob.address]).exits(exit).json();
        authorization(&lab).mend().expect("mended");
        assert_eq!(failures(&value), [failure("", "token", id)], "{value:#}");
        let verdict = &check(&value, "", "token")["verdict"];
        assert_eq!(verdict["who"], who, "{verdict:#}");
        let steps = verdict["steps"].to_string();
        assert!(!steps.contains("Sign in again"), "nobody signs in: {steps}");
    }
    // A wrong secret, and a right one again.
    let set = ["registration", "set", "secret", "--client-secret-stdin"];
    let _ = program.run_with_input(&set, "Wrong~secret").exits(0);
    let value = program.json(&["test", &bob.address]).exits(1).json();
    assert_eq!(
        failures(&value),
        [failure("", "token", "entra-secret-wrong")]
    );
    let _ = program.run_with_input(&set, CONFIDENTIAL_SECRET).exits(0);
    works(&lab, &bob);

    // The credentials cannot be taken away, and the registration says for whom.
    let said = program
        .run(&["registration", "set", "secret", "--no-client-secret"])
        .exits(2);
    assert!(said.err.contains(&bob.address), "{}", said.err);
    works(&lab, &bob);

    // Last, because nobody asks again for a while.
    let _ = program.json(&["sign-out", &bob.address]).exits(0);
    authorization(&lab)
        .fail(&json!({ "kind": "503", "count": 9 }))
        .expect("planned");
    let _ = program.json(&["token", &bob.address]).exits(5);
}

#[test]
fn a_tenant_that_approved_nothing_gives_a_token_that_opens_nothing() {
    let lab = lab();
    add_with_secret(&lab, Tenant::Strict);
    let bob = Mailbox::of(&lab, "bob");
    let _ = add_mailbox(&lab, &bob, "secret", &["--auth", "app-only", "--no-send"]).exits(0);
    let value = Mailwright::new(&lab)
        .json(&["test", &bob.address])
        .exits(4)
        .json();
    assert_eq!(
        failures(&value),
        [failure("imap", "token", "app-only-not-approved")],
        "{value:#}"
    );
    assert_eq!(report(&value)["status"], "waiting-for-admin");
}

#[test]
fn a_certificate_that_cannot_work_is_told_before_it_is_saved() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let files = authorization(&lab).client_certificate();
    let other = lab.certificates().good();
    let no_pem = lab.folder().join("no.pem");
    fs::write(&no_pem, [0x30, 0x82, 0xff, 0xfe]).expect("written");
    for (certificate, key, part) in [
        (&files.chain, None, "--certificate-key FILE"),
        (&other.chain, Some(&files.key), "not RSA"),
        (&files.chain, Some(&other.key), "not RSA"),
        (&no_pem, None, "openssl pkcs12"),
        (&lab.folder().join("missing.pem"), None, "cannot be read"),
    ] {
        let certificate = certificate.display().to_string();
        let key = key.map(|key| key.display().to_string());
        let mut words = registration_words(&lab, "x", Tenant::Contoso, CERTIFICATE_CLIENT);
        words.extend(["--certificate", &certificate]);
        if let Some(key) = &key {
            words.extend(["--certificate-key", key]);
        }
        let said = program.run(&words).exits(2);
        assert!(said.err.contains(part), "{part}: {}", said.err);
        assert!(said.err.contains("Nothing was saved"), "{}", said.err);
    }
    let list = program.json(&["registration", "list"]).exits(0).json();
    assert_eq!(list["registrations"], json!([]));

    // The certificate of another app is refused by the server, and the owner of the registration has to act.
    add_with_certificate(&lab);
    let bob = Mailbox::of(&lab, "bob");
    let _ = add_mailbox(&lab, &bob, "certificate", &["--auth", "app-only"]).exits(0);
    fs::copy(&lab.certificates().good().chain, &files.chain).expect("replaced at the server");
    let value = program.json(&["test", &bob.address]).exits(1).json();
    assert_eq!(
        failures(&value),
        [failure("", "token", "entra-certificate-refused")],
        "{value:#}"
    );
}

#[test]
fn who_cannot_have_access_without_a_person_is_told_why() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let bob = Mailbox::of(&lab, "bob");
    let _ = program
        .json(&registration_words(
            &lab,
            "public",
            Tenant::Contoso,
            PUBLIC_CLIENT,
        ))
        .exits(0);
    let said = add_mailbox(&lab, &bob, "public", &["--auth", "app-only"]).exits(2);
    assert!(
        said.err
            .contains("neither a client secret nor a certificate"),
        "{}",
        said.err
    );
    let google = [
        "registration",
        "add",
        "--name",
        "google",
        "--provider",
        "google",
        "--client-id",
        "1.apps.googleusercontent.com",
        "--client-secret-stdin",
    ];
    let _ = program.run_with_input(&google, "GOCSPX-x").exits(0);
    let said = add_mailbox(&lab, &bob, "google", &["--auth", "app-only"]).exits(2);
    assert!(said.err.contains("somebody has to sign in"), "{}", said.err);
    add_with_secret(&lab, Tenant::Contoso);
    let said = add_mailbox(
        &lab,
        &bob,
        "secret",
        &["--auth", "app-only", "--sign-in-name", "x@lab.test"],
    )
    .exits(2);
    assert!(said.err.contains("nobody signs in"), "{}", said.err);
    let list = program.json(&["list"]).exits(0).json();
    assert_eq!(list["mailboxes"], json!([]));

    // From a person to nobody and back.
    let _ = add_mailbox(&lab, &bob, "secret", &[]).exits(0);
    let set = |auth: &str| {
        program
            .json(&["set", &bob.address, "--auth", auth])
            .exits(0)
            .json()
    };
    assert_eq!(set("app-only")["status"], "not-started");
    works(&lab, &bob);
    assert_eq!(set("oauth")["status"], "waiting-for-you");
}

#[test]
fn the_script_has_the_object_id_that_exchange_wants_and_a_reverse() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    add_with_secret(&lab, Tenant::Contoso);
    let said = program.run(&["registration", "script", "secret"]).exits(2);
    assert!(said.err.contains("--mailbox ADDRESS"), "{}", said.err);
    let bob = Mailbox::of(&lab, "bob");
    let _ = add_mailbox(&lab, &bob, "secret", &["--auth", "app-only"]).exits(0);
    let value = program
        .json(&[
            "registration",
            "script",
            "secret",
            "--mailbox",
            "info@firma.nl",
            "--mailbox",
            &bob.address,
        ])
        .exits(0)
        .json();
    assert_eq!(value["mailboxes"], json!(["info@firma.nl", bob.address]));
    let id = value["object_id"].as_str().expect("found out by itself");
    assert_ne!(id, CONFIDENTIAL_CLIENT);
    let printed = program
        .run(&["registration", "script", "secret"])
        .exits(0)
        .out;
    assert!(
        printed.contains(&format!("$ObjectId = '{id}'")),
        "{printed}"
    );
    assert!(printed.contains(&format!(
        "Add-MailboxPermission -Identity '{}'",
        bob.address
    )));
    let reverse = program
        .run(&["registration", "script", "secret", "--reverse"])
        .exits(0)
        .out;
    assert!(reverse.contains(&format!(
        "Remove-MailboxPermission -Identity '{}'",
        bob.address
    )));
    for wrong in [CONFIDENTIAL_CLIENT, "ERP mail"] {
        let said = program
            .run(&["registration", "script", "secret", "--object-id", wrong])
            .exits(2);
        assert!(said.err.contains("Enterprise applications"), "{}", said.err);
    }
}
