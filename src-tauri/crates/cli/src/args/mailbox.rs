use std::path::PathBuf;

use clap::Args;

/// Settings that `add` and `set` share.
#[derive(Args, Debug)]
pub(crate) struct MailboxOptions {
    /// App registration to sign in with: its name or id
    #[arg(long, value_name = "NAME")]
    pub(crate) registration: Option<String>,
    /// How it gets access: oauth where a person signs in, password where the servers want one, app-only where nobody
    /// signs in and an administrator has given the app registration the mailbox
    #[arg(long, value_name = "oauth|password|app-only", value_parser = ["oauth", "password", "app-only"])]
    pub(crate) auth: Option<String>,
    /// Read the password from standard input; on a terminal it is asked for without being shown
    #[arg(long)]
    pub(crate) password_stdin: bool,
    /// A name of your own for the mailbox, shown in the list
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Name that recipients see beside the address
    #[arg(long, value_name = "NAME")]
    pub(crate) sender_name: Option<String>,
    /// Address to send as; may be given several times, the usual one first
    #[arg(long = "sender", value_name = "ADDRESS")]
    pub(crate) senders: Vec<String>,
    /// Who signs in, or the user name of the password, if it is not the address
    #[arg(long, value_name = "NAME")]
    pub(crate) sign_in_name: Option<String>,
    /// User name for sending, if it is not the sign-in name
    #[arg(long, value_name = "NAME")]
    pub(crate) smtp_login: Option<String>,
    /// Server for reading with IMAP: HOST[:PORT][:auto|tls|starttls|plain], for example imap.firma.nl:993:tls; ""
    /// takes it away
    #[arg(long, value_name = "SERVER")]
    pub(crate) imap: Option<String>,
    /// Server for reading with POP3, in the same form; beside IMAP or instead of it
    #[arg(long, value_name = "SERVER")]
    pub(crate) pop3: Option<String>,
    /// Server for sending, in the same form
    #[arg(long, value_name = "SERVER")]
    pub(crate) smtp: Option<String>,
    /// Which way mail is sent: smtp, or graph (Microsoft) or gmail (Google) by the provider's own interface, which works
    /// where sending by SMTP is switched off
    #[arg(long, value_name = "smtp|graph|gmail", value_parser = ["smtp", "graph", "gmail"])]
    pub(crate) send_via: Option<String>,
    /// How long one check may take: seconds, or with a unit (30, 30s, 2m, 1500ms)
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
    /// Use it for receiving only
    #[arg(long, conflicts_with = "no_receive")]
    pub(crate) no_send: bool,
    /// Use it for sending only
    #[arg(long)]
    pub(crate) no_receive: bool,
}

/// Arguments of `set`.
#[derive(Args, Debug)]
pub(crate) struct SetArguments {
    /// The mailbox's address or id
    pub(crate) mailbox: String,
    #[command(flatten)]
    pub(crate) options: MailboxOptions,
    /// Whether it is used for sending
    #[arg(long, value_name = "yes|no", value_parser = ["yes", "no"])]
    pub(crate) send: Option<String>,
    /// Whether it is used for receiving
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
    /// The mailbox's address or id
    pub(crate) mailbox: String,
    /// Print the sign-in address instead of opening it: alone on the first line of standard output, with --json of
    /// standard error
    #[arg(long)]
    pub(crate) print_link: bool,
    /// Open the browser even where there is no terminal, as in a script
    #[arg(long)]
    pub(crate) open: bool,
    /// Show a code to enter on any other phone or computer; no browser is needed here
    #[arg(long, conflicts_with_all = ["print_link", "open", "paste", "choose_account"])]
    pub(crate) device: bool,
    /// Take the address of the browser's last page on standard input, where the browser cannot come back by itself, as
    /// from another computer. Prints the sign-in address as --print-link does
    #[arg(long)]
    pub(crate) paste: bool,
    /// How long to wait for you; without it 300, and with --device as long as the code can be used
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) timeout: Option<u64>,
    /// It is a shared mailbox: accept whoever signs in, if the mailbox opens for that person
    #[arg(long)]
    pub(crate) shared: bool,
    /// Ask the provider to offer its list of accounts, for example after a sign-in with the wrong one
    #[arg(long)]
    pub(crate) choose_account: bool,
    /// Use the sign-in that somebody has here already, without a browser, if the mailbox opens for that person: their
    /// sign-in name, or a mailbox that uses it. For shared mailboxes
    #[arg(long = "as", value_name = "WHO", conflicts_with_all = ["print_link", "open", "shared", "choose_account", "timeout", "paste", "device"])]
    pub(crate) whose: Option<String>,
}

/// Arguments of `test`.
#[derive(Args, Debug)]
pub(crate) struct TestArguments {
    /// The mailboxes' addresses or ids
    #[arg(
        value_name = "MAILBOX",
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    pub(crate) mailboxes: Vec<String>,
    /// Test every mailbox
    #[arg(long)]
    pub(crate) all: bool,
    /// Only these: imap and pop3 for reading, smtp for sending
    #[arg(long, value_name = "PROTOCOL", value_delimiter = ',', value_parser = ["smtp", "imap", "pop3"])]
    pub(crate) only: Vec<String>,
    /// Send a real message too. “self” sends it to the mailbox itself, where it is looked for and deleted again
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) send_to: Option<String>,
    /// How long one check may take, instead of the mailbox's own limit
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) timeout: Option<u64>,
    /// Write what was said on each connection, without secrets, to files in this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) transcript: Option<PathBuf>,
    /// How many mailboxes are tested at once; never more than three with one SMTP login
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=16))]
    pub(crate) jobs: u8,
    /// Go on with a test of all mailboxes that was stopped, and do not repeat what is done
    #[arg(long, requires = "all")]
    pub(crate) resume: bool,
    /// Write the reports to this file as JUnit XML too, for servers that run tests
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Print each step as one line of JSON while it happens, for programs
    #[arg(long, conflicts_with = "json")]
    pub(crate) json_lines: bool,
}

/// Arguments of `folders`.
#[derive(Args, Debug)]
pub(crate) struct FolderArguments {
    /// The mailbox's address or id
    pub(crate) mailbox: String,
    /// Use this folder for a role, for example sent="Verzonden items"; may be given several times. Roles are inbox,
    /// sent, drafts, trash, junk and archive
    #[arg(long = "set", value_name = "ROLE=NAME", conflicts_with = "auto")]
    pub(crate) set: Vec<String>,
    /// Use no folder for this role; may be given several times
    #[arg(long = "none", value_name = "ROLE", conflicts_with = "auto")]
    pub(crate) none: Vec<String>,
    /// Let Mailwright choose the folder of every role again
    #[arg(long)]
    pub(crate) auto: bool,
}
