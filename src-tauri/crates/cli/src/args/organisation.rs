use std::path::PathBuf;

use clap::Args;

/// Arguments of `organisation`.
#[derive(Args, Debug)]
pub(crate) struct OrganisationArguments {
    /// The app registration's name or id; not needed where there is only one
    #[arg(long, value_name = "NAME")]
    pub(crate) registration: Option<String>,
    /// Read back what the commands printed: a file, or “-” for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) paste: Option<PathBuf>,
    /// Print every command that looks, for all mailboxes at once, and nothing else
    #[arg(long)]
    pub(crate) all: bool,
}
