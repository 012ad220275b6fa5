//! Ctrl-C ends a verb that waits, with a sentence and an exit code.
#![cfg(unix)]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use std::net::UdpSocket;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

#[test]
fn a_verb_that_waits_is_stopped() {
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a port"); // a name server that never answers
    silent
        .set_read_timeout(Some(Duration::from_secs(60)))
        .expect("a time limit");
    let child = Command::new(env!("CARGO_BIN_EXE_mailwright"))
        .args(["detect", "anna@firma.nl"])
        .env(
            "MAILWRIGHT_DNS",
            silent.local_addr().expect("a port").to_string(),
        )
        .env(
            "MAILWRIGHT_HOME",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("ctrl-c"),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let asked = silent.recv(&mut [0; 512]);
    let stop = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    let said = child.wait_with_output().expect("the program ends");
    assert!(asked.is_ok() && stop.is_ok_and(|s| s.success()), "{said:?}");
    assert_eq!(said.status.code(), Some(1), "{said:?}");
    assert_eq!(
        String::from_utf8_lossy(&said.stderr),
        "Stopped. Nothing is half done.\n"
    );
}
