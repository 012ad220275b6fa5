use mailwright_domain::Protocol;

/// What to do next, where the window has a button for it and the command line something to type. The message of a
/// [`Failure`](crate::Failure) names neither.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Look at the list of mailboxes.
    Mailboxes,
    /// Look at the mailbox with this address.
    Mailbox(String),
    /// Look at the list of app registrations.
    Registrations,
    /// Add an app registration.
    AddRegistration,
    /// Say which app registration.
    ChooseRegistration,
    /// Give the mailbox with this address an app registration.
    SetRegistration(String),
    /// Enter the app registration's client ID.
    ClientId,
    /// Save the client secret of the app registration with this name again.
    Secret(String),
    /// Give the private key of a certificate too.
    CertificateKey,
    /// Give the certificate of the app registration with this name again.
    Certificate(String),
    /// Say for which mailboxes an administrator's script is.
    ScriptMailboxes,
    /// Test the mailbox with this address.
    Test(String),
    /// Enter the authority of a custom cloud.
    Authority,
    /// Enter the password.
    Password,
    /// Say that the mailbox is signed in to with a password.
    UsePassword,
    /// Enter the password of the mailbox with this address again.
    SetPassword(String),
    /// Enter the addresses of a custom provider.
    CustomAddresses,
    /// Enter the servers by hand.
    Servers,
    /// Enter the server for this protocol.
    Server(Protocol),
    /// Sign in to the mailbox with this address by pasting the address of the browser's last page.
    PasteAddress(String),
    /// Enter the device authorization address of the app registration with this name.
    DeviceAddress(String),
    /// Choose another data folder.
    DataFolder,
}
