use mailwright_domain::{MailboxId, Report};
use rusqlite::{OptionalExtension, Row, named_params};
use serde_json::json;

use crate::cells::{
    json, millis, parsed, to_json, to_millis, to_time, to_word_or_empty, word, word_or_none,
};
use crate::change::{NewChange, record};
use crate::error::Doing;
use crate::{Store, StoreError, mailbox};

pub(crate) const TABLE: &str = "
CREATE TABLE report (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    mailbox TEXT NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
    started TEXT NOT NULL,
    took_ms INTEGER NOT NULL CHECK (took_ms >= 0),
    status TEXT NOT NULL,
    -- Empty when nobody got in.
    proof TEXT NOT NULL,
    -- JSON list of checks with their evidence and verdicts.
    checks TEXT NOT NULL
) STRICT;
CREATE INDEX report_mailbox ON report (mailbox, started);
";

const SELECT: &str = "SELECT mailbox, started, took_ms, status, proof, checks FROM report
    WHERE mailbox = :mailbox ORDER BY started DESC, id DESC";

/// The methods of reports.
#[derive(Clone, Copy, Debug)]
pub struct Reports<'a>(pub(crate) &'a Store);

impl Reports<'_> {
    /// Keeps a report. The status of its mailbox is not changed by this. `took` is kept in whole milliseconds.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such mailbox.
    pub fn save(self, report: &Report) -> Result<(), StoreError> {
        const DOING: &str = "saving a report";
        self.0.write(DOING, |transaction| {
            let address = mailbox::expect(transaction, report.mailbox)?.address;
            transaction
                .prepare_cached(
                    "INSERT INTO report (mailbox, started, took_ms, status, proof, checks)
                     VALUES (:mailbox, :started, :took_ms, :status, :proof, :checks)",
                )
                .and_then(|mut insert| {
                    insert.execute(named_params! {
                        ":mailbox": report.mailbox.to_string(),
                        ":started": to_time(report.started),
                        ":took_ms": to_millis(report.took),
                        ":status": report.status.word(),
                        ":proof": to_word_or_empty(report.proof.as_ref())?,
                        ":checks": to_json(&report.checks)?,
                    })
                })
                .doing(DOING)?;
            let change = NewChange::new("report-saved", report.mailbox.0, address.to_string());
            let summary = json!({
                "started": report.started,
                "status": report.status,
                "proof": report.proof,
            });
            record(transaction, &change.after(summary))
        })
    }

    /// The report of the test of a mailbox that began last.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn latest(self, mailbox: MailboxId) -> Result<Option<Report>, StoreError> {
        self.0.read("reading a report", |transaction| {
            transaction
                .prepare_cached(&format!("{SELECT} LIMIT 1"))?
                .query_one(named_params! { ":mailbox": mailbox.to_string() }, from_row)
                .optional()
        })
    }

    /// The latest reports of a mailbox, newest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn list(self, mailbox: MailboxId, limit: u32) -> Result<Vec<Report>, StoreError> {
        self.0.read("reading the reports", |transaction| {
            transaction
                .prepare_cached(&format!("{SELECT} LIMIT :limit"))?
                .query_map(
                    named_params! { ":mailbox": mailbox.to_string(), ":limit": limit },
                    from_row,
                )?
                .collect()
        })
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Report> {
    Ok(Report {
        mailbox: MailboxId(parsed(row, "mailbox")?),
        started: parsed(row, "started")?,
        took: millis(row, "took_ms")?,
        status: word(row, "status")?,
        proof: word_or_none(row, "proof")?,
        checks: json(row, "checks")?,
    })
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
