use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command};
use std::sync::mpsc::{self, Receiver};
use std::thread::JoinHandle;
use std::time::Instant;

use crate::Said;
use crate::program::{LIMIT, reader};

/// A program that is watched while it runs: what it says for people, and what a person types. Ended when dropped.
pub struct Watching {
    child: Child,
    input: Option<ChildStdin>,
    out: Option<JoinHandle<String>>,
    lines: Receiver<String>,
    err: String,
    typed: String,
}

impl Watching {
    pub(crate) fn start(mut command: Command, typed: String) -> Self {
        let mut child = command.spawn().expect("the program starts");
        let out = reader(child.stdout.take().expect("piped"));
        let err = BufReader::new(child.stderr.take().expect("piped"));
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in err.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            input: child.stdin.take(),
            child,
            out: Some(out),
            lines,
            err: String::new(),
            typed,
        }
    }

    /// Waits for a line on standard error that contains this, and gives what follows it there.
    ///
    /// # Panics
    /// None comes within two minutes.
    pub fn after(&mut self, words: &str) -> String {
        let deadline = Instant::now() + LIMIT;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else {
                panic!("{}: never said “{words}”:\n{}", self.typed, self.err);
            };
            self.err.push_str(&line);
            self.err.push('\n');
            if let Some((_, rest)) = line.split_once(words) {
                return rest.trim().to_owned();
            }
        }
    }

    /// Types a line.
    ///
    /// # Panics
    /// The program does not read any more.
    pub fn types(&mut self, line: &str) {
        let input = self.input.as_mut().expect("standard input is open");
        writeln!(input, "{line}").expect("it is read");
    }

    /// Asks it to end as Ctrl-C does.
    pub fn interrupt(&self) {
        let _ = Command::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .status();
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// It takes longer than two minutes.
    pub fn wait(mut self) -> Said {
        let deadline = Instant::now() + LIMIT;
        // Standard error ends with the program.
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    self.err.push_str(&line);
                    self.err.push('\n');
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    panic!("{}: took longer than {LIMIT:?}:\n{}", self.typed, self.err)
                }
            }
        }
        let status = self.child.wait().expect("a child can be waited for");
        let out = self.out.take().and_then(|out| out.join().ok());
        Said {
            typed: self.typed.clone(),
            code: status.code().unwrap_or(-1),
            out: out.unwrap_or_default(),
            err: std::mem::take(&mut self.err),
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
