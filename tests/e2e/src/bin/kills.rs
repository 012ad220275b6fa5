//! Ends the program with SIGKILL at every step of renewing and signing in, many times, and prints what that costs:
//! `kills [RENEWALS [SIGN-INS]]`, where a used refresh token stays good (as at Entra) and where it does not.
#![cfg_attr(
    unix,
    expect(clippy::print_stdout, reason = "showing is what it is for")
)]

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    kills::run().await
}

#[cfg(unix)]
mod kills {
    use mailwright_e2e::kills::{Figures, during_renewal, during_sign_in, renewing_lab};
    use mailwright_e2e::unsafe_windows;
    use mailwright_lab::Tenant;

    const RENEWALS: usize = 120;
    const SIGN_INS: usize = 60;
    /// Undisturbed renewals that the unsafe time is measured in.
    const MEASURED: usize = 40;

    pub(crate) async fn run() -> Result<(), Box<dyn std::error::Error>> {
        let mut words = std::env::args().skip(1);
        let mut number = |usual| words.next().map_or(Ok(usual), |word| word.parse());
        let (renewals, sign_ins) = (number(RENEWALS)?, number(SIGN_INS)?);
        println!(
            "{:<44} {:>6} {:>8} {:>8} {:>10} {:>6}",
            "ended with SIGKILL", "kills", "before", "asking", "answered", "lost"
        );
        let lab = renewing_lab(Tenant::Contoso);
        let kept = during_renewal(&lab, renewals);
        show("renewal, the old token stays good (Entra)", kept);
        let signing_in = during_sign_in(&lab, sign_ins).await;
        show("signing in again", signing_in);
        drop(lab);
        let lab = renewing_lab(Tenant::Strict);
        let strict = during_renewal(&lab, renewals);
        show("renewal, the old token ends at once", strict);
        let mut windows = unsafe_windows(&lab, "alice@lab.test", MEASURED);
        windows.sort_by(f64::total_cmp);
        let at = |part: usize| windows.get((windows.len() - 1) * part / 100).copied();
        println!(
            "\nfrom the provider's answer to the keychain's receipt, {MEASURED} renewals: middle {:.1} ms, 90 of 100 within {:.1} ms, longest {:.1} ms",
            at(50).unwrap_or(f64::NAN),
            at(90).unwrap_or(f64::NAN),
            at(100).unwrap_or(f64::NAN),
        );
        println!(
            "each of the {} lost was shown as stopped, and one sign-in mended it",
            strict.lost
        );
        if kept.lost + signing_in.lost == 0 {
            Ok(())
        } else {
            Err("a sign-in was lost although the old token stays good".into())
        }
    }

    fn show(what: &str, figures: Figures) {
        println!(
            "{what:<44} {:>6} {:>8} {:>8} {:>10} {:>6}",
            figures.kills(),
            figures.before,
            figures.asking,
            figures.answered,
            figures.lost
        );
    }
}
