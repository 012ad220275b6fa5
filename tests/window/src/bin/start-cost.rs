//! What the window costs to start and to keep open, against an empty Tauri window of the same versions: `start-cost
//! PROGRAM EMPTY [RUNS]`. Both are started in turn, and the ratios are printed. Started by `cargo xtask bench`.
#![cfg_attr(
    target_os = "linux",
    expect(clippy::print_stdout, reason = "showing is what it is for")
)]

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    bench::run().await
}

#[cfg(target_os = "linux")]
mod bench {
    use std::fmt;
    use std::path::PathBuf;
    use std::time::{Duration, Instant};

    use mailwright_lab::{KeychainState, Lab, Options};
    use mailwright_window_tests::{Desktop, Eye, Outcome};

    /// What a second of an idle window adds is part of what it costs.
    const SETTLED: Duration = Duration::from_secs(1);
    const RUNS: usize = 9;
    /// How much more than an empty window the start and the memory may cost. The empty window is whole with its first
    /// frame. Here the list follows the frame in a second one, which a graphics card paints in a moment and software in
    /// as long as the first: that row is shown and has no target.
    const TARGET: f64 = 1.15;

    /// One start of one program.
    struct Cost {
        first: f64,
        all: f64,
        memory: f64,
    }

    pub(crate) async fn run() -> Outcome<()> {
        let mut words = std::env::args().skip(1);
        let usage = "usage: start-cost PROGRAM EMPTY [RUNS]";
        let program = PathBuf::from(words.next().ok_or(usage)?).canonicalize()?;
        let empty = PathBuf::from(words.next().ok_or(usage)?).canonicalize()?;
        let runs = words.next().map_or(Ok(RUNS), |word| word.parse())?;

        let lab = Lab::start(Options::new().keychain(KeychainState::Unlocked))?;
        let desktop = Desktop::start().await?;
        // The first start reads everything from the disk.
        for one in [&empty, &program] {
            start(&desktop, &lab, one).await?;
        }
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            theirs.push(start(&desktop, &lab, &empty).await?);
            ours.push(start(&desktop, &lab, &program).await?);
        }
        println!("{runs} starts each, in turn; middle value (lowest to highest)\n");
        println!(
            "{:<28} {:>24} {:>24}   ratio",
            "", "empty window", "Mailwright"
        );
        let first = compare("first text painted, ms", &theirs, &ours, |cost| cost.first);
        println!("{first}, {}", judged(&first));
        let all = compare("everything painted, ms", &theirs, &ours, |cost| cost.all);
        println!("{all}");
        let memory = compare("memory (PSS), MB", &theirs, &ours, |cost| cost.memory);
        println!("{memory}, {}", judged(&memory));
        Ok(())
    }

    async fn start(desktop: &Desktop, lab: &Lab, program: &PathBuf) -> Outcome<Cost> {
        let eye = Eye::open(desktop.display())?;
        let started = Instant::now();
        let running = desktop.start_program(lab, program)?;
        let painted = eye.watch(started).await?;
        tokio::time::sleep(SETTLED).await;
        let memory = running.memory()?;
        drop(running);
        eye.until_nothing_is_left().await?;
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        Ok(Cost {
            first: ms(painted.first),
            all: ms(painted.all),
            memory,
        })
    }

    /// One row, and the ratio in it.
    struct Row {
        text: String,
        ratio: f64,
    }

    impl fmt::Display for Row {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(&self.text)
        }
    }

    fn judged(row: &Row) -> String {
        let word = if row.ratio <= TARGET {
            "met"
        } else {
            "not met"
        };
        format!("target {TARGET}: {word}")
    }

    fn compare(what: &str, theirs: &[Cost], ours: &[Cost], value: impl Fn(&Cost) -> f64) -> Row {
        let theirs: Vec<f64> = theirs.iter().map(&value).collect();
        let ours: Vec<f64> = ours.iter().map(&value).collect();
        let pairs: Vec<f64> = ours
            .iter()
            .zip(&theirs)
            .map(|(ours, theirs)| ours / theirs)
            .collect();
        let (ratio, lowest, highest) = middle(pairs);
        let text = format!(
            "{what:<28} {:>24} {:>24}   {ratio:.2} ({lowest:.2} to {highest:.2})",
            spoken(theirs),
            spoken(ours),
        );
        Row { text, ratio }
    }

    fn spoken(values: Vec<f64>) -> String {
        let (middle, lowest, highest) = middle(values);
        format!("{middle:.0} ({lowest:.0} to {highest:.0})")
    }

    fn middle(mut values: Vec<f64>) -> (f64, f64, f64) {
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        (
            at(values.len() / 2),
            at(0),
            at(values.len().saturating_sub(1)),
        )
    }
}
