//! The administrator's approval, with real people at a real authorization server: needed, asked for, given, refused.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use mailwright_e2e::{Mailbox, Mailwright, Running, Said, add_mailbox, add_registration, sign_in};
use mailwright_lab::{BrowserAction, KeychainState, Lab, Options, PUBLIC_CLIENT, Tenant, get};
use serde_json::Value;
use url::Url;

/// A lab with a registration at a tenant and somebody's mailbox, nobody signed in.
fn prepared(who: &str, tenant: Tenant) -> (Lab, String) {
    let options = Options::new()
        .authorization_server()
        .mailboxes_only()
        .browser()
        .keychain(KeychainState::Unlocked);
    let lab = Lab::start(options).expect("the lab starts");
    let _ = add_registration(&lab, "ERP mail", tenant).exits(0);
    let address = add(&lab, who);
    (lab, address)
}

fn add(lab: &Lab, who: &str) -> String {
    let mail = lab.mail().expect("mail");
    let mailbox = Mailbox {
        address: lab.user(who).expect("a person").address.to_owned(),
        imap: format!("127.0.0.1:{}:tls", mail.imaps),
        smtp: format!("127.0.0.1:{}:starttls", mail.dovecot_submission),
    };
    let _ = add_mailbox(lab, &mailbox, "ERP mail", &[]).exits(0);
    mailbox.address
}

fn status(lab: &Lab, address: &str) -> Value {
    let shown = Mailwright::new(lab).json(&["show", address]).exits(0);
    shown.json()["status"].clone()
}

fn verdict(said: &Said) -> Value {
    said.json()["error"]["verdict"].clone()
}

/// The person in front of this computer is the administrator, and does this in the browser.
fn approve_here(lab: &Lab, address: &str, who: &str, action: BrowserAction) -> Said {
    lab.plan_browser(who, action).expect("a person");
    Mailwright::new(lab).json(&["approve", address, "--as-administrator", "--open"])
}

/// The same without a browser: the address that was printed, and the program that waits.
fn waiting_for_administrator(lab: &Lab, address: &str) -> (Url, Running) {
    let words = ["approve", address, "--as-administrator", "--print-link"];
    let (link, running) = Mailwright::new(lab).start_sign_in(&words);
    (Url::parse(&link).expect("an address"), running)
}

fn value(url: &Url, name: &str) -> String {
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.expect("it is there").1.into_owned()
}

/// The heading of the browser's last page, once it has read so many: the program may end before that.
fn heading(lab: &Lab, number: usize) -> String {
    for _ in 0..400 {
        if let Some(heading) = lab.browser_headings().get(number - 1) {
            return heading.clone();
        }
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
    String::new()
}

/// The browser comes back with these words.
fn come_back(link: &Url, words: &str) -> String {
    let redirect = value(link, "redirect_uri");
    get(&format!("{redirect}/?{words}"))
        .expect("the listener answers")
        .body
}

#[test]
fn the_way_by_a_message_to_an_administrator_elsewhere() {
    let (lab, address) = prepared("alice", Tenant::Guarded);
    let program = Mailwright::new(&lab);
    let said = sign_in(&lab, &address, "alice", BrowserAction::Cancel, &[]).exits(4);
    let refused = verdict(&said);
    assert_eq!(refused["id"], "entra-admin-consent-needed");
    assert_eq!(refused["who"], "administrator");
    let step = refused["steps"][0].as_str().unwrap_or_default();
    assert!(
        step.contains(&format!("mailwright approve {address} --message")),
        "{step}"
    );
    let items = lab.keychain().expect("keychain").items().expect("it lists");
    assert_eq!(items.len(), 0, "no secret was left in the keychain");
    // Another process sees it: it is saved.
    assert_eq!(status(&lab, &address), "waiting-for-admin");

    let asked = program
        .json(&["approve", &address, "--message"])
        .exits(0)
        .json();
    let link = asked["link"].as_str().expect("a link").to_owned();
    let message = asked["message"].as_str().expect("a message");
    assert!(message.contains(&link) && message.contains(PUBLIC_CLIENT));
    assert_eq!(asked["status"], "waiting-for-admin");
    let printed = program.run(&["approve", &address, "--link"]).exits(0).out;
    assert_eq!(printed.trim(), link, "the link and nothing else");
    let url = Url::parse(&link).expect("an address");
    assert!(url.path().ends_with("/guarded/v2.0/adminconsent"), "{url}");
    let scopes = value(&url, "scope");
    assert!(scopes.contains("IMAP.AccessAsUser.All") && scopes.contains("offline_access"));

    // Neither looking, nor testing, nor trying again is a proof.
    let looked = program
        .json(&["approve", &address, "--check"])
        .exits(4)
        .json();
    assert_eq!(looked["found"], "unseen");
    let _ = program.json(&["test", &address]).exits(3);
    assert_eq!(status(&lab, &address), "waiting-for-admin");

    // The administrator, at another computer: nobody listens at the end, and the approval is given all the same.
    approve_elsewhere(&lab, &link);
    let said = sign_in(&lab, &address, "alice", BrowserAction::Accept, &[]).exits(0);
    assert_eq!(said.json()["signed_in_as"], address);
    assert_eq!(status(&lab, &address), "not-started");
    let looked = program
        .json(&["approve", &address, "--check"])
        .exits(0)
        .json();
    assert_eq!(looked["waiting"], Value::Array(Vec::new()));
}

/// An administrator opens the link of a message on a computer without Mailwright.
fn approve_elsewhere(lab: &Lab, link: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let browser = lab.browser().await.expect("a browser");
        let admin = lab.user("administrator").expect("a person");
        browser.open(link).await.expect("it opens");
        browser
            .sign_in(admin.address, &admin.password)
            .await
            .expect("signs in");
        browser.accept().await.expect("accepts");
        browser.wait_to_leave(link).await.expect("is sent back");
        let _ = browser.close().await;
    });
}

#[test]
fn the_administrator_in_front_of_this_computer_approves_and_then_the_person_signs_in() {
    let (lab, address) = prepared("alice", Tenant::Guarded);
    let bob = add(&lab, "bob");
    for (who, address) in [("alice", &address), ("bob", &bob)] {
        let _ = sign_in(&lab, address, who, BrowserAction::Cancel, &[]).exits(4);
    }
    let said = approve_here(&lab, &address, "administrator", BrowserAction::Accept).exits(0);
    assert!(said.err.contains("Two sign-ins"), "{}", said.err);
    let answer = said.json();
    assert_eq!(answer["approved_for"], "lab.test");
    assert_eq!(answer["status"], "waiting-for-you");
    assert_eq!(heading(&lab, 3), "Approved");
    for address in [&address, &bob] {
        assert_eq!(status(&lab, address), "waiting-for-you", "one for all");
    }
    let people = Mailwright::new(&lab)
        .run(&["approve", "--registration", "ERP mail"])
        .exits(0);
    assert!(people.out.contains("was approved for lab.test"));
    let _ = sign_in(&lab, &address, "alice", BrowserAction::Accept, &[]).exits(0);
    assert_eq!(status(&lab, &address), "not-started");
}

#[test]
fn an_administrator_who_says_no_and_somebody_who_is_none_are_told_apart() {
    let (lab, address) = prepared("alice", Tenant::Guarded);
    let _ = sign_in(&lab, &address, "alice", BrowserAction::Cancel, &[]).exits(4);
    for (who, id, page) in [
        ("administrator", "approval-declined", 2),
        ("bob", "approval-not-administrator", 3),
    ] {
        let said = approve_here(&lab, &address, who, BrowserAction::Cancel).exits(4);
        assert_eq!(verdict(&said)["id"], id);
        assert_eq!(heading(&lab, page), "The app was not approved");
        assert_eq!(status(&lab, &address), "waiting-for-admin");
    }
}

#[test]
fn refused_by_the_person_consent_missing_and_approval_needed_are_three_things() {
    let (lab, address) = prepared("alice", Tenant::Contoso);
    let said = sign_in(&lab, &address, "alice", BrowserAction::Cancel, &[]).exits(3);
    assert_eq!(verdict(&said)["id"], "entra-user-declined");
    assert_eq!(status(&lab, &address), "waiting-for-you");

    // A person of a tenant where others may consent.
    let waiting = add(&lab, "admin-approval");
    let said = sign_in(&lab, &waiting, "admin-approval", BrowserAction::Cancel, &[]).exits(4);
    assert_eq!(verdict(&said)["id"], "entra-admin-consent-needed");
    assert_eq!(status(&lab, &waiting), "waiting-for-admin");

    // A sign-in that was good, and a renewal for which consent is missing now: the person can give it.
    let _ = sign_in(&lab, &address, "alice", BrowserAction::Accept, &[]).exits(0);
    let server = lab.authorization().expect("authorization");
    let consent = serde_json::json!({ "aadsts": { "number": 65001, "text": "The user or administrator has not consented." } });
    server.fail(&consent).expect("planned");
    let said = Mailwright::new(&lab).json(&["test", &address]);
    assert!(said.out.contains("entra-consent-missing"), "{}", said.out);
    assert_ne!(status(&lab, &address), "waiting-for-admin");
}

#[test]
fn a_renewal_that_needs_approval_waits_and_is_looked_at_without_a_person() {
    let (lab, address) = prepared("alice", Tenant::Short);
    let program = Mailwright::new(&lab);
    let _ = sign_in(&lab, &address, "alice", BrowserAction::Accept, &[]).exits(0);
    let server = lab.authorization().expect("authorization");
    let needs = serde_json::json!({ "count": 1000, "aadsts": { "number": 90094, "text": "The grant requires admin permission." } });
    server.fail(&needs).expect("planned");
    // The token of the sign-in is good for two seconds.
    let refused = (0..200)
        .map(|_| program.json(&["token", &address]))
        .find(|said| said.code != 0)
        .expect("it ends");
    assert_eq!(
        verdict(&refused.exits(4))["id"],
        "entra-admin-consent-needed"
    );
    assert_eq!(status(&lab, &address), "waiting-for-admin");
    let looked = program.json(&["approve", &address, "--check"]).exits(4);
    assert_eq!(looked.json()["found"], "not-yet");

    server.mend().expect("mended");
    let looked = program.json(&["approve", &address, "--check"]).exits(0);
    assert_eq!(looked.json()["found"], "approved");
    assert_eq!(
        status(&lab, &address),
        "not-started",
        "the sign-in was kept"
    );
    let _ = program.json(&["token", &address]).exits(0);
}

#[test]
fn a_foreign_organisation_is_named_and_a_foreign_answer_is_none() {
    let (lab, address) = prepared("alice", Tenant::Guarded);
    let id = Tenant::Guarded.id();
    let words = ["registration", "set", "ERP mail", "--tenant", id];
    let _ = Mailwright::new(&lab).run(&words).exits(0);
    let _ = sign_in(&lab, &address, "alice", BrowserAction::Cancel, &[]).exits(4);

    let (link, running) = waiting_for_administrator(&lab, &address);
    let state = value(&link, "state");
    let approved =
        |tenant: &str, state: &str| format!("admin_consent=True&tenant={tenant}&state={state}");
    for foreign in [
        approved(id, "another"),
        format!("code=code-canary&state={state}"),
        format!("tenant={id}&state={state}"),
    ] {
        let page = come_back(&link, &foreign);
        assert!(page.contains("Nothing to do here"), "{foreign}: {page}");
    }
    let other = Tenant::Contoso.id();
    let page = come_back(&link, &approved(other, &state));
    assert!(page.contains("was not approved"), "{page}");
    let said = running.wait();
    assert_eq!(said.code, 4, "{said:?}");
    assert!(said.err.contains(other), "{}", said.err);
    assert_eq!(status(&lab, &address), "waiting-for-admin");

    // The right one, by the same means.
    let (link, running) = waiting_for_administrator(&lab, &address);
    let page = come_back(&link, &approved(id, &value(&link, "state")));
    assert!(page.contains("approved for <b>lab.test</b>"), "{page}");
    let said = running.wait();
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.out
            .contains(&format!("Approved for lab.test. Now {address} signs in")),
        "{}",
        said.out
    );
}

#[test]
fn where_a_domain_names_the_organisation_another_ones_approval_is_known_too() {
    let (lab, address) = prepared("alice", Tenant::Guarded);
    for tenant in ["lab.test", "organizations"] {
        let words = ["registration", "set", "ERP mail", "--tenant", tenant];
        let _ = Mailwright::new(&lab).run(&words).exits(0);
        for (approved, code) in [(Tenant::Guarded, 4), (Tenant::Contoso, 0)] {
            let (link, running) = waiting_for_administrator(&lab, &address);
            let state = value(&link, "state");
            let answer = format!("admin_consent=True&tenant={}&state={state}", approved.id());
            let _ = come_back(&link, &answer);
            let said = running.wait();
            assert_eq!(said.code, code, "{tenant}: {said:?}");
        }
    }
}

#[test]
fn wrong_use_is_said_before_anything_is_opened() {
    let (lab, address) = prepared("alice", Tenant::Contoso);
    let program = Mailwright::new(&lab);
    for words in [
        &["approve"][..],
        &["approve", &address, "--registration", "ERP mail"],
        &["approve", &address, "--link", "--message"],
        &["approve", &address, "--open"],
        &["approve", &address, "--as-administrator"],
    ] {
        let _ = program.run(words).exits(2);
    }
    let _ = program.run(&["approve", "nobody@lab.test"]).exits(1);
    let said = program.run(&["approve", &address]).exits(0);
    assert!(said.out.contains("No sign-in with “ERP mail” waits"));
}
