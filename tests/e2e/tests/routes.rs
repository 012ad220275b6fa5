//! The ways to sign in beside a browser that comes back by itself.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use std::net::TcpListener;

use mailwright_e2e::{
    Mailbox, Mailwright, Watching, add_client, add_mailbox, add_registration, alice_signs_in_at,
    no_sign_in_is_kept, sign_in,
};
use mailwright_lab::{BrowserAction, Lab, Options, PUBLIC_CLIENT, Tenant};
use serde_json::{Value, json};

fn lab() -> Lab {
    Lab::start(Options::everything()).expect("the lab starts")
}

fn add(lab: &Lab, who: &str, registration: &str) -> String {
    let mailbox = Mailbox::of(lab, who);
    let _ = add_mailbox(lab, &mailbox, registration, &[]).exits(0);
    mailbox.address
}

/// A lab with a registration at a tenant and Alice's mailbox, nobody signed in.
fn prepared(tenant: Tenant) -> (Lab, String) {
    let lab = lab();
    let _ = add_registration(&lab, "Lab", tenant).exits(0);
    let address = add(&lab, "alice", "Lab");
    (lab, address)
}

/// Page and code that a running sign-in shows.
fn page_and_code(running: &mut Watching) -> (String, String) {
    let page = running.after("open this page:");
    (page, running.after("type this code:"))
}

async fn enter(lab: &Lab, who: &str, page: &str, code: &str) {
    let browser = lab.browser().await.expect("a browser");
    let user = lab.user(who).expect("a person");
    browser
        .use_device_code(page, code, user.address, &user.password)
        .await
        .expect("the code is used");
    browser.close().await.expect("it closes");
}

#[tokio::test]
async fn a_code_is_entered_on_another_device_and_the_mailbox_works() {
    let (lab, address) = prepared(Tenant::Contoso);
    let program = Mailwright::new(&lab);
    let mut running = program.start(&["--json", "sign-in", &address, "--device"]);
    let (page, code) = page_and_code(&mut running);
    let whom = running.after("Choose ");
    assert!(whom.starts_with("alice@lab.test there"), "{whom}");
    running.after("Nobody ever asks you for it by phone");
    enter(&lab, "alice", &page, &code).await;
    let said = running.wait().exits(0);
    let answer = said.json();
    assert_eq!(answer["signed_in_as"], "alice@lab.test");
    assert!(answer["scopes"].as_array().is_some_and(|s| !s.is_empty()));
    assert_eq!(lab.browser_openings(), 0, "nothing opens on this computer");
    let state = lab.authorization().expect("server").state().expect("state");
    assert_eq!(
        (&state["devicecode"], &state["authorize"]),
        (&json!(1), &json!(0))
    );
    // The grant is as good as any other: it is renewed.
    let _ = program.run(&["test", &address]).exits(0);
}

#[tokio::test]
async fn a_plain_provider_with_a_device_address_signs_in_by_code_too() {
    let lab = lab();
    let server = lab.authorization().expect("server");
    let [authorize, token] = [
        server.authorize_url(Tenant::Op),
        server.token_url(Tenant::Op),
    ];
    let (issuer, device) = (server.issuer(Tenant::Op), server.device_url(Tenant::Op));
    let mut words = vec![
        "registration",
        "add",
        "--name",
        "Op",
        "--provider",
        "custom",
    ];
    words.extend(["--client-id", PUBLIC_CLIENT, "--authority", &issuer]);
    words.extend(["--authorize-url", &authorize, "--token-url", &token]);
    for scope in ["openid", "email", "profile", "offline_access", "mail"] {
        words.extend(["--scope", scope]);
    }
    let program = Mailwright::new(&lab);
    let _ = program.run(&words).exits(0);
    let address = add(&lab, "bob", "Op");

    let said = program.json(&["sign-in", &address, "--device"]).exits(2);
    let error = &said.json()["error"];
    assert_eq!(error["verdict"]["id"], "device-code-not-offered");
    assert!(
        said.err
            .contains("mailwright registration set Op --device-url URL")
    );

    let _ = program
        .run(&["registration", "set", "Op", "--device-url", &device])
        .exits(0);
    let mut running = program.start(&["sign-in", &address, "--device"]);
    let (page, code) = page_and_code(&mut running);
    enter(&lab, "bob", &page, &code).await;
    let said = running.wait().exits(0);
    assert!(said.out.contains("Signed in as bob@lab.test"), "{said:?}");
    assert!(
        !said.out.contains(&code),
        "the code is for people: {said:?}"
    );
}

#[tokio::test]
async fn somebody_else_or_a_no_on_the_other_device_is_not_saved() {
    let (lab, address) = prepared(Tenant::Contoso);
    let program = Mailwright::new(&lab);
    let mut running = program.start(&["--json", "sign-in", &address, "--device"]);
    let (page, code) = page_and_code(&mut running);
    enter(&lab, "bob", &page, &code).await;
    let said = running.wait().exits(3);
    assert_eq!(said.json()["error"]["verdict"]["id"], "loop-wrong-account");
    no_sign_in_is_kept(&lab, &address);

    let mut running = program.start(&["--json", "sign-in", &address, "--device"]);
    let (page, code) = page_and_code(&mut running);
    let browser = lab.browser().await.expect("a browser");
    browser.open(&page).await.expect("it opens");
    browser.decline_device_code(&code).await.expect("no");
    let said = running.wait().exits(3);
    assert_eq!(said.json()["error"]["verdict"]["id"], "entra-user-declined");
    no_sign_in_is_kept(&lab, &address);
    browser.close().await.expect("it closes");
}

#[test]
fn each_end_of_a_code_has_its_own_verdict() {
    let (lab, address) = prepared(Tenant::Contoso);
    let program = Mailwright::new(&lab);
    let server = lab.authorization().expect("server");
    let words = ["sign-in", &address, "--device", "--timeout", "20"];
    let aadsts = |number: u32, error: &str| json!({ "aadsts": { "number": number, "error": error, "text": "Lab." } });
    let with = |mut fault: Value, endpoint: &str| {
        fault["endpoint"] = endpoint.into();
        fault
    };
    for (fault, id, exit) in [
        (aadsts(53003, "access_denied"), "device-code-blocked", 3),
        (aadsts(530_036, "invalid_grant"), "device-code-blocked", 3),
        (
            aadsts(50199, "interaction_required"),
            "device-code-blocked",
            3,
        ),
        (aadsts(70020, "expired_token"), "device-code-ended", 3),
        (
            with(aadsts(7_000_218, "invalid_client"), "devicecode"),
            "entra-not-public-client",
            1,
        ),
        (
            with(aadsts(530_036, "access_denied"), "devicecode"),
            "device-code-blocked",
            3,
        ),
        (
            with(json!({ "kind": "503" }), "devicecode"),
            "oauth-unreachable",
            5,
        ),
    ] {
        server.fail(&fault).expect("planned");
        let said = program.json(&words).exits(exit);
        assert_eq!(said.json()["error"]["verdict"]["id"], id, "{fault}");
        server.mend().expect("mended");
    }
    let short = ["sign-in", &address, "--device", "--timeout", "3"];
    let said = program.json(&short).exits(3);
    assert_eq!(said.json()["error"]["verdict"]["id"], "device-code-ended");
    no_sign_in_is_kept(&lab, &address);
}

#[tokio::test]
async fn a_server_that_stumbles_is_asked_again_and_the_code_stays_good() {
    let (lab, address) = prepared(Tenant::Contoso);
    let program = Mailwright::new(&lab);
    let server = lab.authorization().expect("server");
    for kind in ["503", "html", "drop"] {
        server.fail(&json!({ "kind": kind })).expect("planned");
    }
    let mut running = program.start(&["sign-in", &address, "--device"]);
    let (page, code) = page_and_code(&mut running);
    for _ in 0..3 {
        running.after("The code stays good. It is asked again in");
    }
    enter(&lab, "alice", &page, &code).await;
    let said = running.wait().exits(0);
    assert!(said.out.contains("Signed in as alice@lab.test"), "{said:?}");
}

#[test]
fn a_code_that_nobody_wants_any_more_is_cancelled() {
    let (lab, address) = prepared(Tenant::Contoso);
    let program = Mailwright::new(&lab);
    let mut running = program.start(&["sign-in", &address, "--device"]);
    let _ = page_and_code(&mut running);
    running.interrupt();
    let said = running.wait().exits(3);
    assert!(said.err.contains("Cancelled."), "{said:?}");
    no_sign_in_is_kept(&lab, &address);
    let mut next = program.start(&["sign-in", &address, "--device"]);
    let _ = page_and_code(&mut next);
}

#[test]
fn google_is_refused_with_the_reason_before_anybody_is_asked() {
    let lab = lab();
    let words = [
        "registration",
        "add",
        "--name",
        "Gmail",
        "--provider",
        "google",
    ];
    let client = ["--client-id", "1-a.apps.googleusercontent.com"];
    let program = Mailwright::new(&lab);
    let _ = program.run(&[&words[..], &client].concat()).exits(0);
    let address = add(&lab, "alice", "Gmail");
    let said = program.json(&["sign-in", &address, "--device"]).exits(2);
    let verdict = &said.json()["error"]["verdict"];
    assert_eq!(verdict["id"], "device-code-google");
    assert!(
        said.err
            .contains("Google gives the permission for Gmail only")
    );
}

/// The address of the last page, which this browser could not open because nobody listens there.
async fn last_address(lab: &Lab, link: &str) -> String {
    let browser = alice_signs_in_at(lab, link).await;
    let address = browser.wait_to_leave(link).await.expect("it leaves");
    browser.close().await.expect("it closes");
    address
}

fn pasting(lab: &Lab, address: &str) -> (String, Watching) {
    let words = ["--json", "sign-in", address, "--paste", "--timeout", "100"];
    let mut running = Mailwright::new(lab).start(&words);
    let link = format!("http{}", running.after("http"));
    running.after("paste it here and press Enter");
    (link, running)
}

#[tokio::test]
async fn the_address_of_a_page_that_did_not_load_completes_the_sign_in() {
    // The port of the redirect is another program's, as where the browser is on another computer.
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").port();
    let lab = lab();
    let redirect = format!("http://localhost:{port}/callback");
    let more = ["--redirect-uri", redirect.as_str()];
    let _ = add_client(&lab, "Lab", Tenant::Contoso, PUBLIC_CLIENT, None, &more).exits(0);
    let address = add(&lab, "alice", "Lab");

    let said = sign_in(&lab, &address, "alice", BrowserAction::Accept, &[]).exits(1);
    assert_eq!(said.json()["error"]["verdict"]["id"], "loop-port-in-use");
    let way_on = format!("mailwright sign-in {address} --paste");
    assert!(said.err.contains(&way_on), "{said:?}");

    let (link, mut running) = pasting(&lab, &address);
    for (text, words) in [
        (
            "Sorry, but we’re having trouble",
            "is not the address of a page",
        ),
        (link.as_str(), "does not finish the sign-in yet"),
        (
            "http://localhost/?code=stolen&state=foreign",
            "belongs to another sign-in",
        ),
    ] {
        running.types(text);
        running.after(words);
    }
    // Somebody else answers there; the test does, and says nothing.
    drop(taken);
    let last = last_address(&lab, &link).await;
    assert!(last.starts_with(&redirect), "{last}");
    running.types(&last);
    running.after("Finishing the sign-in");
    let said = running.wait().exits(0);
    assert_eq!(said.json()["signed_in_as"], "alice@lab.test");
    assert!(
        !said.err.contains("code="),
        "no code comes back: {}",
        said.err
    );
}

#[tokio::test]
async fn an_error_in_the_pasted_address_is_explained_and_the_next_one_still_completes() {
    let (lab, address) = prepared(Tenant::Contoso);
    let (link, mut running) = pasting(&lab, &address);
    let state = link
        .split("state=")
        .nth(1)
        .and_then(|s| s.split('&').next());
    let state = state.expect("a state");
    let refused = "error=access_denied&error_description=AADSTS90094%3A+x";
    running.types(&format!("http://localhost:1/?{refused}&state={state}"));
    running.after("administrator");
    // A browser of this computer comes back by itself all the same.
    let browser = alice_signs_in_at(&lab, &link).await;
    let said = running.wait().exits(0);
    assert_eq!(said.json()["signed_in_as"], "alice@lab.test");
    browser.close().await.expect("it closes");
}
