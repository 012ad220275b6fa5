//! `organisation`: what tests have shown of an organisation's switches, the commands for the rest, and what they print
//! read back.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use std::fs;

use mailwright_e2e::Mailwright;
use mailwright_lab::{KeychainState, Lab, Options, PUBLIC_CLIENT};
use serde_json::Value;

/// A lab whose program knows one registration in Microsoft's shape and two mailboxes of it.
fn lab() -> Lab {
    let options = Options::new()
        .authorization_server()
        .keychain(KeychainState::Unlocked);
    let lab = Lab::start(options).expect("the lab starts");
    let base = lab
        .authorization()
        .expect("authorization")
        .base()
        .to_owned();
    let program = Mailwright::new(&lab);
    let words = [
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
        "lab.test",
        "--client-id",
        PUBLIC_CLIENT,
    ];
    let _ = program.run(&words).exits(0);
    for address in ["info@lab.test", "o'neil@lab.test"] {
        let words = [
            "add",
            address,
            "--registration",
            "Lab",
            "--imap",
            "127.0.0.1:993:tls",
            "--smtp",
            "127.0.0.1:587:starttls",
        ];
        let _ = program.run(&words).exits(0);
    }
    lab
}

fn check<'a>(found: &'a Value, id: &str) -> &'a Value {
    let all = found["checks"].as_array().expect("checks");
    all.iter()
        .find(|check| check["id"] == id)
        .unwrap_or_else(|| panic!("{id} in {found:#}"))
}

fn kinds(check: &Value) -> Vec<&str> {
    let commands = check["commands"].as_array().expect("commands");
    commands.iter().filter_map(|c| c["kind"].as_str()).collect()
}

#[test]
fn what_is_not_known_is_looked_up_and_read_back() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let found = program.json(&["organisation"]).exits(0).json();
    let smtp = check(&found, "smtp-auth-mailbox");
    assert_eq!(smtp["outcome"], "unchecked");
    assert_eq!(kinds(smtp), ["connect", "look"]);
    let look = program.run(&["organisation", "--all"]).exits(0).out;
    assert!(
        look.contains(
            "'info@lab.test', 'o''neil@lab.test' | ForEach-Object { Get-CASMailbox -Identity $_ }"
        ),
        "{look}"
    );
    for word in ["Set-", "Update-", "Remove-", "New-", "Add-"] {
        assert!(!look.contains(word), "{word} in {look}");
    }

    // What an administrator's PowerShell prints, as a file of Windows PowerShell has it.
    let printed = "PS C:\\> Get-TransportConfig | Format-List Name,AllowLegacyTLSClients,SmtpClientAuthenticationDisabled\r\n\r\n\
        Name                             : Transport Settings\r\n\
        SmtpClientAuthenticationDisabled : True\r\n\r\n\
        PrimarySmtpAddress               : info@lab.test\r\n\
        SmtpClientAuthenticationDisabled : \r\n\
        ImapEnabled                      : True\r\n\r\n\
        PrimarySmtpAddress               : O'Neil@lab.test\r\n\
        SmtpClientAuthenticationDisabled : True\r\n\
        ImapEnabled                      : True\r\n";
    let bytes: Vec<u8> = std::iter::once(0xfeff)
        .chain(printed.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let file = lab.mailwright_home().join("printed.txt");
    fs::write(&file, bytes).expect("written");
    let path = file.display().to_string();
    let read = program.json(&["organisation", "--registration", "Lab", "--paste", &path]);
    let read = read.exits(4).json();
    assert_eq!(read["pasted"]["understood"], 5, "{read:#}");
    let smtp = check(&read, "smtp-auth-mailbox");
    assert_eq!(smtp["outcome"], "failed");
    assert_eq!(
        kinds(smtp),
        ["connect", "look", "change", "reverse", "change", "reverse"]
    );
    let commands: Vec<&str> = smtp["commands"]
        .as_array()
        .expect("commands")
        .iter()
        .filter_map(|c| c["command"].as_str())
        .collect();
    assert_eq!(
        commands[2..],
        [
            "Set-CASMailbox -Identity 'info@lab.test' -SmtpClientAuthenticationDisabled $false",
            "Set-CASMailbox -Identity 'info@lab.test' -SmtpClientAuthenticationDisabled $null",
            "Set-CASMailbox -Identity 'o''neil@lab.test' -SmtpClientAuthenticationDisabled $false",
            "Set-CASMailbox -Identity 'o''neil@lab.test' -SmtpClientAuthenticationDisabled $true",
        ]
    );
    assert_eq!(smtp["findings"][0]["decided_by"], "smtp-auth-organisation");
    assert_eq!(check(&read, "imap-mailbox")["outcome"], "passed");

    let people = program.run_with_input(&["organisation", "--paste", "-"], printed);
    assert_eq!(people.code, 4, "{people:?}");
    for part in [
        "FAILED   Sending through apps, per mailbox",
        "Takes it back:",
        "5 values were read",
    ] {
        assert!(people.out.contains(part), "{people:?}");
    }
    // Nothing of it was kept.
    let again = program.json(&["organisation"]).exits(0).json();
    assert_eq!(check(&again, "smtp-auth-mailbox")["outcome"], "unchecked");
}

#[test]
fn wrong_use_and_text_without_an_answer() {
    let lab = lab();
    let program = Mailwright::new(&lab);
    let said = program.run_with_input(&["organisation", "--paste", "-"], "hello\n");
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.contains("Nothing of the pasted text"), "{said:?}");
    let said = program
        .json(&["organisation", "--paste", "/nowhere/printed.txt"])
        .exits(2);
    assert_eq!(said.json()["error"]["code"], "usage");
    let said = program
        .json(&["organisation", "--registration", "Nobody"])
        .exits(1);
    assert_eq!(said.json()["error"]["code"], "not-found");
    let words = [
        "registration",
        "add",
        "--name",
        "Second",
        "--provider",
        "google",
        "--client-id",
        "1-a.apps.googleusercontent.com",
    ];
    let _ = program.run(&words).exits(0);
    let said = program.run(&["organisation"]).exits(2);
    assert!(
        said.err.contains("“Lab”") && said.err.contains("--registration NAME"),
        "{said:?}"
    );
    let found = program
        .json(&["organisation", "--registration", "Second"])
        .exits(0)
        .json();
    assert_eq!(found["look"], serde_json::json!([]));
    assert_eq!(check(&found, "google-app-access")["outcome"], "unchecked");
}
