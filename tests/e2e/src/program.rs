use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use mailwright_lab::Lab;
use serde_json::Value;

use crate::watching::Watching;

/// No command of the main job takes longer, even on a slow machine.
pub(crate) const LIMIT: Duration = Duration::from_secs(120);

/// What a command said, and how it ended.
#[derive(Clone, Debug)]
pub struct Said {
    /// The command line without the program.
    pub typed: String,
    /// Exit code; -1 where a signal ended it.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Said {
    /// The one JSON document on standard output.
    ///
    /// # Panics
    /// It is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| {
            panic!(
                "{}: no JSON document ({e}):\n{}\n{}",
                self.typed, self.out, self.err
            )
        })
    }

    /// The same, after a look at the exit code.
    ///
    /// # Panics
    /// Another exit code.
    #[must_use]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "{}\n{}\n{}",
            self.typed, self.out, self.err
        );
        self
    }
}

/// The program in the surroundings of one lab.
#[derive(Clone, Copy)]
pub struct Mailwright<'a> {
    lab: &'a Lab,
}

impl<'a> Mailwright<'a> {
    /// In this lab, with its data folder, keychain, name server and browser.
    pub fn new(lab: &'a Lab) -> Self {
        Self { lab }
    }

    /// The command, for a test that changes its surroundings.
    pub fn command<S: AsRef<OsStr>>(self, words: &[S]) -> Command {
        let mut command = self.lab.command(program());
        command
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// It cannot be started, or takes longer than two minutes.
    pub fn run<S: AsRef<OsStr>>(self, words: &[S]) -> Said {
        finish(self.command(words), typed(words), None)
    }

    /// The same with `--json`.
    ///
    /// # Panics
    /// As [`Mailwright::run`].
    pub fn json<S: AsRef<OsStr>>(self, words: &[S]) -> Said {
        let mut all: Vec<&OsStr> = vec![OsStr::new("--json")];
        all.extend(words.iter().map(AsRef::as_ref));
        self.run(&all)
    }

    /// Runs it with something on standard input.
    ///
    /// # Panics
    /// As [`Mailwright::run`].
    pub fn run_with_input<S: AsRef<OsStr>>(self, words: &[S], input: &str) -> Said {
        let mut command = self.command(words);
        command.stdin(Stdio::piped());
        finish(command, typed(words), Some(input))
    }

    /// Starts it, to be watched and talked to while it runs.
    ///
    /// # Panics
    /// It cannot be started.
    pub fn start<S: AsRef<OsStr>>(self, words: &[S]) -> Watching {
        let mut command = self.command(words);
        command.stdin(Stdio::piped());
        Watching::start(command, typed(words))
    }

    /// Runs a command whose surroundings a test has changed.
    ///
    /// # Panics
    /// As [`Mailwright::run`].
    pub fn finish(command: Command) -> Said {
        let words: Vec<_> = command.get_args().map(OsStr::to_owned).collect();
        finish(command, typed(&words), None)
    }

    /// Starts a sign-in with `--print-link` and returns when it has printed the address.
    ///
    /// # Panics
    /// It ends without printing one.
    pub fn start_sign_in<S: AsRef<OsStr>>(self, words: &[S]) -> (String, Running) {
        Self::start_printing(self.command(words))
    }

    /// The same for a command whose surroundings a test has changed.
    ///
    /// # Panics
    /// As [`Mailwright::start_sign_in`].
    pub fn start_printing(mut command: Command) -> (String, Running) {
        let words: Vec<_> = command.get_args().map(OsStr::to_owned).collect();
        let mut child = command.spawn().expect("the program starts");
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        let mut link = String::new();
        out.read_line(&mut link).expect("standard output is text");
        let running = Running {
            child,
            out,
            typed: typed(&words),
        };
        let link = link.trim().to_owned();
        assert!(
            !link.is_empty(),
            "no address was printed: {:?}",
            running.wait()
        );
        (link, running)
    }
}

/// A program that is still running; ended when dropped.
pub struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    typed: String,
}

impl Running {
    /// Waits for its end.
    ///
    /// # Panics
    /// It takes longer than two minutes.
    pub fn wait(mut self) -> Said {
        let err = reader(self.child.stderr.take().expect("piped"));
        let (done, ended) = mpsc::channel();
        let id = self.child.id();
        let typed = self.typed.clone();
        let watch = watch(id, ended);
        let mut out = String::new();
        let _ = self.out.read_to_string(&mut out);
        let status = self.child.wait().expect("a child can be waited for");
        let _ = done.send(());
        let late = watch.join().unwrap_or(true);
        let said = Said {
            typed,
            code: status.code().unwrap_or(-1),
            out,
            err: err.join().unwrap_or_default(),
        };
        assert!(!late, "took longer than {LIMIT:?}: {said:?}");
        said
    }

    /// Ends it with SIGKILL, as a crash or a power cut would.
    pub fn kill(self) {
        let _ = self.end();
    }

    /// The same; says whether it was still running.
    pub fn end(mut self) -> bool {
        let running = matches!(self.child.try_wait(), Ok(None));
        let _ = self.child.kill();
        let status = self.child.wait();
        running && status.is_ok_and(|status| status.code().is_none())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn finish(mut command: Command, typed: String, input: Option<&str>) -> Said {
    let mut child = command
        .spawn()
        .expect("the program starts; build it first: cargo build -p mailwright-cli");
    if let (Some(text), Some(mut stdin)) = (input, child.stdin.take()) {
        // A program that does not read its input is judged by what it says.
        let _ = stdin.write_all(text.as_bytes());
    }
    let out = BufReader::new(child.stdout.take().expect("piped"));
    Running { child, out, typed }.wait()
}

pub(crate) fn reader(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = Vec::new();
        let _ = from.read_to_end(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    })
}

/// Ends a process of ours that takes too long; says whether it had to.
fn watch(id: u32, ended: mpsc::Receiver<()>) -> JoinHandle<bool> {
    std::thread::spawn(move || {
        let late = ended.recv_timeout(LIMIT).is_err();
        if late {
            let _ = Command::new("kill")
                .args(["-KILL", &id.to_string()])
                .status();
        }
        late
    })
}

fn typed<S: AsRef<OsStr>>(words: &[S]) -> String {
    let words: Vec<_> = words
        .iter()
        .map(|w| w.as_ref().to_string_lossy().into_owned())
        .collect();
    let quoted = words.iter().map(|w| {
        if w.contains(' ') {
            format!("'{w}'")
        } else {
            w.clone()
        }
    });
    format!("mailwright {}", quoted.collect::<Vec<_>>().join(" "))
}

/// The program that was built beside this one.
fn program() -> PathBuf {
    let here = std::env::current_exe().expect("this program has a path");
    let folder = here.parent().expect("it lies in a folder");
    let folder = if folder.ends_with("deps") {
        folder.parent().unwrap_or(folder)
    } else {
        folder
    };
    folder.join("mailwright")
}
