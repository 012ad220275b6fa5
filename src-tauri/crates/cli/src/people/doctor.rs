use mailwright_service::wire::{Doctor, DoctorCheck};

use super::diagnosis::advice;

/// What belongs to a finding stands below its name.
const INDENT: &str = "           ";

pub(crate) fn doctor(doctor: &Doctor) -> String {
    let mut lines: Vec<String> = doctor.checks.iter().map(line).collect();
    let failed = doctor.checks.iter().filter(|c| c.outcome == "failed");
    lines.push(match failed.count() {
        0 => format!("This computer is ready ({} ms).", doctor.ms),
        1 => "One thing of this computer is in the way.".to_owned(),
        many => format!("{many} things of this computer are in the way."),
    });
    lines.join("\n")
}

fn line(check: &DoctorCheck) -> String {
    let word = match check.outcome.as_str() {
        "failed" => "FAILED",
        "unchecked" => "unknown",
        word => word,
    };
    let name = name(&check.id);
    let first = format!("  {word:8} {name:22} {}", check.detail);
    match &check.verdict {
        None => first,
        Some(verdict) => format!(
            "{first}\n{INDENT}{}\n{}",
            verdict.title,
            advice(verdict, INDENT)
        ),
    }
}

fn name(id: &str) -> &str {
    match id {
        "keychain" => "Keychain",
        "browser" => "Browser",
        "loopback-ipv4" => "Way back, IPv4",
        "loopback-ipv6" => "Way back, IPv6",
        "localhost" => "Name localhost",
        "dns" => "Name server",
        "proxy" => "Proxy",
        "tls" => "Encryption on the way",
        "clock" => "Clock",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(id: &str, outcome: &str) -> DoctorCheck {
        DoctorCheck {
            id: id.to_owned(),
            outcome: outcome.to_owned(),
            ms: 3,
            detail: "Seen.".to_owned(),
            drift_ms: None,
            verdict: None,
        }
    }

    #[test]
    fn the_last_line_counts_what_is_in_the_way() {
        let with = |checks: Vec<DoctorCheck>| {
            doctor(&Doctor {
                checked: String::new(),
                ms: 40,
                checks,
            })
        };
        let fine = with(vec![check("clock", "passed"), check("dns", "unchecked")]);
        assert!(fine.contains("unknown  Name server"), "{fine}");
        assert!(fine.ends_with("This computer is ready (40 ms)."), "{fine}");
        let not = with(vec![check("clock", "failed")]);
        assert!(not.contains("FAILED   Clock"), "{not}");
        assert!(not.ends_with("is in the way."), "{not}");
    }
}
