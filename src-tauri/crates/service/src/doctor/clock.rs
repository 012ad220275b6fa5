//! The clock against the date of an answer (RFC 9110 section 6.6.1).

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use mailwright_domain::{Evidence, Fault, Stage};
use mailwright_net::HttpReply;

use super::finding::Finding;
use super::outside::{Asked, NOBODY};
use crate::Failure;

const ID: &str = "clock";
/// Providers let a clock be wrong by so much: Entra and Google count on five minutes for signed requests and tokens.
const MOST: SignedDuration = SignedDuration::from_secs(5 * 60);
/// A date has whole seconds, and both ways take time; less than this means nothing.
const NOTHING: SignedDuration = SignedDuration::from_secs(2);

pub(super) fn look(asked: Option<&Asked>) -> Finding {
    let Some(asked) = asked else {
        return Finding::skipped(ID, NOBODY);
    };
    let host = &asked.host;
    match &asked.answer {
        Ok(reply) => match date(reply) {
            Some(theirs) => judge(host, asked.at.duration_since(theirs)),
            None => Finding::unchecked(ID, format!("{host} did not say what time it is.")),
        },
        Err(error) if is_about_time(error.fault()) => {
            let evidence = Evidence {
                host: Some(host.clone()),
                ..Evidence::fault(Stage::Tls, error.fault(), error.to_string())
            };
            Finding::failed(
                ID,
                format!(
                    "By this computer's clock, {}, the certificate of {host} is not valid. Date and time are probably wrong.",
                    asked.at.strftime("%Y-%m-%d %H:%M UTC")
                ),
                Failure::diagnosed(&evidence),
            )
        }
        Err(error) => Finding::unchecked(
            ID,
            format!(
                "The clock could not be compared: {error}."),
        ),
    }
    .took(asked.took)
}

fn is_about_time(fault: Fault) -> bool {
    matches!(fault, Fault::TlsExpired | Fault::TlsNotYetValid)
}

/// The server's time when it answered: half a second more than it says, because it cuts the second off, and as much
/// more as the answer lay in a cache on the way (RFC 9111 section 5.1).
fn date(reply: &HttpReply) -> Option<Timestamp> {
    let text = |name: &str| reply.headers.get(name)?.to_str().ok();
    let date = DateTimeParser::new().parse_timestamp(text("date")?).ok()?;
    let age = text("age").and_then(|age| age.trim().parse::<u32>().ok());
    let since = SignedDuration::new(i64::from(age.unwrap_or_default()), 500_000_000);
    date.checked_add(since).ok()
}

/// `drift` is positive where this computer is ahead.
fn judge(host: &str, drift: SignedDuration) -> Finding {
    let detail = if drift.abs() <= NOTHING {
        format!("The clock agrees with {host}.")
    } else {
        let way = if drift.is_negative() {
            "behind"
        } else {
            "ahead of"
        };
        format!("The clock is {} {way} {host}.", in_words(drift.abs()))
    };
    let drift_ms = i64::try_from(drift.as_millis()).ok();
    let finding = if drift.abs() <= MOST {
        Finding::passed(ID, detail)
    } else {
        let evidence = Evidence::fault(Stage::Token, Fault::TokenExpired, detail.clone());
        let mut failure = Failure::diagnosed(&evidence);
        if let Some(verdict) = failure.verdict.as_mut() {
            verdict.what = format!(
                "{detail} Providers refuse signed requests and tokens from more than five minutes away."
            );
        }
        Finding::failed(ID, detail, failure)
    };
    finding.drifting(drift_ms)
}

/// The largest unit that is not nought, and the next.
fn in_words(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{rest} s"),
        (0, 0, _) => format!("{minutes} min {rest} s"),
        (0, ..) => format!("{hours} h {minutes} min"),
        _ => format!("{days} days {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use mailwright_domain::Outcome;

    use super::*;

    fn judged(seconds: i64) -> Finding {
        judge("login.example", SignedDuration::from_secs(seconds))
    }

    #[test]
    fn five_minutes_are_fine_and_a_second_more_is_not() {
        for (seconds, outcome) in [
            (0, Outcome::Passed),
            (300, Outcome::Passed),
            (-300, Outcome::Passed),
            (301, Outcome::Failed),
            (-301, Outcome::Failed),
        ] {
            let finding = judged(seconds);
            assert_eq!(finding.outcome, outcome, "{seconds}");
            assert_eq!(finding.drift_ms, Some(seconds * 1_000));
        }
        let verdict = judged(-720).verdict.unwrap();
        assert_eq!(verdict.id, "loop-clock");
        assert!(
            verdict
                .what
                .starts_with("The clock is 12 min 0 s behind login.example."),
            "{}",
            verdict.what
        );
    }

    #[test]
    fn the_difference_is_said_in_words() {
        assert_eq!(judged(1).detail, "The clock agrees with login.example.");
        for (seconds, words) in [
            (5, "5 s"),
            (75, "1 min 15 s"),
            (7_260, "2 h 1 min"),
            (90_000, "1 days 1 h"),
        ] {
            assert_eq!(in_words(SignedDuration::from_secs(seconds)), words);
        }
    }
}
