mod approve;
mod mailbox;
mod organisation;
mod registration;
mod support;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub(crate) use approve::ApproveArguments;
pub(crate) use mailbox::{
    AddArguments, FolderArguments, MailboxOptions, SetArguments, SignInArguments, TestArguments,
};
pub(crate) use organisation::OrganisationArguments;
pub(crate) use registration::{RegistrationAdd, RegistrationCommand, RegistrationSet};
pub(crate) use support::SupportArguments;

/// Takes a business mailbox from its address to proven working with OAuth 2.0.
///
/// Exit codes: 0 done; 1 a check failed, or the thing was not found; 2 wrong use; 3 somebody has to sign in;
/// 4 an administrator has to act; 5 network or provider cannot be reached, try later; 70 a mistake in Mailwright.
#[derive(Debug, Parser)]
#[command(
    name = "mailwright",
    version,
    disable_help_subcommand = true,
    max_term_width = 100,
    after_help = BEGINNING
)]
pub(crate) struct Arguments {
    /// Print one JSON document for programs; messages go to standard error
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub(crate) json: bool,
    /// Folder for Mailwright's data, instead of this account's own
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Heading of the options that every verb has.
const EVERYWHERE: &str = "Options of every command";

/// What to type first.
const BEGINNING: &str = "To begin:\n  mailwright registration add --help\n  mailwright add ADDRESS\n  mailwright sign-in ADDRESS\n  mailwright test ADDRESS";

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find provider and servers of an address, and say where each was found
    Detect {
        /// The mailbox's address
        address: String,
    },
    /// App registrations; nobody can sign in without one
    #[command(subcommand, disable_help_subcommand = true)]
    Registration(RegistrationCommand),
    /// Create a mailbox; what is not given is detected
    Add(Box<AddArguments>),
    /// All mailboxes with their status
    List,
    /// One mailbox with all its settings
    Show {
        /// The mailbox's address or id
        mailbox: String,
    },
    /// Change settings of a mailbox
    Set(Box<SetArguments>),
    /// Delete a mailbox here, with its secrets; nothing at the provider is deleted
    Remove {
        /// The mailbox's address or id
        mailbox: String,
    },
    /// Sign in: with the system's browser, with one elsewhere (--paste), or with a code (--device)
    SignIn(SignInArguments),
    /// End the sign-in: revoke it where the provider can, and delete the secrets here
    SignOut {
        /// The mailbox's address or id
        mailbox: String,
        /// Delete the secrets here only, and leave the sign-in alive at the provider
        #[arg(long)]
        keep_remote: bool,
        /// Do not ask, even if other mailboxes stop with it
        #[arg(long)]
        yes: bool,
    },
    /// The administrator's approval: link, message to send, and whether it is there
    Approve(Box<ApproveArguments>),
    /// The organisation's switches: what is known of each, and commands to look, to change and to change back
    Organisation(OrganisationArguments),
    /// What needs attention now, and what ends within 60, 30 and 7 days; exits 1 where something needs attention now
    Status,
    /// Look at this computer: keychain, browser and the way back from it, name server, proxy, encryption on the way, clock
    Doctor,
    /// Put what support needs into one file, without secrets, and say what is in it
    SupportPackage(SupportArguments),
    /// Test step by step, and say what failed and who must do what
    Test(TestArguments),
    /// Show the folders and which of them is Sent, Drafts and so on, and change that
    Folders(FolderArguments),
    /// Print an access token for another program, and nothing else
    Token {
        /// The mailbox's address or id
        mailbox: String,
        /// What the token is for; without it reading, or sending if the mailbox only sends
        #[arg(long = "for", value_name = "PROTOCOL", value_parser = ["imap", "pop3", "smtp", "graph", "gmail"])]
        purpose: Option<String>,
    },
    /// Explain an error text or log from anywhere; works offline
    Explain {
        /// The text; “-” or nothing takes it from standard input
        text: Vec<String>,
        /// Where it happened, if you know: for example smtp-auth or oauth-token
        #[arg(long)]
        stage: Option<String>,
        /// Whose server said it, if you know
        #[arg(long, value_parser = ["microsoft", "google", "custom"])]
        provider: Option<String>,
    },
    /// Help on a command, or on: environment
    Help {
        /// A command, or “environment”
        topic: Vec<String>,
    },
}
