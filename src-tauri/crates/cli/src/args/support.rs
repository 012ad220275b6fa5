use std::path::PathBuf;

use clap::Args;

/// Arguments of `support-package`.
#[derive(Args, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that people type"
)]
pub(crate) struct SupportArguments {
    /// Only these mailboxes, by address or id; without any, all of them
    #[arg(value_name = "MAILBOX")]
    pub(crate) mailboxes: Vec<String>,
    /// The new file, JSON text that every editor opens
    #[arg(long, value_name = "FILE", required_unless_present = "dry_run")]
    pub(crate) out: Option<PathBuf>,
    /// Only the test with this error ID, and its mailbox
    #[arg(long, value_name = "ID")]
    pub(crate) error_id: Option<String>,
    /// Replace addresses, names and host names, each by the same word everywhere; correlation numbers and names of
    /// certificate issuers stay
    #[arg(long)]
    pub(crate) mask: bool,
    /// Test the mailboxes now, and put in what was said on each connection, without credentials
    #[arg(long, conflicts_with = "error_id")]
    pub(crate) test: bool,
    /// Only say what would be in it
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Open the mail program with a message to support: subject and error ID are filled in, the file is yours to attach
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) mail: bool,
}
