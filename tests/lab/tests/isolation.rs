//! Labs do not meet each other, and leave nothing behind, however they end.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // helpers of tests may, as tests do

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use mailwright_lab::{KeychainState, Lab, Options};

fn options() -> Options {
    Options::new()
        .authorization_server()
        .mail()
        .dns()
        .keychain(KeychainState::Unlocked)
}

/// The processes that have anything to do with a folder.
fn processes(folder: &Path) -> Vec<String> {
    let folder = folder.display().to_string();
    let mentions = |file: PathBuf| {
        let bytes = fs::read(file).unwrap_or_default();
        String::from_utf8_lossy(&bytes).contains(&folder)
    };
    let own = std::process::id().to_string();
    fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter(|entry| {
            let process = entry.path();
            let works_in = fs::read_link(process.join("cwd")).unwrap_or_default();
            entry.file_name().to_string_lossy() != own
                && (works_in.starts_with(&folder)
                    || mentions(process.join("cmdline"))
                    || mentions(process.join("environ")))
        })
        .map(|entry| {
            let name = fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
            format!("{} {}", entry.file_name().to_string_lossy(), name.trim())
        })
        .collect()
}

fn assert_gone(folder: &Path) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let left = processes(folder);
        if left.is_empty() && !folder.exists() {
            return;
        }
        assert!(
            Instant::now() < deadline,
            "left: {left:?}, folder: {}",
            folder.exists()
        );
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn two_labs_stand_side_by_side_and_go() {
    let (one, two) = (
        Lab::start(options()).unwrap(),
        Lab::start(options()).unwrap(),
    );
    let browser = one.browser().await.unwrap();
    let ports = |lab: &Lab| (lab.mail().unwrap().imaps, lab.dns().unwrap().address());
    assert_ne!(ports(&one), ports(&two));
    assert_ne!(
        one.user("alice").unwrap().password,
        two.user("alice").unwrap().password
    );
    let folders = [
        one.folder().path().to_owned(),
        two.folder().path().to_owned(),
    ];
    assert!(
        processes(&folders[0]).len() > 10,
        "{:?}",
        processes(&folders[0])
    );
    drop(browser);
    drop(one);
    assert_gone(&folders[0]);
    assert!(processes(&folders[1]).len() > 10);
    drop(two);
    assert_gone(&folders[1]);
}

#[test]
fn a_panic_leaves_nothing() {
    let mut folder = PathBuf::new();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let lab = Lab::start(options()).unwrap();
        lab.folder().path().clone_into(&mut folder);
        panic!("on purpose");
    }));
    assert!(outcome.is_err() && folder.is_absolute());
    assert_gone(&folder);
}

#[test]
fn a_killed_program_leaves_nothing() {
    let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Kept open: a lab that cannot write ends by itself, and here it is to be killed.
    let mut output = BufReader::new(lab.stdout.take().unwrap());
    let folder = output
        .by_ref()
        .lines()
        .map_while(Result::ok)
        .find_map(|line| Some(PathBuf::from(line.trim().strip_prefix("Files")?.trim())))
        .unwrap();
    assert!(processes(&folder).len() > 10);
    lab.kill().unwrap();
    assert_eq!(lab.wait().unwrap().signal(), Some(9));
    assert_gone(&folder);
}
