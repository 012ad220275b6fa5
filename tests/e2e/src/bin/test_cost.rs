//! What `mailwright test` costs, against curl signing in to the same servers: `test-cost [PROGRAM [PAIRS]]`, the program
//! built beside this one if none is named. The servers are at hand, and then 50 and 100 ms away; what the last 50 ms
//! cost, by 50 ms, is how many round trips were waited for. Started by `cargo xtask bench`.
//!
//! curl does less: it asks for no envelope (`RSET` is its last word to the submission server), opens no keychain,
//! renews nothing and keeps no report. Its token is at hand.
#![cfg_attr(
    unix,
    expect(clippy::print_stdout, reason = "showing is what it is for")
)]

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    cost::run()
}

#[cfg(unix)]
mod cost {
    use std::path::{Path, PathBuf};
    use std::process::Command;
    use std::time::Duration;

    use mailwright_e2e::figures::{middle, ratios, spoken, timed};
    use mailwright_e2e::{Far, Mailwright, set_up};
    use mailwright_lab::{Lab, Options, Tenant};

    type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

    const PAIRS: usize = 9;
    const WHO: &str = "alice@lab.test";
    /// Round trips in milliseconds. The last two are for the slope.
    const DISTANCES: [u16; 3] = [0, 50, 100];
    const COURSES: [Course; 3] = [
        Course {
            name: "reading (IMAP)",
            only: &["--only", "imap"],
            curls: &["imap"],
        },
        Course {
            name: "sending (submission, STARTTLS)",
            only: &["--only", "smtp"],
            curls: &["smtp"],
        },
        Course {
            name: "both, side by side",
            only: &[],
            curls: &["imap", "smtp"],
        },
    ];

    /// What is compared.
    struct Course {
        name: &'static str,
        only: &'static [&'static str],
        curls: &'static [&'static str],
    }

    /// Times in milliseconds, at one distance.
    #[derive(Default)]
    struct Times {
        ours: Vec<f64>,
        theirs: Vec<f64>,
    }

    pub(crate) fn run() -> Result<()> {
        let mut words = std::env::args().skip(1);
        let program = words.next().map_or_else(beside, |word| Ok(word.into()))?;
        let program = program.canonicalize()?;
        let pairs = words.next().map_or(Ok(PAIRS), |word| word.parse())?;
        let lab = Lab::start(Options::everything())?;
        set_up(&lab, "alice", Tenant::Contoso);
        println!("{pairs} runs each; middle value (lowest to highest), milliseconds");
        let mut all: Vec<Vec<Times>> = Vec::new();
        for distance in DISTANCES {
            all.push(at_distance(&lab, &program, distance, pairs)?);
        }
        for (at, course) in COURSES.iter().enumerate() {
            let times: Vec<&Times> = all.iter().filter_map(|times| times.get(at)).collect();
            show(course, &times);
        }
        Ok(())
    }

    fn beside() -> std::io::Result<PathBuf> {
        Ok(std::env::current_exe()?.with_file_name("mailwright"))
    }

    /// Both programs in turn, for each course.
    fn at_distance(lab: &Lab, program: &Path, distance: u16, pairs: usize) -> Result<Vec<Times>> {
        let mail = lab.mail()?;
        let round_trip = Duration::from_millis(distance.into());
        let reading = Far::from(mail.imaps, round_trip);
        let sending = Far::from(mail.submission(), round_trip);
        let imap = format!("mail.lab.test:{}:tls", reading.port());
        let smtp = format!("mail.lab.test:{}:starttls", sending.port());
        let set = ["set", WHO, "--imap", &imap, "--smtp", &smtp];
        let _ = Mailwright::new(lab).run(&set).exits(0);
        let token = Mailwright::new(lab).run(&["token", WHO]).exits(0).out;
        curl_files(lab, token.trim_end(), reading.port(), sending.port())?;
        let mut all = Vec::new();
        for course in &COURSES {
            let mut times = Times::default();
            for round in 0..=pairs {
                let theirs = timed(&mut curls(lab, course))?;
                let ours = timed(lab.command(program).args(["test", WHO]).args(course.only))?;
                if round > 0 {
                    // The first start reads everything from the disk.
                    times.theirs.push(theirs);
                    times.ours.push(ours);
                }
            }
            all.push(times);
        }
        Ok(all)
    }

    /// What curl is to do, in files: the token is not for the list of processes.
    fn curl_files(lab: &Lab, token: &str, reading: u16, sending: u16) -> Result<()> {
        let authority = lab.certificates().authority().display().to_string();
        let common = |port: u16| {
            format!(
                "silent\nshow-error\nsasl-ir\ncacert = \"{authority}\"\nuser = \"{WHO}:\"\noauth2-bearer = \"{token}\"\nresolve = \"mail.lab.test:{port}:127.0.0.1\"\n"
            )
        };
        let imap = format!(
            "{}url = \"imaps://mail.lab.test:{reading}/INBOX\"\nrequest = \"LIST \\\"\\\" *\"\n",
            common(reading)
        );
        let smtp = format!(
            "{}url = \"smtp://mail.lab.test:{sending}\"\nssl-reqd\nrequest = \"RSET\"\n",
            common(sending)
        );
        for (name, text) in [("imap", imap), ("smtp", smtp)] {
            lab.folder().write(curl_file(name), &text, 0o600)?;
        }
        Ok(())
    }

    fn curl_file(name: &str) -> String {
        format!("home/curl-{name}")
    }

    /// One curl, or two at the same time.
    fn curls(lab: &Lab, course: &Course) -> Command {
        let files = course.curls.iter().map(|name| {
            let file = lab.folder().join(curl_file(name));
            format!("curl --config '{}'", file.display())
        });
        let script = match files.collect::<Vec<_>>().as_slice() {
            [one] => format!("exec {one}"),
            all => format!("{} & {} && wait $!", all[0], all[1..].join(" & ")),
        };
        let mut command = lab.command("sh");
        command.args(["-c", &script]);
        command
    }

    fn show(course: &Course, times: &[&Times]) {
        println!("\n{}", course.name);
        println!(
            "{:>10}  {:<26}{:<26}mailwright by curl",
            "away", "mailwright test", "curl"
        );
        for (distance, times) in DISTANCES.iter().zip(times) {
            println!(
                "{distance:>7} ms  {:<26}{:<26}{}",
                spoken(&times.ours, 0),
                spoken(&times.theirs, 0),
                spoken(&ratios(&times.ours, &times.theirs), 2)
            );
        }
        if let [_, near, far] = times {
            let trips = |near: &[f64], far: &[f64]| (middle(far).0 - middle(near).0) / 50.0;
            println!(
                "round trips waited for: {:.1}, curl {:.1}",
                trips(&near.ours, &far.ours),
                trips(&near.theirs, &far.theirs)
            );
        }
    }
}
