//! Reports of `test` as JUnit XML, for servers that run tests and show what failed: one suite per mailbox, one case per
//! check. The format has no standard; this is what Jenkins, GitLab and GitHub's readers agree on.

use std::fmt::Write;
use std::fs::OpenOptions;
use std::path::Path;

use mailwright_service::wire::{CheckInfo, ReportInfo};
use mailwright_service::{Code, Failure};

use super::testing::Tested;
use crate::people;

/// Looks whether the file can be written before anybody waits for a test. What is in it stays until then.
pub(super) fn try_out(path: &Path) -> Result<(), Failure> {
    let opened = OpenOptions::new().append(true).create(true).open(path);
    opened.map(drop).map_err(|error| {
        Failure::new(
            Code::Storage,
            format!(
                "The JUnit file {} cannot be written: {error}. Nothing was tested.",
                path.display()
            ),
        )
    })
}

/// Writes the file, in place of an older one.
pub(super) fn write(path: &Path, tested: &[Tested<'_>]) -> Result<(), Failure> {
    std::fs::write(path, document(tested)).map_err(|error| {
        Failure::new(
            Code::Storage,
            format!(
                "The JUnit file {} could not be written: {error}. The reports are printed all the same.",
                path.display()
            ),
        )
    })
}

fn document(tested: &[Tested<'_>]) -> String {
    let suites: Vec<Suite> = tested.iter().filter_map(Suite::of).collect();
    let sum = |count: fn(&Suite) -> usize| suites.iter().map(count).sum::<usize>();
    let ms: u64 = suites.iter().map(|suite| suite.ms).sum();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        xml,
        "<testsuites name=\"mailwright test\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{}\">",
        sum(|s| s.tests),
        sum(|s| s.failures),
        sum(|s| s.errors),
        sum(|s| s.skipped),
        seconds(ms)
    ); // writing to a String does not fail, here and below
    for suite in &suites {
        xml.push_str(&suite.xml);
    }
    xml.push_str("</testsuites>\n");
    xml
}

/// One mailbox, counted.
#[derive(Default)]
struct Suite {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
    ms: u64,
    xml: String,
}

impl Suite {
    fn of(tested: &Tested<'_>) -> Option<Self> {
        Some(match tested.result.as_ref()? {
            Ok(report) => Self::of_report(report),
            Err(failure) => Self::of_failure(&tested.line.address, failure),
        })
    }

    fn of_report(report: &ReportInfo) -> Self {
        let mut suite = Self {
            ms: report.ms,
            tests: report.checks.len(),
            ..Self::default()
        };
        let cases: String = report
            .checks
            .iter()
            .map(|check| suite.case(&report.mailbox, check))
            .collect();
        let mut properties = vec![("status", &*report.status)];
        properties.extend(report.proof.as_deref().map(|proof| ("proof", proof)));
        properties.extend(report.error_id.as_deref().map(|id| ("error_id", id)));
        properties.extend(report.stopped.then_some(("stopped", "true")));
        let mut inside = String::from("    <properties>\n");
        for (name, value) in properties {
            let value = text(value);
            let _ = writeln!(
                inside,
                "      <property name=\"{name}\" value=\"{value}\"/>"
            );
        }
        inside.push_str("    </properties>\n");
        inside.push_str(&cases);
        suite.close(&report.mailbox, Some(&report.started), &inside);
        suite
    }

    fn of_failure(address: &str, failure: &Failure) -> Self {
        let mut suite = Self {
            tests: 1,
            errors: 1,
            ..Self::default()
        };
        let case = format!(
            "    <testcase classname=\"{}\" name=\"test\" time=\"0.000\">\n      <error type=\"{}\" message=\"{}\"/>\n    </testcase>\n",
            text(address),
            failure.code.word(),
            text(&failure.message)
        );
        suite.close(address, None, &case);
        suite
    }

    fn case(&mut self, mailbox: &str, check: &CheckInfo) -> String {
        let inside = match check.outcome.as_str() {
            "passed" => String::new(),
            "failed" => {
                self.failures += 1;
                failed("failure", check)
            }
            "cancelled" => {
                self.errors += 1;
                failed("error", check)
            }
            _ => {
                self.skipped += 1;
                format!("      <skipped message=\"{}\"/>\n", text(&check.detail))
            }
        };
        let protocol = check.protocol.as_deref();
        let class = format!("{mailbox}.{}", protocol.unwrap_or("sign-in"));
        // A test has the same check for several sender addresses.
        let name = match &check.about {
            Some(about) => format!("{}: {about}", check.id),
            None => check.id.clone(),
        };
        format!(
            "    <testcase classname=\"{}\" name=\"{}\" time=\"{}\">\n{inside}    </testcase>\n",
            text(&class),
            text(&name),
            seconds(check.ms)
        )
    }

    fn close(&mut self, name: &str, started: Option<&str>, inside: &str) {
        let timestamp = started.map(|at| format!(" timestamp=\"{}\"", text(at)));
        self.xml = format!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{}\"{}>\n{inside}  </testsuite>\n",
            text(name),
            self.tests,
            self.failures,
            self.errors,
            self.skipped,
            seconds(self.ms),
            timestamp.unwrap_or_default()
        );
    }
}

fn failed(element: &str, check: &CheckInfo) -> String {
    let (kind, title) = match &check.verdict {
        Some(verdict) => (&*verdict.id, &*verdict.title),
        None => (&*check.outcome, &*check.detail),
    };
    let mut lines = vec![check.detail.clone()];
    lines.extend(check.verdict.as_ref().map(people::advice_of));
    lines.extend(
        check
            .server_says
            .as_ref()
            .map(|words| format!("The server said: {words}")),
    );
    format!(
        "      <{element} type=\"{}\" message=\"{}\">{}</{element}>\n",
        text(kind),
        text(title),
        text(&lines.join("\n"))
    )
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}

/// Text or attribute value. What XML 1.0 has no way to write (section 2.2) becomes the replacement character.
fn text(given: &str) -> String {
    let mut out = String::with_capacity(given.len());
    for c in given.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"), // in an attribute a bare one would become a space
            '\t' => out.push_str("&#9;"),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => {
                out.push(char::REPLACEMENT_CHARACTER);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(id: &str, outcome: &str, protocol: Option<&str>) -> CheckInfo {
        CheckInfo {
            id: id.to_owned(),
            protocol: protocol.map(str::to_owned),
            outcome: outcome.to_owned(),
            ms: 1_234,
            detail: "“<b>” & \u{1b}[2J".to_owned(),
            about: None,
            server_says: None,
            challenge: None,
            works_instead: Vec::new(),
            verdict: None,
        }
    }

    #[test]
    fn every_outcome_is_counted_and_nothing_breaks_the_document() {
        let report = ReportInfo {
            mailbox: "anna@firma.nl".to_owned(),
            status: "needs-attention".to_owned(),
            proof: None,
            ms: 2_500,
            started: "2026-11-28T08:00:00Z".to_owned(),
            error_id: Some("MW-0000-0000".to_owned()),
            stopped: false,
            checks: vec![
                check("token", "passed", None),
                check("authenticate", "failed", Some("imap")),
                check("inbox", "skipped", Some("imap")),
                check("count", "unchecked", Some("imap")),
                check("tls", "cancelled", Some("smtp")),
                CheckInfo {
                    about: Some("info@firma.nl".to_owned()),
                    ..check("sender", "passed", Some("smtp"))
                },
            ],
            announcements: Vec::new(),
        };
        let anna = crate::commands::testing::line(true, true);
        let failure = Failure::new(Code::NotFound, "No <such> mailbox.");
        let xml = document(&[
            Tested {
                line: &anna,
                result: Some(Ok(report)),
            },
            Tested {
                line: &anna,
                result: Some(Err(failure)),
            },
            Tested {
                line: &anna,
                result: None,
            },
        ]);
        assert!(
            xml.contains("<testsuites name=\"mailwright test\" tests=\"7\" failures=\"1\" errors=\"2\" skipped=\"2\" time=\"2.500\">"),
            "{xml}"
        );
        assert!(xml.contains("name=\"sender: info@firma.nl\""), "{xml}");
        assert!(
            xml.contains("classname=\"anna@firma.nl.imap\" name=\"authenticate\" time=\"1.234\"")
        );
        assert!(xml.contains("message=\"“&lt;b&gt;” &amp; \u{FFFD}[2J\""));
        assert!(xml.contains("<error type=\"not-found\" message=\"No &lt;such&gt; mailbox.\"/>"));
        assert!(!xml.contains('\u{1b}'));
    }
}
