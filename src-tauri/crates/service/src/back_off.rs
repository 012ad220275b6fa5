//! Leaving a provider alone that could not answer. There is one pause for each app registration. It is kept in the
//! database, so that the window, the command line and every program that asks for a token keep to it. A cached access
//! token needs no asking, and a person who signs in anew is never held up.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use mailwright_domain::{Evidence, Fault, Mailbox, Registration, RegistrationId, Stage};
use mailwright_oauth::OauthError;
use mailwright_store::Hold;
use uuid::Uuid;

use crate::{Failure, Service};

/// No pause is longer, whatever a server asks for: asking once an hour harms nobody.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);
/// The first pause after an answer that says “not now” and not until when; it doubles from one to the next.
const FIRST: SignedDuration = SignedDuration::from_secs(2);
/// Where the pauses stop doubling.
const MOST: SignedDuration = SignedDuration::from_mins(5);
/// The same where nobody answered: that loads nobody, and the network may be back at any moment.
const FIRST_UNANSWERED: SignedDuration = SignedDuration::from_secs(1);
const MOST_UNANSWERED: SignedDuration = SignedDuration::from_secs(15);

impl Service {
    /// Whether the token endpoint of a registration may be asked now, for a mailbox or for the registration itself.
    pub(crate) fn may_ask(
        &self,
        registration: &Registration,
        mailbox: Option<&Mailbox>,
    ) -> Result<(), Failure> {
        let hold = self.store.holds().of(registration.id)?;
        let now = Timestamp::now();
        match hold.filter(|hold| in_force(hold, now)) {
            Some(hold) => Err(held(registration, mailbox, hold.until)),
            None => Ok(()),
        }
    }

    /// Notes what came of asking, and gives the time until which nobody asks again. `begun` is when this request was
    /// sent. Not being able to note it costs a request too many and nothing else.
    pub(crate) fn note_answer(
        &self,
        registration: RegistrationId,
        begun: Timestamp,
        error: Option<&OauthError>,
    ) -> Option<Timestamp> {
        let noted = match error.and_then(bounds) {
            None => self.store.holds().end(registration).map(|()| None),
            Some(bounds) => self.store.holds().of(registration).and_then(|before| {
                let hold = next(before, begun, Timestamp::now(), &bounds);
                let put = self.store.holds().put(registration, &hold);
                put.map(|()| Some(hold.until))
            }),
        };
        noted.unwrap_or_else(|error| {
            tracing::warn!(%error, "when to ask the provider again could not be noted");
            None
        })
    }
}

/// How long pauses are after a failure.
struct Bounds {
    /// What the server asks for.
    asked: Option<SignedDuration>,
    first: SignedDuration,
    most: SignedDuration,
}

/// The pauses after this failure; none where the provider did answer.
fn bounds(error: &OauthError) -> Option<Bounds> {
    let (asked, answered) = match error {
        OauthError::Transient {
            retry_after,
            evidence,
        } => (*retry_after, evidence.http_status.is_some()),
        // A captive portal or a proxy stands in between.
        OauthError::Unreadable(_) => (None, false),
        _ => return None,
    };
    let (first, most) = if answered {
        (FIRST, MOST)
    } else {
        (FIRST_UNANSWERED, MOST_UNANSWERED)
    };
    let asked = asked
        .and_then(|asked| SignedDuration::try_from(asked).ok())
        .filter(SignedDuration::is_positive);
    Some(Bounds { asked, first, most })
}

/// A hold that a clock which was set back makes look longer than it can be is none.
fn in_force(hold: &Hold, now: Timestamp) -> bool {
    let left = hold.until.duration_since(now);
    left.is_positive() && left <= LONGEST && hold.noted <= now
}

/// The hold after one more failure. Of several requests that were on their way together only the first counts.
fn next(before: Option<Hold>, begun: Timestamp, now: Timestamp, bounds: &Bounds) -> Hold {
    let before =
        before.filter(|hold| hold.noted <= now && now.duration_since(hold.until) < LONGEST);
    let together = before.is_some_and(|hold| hold.noted > begun);
    let failures = before.map_or(0, |hold| hold.failures);
    let failures = if together {
        failures.max(1)
    } else {
        failures.saturating_add(1)
    };
    let pause = match bounds.asked {
        Some(asked) => asked.min(LONGEST),
        None => jittered(doubled(bounds, failures)),
    };
    let until = now.checked_add(pause).unwrap_or(now);
    let until = match before {
        Some(before) if together => until.max(before.until),
        _ => until,
    };
    Hold {
        failures,
        noted: now,
        until,
    }
}

fn doubled(bounds: &Bounds, failures: u32) -> SignedDuration {
    let times = 1_i32 << failures.saturating_sub(1).min(16);
    bounds
        .first
        .checked_mul(times)
        .map_or(bounds.most, |pause| pause.min(bounds.most))
}

/// Between half of it and all of it, so that computers that were cut off together do not come back together.
fn jittered(pause: SignedDuration) -> SignedDuration {
    let [a, b, ..] = *Uuid::new_v4().as_bytes();
    let part = i32::from(u16::from_be_bytes([a, b])); // 0 to 65,535
    let half = pause / 2;
    half + half / 65_535 * part
}

fn held(registration: &Registration, mailbox: Option<&Mailbox>, until: Timestamp) -> Failure {
    let evidence = Evidence {
        detail: Some(time_of_day(until)),
        mailbox: mailbox.map(|mailbox| mailbox.address.to_string()),
        provider: Some(registration.provider),
        auth: mailbox.map(|mailbox| mailbox.auth),
        ..Evidence::fault(
            Stage::OauthToken,
            Fault::AskedToWait,
            "the sign-in server is not asked again yet",
        )
    };
    let mut failure = Failure::diagnosed(&evidence);
    failure.try_again_at = Some(until);
    failure
}

/// As people on this computer read it, with the zone.
pub(crate) fn time_of_day(time: Timestamp) -> String {
    time.to_zoned(TimeZone::system())
        .strftime("%H:%M:%S %Z")
        .to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn answered(asked: Option<u64>) -> Bounds {
        bounds(&OauthError::Transient {
            retry_after: asked.map(Duration::from_secs),
            evidence: Box::new(Evidence {
                http_status: Some(503),
                ..Evidence::at(Stage::OauthToken)
            }),
        })
        .unwrap()
    }

    fn unanswered() -> Bounds {
        bounds(&OauthError::Transient {
            retry_after: None,
            evidence: Box::new(Evidence::at(Stage::OauthToken)),
        })
        .unwrap()
    }

    #[test]
    fn a_server_that_says_how_long_is_left_alone_that_long_and_never_longer_than_an_hour() {
        for (asked, seconds) in [(1, 1), (120, 120), (86_400, 3_600)] {
            let hold = next(None, at(0), at(1), &answered(Some(asked)));
            assert_eq!(hold.until, at(1 + seconds), "{asked}");
        }
        let hold = next(None, at(0), at(1), &answered(Some(0)));
        assert!(
            hold.until > at(1),
            "nothing asked for is no reason to hammer"
        );
    }

    #[test]
    fn pauses_double_up_to_a_bound_and_are_never_the_same() {
        for (bounds, first, most) in [
            (answered(None), FIRST, MOST),
            (unanswered(), FIRST_UNANSWERED, MOST_UNANSWERED),
        ] {
            let mut hold = None;
            let mut now = at(0);
            for round in 0..12_u32 {
                let full = first
                    .checked_mul(1 << round)
                    .map_or(most, |full| full.min(most));
                let after = next(hold, now, now, &bounds);
                let pause = after.until.duration_since(now);
                assert_eq!(after.failures, round + 1);
                assert!(pause >= full / 2 && pause <= full, "{round}: {pause}");
                now = after.until;
                hold = Some(after);
            }
        }
        let pauses: std::collections::BTreeSet<_> =
            (0..20).map(|_| jittered(MOST).as_nanos()).collect();
        assert!(pauses.len() > 10);
    }

    #[test]
    fn requests_on_their_way_together_count_once_and_the_longest_pause_stands() {
        let first = next(None, at(0), at(2), &answered(Some(100)));
        let second = next(Some(first), at(1), at(3), &answered(None));
        assert_eq!((second.failures, second.until), (1, at(102)));
        let third = next(Some(second), at(103), at(104), &answered(None));
        assert_eq!(third.failures, 2);
        let much_later = next(Some(third), at(9_000), at(9_000), &answered(None));
        assert_eq!(much_later.failures, 1, "that was another time");
    }

    #[test]
    fn a_hold_ends_by_itself_and_a_clock_set_back_does_not_prolong_it() {
        let hold = next(None, at(0), at(0), &answered(Some(60)));
        assert!(in_force(&hold, at(0)) && in_force(&hold, at(59)));
        assert!(!in_force(&hold, at(60)));
        assert!(
            !in_force(&hold, at(-600)),
            "noted in what is now the future"
        );
    }

    #[test]
    fn only_failures_that_say_not_now_hold_anybody_up() {
        let evidence = || Box::new(Evidence::at(Stage::OauthToken));
        for error in [
            OauthError::Rejected(evidence()),
            OauthError::Refused(evidence()),
            OauthError::NeedsPerson {
                claims: None,
                evidence: evidence(),
            },
        ] {
            assert!(bounds(&error).is_none(), "{error:?}");
        }
        assert!(bounds(&OauthError::Unreadable(evidence())).is_some());
    }
}
