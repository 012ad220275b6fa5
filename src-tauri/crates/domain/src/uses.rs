use crate::{Mailbox, Protocol, Purpose};

/// The protocols that mail is sent and read with; decides which permissions a sign-in asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one for each protocol, any of which may be used"
)]
pub struct Uses {
    /// Read with IMAP.
    pub imap: bool,
    /// Read with POP3.
    pub pop3: bool,
    /// Sent with SMTP.
    pub smtp: bool,
    /// Sent with Microsoft Graph.
    pub graph: bool,
    /// Sent with Microsoft Graph by somebody whose own mailbox it is not, which takes a permission more (Microsoft: Send
    /// Outlook messages from another user).
    pub graph_for_others: bool,
    /// Sent with the Gmail API.
    pub gmail: bool,
}

impl Uses {
    /// Whether this protocol is among them.
    pub fn has(self, protocol: Protocol) -> bool {
        match protocol {
            Protocol::Imap => self.imap,
            Protocol::Pop3 => self.pop3,
            Protocol::Smtp => self.smtp,
            Protocol::Graph => self.graph,
            Protocol::Gmail => self.gmail,
        }
    }

    /// These and those.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            imap: self.imap || other.imap,
            pop3: self.pop3 || other.pop3,
            smtp: self.smtp || other.smtp,
            graph: self.graph || other.graph,
            graph_for_others: self.graph_for_others || other.graph_for_others,
            gmail: self.gmail || other.gmail,
        }
    }
}

impl From<Purpose> for Uses {
    /// Reading is by IMAP as long as nobody has said otherwise.
    fn from(purpose: Purpose) -> Self {
        Self {
            imap: purpose.receive,
            pop3: false,
            smtp: purpose.wants(Protocol::Smtp),
            graph: purpose.wants(Protocol::Graph),
            graph_for_others: false,
            gmail: purpose.wants(Protocol::Gmail),
        }
    }
}

impl Mailbox {
    /// The protocols that the mailbox is used with: by its purpose, and for reading by the servers that it has.
    pub fn uses(&self) -> Uses {
        let pop3 = self.endpoint(Protocol::Pop3).is_some();
        Uses {
            imap: self.endpoint(Protocol::Imap).is_some() || (self.purpose.receive && !pop3),
            pop3,
            graph_for_others: self.purpose.wants(Protocol::Graph) && !self.is_ones_own(),
            ..self.purpose.into()
        }
    }

    /// Whether whoever signs in does so with the mailbox's own address.
    pub fn is_ones_own(&self) -> bool {
        self.sign_in_name
            .eq_ignore_ascii_case(&self.address.to_string())
    }

    /// The protocol with which the mailbox is read where one has to do: IMAP shows more of it than POP3. None where it
    /// is not read, or has no server for that.
    pub fn reading(&self) -> Option<Protocol> {
        [Protocol::Imap, Protocol::Pop3]
            .into_iter()
            .find(|protocol| self.endpoint(*protocol).is_some())
    }
}
