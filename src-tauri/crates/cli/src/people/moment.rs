/// A time for people, to the minute: `2026-11-20T23:51:22.786115708Z` as `2026-11-20 23:51 UTC`.
pub(super) fn moment(rfc3339: &str) -> String {
    let shorter = || {
        let (day, time) = rfc3339.strip_suffix('Z')?.split_once('T')?;
        Some(format!("{day} {} UTC", time.get(..5)?))
    };
    shorter().unwrap_or_else(|| rfc3339.to_owned())
}

/// The same to the second, for what is near.
pub(super) fn second(rfc3339: &str) -> String {
    let shorter = || {
        let (day, time) = rfc3339.strip_suffix('Z')?.split_once('T')?;
        Some(format!("{day} {} UTC", time.get(..8)?))
    };
    shorter().unwrap_or_else(|| rfc3339.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_reads_nanoseconds() {
        for (given, shown) in [
            ("2026-11-20T23:51:22.786115708Z", "2026-11-20 23:51 UTC"),
            ("2026-11-20T23:51:22Z", "2026-11-20 23:51 UTC"),
            ("2026-11-20T23:51:22+01:00", "2026-11-20T23:51:22+01:00"),
            ("2026-11-20", "2026-11-20"),
            ("TZ", "TZ"),
        ] {
            assert_eq!(moment(given), shown);
        }
        assert_eq!(
            second("2026-11-20T23:51:22.786115708Z"),
            "2026-11-20 23:51:22 UTC"
        );
        assert_eq!(second("soon"), "soon");
    }
}
