//! What `doctor` finds on a computer that is ready, and on some that are not.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::{Duration, SystemTime};

use mailwright_e2e::{Front, Mailbox, Mailwright, Said, add_mailbox, add_registration};
use mailwright_lab::{KeychainState, Lab, Options, Tenant};
use serde_json::Value;

fn doctor(lab: &Lab, set: &[(&str, &str)], unset: &[&str]) -> Said {
    let mut command = Mailwright::new(lab).command(&["--json", "doctor"]);
    command.envs(set.iter().copied());
    for name in unset {
        command.env_remove(name);
    }
    Mailwright::finish(command)
}

fn check(said: &Said, id: &str) -> Value {
    let document = said.json();
    let checks = document["checks"].as_array().expect("checks");
    let found = checks.iter().find(|check| check["id"] == id);
    found.unwrap_or_else(|| panic!("no {id}: {said:?}")).clone()
}

#[test]
fn a_computer_that_is_ready_and_a_firewall_that_it_trusts() {
    let lab = Lab::start(Options::everything()).expect("the lab starts");
    let _ = add_registration(&lab, "Lab", Tenant::Contoso).exits(0);
    let _ = add_mailbox(&lab, &Mailbox::of(&lab, "alice"), "Lab", &[]).exits(0);
    let front = Front::tls(&lab, lab.certificates().good());
    let address = format!("https://localhost:{}/", front.port);
    let keychain = lab.keychain().expect("a keychain");
    let before = keychain.items().expect("items").len();
    let said = doctor(&lab, &[("MAILWRIGHT_MICROSOFT", &address)], &[]).exits(0);
    for id in [
        "keychain",
        "browser",
        "loopback-ipv4",
        "localhost",
        "dns",
        "proxy",
        "tls",
    ] {
        assert_eq!(check(&said, id)["outcome"], "passed", "{said:?}");
    }
    assert!(
        check(&said, "dns")["detail"]
            .to_string()
            .contains("mail.lab.test")
    );
    let opened = check(&said, "tls");
    assert_eq!(opened["verdict"]["id"], "tls-opened-and-trusted");
    assert_eq!(opened["verdict"]["who"], "network");
    assert!(
        opened["detail"].to_string().contains("Mailwright Lab CA"),
        "{opened}"
    );
    assert_eq!(front.seen(), ["opened"], "one connection");
    assert_eq!(
        keychain.items().expect("items").len(),
        before,
        "nothing is left"
    );
    assert_eq!(lab.browser_openings(), 0, "nothing is opened");
    let said = Mailwright::new(&lab).run(&["doctor"]);
    assert!(said.out.contains("Way back, IPv4"), "{said:?}");
}

#[test]
fn a_firewall_that_is_not_trusted_is_named_and_is_for_whoever_runs_it() {
    let lab = Lab::start(
        Options::new()
            .browser()
            .authorization_server()
            .keychain(KeychainState::Unlocked),
    )
    .expect("the lab starts");
    let front = Front::tls(&lab, lab.certificates().good());
    let address = format!("https://localhost:{}/", front.port);
    let set = [("MAILWRIGHT_MICROSOFT", &*address)];
    let said = doctor(&lab, &set, &["MAILWRIGHT_CA_FILE"]).exits(5);
    let tls = check(&said, "tls");
    assert_eq!(tls["outcome"], "failed");
    assert_eq!(tls["verdict"]["id"], "loop-tls-proxy-on-login-host");
    assert!(
        tls["verdict"]["what"]
            .to_string()
            .contains("Mailwright Lab CA"),
        "{tls}"
    );
    assert_eq!(check(&said, "clock")["outcome"], "unchecked");
}

#[test]
fn a_keychain_that_is_not_there_is_said_before_anybody_signs_in() {
    let lab = Lab::start(Options::new().browser()).expect("the lab starts");
    let said = doctor(&lab, &[], &[]).exits(1);
    let keychain = check(&said, "keychain");
    assert_eq!(keychain["verdict"]["id"], "keychain-missing");
    assert!(keychain["verdict"]["steps"][0].is_string());
}

#[test]
fn the_clock_is_compared_with_the_date_of_an_answer() {
    let lab = Lab::start(Options::new().browser().keychain(KeychainState::Unlocked))
        .expect("the lab starts");
    for (behind, outcome, code) in [(0, "passed", 0), (600, "failed", 1)] {
        let server = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}/", server.local_addr().expect("bound"));
        let answering = std::thread::spawn(move || answer(&server, behind));
        let said = doctor(&lab, &[("MAILWRIGHT_MICROSOFT", &address)], &[]).exits(code);
        let request = answering.join().expect("it was asked");
        assert!(request.starts_with("GET / HTTP/1.1\r\n"), "{request}");
        let clock = check(&said, "clock");
        assert_eq!(clock["outcome"], outcome, "{clock}");
        let drift = clock["drift_ms"].as_i64().expect("a number");
        assert!((drift - behind * 1_000).abs() < 20_000, "{clock}");
        if behind > 0 {
            assert_eq!(clock["verdict"]["id"], "loop-clock");
            assert!(
                clock["detail"].to_string().contains("ahead of 127.0.0.1"),
                "{clock}"
            );
        }
    }
}

/// Answers once as a server whose clock is so many seconds behind; gives what it was asked.
fn answer(server: &TcpListener, behind: i64) -> String {
    let (mut stream, _) = server.accept().expect("somebody asks");
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).expect("it reads") == 1 {
        request.push(byte[0]);
    }
    let behind = Duration::from_secs(u64::try_from(behind).expect("not negative"));
    let date = http_date(SystemTime::now() - behind);
    write!(
        stream,
        "HTTP/1.1 302 Found\r\nDate: {date}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    .expect("it is read");
    String::from_utf8_lossy(&request).into_owned()
}

/// As the system's own `date` writes it (RFC 9110 section 5.6.7).
fn http_date(time: SystemTime) -> String {
    let seconds = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("after 1970");
    let output = std::process::Command::new("date")
        .env("LC_ALL", "C")
        .args([
            "-u",
            "-d",
            &format!("@{}", seconds.as_secs()),
            "+%a, %d %b %Y %H:%M:%S GMT",
        ])
        .output()
        .expect("date runs");
    String::from_utf8(output.stdout)
        .expect("text")
        .trim()
        .to_owned()
}

#[test]
fn a_proxy_is_named_without_its_password_and_a_refusal_is_for_whoever_runs_it() {
    let lab = Lab::start(
        Options::new()
            .browser()
            .authorization_server()
            .keychain(KeychainState::Unlocked),
    )
    .expect("the lab starts");
    let front = Front::tls(&lab, lab.certificates().good());
    let address = format!("https://localhost:{}/", front.port);
    for (refusal, outcome, code) in [(None, "passed", 0), (Some("403 Forbidden"), "failed", 5)] {
        let proxy = Front::proxy(refusal);
        let by = format!("http://anna:canary@127.0.0.1:{}", proxy.port);
        let set = [("MAILWRIGHT_MICROSOFT", &*address), ("HTTPS_PROXY", &by)];
        let said = doctor(&lab, &set, &[]).exits(code);
        let found = check(&said, "proxy");
        assert_eq!(found["outcome"], outcome, "{found}");
        let detail = found["detail"].to_string();
        assert!(
            detail.contains(&format!("http://127.0.0.1:{}", proxy.port)),
            "{detail}"
        );
        assert!(detail.contains("HTTPS_PROXY"), "{detail}");
        assert!(
            !said.out.contains("canary") && !said.err.contains("canary"),
            "{said:?}"
        );
        assert!(proxy.seen()[0].starts_with("CONNECT localhost:"));
        if refusal.is_some() {
            assert_eq!(found["verdict"]["id"], "oauth-proxy-refused");
        }
    }
}
