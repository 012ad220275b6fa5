use mailwright_domain::{Endpoint, MailboxId};
use rusqlite::{Row, Transaction, named_params};

use crate::cells::{to_word, word};

/// Servers of a mailbox, at most one per protocol.
pub(crate) const TABLE: &str = "
CREATE TABLE endpoint (
    mailbox TEXT NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
    protocol TEXT NOT NULL,
    -- Order in the list.
    position INTEGER NOT NULL,
    host TEXT NOT NULL,
    port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    security TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (mailbox, protocol)
) STRICT;
";

pub(crate) fn list(
    transaction: &Transaction<'_>,
    mailbox: MailboxId,
) -> rusqlite::Result<Vec<Endpoint>> {
    transaction
        .prepare_cached(
            "SELECT protocol, host, port, security, source FROM endpoint
             WHERE mailbox = :mailbox ORDER BY position",
        )?
        .query_map(named_params! { ":mailbox": mailbox.to_string() }, from_row)?
        .collect()
}

/// Replaces all servers of a mailbox.
pub(crate) fn replace(
    transaction: &Transaction<'_>,
    mailbox: MailboxId,
    endpoints: &[Endpoint],
) -> rusqlite::Result<()> {
    let mailbox = mailbox.to_string();
    transaction
        .prepare_cached("DELETE FROM endpoint WHERE mailbox = :mailbox")?
        .execute(named_params! { ":mailbox": mailbox })?;
    let mut insert = transaction.prepare_cached(
        "INSERT INTO endpoint (mailbox, protocol, position, host, port, security, source)
         VALUES (:mailbox, :protocol, :position, :host, :port, :security, :source)",
    )?;
    for (position, endpoint) in (0_i64..).zip(endpoints) {
        insert.execute(named_params! {
            ":mailbox": mailbox,
            ":protocol": endpoint.protocol.word(),
            ":position": position,
            ":host": endpoint.host,
            ":port": endpoint.port,
            ":security": endpoint.security.word(),
            ":source": to_word(&endpoint.source)?,
        })?;
    }
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Endpoint> {
    Ok(Endpoint {
        protocol: word(row, "protocol")?,
        host: row.get("host")?,
        port: row.get("port")?,
        security: word(row, "security")?,
        source: word(row, "source")?,
    })
}
