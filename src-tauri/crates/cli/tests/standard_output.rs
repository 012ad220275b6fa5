//! What the program does where its answer cannot be written.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used)] // what is not as expected ends the test

use std::fs::File;
use std::process::{Command, Output, Stdio};

fn run(word: &str, to: Stdio) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mailwright"))
        .arg(word)
        .stdin(Stdio::null())
        .stdout(to)
        .stderr(Stdio::piped())
        .output()
        .expect("the program starts")
}

#[test]
fn a_full_disk_does_not_look_like_success() {
    for word in ["help", "--help", "--version"] {
        let full = File::options()
            .write(true)
            .open("/dev/full")
            .expect("Linux has it");
        let said = run(word, full.into());
        let err = String::from_utf8_lossy(&said.stderr);
        assert_eq!(said.status.code(), Some(1), "{word}: {err}");
        assert!(err.contains("could not be written"), "{word}: {err}");
    }
}

#[test]
fn a_reader_that_went_away_is_no_failure() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let said = run("help", writer.into());
    let err = String::from_utf8_lossy(&said.stderr);
    assert_eq!((said.status.code(), err.as_ref()), (Some(0), ""));
}
