use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// Nobody waits longer.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3), at most one day.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => until(text, Timestamp::now())?,
    };
    Some(wait.min(LONGEST))
}

fn until(date: &str, now: Timestamp) -> Option<Duration> {
    let then = DateTimeParser::new().parse_timestamp(date).ok()?;
    Some(Duration::try_from(then.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, value.parse().unwrap());
        retry_after(&headers)
    }

    #[test]
    fn seconds_and_dates_are_read_and_limited() {
        assert_eq!(header("120"), Some(Duration::from_secs(120)));
        assert_eq!(header("99999999"), Some(LONGEST));
        assert_eq!(header("soon"), None);
        assert_eq!(
            header("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(Duration::ZERO)
        );
        let now: Timestamp = "2026-11-20T08:00:00Z".parse().unwrap();
        assert_eq!(
            until("Fri, 20 Nov 2026 08:02:00 GMT", now),
            Some(Duration::from_secs(120))
        );
    }
}
