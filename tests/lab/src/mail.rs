//! Mail servers: Dovecot (IMAP, POP3, submission), and Postfix (submission) which asks Dovecot about sign-ins.
mod dovecot;
mod postfix;

pub use postfix::PostfixPorts;

use crate::server::Server;
use crate::{AuthorizationServer, Certificates, Folder, LabError, User, ports};

/// The address besides her own that alice may send from.
pub(crate) const ALIAS: &str = "sales@lab.test";

/// The running mail servers. All ports are on 127.0.0.1.
#[derive(Debug)]
pub struct MailServers {
    /// IMAP with STARTTLS.
    pub imap: u16,
    /// IMAP over TLS.
    pub imaps: u16,
    /// POP3 with STLS.
    pub pop3: u16,
    /// POP3 over TLS.
    pub pop3s: u16,
    /// Dovecot's submission with STARTTLS. It refuses a token as initial response for its length.
    pub dovecot_submission: u16,
    /// Dovecot's submission over TLS.
    pub dovecot_submissions: u16,
    /// Postfix, unless only mailboxes were asked for.
    pub postfix: Option<PostfixPorts>,
    pub(crate) servers: Vec<Server>,
}

impl MailServers {
    pub(crate) fn start(
        folder: &Folder,
        users: &[User],
        certificates: &Certificates,
        authorization: Option<&AuthorizationServer>,
        with_postfix: bool,
    ) -> Result<Self, LabError> {
        ports::retrying(|| {
            let [
                imap,
                imaps,
                pop3,
                pop3s,
                submission,
                submissions,
                relay,
                first,
                second,
            ] = ports::free()?;
            let mut mail = Self {
                imap,
                imaps,
                pop3,
                pop3s,
                dovecot_submission: submission,
                dovecot_submissions: submissions,
                postfix: None,
                servers: Vec::new(),
            };
            let server = dovecot::start(folder, users, certificates, authorization, &mail, relay)?;
            mail.servers.push(server);
            if with_postfix {
                let ports = PostfixPorts {
                    submission: first,
                    smtps: second,
                    relay,
                };
                let server = postfix::start(folder, users, certificates, &ports)?;
                mail.servers.push(server);
                mail.postfix = Some(ports);
            }
            Ok(mail)
        })
    }

    /// The submission port with STARTTLS that programs should use.
    pub fn submission(&self) -> u16 {
        self.postfix
            .as_ref()
            .map_or(self.dovecot_submission, |postfix| postfix.submission)
    }

    /// The submission port over TLS that programs should use.
    pub fn smtps(&self) -> u16 {
        self.postfix
            .as_ref()
            .map_or(self.dovecot_submissions, |postfix| postfix.smtps)
    }
}
