//! The message that proves that sending works: made to be recognised among others, and to be taken away again.

use lettre::Address;
use lettre::message::Mailbox;
use lettre::message::header::{HeaderName, HeaderValue};
use mailwright_domain::EmailAddress;
use uuid::Uuid;

/// Header field that says which test a message belongs to. What it holds is random, so that no other message has it.
pub(crate) const TEST_HEADER: &str = "X-Mailwright-Test";
/// Says that nobody wrote the message, so that no absence note answers it (RFC 3834 section 5).
const AUTO_SUBMITTED: &str = "Auto-Submitted";
/// Characters of the random value: 64 bits are never met twice.
const TOKEN_LENGTH: usize = 16;

const TEXT: &str = "\
This message was sent to test whether the mailbox can send.

Mailwright, the program that sets up this mailbox, sent it because somebody there asked for a test.
Where it was sent to the mailbox itself, Mailwright looks for it and deletes it again.
Nobody has to answer or do anything. You may delete it.
";

/// A short plain message. All that one test sends carry the same random value, whoever they are from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestMessage {
    to: EmailAddress,
    sender_name: String,
    token: String,
}

impl TestMessage {
    /// A message to this address; `sender_name` is shown as its sender and may be empty.
    pub fn new(to: EmailAddress, sender_name: &str) -> Self {
        let mut token = Uuid::new_v4().simple().to_string();
        token.truncate(TOKEN_LENGTH);
        Self {
            to,
            sender_name: sender_name.trim().to_owned(),
            token,
        }
    }

    /// Whom it goes to.
    pub fn to(&self) -> &EmailAddress {
        &self.to
    }

    /// Its subject, by which a person finds it.
    pub fn subject(&self) -> String {
        format!("Mailwright test message {}", self.token)
    }

    /// The random value in its header field, lower-case hexadecimal digits.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The message from this sender in the form of RFC 5322: lines of ASCII that end in CRLF, but for an address or
    /// name that is not ASCII itself.
    pub(crate) fn written(&self, from: &EmailAddress) -> Result<Vec<u8>, lettre::error::Error> {
        let name = (!self.sender_name.is_empty()).then(|| self.sender_name.clone());
        let id = format!(
            "<{}.{}@{}>",
            self.token,
            Uuid::new_v4().simple(),
            from.ascii_domain()
        );
        let field = |name: &'static str, value: &str| {
            HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
        };
        let message = lettre::Message::builder()
            .from(Mailbox::new(name, wire(from)))
            .to(Mailbox::new(None, wire(&self.to)))
            .subject(self.subject())
            .message_id(Some(id))
            .date_now()
            .raw_header(field(AUTO_SUBMITTED, "auto-generated"))
            .raw_header(field(TEST_HEADER, &self.token))
            .body(TEXT.to_owned())?;
        Ok(message.formatted())
    }
}

/// The address as it goes over the wire. Its parts were checked when it was made, and the domain is in A-label form.
pub(crate) fn wire(address: &EmailAddress) -> Address {
    Address::new_dangerous(address.local(), address.ascii_domain())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> EmailAddress {
        text.parse().unwrap()
    }

    fn written(message: &TestMessage, from: &str) -> String {
        String::from_utf8(message.written(&address(from)).unwrap()).unwrap()
    }

    #[test]
    fn it_says_what_it_is_and_can_be_told_from_every_other() {
        let message = TestMessage::new(address("anna@firma.nl"), " Anna Visser ");
        let text = written(&message, "info@firma.nl");
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let token = message.token();
        assert_eq!(token.len(), TOKEN_LENGTH);
        for line in [
            "From: \"Anna Visser\" <info@firma.nl>",
            "To: anna@firma.nl",
            "Auto-Submitted: auto-generated",
            &format!("X-Mailwright-Test: {token}"),
            &format!("Subject: Mailwright test message {token}"),
        ] {
            assert!(head.lines().any(|l| l == line), "{line} in\n{head}");
        }
        assert!(head.contains(&format!("Message-ID: <{token}.")), "{head}");
        assert!(head.lines().any(|l| l.starts_with("Date: ")), "{head}");
        assert!(body.starts_with("This message was sent to test"));
        let other = TestMessage::new(address("anna@firma.nl"), "");
        assert_ne!(other.token(), token);
        assert_ne!(
            written(&message, "info@firma.nl"),
            text,
            "each has its own Message-ID"
        );
    }

    #[test]
    fn it_is_ascii_in_short_lines_with_crlf() {
        let message = TestMessage::new(address("info@m\u{fc}ller.example"), "Zo\u{eb} M\u{fc}ller");
        let text = written(&message, "info@m\u{fc}ller.example");
        assert!(text.is_ascii(), "{text}");
        assert!(text.contains("<info@xn--mller-kva.example>"), "{text}");
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        assert!(text.lines().all(|line| line.len() < 200));
    }
}
