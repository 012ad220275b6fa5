//! Registrations of other programs: platform “Web” with a secret and a path, and the slips that people make with them.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use mailwright_e2e::{Mailbox, Mailwright, add_client, add_mailbox, no_sign_in_is_kept, sign_in};
use mailwright_lab::{
    BrowserAction, CONFIDENTIAL_CLIENT, Lab, Options, PUBLIC_CLIENT, SINGLE_PAGE_CLIENT, Tenant,
    WEB_CLIENT, WEB_REDIRECT, WEB_SECRET,
};
use serde_json::json;

fn lab() -> Lab {
    Lab::start(Options::everything()).expect("the lab starts")
}

fn add(lab: &Lab, who: &str, registration: &str) -> String {
    let mailbox = Mailbox::of(lab, who);
    let _ = add_mailbox(lab, &mailbox, registration, &[]).exits(0);
    mailbox.address
}

#[test]
fn an_order_systems_registration_with_secret_and_path_signs_in() {
    let lab = lab();
    let more = ["--redirect-uri", WEB_REDIRECT];
    let _ = add_client(
        &lab,
        "Order",
        Tenant::Contoso,
        WEB_CLIENT,
        Some(WEB_SECRET),
        &more,
    )
    .exits(0);
    let address = add(&lab, "alice", "Order");
    let said = sign_in(&lab, &address, "alice", BrowserAction::Accept, &[]).exits(0);
    assert_eq!(said.json()["signed_in_as"], "alice@lab.test");
    assert!(!format!("{said:?}").contains(WEB_SECRET));
    // Renewals need the secret as well.
    let _ = Mailwright::new(&lab).run(&["test", &address]).exits(0);
}

#[test]
fn each_slip_in_such_a_registration_has_its_own_verdict() {
    let lab = lab();
    let path = ["--redirect-uri", WEB_REDIRECT];
    for (number, (client, secret, more, id)) in [
        (WEB_CLIENT, None, &path[..], "entra-not-public-client"),
        (CONFIDENTIAL_CLIENT, None, &[], "entra-not-public-client"),
        (
            WEB_CLIENT,
            Some("wrong~secret"),
            &path,
            "entra-secret-wrong",
        ),
        (
            PUBLIC_CLIENT,
            Some("unwanted~secret"),
            &[],
            "entra-secret-sent-by-public",
        ),
        (SINGLE_PAGE_CLIENT, None, &[], "entra-spa-platform"),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("Slip {number}");
        let _ = add_client(&lab, &name, Tenant::Contoso, client, secret, more).exits(0);
        let address = add(&lab, "alice", &name);
        let said = sign_in(&lab, &address, "alice", BrowserAction::Accept, &[]).exits(1);
        let verdict = &said.json()["error"]["verdict"];
        assert_eq!(
            (&verdict["id"], &verdict["who"]),
            (&json!(id), &json!("consultant"))
        );
        no_sign_in_is_kept(&lab, &address);
        let _ = Mailwright::new(&lab).run(&["remove", &address]).exits(0);
    }
}
