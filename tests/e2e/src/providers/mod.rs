//! Microsoft's and Google's mail servers as they answer when a switch is off, a right is missing or a limit is reached:
//! word for word what people have published, played on this computer.

mod api;
mod google;
mod graph;
mod pop3;
mod server;

pub use google::Google;
pub use graph::Graph;

use std::collections::BTreeMap;

use mailwright_lab::Lab;

use crate::{Front, Mailbox, pop3_of};
use server::Words;

/// A day on which a provider says no.
#[derive(Clone, Debug)]
pub struct BadDay {
    /// What is the matter, for whoever reads a failed test.
    pub what: &'static str,
    /// Protocol and check that fail.
    pub fails: (&'static str, &'static str),
    /// The verdict's ID.
    pub verdict: &'static str,
    /// Who has to do something.
    pub who: &'static str,
    /// It shows only when a message is really sent.
    pub with_message: bool,
    words: Words,
}

impl BadDay {
    /// Starts the provider's server for alice's mailbox, and gives the options of `set` that lead to it: to the one that
    /// refuses, beside those of the lab that work.
    ///
    /// # Panics
    /// The lab has no mail servers.
    pub fn begin(&self, lab: &Lab) -> (Front, Vec<String>) {
        let front = self.words.clone().serve(lab.certificates().good());
        let mode = if self.words.tls_first {
            "tls"
        } else {
            "starttls"
        };
        let place = format!("localhost:{}:{mode}", front.port);
        let Mailbox { imap, smtp, .. } = Mailbox::of(lab, "alice");
        let mut servers = BTreeMap::from([("imap", imap), ("pop3", pop3_of(lab)), ("smtp", smtp)]);
        servers.insert(self.fails.0, place);
        let options = servers
            .into_iter()
            .flat_map(|(protocol, place)| [format!("--{protocol}"), place]);
        (front, options.collect())
    }
}

/// All of them.
pub fn bad_days() -> Vec<BadDay> {
    [of_exchange(), with_pop3(), of_gmail()].concat()
}

fn day(
    what: &'static str,
    fails: (&'static str, &'static str),
    verdict: &'static str,
    who: &'static str,
    words: Words,
) -> BadDay {
    BadDay {
        what,
        fails,
        verdict,
        who,
        with_message: false,
        words,
    }
}

/// A day that is seen when a message is sent.
fn sending(what: &'static str, verdict: &'static str, who: &'static str, words: Words) -> BadDay {
    BadDay {
        with_message: true,
        ..day(what, ("smtp", "message"), verdict, who, words)
    }
}

fn of_exchange() -> Vec<BadDay> {
    vec![
        day(
            "Exchange: SMTP AUTH is off for the organisation",
            ("smtp", "authenticate"),
            "smtp-auth-off-tenant",
            "administrator",
            exchange_smtp().but("AUTH", "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. [AM0PR01CA0081.eurprd01.prod.exchangelabs.com 2026-11-28T14:00:00.000Z 08DE2E4F5A6B7C8D]"),
        ),
        day(
            "Exchange: SMTP AUTH is off for the mailbox",
            ("smtp", "authenticate"),
            "smtp-auth-off-mailbox",
            "administrator",
            exchange_smtp().but("AUTH", "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information. [AM0PR01CA0081.eurprd01.prod.exchangelabs.com 2026-11-28T14:00:00.000Z 08DE2E4F5A6B7C8D]"),
        ),
        day(
            "Exchange: the person has no access to the mailbox, or IMAP is off for it",
            ("imap", "inbox"),
            "imap-not-connected",
            "administrator",
            exchange_imap().but(
                "SELECT",
                "TAG BAD User is authenticated but not connected.\n* BYE Connection closed. 14\nCLOSE",
            ),
        ),
        day(
            "Exchange: too many connections send at once",
            ("smtp", "envelope"),
            "smtp-concurrent",
            "consultant",
            exchange_smtp().but("MAIL", "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information. [Hostname=AM0PR01MB1234.eurprd01.prod.exchangelabs.com]"),
        ),
        sending(
            "Exchange: an app has no rights on the mailbox yet",
            "smtp-430-logon",
            "administrator",
            exchange_smtp().but(".", "430 4.2.0 STOREDRV; mailbox logon failure; Failed to process message due to a transient exception with message Cannot open mailbox. Exception: MapiExceptionLogonFailed: Unable to open message store. (hr=0x80040111, ec=1010) [Hostname=AM0PR01MB1234.eurprd01.prod.exchangelabs.com]"),
        ),
        sending(
            "Exchange: the person may not send as the mailbox",
            "smtp-sendas-554",
            "administrator",
            exchange_smtp().but(".", "554 5.2.252 SendAsDenied; bob@lab.test not allowed to send as alice@lab.test; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception with message [BeginDiagnosticData]Cannot submit message. 0.35250:0A00E280[EndDiagnosticData] [Hostname=AM0PR01MB1234.eurprd01.prod.exchangelabs.com]"),
        ),
        sending(
            "Exchange: the person may not send as the mailbox, in the other wording",
            "smtp-sendas-550",
            "administrator",
            exchange_smtp().but(".", "550 5.7.60 SMTP; Client does not have permissions to send as this sender [AM0PR01MB1234.eurprd01.prod.exchangelabs.com]"),
        ),
        day(
            "Exchange: the sender address is refused before there is a message",
            ("smtp", "envelope"),
            "smtp-sendas-550",
            "administrator",
            exchange_smtp().but("MAIL", "550 5.7.60 SMTP; Client does not have permissions to send as this sender"),
        ),
    ]
}

fn with_pop3() -> Vec<BadDay> {
    vec![
        day(
            "Exchange: POP3 is off for the mailbox, or somebody without rights signed in",
            ("pop3", "authenticate"),
            "pop-exo-auth",
            "you",
            pop3::exchange("-ERR Authentication failure: unknown user name or bad password."),
        ),
        day(
            "Gmail: POP3 is switched off in the account",
            ("pop3", "authenticate"),
            "pop-gmail-off",
            "you",
            pop3::gmail(
                "-ERR [SYS/PERM] Your account is not enabled for POP access. Please visit your Gmail settings page and enable your account for POP access.",
            ),
        ),
        day(
            "Gmail: POP3 is switched off in the organisation",
            ("pop3", "authenticate"),
            "pop-gmail-domain-off",
            "administrator",
            pop3::gmail(
                "-ERR [SYS/PERM] POP access is disabled for your domain. Please contact your domain administrator for questions about this feature.",
            ),
        ),
        day(
            "Gmail: the sign-in is not accepted for reading with POP3",
            ("pop3", "authenticate"),
            "pop-gmail-auth",
            "you",
            pop3::gmail("-ERR [AUTH] Username and password not accepted."),
        ),
        day(
            "Gmail: somebody else reads the mailbox with POP3",
            ("pop3", "authenticate"),
            "pop-transient",
            "you",
            pop3::gmail("-ERR [IN-USE] Do you have another POP session running?"),
        ),
    ]
}

fn of_gmail() -> Vec<BadDay> {
    vec![
        day(
            "Gmail: too many connections read at once",
            ("imap", "authenticate"),
            "gimap-connections",
            "consultant",
            gmail_imap().but(
                "AUTHENTICATE",
                "TAG NO [ALERT] Too many simultaneous connections. (Failure)\nCLOSE",
            ),
        ),
        day(
            "Gmail: a sign-in in the browser is asked for before reading",
            ("imap", "authenticate"),
            "gimap-weblogin",
            "you",
            gmail_imap().but("AUTHENTICATE", "* NO [WEBALERT https://accounts.google.com/ContinueSignIn?sarp=1&scc=1] Web login required.\nTAG NO [ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)"),
        ),
        day(
            "Gmail: a sign-in in the browser is asked for before sending",
            ("smtp", "authenticate"),
            "gsmtp-web-login",
            "you",
            gmail_smtp().but("AUTH", "534-5.7.14 <https://accounts.google.com/signin/continue?sarp=1&scc=1> Please log\n534-5.7.14 in via your web browser and then try again.\n534-5.7.14  Learn more at\n534 5.7.14  https://support.google.com/mail/answer/78754 ffacd0b85a97d-3b4 - gsmtp"),
        ),
    ]
}

fn exchange_smtp() -> Words {
    Words {
        tls_first: false,
        greeting: "220 AM0PR01CA0081.outlook.office365.com Microsoft ESMTP MAIL Service ready at Sat, 28 Nov 2026 14:00:00 +0000 [08DE2E4F5A6B7C8D]",
        answers: vec![
            (
                "EHLO",
                "250-AM0PR01CA0081.outlook.office365.com Hello [127.0.0.1]\n250-SIZE 157286400\n250-PIPELINING\n250-DSN\n250-ENHANCEDSTATUSCODES\n250-STARTTLS\n250-AUTH LOGIN XOAUTH2\n250-8BITMIME\n250-BINARYMIME\n250-CHUNKING\n250 SMTPUTF8",
            ),
            ("STARTTLS", "220 2.0.0 SMTP server ready"),
            ("AUTH", "235 2.7.0 Authentication successful"),
            ("MAIL", "250 2.1.0 Sender OK"),
            ("RCPT", "250 2.1.5 Recipient OK"),
            ("RSET", "250 2.0.0 Resetting"),
            ("DATA", "354 Start mail input; end with <CRLF>.<CRLF>"),
            (
                "QUIT",
                "221 2.0.0 Service closing transmission channel\nCLOSE",
            ),
        ],
        go_on: "334 ",
    }
}

fn exchange_imap() -> Words {
    Words {
        tls_first: true,
        greeting: "* OK The Microsoft Exchange IMAP4 service is ready. [QQBNADAAUABSADAAMQBDAEEAMAAwADgAMQAuAGUAdQByAHAAcgBkADAAMQAuAHAAcgBvAGQALgBlAHgAYwBoAGEAbgBnAGUAbABhAGIAcwAuAGMAbwBtAA==]",
        answers: vec![
            (
                "CAPABILITY",
                "* CAPABILITY IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+\nTAG OK CAPABILITY completed.",
            ),
            ("AUTHENTICATE", "TAG OK AUTHENTICATE completed."),
            (
                "LOGOUT",
                "* BYE Microsoft Exchange Server IMAP4 server signing off.\nTAG OK LOGOUT completed.\nCLOSE",
            ),
        ],
        go_on: "+ ",
    }
}

fn gmail_imap() -> Words {
    Words {
        tls_first: true,
        greeting: "* OK Gimap ready for requests from 203.0.113.7 ffacd0b85a97dmb1",
        answers: vec![
            (
                "CAPABILITY",
                "* CAPABILITY IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 XYZZY SASL-IR AUTH=XOAUTH2 AUTH=PLAIN AUTH=PLAIN-CLIENTTOKEN AUTH=OAUTHBEARER\nTAG OK Thats all she wrote! ffacd0b85a97dmb1",
            ),
            (
                "LOGOUT",
                "* BYE LOGOUT Requested\nTAG OK 73 good day (Success)\nCLOSE",
            ),
        ],
        go_on: "+ ",
    }
}

fn gmail_smtp() -> Words {
    Words {
        tls_first: false,
        greeting: "220 smtp.gmail.com ESMTP ffacd0b85a97d-3b4 - gsmtp",
        answers: vec![
            (
                "EHLO",
                "250-smtp.gmail.com at your service, [203.0.113.7]\n250-SIZE 35882577\n250-8BITMIME\n250-STARTTLS\n250-AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH\n250-ENHANCEDSTATUSCODES\n250-PIPELINING\n250-CHUNKING\n250 SMTPUTF8",
            ),
            ("STARTTLS", "220 2.0.0 Ready to start TLS"),
            (
                "QUIT",
                "221 2.0.0 closing connection ffacd0b85a97d-3b4 - gsmtp\nCLOSE",
            ),
        ],
        go_on: "334 ",
    }
}
