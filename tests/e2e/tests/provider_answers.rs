//! What Microsoft's and Google's servers say on their bad days, through the whole program to the verdict.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use mailwright_e2e::{
    Mailbox, Mailwright, add_mailbox, add_registration, bad_days, check, failure, failures,
    set_up_with_pop3, sign_in,
};
use mailwright_lab::{BrowserAction, Lab, Options, Tenant};

const ADDRESS: &str = "alice@lab.test";

#[test]
fn each_answer_of_a_provider_leads_to_its_verdict_and_to_whoever_can_mend_it() {
    let lab = Lab::start(Options::everything()).expect("the lab starts");
    let program = Mailwright::new(&lab);
    let _ = set_up_with_pop3(&lab, "alice", Tenant::Contoso);
    for day in bad_days() {
        let (front, servers) = day.begin(&lab);
        let servers: Vec<&str> = servers.iter().map(String::as_str).collect();
        let set = [&["set", ADDRESS], servers.as_slice()].concat();
        let _ = program.run(&set).exits(0);
        let to_oneself: &[&str] = if day.with_message {
            &["--send-to", ADDRESS]
        } else {
            &[]
        };
        let said = program.json(&[["test", ADDRESS].as_slice(), to_oneself].concat());
        let report = said.json();
        let (protocol, id) = day.fails;
        let expected = failure(protocol, id, day.verdict);
        assert_eq!(failures(&report), [expected], "{}: {report:#}", day.what);
        let failed = check(&report, protocol, id);
        assert_eq!(failed["verdict"]["who"], day.who, "{}", day.what);
        // Whoever is called gets an exit code of their own.
        let code = match day.who {
            "administrator" => 4,
            "you" if day.verdict == "pop-gmail-off" => 1, // a setting, not a sign-in
            "you" if day.verdict == "pop-transient" => 5,
            "you" => 3,
            _ => 5, // too much at once: try later
        };
        assert_eq!(said.code, code, "{}: {said:?}", day.what);
        assert!(!front.seen().is_empty(), "{}: nobody asked it", day.what);
    }
}

#[test]
fn where_a_server_refuses_a_mailbox_of_another_organisation_both_are_named() {
    let lab = Lab::start(Options::everything()).expect("the lab starts");
    let program = Mailwright::new(&lab);
    let _ = add_registration(&lab, "Lab", Tenant::Contoso).exits(0);
    let steps = |address: &str| {
        let mailbox = Mailbox {
            address: address.to_owned(),
            ..Mailbox::of(&lab, "alice")
        };
        let alice = ["--sign-in-name", ADDRESS];
        let _ = add_mailbox(&lab, &mailbox, "Lab", &alice).exits(0);
        let _ = sign_in(&lab, address, "alice", BrowserAction::Accept, &[]).exits(0);
        let report = program.json(&["test", address]).json();
        // The lab's servers let alice into her own mailboxes only.
        let failed = check(&report, "imap", "authenticate");
        assert_eq!(failed["outcome"], "failed", "{report:#}");
        failed["verdict"]["steps"].to_string()
    };
    let told = steps("info@fabrikam.test");
    for part in [Tenant::Contoso.id(), Tenant::Strict.id(), "fabrikam.test"] {
        assert!(told.contains(part), "{told}");
    }
    // Where both are one, and where Microsoft does not know the domain, nothing is said of it.
    for address in ["info@contoso-mail.test", "info@unknown-tenant.test"] {
        let told = steps(address);
        assert!(!told.contains(Tenant::Contoso.id()), "{told}");
    }
}
