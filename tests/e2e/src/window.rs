use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use mailwright_lab::Lab;

use crate::Mailwright;

/// Calls by which a secret is written (Secret Service API, 2 and 4).
const WRITES: [&str; 2] = ["\tCreateItem", "\tSetSecret"];
const LIMIT: Duration = Duration::from_secs(30);

/// How long, in milliseconds, the new refresh token was nowhere but in the program's memory: from the provider's answer
/// to the keychain's receipt for the first write after it. One figure for each of `runs` renewals, seen on the lab's
/// session bus from outside.
///
/// # Panics
/// `dbus-monitor` cannot be started, or a renewal does not succeed.
pub fn unsafe_windows(lab: &Lab, address: &str, runs: usize) -> Vec<f64> {
    let bus = lab
        .keychain()
        .expect("the lab has a keychain")
        .bus_address();
    let mut monitor = Command::new("dbus-monitor")
        .args(["--address", bus, "--profile"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("dbus-monitor starts");
    let lines = BufReader::new(monitor.stdout.take().expect("piped")).lines();
    let (sender, receiver) = mpsc::channel();
    let reading = std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    // It says its own name first, so it listens.
    let _ = receiver.recv_timeout(LIMIT).expect("dbus-monitor listens");
    let mut windows = Vec::new();
    for _ in 0..runs {
        let _ = Mailwright::new(lab).run(&["token", address]).exits(0);
        let answered = last_answer(lab);
        windows.push(receipt(&receiver, answered) - answered);
    }
    let _ = monitor.kill();
    let _ = monitor.wait();
    let _ = reading.join();
    windows
}

/// When the keychain said that the first secret after this time is written.
fn receipt(lines: &mpsc::Receiver<String>, after: f64) -> f64 {
    let mut call = None;
    loop {
        let line = lines
            .recv_timeout(LIMIT)
            .expect("the keychain was written to");
        let fields: Vec<&str> = line.split('\t').collect();
        let [kind, time, serial, sender, to, ..] = fields[..] else {
            continue;
        };
        let Ok(time) = time.parse::<f64>().map(|seconds| seconds * 1000.0) else {
            continue;
        };
        if call.is_none()
            && kind == "mc"
            && time >= after
            && WRITES.iter().any(|w| line.ends_with(w))
        {
            call = Some((sender.to_owned(), serial.to_owned()));
        } else if kind == "mr"
            && call.as_ref().is_some_and(|(caller, serial)| {
                caller == to && fields.last() == Some(&serial.as_str())
            })
        {
            return time;
        }
    }
}

fn last_answer(lab: &Lab) -> f64 {
    let provider = lab
        .authorization()
        .expect("the lab has an authorization server");
    let state = provider.state().expect("state");
    let answered = state["answered"].as_array().expect("a list");
    answered
        .last()
        .and_then(serde_json::Value::as_f64)
        .expect("a time")
}
