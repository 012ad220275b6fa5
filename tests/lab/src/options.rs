//! What a lab shall have: each test starts only what it needs.

/// How the keychain is when the lab has started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeychainState {
    /// No session bus, so no keychain at all. Nobody's real keychain is ever used.
    #[default]
    Missing,
    /// There is one and it is open.
    Unlocked,
    /// There is one and it is closed.
    Locked,
}

/// The parts of a lab. `Options::new()` has none.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::struct_excessive_bools)] // each part is there or not, independently
pub struct Options {
    pub(crate) authorization: bool,
    pub(crate) mailboxes: bool,
    pub(crate) postfix: bool,
    pub(crate) dns: bool,
    pub(crate) browser: bool,
    pub(crate) keychain: KeychainState,
}

impl Options {
    /// Nothing but a folder, certificates and users.
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything, with an open keychain.
    pub fn everything() -> Self {
        Self::new()
            .authorization_server()
            .mail()
            .dns()
            .browser()
            .keychain(KeychainState::Unlocked)
    }

    /// The authorization server.
    #[must_use]
    pub fn authorization_server(mut self) -> Self {
        self.authorization = true;
        self
    }

    /// Dovecot and Postfix (which needs root).
    #[must_use]
    pub fn mail(mut self) -> Self {
        self.mailboxes = true;
        self.postfix = true;
        self
    }

    /// Dovecot alone: signing in works on every port, but what is submitted goes nowhere.
    #[must_use]
    pub fn mailboxes_only(mut self) -> Self {
        self.mailboxes = true;
        self.postfix = false;
        self
    }

    /// The name server.
    #[must_use]
    pub fn dns(mut self) -> Self {
        self.dns = true;
        self
    }

    /// `MAILWRIGHT_BROWSER`: a program that signs in by itself.
    #[must_use]
    pub fn browser(mut self) -> Self {
        self.browser = true;
        self
    }

    /// A keychain of its own.
    #[must_use]
    pub fn keychain(mut self, state: KeychainState) -> Self {
        self.keychain = state;
        self
    }
}
