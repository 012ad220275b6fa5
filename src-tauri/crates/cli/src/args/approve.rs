use clap::{ArgGroup, Args};

/// Arguments of `approve`.
#[derive(Args, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that people type"
)]
#[command(group(ArgGroup::new("of").required(true).args(["mailbox", "registration"])))]
#[command(group(ArgGroup::new("what").args(["link", "message", "check", "as_administrator"])))]
pub(crate) struct ApproveArguments {
    /// The mailbox's address or id
    pub(crate) mailbox: Option<String>,
    /// An app registration's name or id: for all its mailboxes
    #[arg(long, value_name = "NAME")]
    pub(crate) registration: Option<String>,
    /// Print the address where an administrator approves, and nothing else
    #[arg(long)]
    pub(crate) link: bool,
    /// Print a ready message to the administrator, and nothing else
    #[arg(long)]
    pub(crate) message: bool,
    /// Look whether it is approved by now, without a person; exits 4 while it is not
    #[arg(long)]
    pub(crate) check: bool,
    /// You are the administrator: approve in the browser of this computer, and come back here
    #[arg(long)]
    pub(crate) as_administrator: bool,
    /// Print the address for --as-administrator first, alone on a line (with --json on standard error)
    #[arg(long, requires = "as_administrator")]
    pub(crate) print_link: bool,
    /// Open the browser for --as-administrator even where there is no terminal
    #[arg(long, requires = "as_administrator")]
    pub(crate) open: bool,
    /// How long to wait for the administrator in the browser, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) timeout: u64,
}
