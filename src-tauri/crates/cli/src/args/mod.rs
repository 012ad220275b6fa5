mod mailbox;
mod registration;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub(crate) use mailbox::{
    AddArguments, FolderArguments, MailboxOptions, SetArguments, SignInArguments, TestArguments,
};
pub(crate) use registration::{RegistrationAdd, RegistrationCommand};

/// Takes a business mailbox from its address to proven working with OAuth 2.0.
///
/// Exit codes: 0 done; 1 a check failed, or the thing was not found; 2 wrong use; 3 somebody has to sign in;
/// 4 an administrator has to act; 5 network or provider cannot be reached, try later; 70 a mistake in Mailwright.
#[derive(Debug, Parser)]
#[command(
    name = "mailwright",
    version,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub(crate) struct Arguments {
    /// Print one JSON document on standard output; messages and progress go to standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Data folder, instead of this account's own
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find provider and servers of an address, and say where each was found
    Detect {
        /// The mailbox's address
        address: String,
    },
    /// App registrations: who Mailwright is when somebody signs in
    #[command(subcommand)]
    Registration(RegistrationCommand),
    /// Create a mailbox; what is not given is detected
    Add(Box<AddArguments>),
    /// All mailboxes with their status
    List,
    /// One mailbox with all its settings
    Show {
        /// Id or address
        mailbox: String,
    },
    /// Change settings of a mailbox
    Set(Box<SetArguments>),
    /// Delete a mailbox here, with its secrets; nothing at the provider is deleted
    Remove {
        /// Id or address
        mailbox: String,
    },
    /// Sign in with the system's browser
    SignIn(SignInArguments),
    /// End the sign-in: revoke it where the provider can, and delete the secrets here
    SignOut {
        /// Id or address
        mailbox: String,
        /// Delete the secrets here only, and leave the sign-in alive at the provider
        #[arg(long)]
        keep_remote: bool,
    },
    /// Test step by step, and say what failed and who must do what
    Test(TestArguments),
    /// Show which folder has which role, and change it
    Folders(FolderArguments),
    /// Print an access token for another program, and nothing else
    Token {
        /// Id or address
        mailbox: String,
        /// What it is for; without it the receiving protocol, else sending
        #[arg(long = "for", value_name = "PROTOCOL", value_parser = ["imap", "smtp"])]
        purpose: Option<String>,
    },
    /// Explain an error text or log from anywhere; works offline
    Explain {
        /// The text; “-” or nothing reads standard input
        text: Vec<String>,
        /// Where it happened, for example smtp-auth or oauth-token
        #[arg(long)]
        stage: Option<String>,
        /// microsoft, google or custom
        #[arg(long, value_parser = ["microsoft", "google", "custom"])]
        provider: Option<String>,
    },
    /// Help on a verb, or on: environment
    Help {
        /// A verb, or “environment”
        topic: Option<String>,
    },
}
