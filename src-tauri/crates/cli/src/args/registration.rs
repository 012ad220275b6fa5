use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What can be done with app registrations.
#[derive(Debug, Subcommand)]
pub(crate) enum RegistrationCommand {
    /// Save an app registration
    Add(Box<RegistrationAdd>),
    /// All app registrations
    List,
    /// One app registration; the secret is never shown
    Show {
        /// The registration's name or id
        registration: String,
    },
    /// Ask the provider, without a person, what it says of an app registration; nothing is changed there
    Check {
        /// The registration's name or id
        registration: String,
    },
    /// Change an app registration; what is not given stays
    Set(Box<RegistrationSet>),
    /// The PowerShell script by which an administrator gives an app registration its mailboxes, and the reverse
    Script {
        /// The registration's name or id
        registration: String,
        /// A mailbox to give, set up here or not; may be given several times. Without it: all with --auth app-only
        #[arg(long = "mailbox", value_name = "ADDRESS")]
        mailboxes: Vec<String>,
        /// “Object ID” of the app under “Enterprise applications”, where Mailwright cannot find it out by itself
        #[arg(long, value_name = "ID")]
        object_id: Option<String>,
        /// Print the script that takes the access back
        #[arg(long)]
        reverse: bool,
    },
    /// Delete an app registration here, with its secret; nothing at the provider is deleted
    Remove {
        /// The registration's name or id
        registration: String,
    },
}

/// Fields of an app registration.
#[derive(Args, Debug)]
pub(crate) struct RegistrationAdd {
    /// A name of your own to find it by
    #[arg(long)]
    pub(crate) name: String,
    /// Where it was registered
    #[arg(long, value_parser = ["microsoft", "google", "custom"])]
    pub(crate) provider: String,
    /// Its client ID; Microsoft shows it as “Application (client) ID”
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// Microsoft: “Directory (tenant) ID”, or a domain of the organisation
    #[arg(long)]
    pub(crate) tenant: Option<String>,
    /// Microsoft: a domain or address of the organisation, to look its tenant and cloud up
    #[arg(long, value_name = "DOMAIN", conflicts_with = "tenant")]
    pub(crate) domain: Option<String>,
    /// Which of Microsoft's clouds; nearly every organisation is in the global one
    #[arg(long, default_value = "global", value_parser = ["global", "gcc-high", "dod", "china", "custom"])]
    pub(crate) cloud: String,
    /// Microsoft's endpoint layout at another address (with --cloud custom), or the issuer of a custom provider
    #[arg(long, value_name = "URL")]
    pub(crate) authority: Option<String>,
    /// Authorization endpoint of a custom provider
    #[arg(long, value_name = "URL")]
    pub(crate) authorize_url: Option<String>,
    /// Token endpoint of a custom provider
    #[arg(long, value_name = "URL")]
    pub(crate) token_url: Option<String>,
    /// Device authorization endpoint of a custom provider
    #[arg(long, value_name = "URL")]
    pub(crate) device_url: Option<String>,
    /// Revocation endpoint of a custom provider
    #[arg(long, value_name = "URL")]
    pub(crate) revoke_url: Option<String>,
    /// Permission to ask for instead of the usual ones; may be given several times
    #[arg(long = "scope", value_name = "PERMISSION")]
    pub(crate) scopes: Vec<String>,
    /// Read the client secret from standard input (the “Value”, not the “Secret ID”)
    #[arg(long)]
    pub(crate) client_secret_stdin: bool,
    /// Day on which the client secret stops working
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) secret_expires: Option<String>,
    /// Google: whether the project is published; while it is in “Testing”, every sign-in ends after seven days
    #[arg(long, value_parser = ["testing", "production"])]
    pub(crate) publishing: Option<String>,
    /// PEM file with a certificate that proves the app instead of a secret; it may hold the private key too (RSA,
    /// without a password)
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// PEM file with the certificate's private key, where that is a file of its own
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub(crate) certificate_key: Option<PathBuf>,
    /// Return address, only for a registration of the platform “Web”
    #[arg(long, value_name = "URI")]
    pub(crate) redirect_uri: Option<String>,
}

/// Changes to an app registration.
#[derive(Args, Debug)]
pub(crate) struct RegistrationSet {
    /// The registration's name or id
    pub(crate) registration: String,
    /// A new name
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Client ID; only while nobody is signed in with the registration, as the next three
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// Microsoft: “Directory (tenant) ID”, or a domain of the organisation; "" takes it away
    #[arg(long)]
    pub(crate) tenant: Option<String>,
    /// Microsoft: a domain or address of the organisation, to look its tenant and cloud up
    #[arg(long, value_name = "DOMAIN", conflicts_with_all = ["tenant", "cloud", "authority"])]
    pub(crate) domain: Option<String>,
    /// Which of Microsoft's clouds
    #[arg(long, value_parser = ["global", "gcc-high", "dod", "china", "custom"])]
    pub(crate) cloud: Option<String>,
    /// Microsoft's endpoint layout at another address (with --cloud custom), or the issuer of a custom provider
    #[arg(long, value_name = "URL")]
    pub(crate) authority: Option<String>,
    /// Authorization endpoint of a custom provider
    #[arg(long, value_name = "URL")]
    pub(crate) authorize_url: Option<String>,
    /// Token endpoint of a custom provider
    #[arg(long, value_name = "URL")]
    pub(crate) token_url: Option<String>,
    /// Device authorization endpoint of a custom provider
    #[arg(long, value_name = "URL")]
    pub(crate) device_url: Option<String>,
    /// Revocation endpoint of a custom provider
    #[arg(long, value_name = "URL")]
    pub(crate) revoke_url: Option<String>,
    /// Permissions to ask for from now on, instead of those before; "" means the usual ones
    #[arg(long = "scope", value_name = "PERMISSION")]
    pub(crate) scopes: Vec<String>,
    /// Read a new client secret from standard input (the “Value”, not the “Secret ID”); everybody stays signed in
    #[arg(long, conflicts_with = "no_client_secret")]
    pub(crate) client_secret_stdin: bool,
    /// Delete the client secret here
    #[arg(long)]
    pub(crate) no_client_secret: bool,
    /// Day on which the client secret stops working
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) secret_expires: Option<String>,
    /// Google: whether the project is published; while it is in “Testing”, every sign-in ends after seven days
    #[arg(long, value_parser = ["testing", "production"])]
    pub(crate) publishing: Option<String>,
    /// PEM file with a certificate that proves the app instead of a secret; it may hold the private key too (RSA,
    /// without a password); everybody stays signed in
    #[arg(long, value_name = "FILE", conflicts_with = "no_certificate")]
    pub(crate) certificate: Option<PathBuf>,
    /// PEM file with the certificate's private key, where that is a file of its own
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub(crate) certificate_key: Option<PathBuf>,
    /// Delete the certificate and its private key here
    #[arg(long)]
    pub(crate) no_certificate: bool,
    /// Return address, only for a registration of the platform “Web”; "" means any free port of this computer
    #[arg(long, value_name = "URI")]
    pub(crate) redirect_uri: Option<String>,
}
