//! An organisation's tenant and cloud from its domain, and a custom provider's addresses from its issuer.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use mailwright_e2e::{Mailwright, Said};
use mailwright_lab::{KeychainState, Lab, Options, PUBLIC_CLIENT, Tenant};
use serde_json::{Value, json};

fn lab() -> Lab {
    let options = Options::new()
        .dns()
        .authorization_server()
        .keychain(KeychainState::Unlocked);
    Lab::start(options).expect("the lab starts")
}

fn detected(lab: &Lab, address: &str) -> Value {
    Mailwright::new(lab)
        .json(&["detect", address])
        .exits(0)
        .json()
}

fn message(said: &Said) -> String {
    said.json()["error"]["message"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn detect_names_the_tenant_and_the_cloud_of_an_organisation() {
    let lab = lab();
    let found = detected(&lab, "Info@contoso-mail.test");
    assert_eq!(found["tenant"], Tenant::Contoso.id());
    assert_eq!(found["cloud"], "global");
    assert_eq!(found["not_confirmed"], Value::Null);
    assert_eq!(found["tenant_note"], Value::Null);
    assert_eq!(found["outgoing"][0]["host"], "smtp.office365.com");

    let high = detected(&lab, "info@gcc-high.test");
    assert_eq!(high["cloud"], "gcc-high");
    assert_eq!(high["outgoing"][0]["host"], "smtp.office365.us");
    let mark = high["not_confirmed"].as_str().expect("a mark");
    assert!(mark.starts_with("Not confirmed by Microsoft"), "{mark}");
    assert_eq!(detected(&lab, "info@dod.test")["cloud"], "dod");

    // What is not known of the tenant takes nothing away from the rest.
    for (domain, part) in [
        ("unknown-tenant.test", "knows no organisation"),
        ("china.test", "another Microsoft cloud"),
    ] {
        let found = detected(&lab, &format!("info@{domain}"));
        assert_eq!(found["provider"], "microsoft", "{domain}");
        assert_eq!(found["tenant"], Value::Null, "{domain}");
        let note = found["tenant_note"].as_str().expect("a note");
        assert!(note.contains(part), "{note}");
        assert!(!found["incoming"].as_array().expect("servers").is_empty());
    }
    let shown = Mailwright::new(&lab)
        .run(&["detect", "info@gcc-high.test"])
        .exits(0)
        .out;
    assert!(shown.contains("Microsoft cloud: gcc-high"), "{shown}");
    assert!(shown.contains("Not confirmed by Microsoft"), "{shown}");

    // The domain is all that Microsoft is told.
    let asked = lab.authorization().expect("authorization").state();
    let asked = asked.expect("state")["requests"].to_string();
    assert!(asked.contains("/contoso-mail.test/v2.0/.well-known"));
    assert!(!asked.to_lowercase().contains("info"), "{asked}");
}

#[test]
fn a_domain_takes_the_place_of_a_tenant_id() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let add = |name: &str, more: &[&str]| {
        let mut words = vec![
            "registration",
            "add",
            "--name",
            name,
            "--provider",
            "microsoft",
            "--client-id",
            PUBLIC_CLIENT,
        ];
        words.extend(more);
        program.json(&words)
    };
    let show = |name: &str| {
        program
            .json(&["registration", "show", name])
            .exits(0)
            .json()
    };
    let _ = add("High", &["--domain", "anna@gcc-high.test"]).exits(0);
    let shown = show("High");
    assert_eq!(shown["tenant"], Tenant::Contoso.id());
    assert_eq!(shown["cloud"], "gcc-high");
    assert!(shown["not_confirmed"].is_string(), "{shown:#}");
    let people = program.run(&["registration", "show", "High"]).exits(0).out;
    assert!(people.contains("Not confirmed by Microsoft"), "{people}");

    let base = lab.authorization().expect("authorization").base();
    let own = ["--cloud", "custom", "--authority", base];
    let _ = add("Own", &[&own[..], &["--domain", "dod.test"]].concat()).exits(0);
    let shown = show("Own");
    assert_eq!(shown["tenant"], Tenant::Contoso.id());
    assert_eq!(
        shown["cloud"], "custom",
        "it is signed in at where it was entered"
    );

    // And later: another domain of another cloud, while nobody is signed in.
    let set = ["registration", "set", "High", "--domain", "dod.test"];
    let _ = program.json(&set).exits(0);
    assert_eq!(show("High")["cloud"], "dod");

    for (domain, exit, part) in [
        ("nobody.test", 1, "knows no organisation"),
        ("china.test", 1, "another Microsoft cloud"),
        ("new-cloud.test", 1, "does not know"),
        ("no domain", 2, "neither an address nor a domain"),
    ] {
        let said = add("Not", &["--domain", domain]).exits(exit);
        assert!(message(&said).contains(part), "{}", message(&said));
        assert!(message(&said).contains("Nothing was saved"));
    }
    let nobody = add("Not", &["--domain", "nobody.test"]).json();
    assert_eq!(nobody["error"]["verdict"]["id"], "entra-tenant-not-found");
    let _ = program.json(&["registration", "show", "Not"]).exits(1);

    let authorization = lab.authorization().expect("authorization");
    for fault in [
        json!({ "endpoint": "metadata", "kind": "503" }),
        json!({ "endpoint": "metadata", "kind": "drop" }),
    ] {
        authorization.fail(&fault).expect("a fault");
        let said = add("Not", &["--domain", "contoso-mail.test"]).exits(5);
        assert!(message(&said).contains("could not be asked"), "{said:?}");
    }
    let html = json!({ "endpoint": "metadata", "kind": "html" });
    authorization.fail(&html).expect("a fault");
    let said = add("Not", &["--domain", "contoso-mail.test"]).exits(1);
    assert!(message(&said).contains("by hand"), "{said:?}");
}

#[test]
fn an_issuer_tells_the_addresses_of_a_custom_provider() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let issuer = lab
        .authorization()
        .expect("authorization")
        .issuer(Tenant::Op);
    let add = |name: &str, issuer: &str, more: &[&str]| {
        let mut words = vec![
            "registration",
            "add",
            "--name",
            name,
            "--provider",
            "custom",
            "--client-id",
            PUBLIC_CLIENT,
            "--authority",
            issuer,
        ];
        words.extend(more);
        program.json(&words)
    };
    let show = |name: &str| {
        program
            .json(&["registration", "show", name])
            .exits(0)
            .json()
    };
    let saved = add("Op", &issuer, &[]).exits(0).json();
    assert!(
        saved["notes"].to_string().contains("were read from"),
        "{saved:#}"
    );
    let shown = show("Op");
    assert_eq!(shown["authorize_url"], format!("{issuer}/auth"));
    assert_eq!(shown["token_url"], format!("{issuer}/token"));
    assert_eq!(shown["device_url"], format!("{issuer}/device/auth"));
    assert_eq!(shown["revoke_url"], format!("{issuer}/token/revocation"));

    // What a person entered goes before what the issuer says.
    let own = "https://own.example/revoke";
    let _ = add("Mine", &issuer, &["--revoke-url", own, "--scope", "mail"]).exits(0);
    let shown = show("Mine");
    assert_eq!(shown["revoke_url"], own);
    assert_eq!(shown["scopes"], json!(["mail"]));
    assert_eq!(shown["token_url"], format!("{issuer}/token"));
    // Taken away and asked for again.
    let clear = [
        "registration",
        "set",
        "Mine",
        "--token-url",
        "",
        "--revoke-url",
        "",
    ];
    let _ = program.json(&clear).exits(0);
    assert_eq!(
        show("Mine")["revoke_url"],
        format!("{issuer}/token/revocation")
    );

    let said = add("Not", &format!("{issuer}/"), &[]).exits(1);
    assert!(
        message(&said).contains(&format!("calls itself “{issuer}”")),
        "{said:?}"
    );
    let base = lab.authorization().expect("authorization").base();
    let said = add("Not", base, &[]).exits(1);
    assert!(
        message(&said).contains("publishes no addresses"),
        "{said:?}"
    );
    let said = add("Not", "http://id.example/", &[]).exits(2);
    assert!(message(&said).contains("https://"), "{said:?}");
    let said = add("Not", "http://127.0.0.1:1/", &[]).exits(5);
    assert!(message(&said).contains("could not be asked"), "{said:?}");
    let _ = program.json(&["registration", "show", "Not"]).exits(1);
}
