//! What `mailwright token` costs, against a script of Python's standard library that does the same renewal, and against
//! itself with a token that is still good: `token-cost [PROGRAM [PAIRS]]`, the program built beside this one if none is
//! named. Started in turn; the ratios are printed. Started by `cargo xtask bench`.
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

    use mailwright_e2e::figures::{ratios, spoken, timed};
    use mailwright_e2e::kills::renewing_lab;
    use mailwright_e2e::sign_in;
    use mailwright_lab::{BrowserAction, Lab, PUBLIC_CLIENT, Tenant};

    type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

    const PAIRS: usize = 25;
    const WHO: &str = "alice@lab.test";
    const SCRIPT: &str = include_str!("token_cost.py");

    pub(crate) fn run() -> Result<()> {
        let mut words = std::env::args().skip(1);
        let program = words.next().map_or_else(beside, |word| Ok(word.into()))?;
        let program = program.canonicalize()?;
        let pairs = words.next().map_or(Ok(PAIRS), |word| word.parse())?;
        let lab = renewing_lab(Tenant::Contoso);
        let script = Script::new(&lab)?;
        let (mut ours, mut theirs, mut cached) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..=pairs {
            let (python, renewed) = (script.time()?, ours_once(&lab, &program)?);
            if round > 0 {
                // The first start reads everything from the disk.
                theirs.push(python);
                ours.push(renewed);
            }
        }
        let provider = lab.authorization()?;
        provider.mend()?;
        let said = sign_in(&lab, WHO, "alice", BrowserAction::Accept, &[]);
        if said.code != 0 {
            return Err(said.err.into());
        }
        let before = provider.state()?["token"].clone();
        for _ in 0..pairs {
            cached.push(ours_once(&lab, &program)?);
        }
        if provider.state()?["token"] != before {
            return Err("the cached token was not used".into());
        }
        println!("{pairs} runs each; middle value (lowest to highest), milliseconds\n");
        println!("{:<44} {}", "python3, the same renewal", spoken(&theirs, 0));
        println!(
            "{:<44} {}",
            "mailwright token, with a renewal",
            spoken(&ours, 0)
        );
        println!(
            "{:<44} {}",
            "mailwright token, still good",
            spoken(&cached, 0)
        );
        println!();
        ratio("renewal against python3", &ours, &theirs);
        ratio("still good against python3", &cached, &theirs);
        ratio("still good against a renewal", &cached, &ours);
        Ok(())
    }

    fn ours_once(lab: &Lab, program: &Path) -> Result<f64> {
        timed(lab.command(program).args(["token", WHO]))
    }

    fn beside() -> std::io::Result<PathBuf> {
        Ok(std::env::current_exe()?.with_file_name("mailwright"))
    }

    /// What people write who have no token service: one request, and the new token into a file.
    struct Script {
        file: PathBuf,
        endpoint: String,
        kept: PathBuf,
    }

    impl Script {
        fn new(lab: &Lab) -> Result<Self> {
            let file = lab.folder().write("home/renew.py", SCRIPT, 0o600)?;
            let provider = lab.authorization()?;
            let token = provider.refresh_token_of(WHO)?;
            Ok(Self {
                file,
                endpoint: provider.token_url(Tenant::Contoso),
                kept: lab.folder().write("home/renew-token", &token, 0o600)?,
            })
        }

        fn time(&self) -> Result<f64> {
            let mut command = Command::new("python3");
            command
                .arg(&self.file)
                .arg(&self.endpoint)
                .arg(PUBLIC_CLIENT)
                .arg(&self.kept);
            timed(&mut command)
        }
    }

    fn ratio(what: &str, ours: &[f64], theirs: &[f64]) {
        println!("{what:<44} {}", spoken(&ratios(ours, theirs), 2));
    }
}
