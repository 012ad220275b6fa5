//! The number by which a person and support talk about one failed test.

use mailwright_domain::{MailboxId, Outcome, Report};
use sha2::{Digest, Sha256};

/// Crockford's Base32: no letter looks like a digit, so it can be read out on the telephone.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// `MW-XXXX-XXXX` of a report with a failed check, none of any other. It follows from mailbox and time of the test, so
/// it is the same wherever the report is shown, and it tells neither.
pub(crate) fn error_id(report: &Report) -> Option<String> {
    let failed = |outcome| matches!(outcome, Outcome::Failed | Outcome::Cancelled);
    report
        .checks
        .iter()
        .any(|check| failed(check.outcome))
        .then(|| number(report.mailbox, &report.started.to_string()))
}

fn number(mailbox: MailboxId, started: &str) -> String {
    let hash = Sha256::digest(format!("{mailbox} {started}"));
    let bits = hash
        .iter()
        .take(5)
        .fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
    let letters: String = (0..8)
        .rev()
        .filter_map(|at| {
            let index = usize::try_from((bits >> (5 * at)) & 31).ok()?;
            LETTERS.get(index).map(|letter| char::from(*letter))
        })
        .collect();
    let (first, second) = letters.split_at(4);
    format!("MW-{first}-{second}")
}

/// What a person typed of a number, as it is printed: letter case, spaces and hyphens do not matter, and letters that
/// look like digits count as these.
pub(crate) fn read(typed: &str) -> String {
    let letters: String = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect();
    let bare = letters.strip_prefix("MW").unwrap_or(&letters);
    match bare.split_at_checked(4) {
        Some((first, second)) => format!("MW-{first}-{second}"),
        None => format!("MW-{bare}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_each_time_and_another_for_each_test() {
        let mailbox = MailboxId(uuid::Uuid::from_u128(7));
        let first = number(mailbox, "2026-11-28T08:00:00Z");
        assert_eq!(first, number(mailbox, "2026-11-28T08:00:00Z"));
        assert_ne!(first, number(mailbox, "2026-11-28T08:00:01Z"));
        assert_eq!((first.len(), &first[..3]), (12, "MW-"));
    }

    #[test]
    fn what_is_typed_is_found() {
        for typed in ["mw-7f3k-20ab", "MW 7F3K 2OAB", "7f3k20ab", "MW-7F3K-20AB"] {
            assert_eq!(read(typed), "MW-7F3K-20AB", "{typed}");
        }
        assert_eq!(read("x"), "MW-X");
    }
}
