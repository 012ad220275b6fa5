/// A field of a registration that cannot be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// Nothing entered.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// Microsoft's client ID is a GUID.
    #[error(
        "“{0}” is not a client ID. Microsoft shows it as “Application (client) ID” on the app registration's Overview \
         page; it looks like 00001111-aaaa-2222-bbbb-3333cccc4444"
    )]
    ClientIdNotGuid(String),
    /// Google's client ID has a fixed ending.
    #[error("“{0}” is not a Google client ID; those end in .apps.googleusercontent.com")]
    ClientIdNotGoogle(String),
    /// Client and tenant ID are never the same.
    #[error("client ID and tenant ID are the same; one of them was copied from the wrong line")]
    ClientIsTenant,
    /// Neither GUID, domain nor one of the three common words.
    #[error(
        "“{0}” is not a tenant: give the “Directory (tenant) ID”, a domain of the organisation, or organizations"
    )]
    Tenant(String),
    /// The secret's ID instead of its value.
    #[error(
        "this looks like the Secret ID. Copy the column “Value” instead; Microsoft shows it only once, so you may need a new secret"
    )]
    SecretIsId,
    /// The client ID in the field of the secret.
    #[error("this is the client ID; copy the client secret instead")]
    SecretIsClientId,
    /// Plain http, and not on this computer.
    #[error("“{0}” must start with https:// (http:// is accepted for this computer only)")]
    NotHttps(String),
    /// Redirect addresses must lead back to this computer.
    #[error(
        "“{0}” does not lead back to this computer; it must start with http://localhost or http://127.0.0.1"
    )]
    RedirectNotLoopback(String),
    /// A custom cloud without the address to sign in at.
    #[error("a custom cloud needs an authority, the address to sign in at")]
    AuthorityMissing,
    /// A custom provider without its addresses.
    #[error(
        "a custom provider needs an address to sign in at and one to get tokens from, or an issuer that publishes them"
    )]
    AddressesMissing,
    /// Endpoints with a provider that has its own.
    #[error(
        "only a custom provider has addresses of its own to sign in at; choose that provider or leave them out"
    )]
    AddressesOfCustom,
    /// Only a Google project has a publishing status.
    #[error("only a Google project has a publishing status; leave it out")]
    PublishingOfGoogle,
    /// Access without anybody who signs in is not possible with it.
    #[error("{0}")]
    AppOnly(&'static str),
}
