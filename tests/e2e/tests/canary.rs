//! After the whole job no token, code, password or client secret is in any file, log, transcript or output.
#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::too_many_lines,
    clippy::case_sensitive_file_extension_comparisons
)] // a test: it tells one long story

use std::fs;
use std::path::Path;
use std::process::Command;

use mailwright_e2e::{Mailbox, add_mailbox};
use mailwright_lab::{BrowserAction, CONFIDENTIAL_CLIENT, CONFIDENTIAL_SECRET, Lab, Options};

/// Every text that a run printed, standard output and standard error, with the most talkative log.
struct Printed(Vec<(String, String)>);

impl Printed {
    fn run(&mut self, lab: &Lab, words: &[&str], input: Option<&str>) -> String {
        let mut command = mailwright_e2e::Mailwright::new(lab).command(words);
        command
            .env("MAILWRIGHT_LOG", "trace")
            .env("RUST_BACKTRACE", "1");
        let output = match input {
            None => command.output(),
            Some(text) => with_input(lab, command, text),
        }
        .expect("the program starts");
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        self.0.push((format!("{words:?} (output)"), out.clone()));
        self.0.push((
            format!("{words:?} (log)"),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        ));
        out
    }
}

fn with_input(
    lab: &Lab,
    mut command: Command,
    text: &str,
) -> std::io::Result<std::process::Output> {
    // Outside the data folder, which is searched.
    let file = lab
        .folder()
        .write("secret-to-type", text, 0o600)
        .expect("written");
    command.stdin(fs::File::open(file)?);
    command.output()
}

#[test]
fn no_secret_is_left_anywhere_but_in_the_keychain() {
    let lab = Lab::start(Options::everything()).expect("the lab starts");
    let authorization = lab.authorization().expect("authorization");
    let mailbox = Mailbox::of(&lab, "alice");
    let address = mailbox.address.as_str();
    let transcripts = lab.mailwright_home().join("transcripts");
    let folder = transcripts.display().to_string();
    let mut printed = Printed(Vec::new());

    let base = authorization.base().to_owned();
    let registration = [
        "registration",
        "add",
        "--name",
        "Lab",
        "--provider",
        "microsoft",
        "--cloud",
        "custom",
        "--authority",
        &base,
        "--tenant",
        "contoso",
        "--client-id",
        CONFIDENTIAL_CLIENT,
        "--client-secret-stdin",
    ];
    printed.run(&lab, &registration, Some(CONFIDENTIAL_SECRET));
    let _ = add_mailbox(&lab, &mailbox, "Lab", &[]).exits(0);
    for (who, action) in [
        ("alice", BrowserAction::Cancel),
        ("bob", BrowserAction::Accept),
        ("alice", BrowserAction::Accept),
    ] {
        lab.plan_browser(who, action).expect("planned");
        printed.run(
            &lab,
            &["sign-in", address, "--open", "--timeout", "60"],
            None,
        );
    }
    printed.run(&lab, &["test", address, "--transcript", &folder], None);
    printed.run(&lab, &["--json", "test", address], None);
    printed.run(&lab, &["folders", address], None);
    let token = printed
        .run(&lab, &["token", address], None)
        .trim()
        .to_owned();
    printed
        .0
        .retain(|(what, _)| what != "[\"token\", \"alice@lab.test\"] (output)"); // its purpose
    assert!(token.len() > 100, "the job went to its end: {token}");
    // Failures say most: refused tokens, refused renewals, answers that are none.
    for kind in ["503", "html", "drop"] {
        authorization
            .fail(&serde_json::json!({ "kind": kind }))
            .expect("planned");
        printed.run(&lab, &["test", address, "--transcript", &folder], None);
    }
    printed.run(
        &lab,
        &["set", address, "--smtp-login", "bob@lab.test"],
        None,
    );
    printed.run(&lab, &["test", address, "--transcript", &folder], None);
    authorization.revoke(address).expect("revoked");
    printed.run(&lab, &["test", address], None);
    for words in [
        vec!["show", address],
        vec!["list"],
        vec!["registration", "show", "Lab"],
    ] {
        printed.run(&lab, &words, None);
    }

    let mut secrets = authorization.issued().expect("issued");
    assert!(
        secrets.len() >= 4,
        "codes and refresh tokens were given out"
    );
    secrets.push(CONFIDENTIAL_SECRET.to_owned());
    secrets.extend(lab.users().iter().map(|user| user.password.clone()));
    // The signature alone identifies a token and is in no other text.
    secrets.push(token.rsplit('.').next().unwrap_or(&token).to_owned());
    let mut files = Vec::new();
    collect(&lab.mailwright_home(), &mut files);
    assert!(
        files.len() >= 4,
        "database, locks and transcripts were looked at: {files:?}"
    );
    for (what, text) in files.iter().chain(&printed.0) {
        for secret in &secrets {
            assert!(
                !text.contains(secret.as_str()),
                "{what} holds a secret of {} characters",
                secret.len()
            );
        }
        let jwt = text.find("eyJ").filter(|at| {
            text[*at..]
                .split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)))
                .next()
                .is_some_and(|w| w.len() > 80)
        });
        assert!(
            jwt.is_none(),
            "{what} holds a token: {:.60}",
            &text[jwt.unwrap_or_default()..]
        );
    }
    assert!(
        files
            .iter()
            .any(|(name, text)| name.ends_with(".txt") && text.contains("AUTHENTICATE")),
        "the transcripts hold the conversation"
    );
}

/// Every file below a folder, bytes as text.
fn collect(folder: &Path, into: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, into);
        } else {
            let bytes = fs::read(&path).expect("it reads");
            into.push((
                path.display().to_string(),
                String::from_utf8_lossy(&bytes).into_owned(),
            ));
        }
    }
}
