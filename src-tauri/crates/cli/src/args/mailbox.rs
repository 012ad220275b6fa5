use std::path::PathBuf;

use clap::Args;

/// Settings that `add` and `set` share.
#[derive(Args, Debug)]
pub(crate) struct MailboxOptions {
    /// App registration to sign in with: name or id
    #[arg(long, value_name = "R")]
    pub(crate) registration: Option<String>,
    /// Account name, for finding it
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Name that recipients see
    #[arg(long, value_name = "NAME")]
    pub(crate) sender_name: Option<String>,
    /// Address to send as; may be given several times, the usual one first
    #[arg(long = "sender", value_name = "ADDRESS")]
    pub(crate) senders: Vec<String>,
    /// Person who signs in, if that is not the address
    #[arg(long, value_name = "NAME")]
    pub(crate) sign_in_name: Option<String>,
    /// Name used towards SMTP, if that is not the person who signs in
    #[arg(long, value_name = "NAME")]
    pub(crate) smtp_login: Option<String>,
    /// Server for reading: HOST[:PORT][:auto|tls|starttls|plain]
    #[arg(long, value_name = "SERVER")]
    pub(crate) imap: Option<String>,
    /// Server for sending: HOST[:PORT][:auto|tls|starttls|plain]
    #[arg(long, value_name = "SERVER")]
    pub(crate) smtp: Option<String>,
    /// Time limit of one check: seconds, or with a unit (30, 30s, 2m, 1500ms)
    #[arg(long, value_name = "LIMIT")]
    pub(crate) timeout: Option<String>,
}

/// Arguments of `add`.
#[derive(Args, Debug)]
pub(crate) struct AddArguments {
    /// The mailbox's address
    pub(crate) address: String,
    #[command(flatten)]
    pub(crate) options: MailboxOptions,
    /// Receive only
    #[arg(long, conflicts_with = "no_receive")]
    pub(crate) no_send: bool,
    /// Send only
    #[arg(long)]
    pub(crate) no_receive: bool,
}

/// Arguments of `set`.
#[derive(Args, Debug)]
pub(crate) struct SetArguments {
    /// Id or address
    pub(crate) mailbox: String,
    #[command(flatten)]
    pub(crate) options: MailboxOptions,
    /// Send with it, or not
    #[arg(long, value_name = "yes|no", value_parser = ["yes", "no"])]
    pub(crate) send: Option<String>,
    /// Receive with it, or not
    #[arg(long, value_name = "yes|no", value_parser = ["yes", "no"])]
    pub(crate) receive: Option<String>,
}

/// Arguments of `sign-in`.
#[derive(Args, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch that can be typed"
)]
pub(crate) struct SignInArguments {
    /// Id or address
    pub(crate) mailbox: String,
    /// Print the address to open first, alone on a line of standard output (with --json: of standard error)
    #[arg(long)]
    pub(crate) print_link: bool,
    /// Open the browser even without a terminal
    #[arg(long)]
    pub(crate) open: bool,
    /// Seconds to wait for the person
    #[arg(long, value_name = "S", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) timeout: u64,
    /// The address is a shared mailbox: whoever signs in is right, if the mailbox then opens
    #[arg(long)]
    pub(crate) shared: bool,
    /// Let the provider show its choice of accounts, after a sign-in with the wrong one
    #[arg(long)]
    pub(crate) choose_account: bool,
}

/// Arguments of `test`.
#[derive(Args, Debug)]
pub(crate) struct TestArguments {
    /// Ids or addresses
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub(crate) mailboxes: Vec<String>,
    /// Every mailbox
    #[arg(long)]
    pub(crate) all: bool,
    /// Only these, separated by commas
    #[arg(long, value_delimiter = ',', value_parser = ["smtp", "imap"])]
    pub(crate) only: Vec<String>,
    /// Seconds for one check, instead of the mailbox's own limit
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) timeout: Option<u64>,
    /// Write what was said on each connection, without secrets, to files in this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) transcript: Option<PathBuf>,
    /// Print each event as one JSON line while it happens
    #[arg(long, conflicts_with = "json")]
    pub(crate) json_lines: bool,
}

/// Arguments of `folders`.
#[derive(Args, Debug)]
pub(crate) struct FolderArguments {
    /// Id or address
    pub(crate) mailbox: String,
    /// Use this folder for a role, for example sent="Verzonden items"; may be given several times
    #[arg(long = "set", value_name = "ROLE=NAME", conflicts_with = "auto")]
    pub(crate) set: Vec<String>,
    /// Use no folder for this role; may be given several times
    #[arg(long = "none", value_name = "ROLE", conflicts_with = "auto")]
    pub(crate) none: Vec<String>,
    /// Back to automatic for every role
    #[arg(long)]
    pub(crate) auto: bool,
}
