use lettre::transport::smtp::commands::Data;
use mailwright_domain::{EmailAddress, Fault};

use super::Sending;
use super::envelope::{Envelope, hand_over};
use super::reply::Reply;
use super::session::Smtp;
use crate::Sent;
use crate::climb::{Passed, Step};
use crate::failure::Failure;
use crate::message::TestMessage;

/// A real message: MAIL, RCPT, DATA and its text (RFC 5321 section 3.3). `sent` says what became of it, also where
/// the connection broke before the server had answered.
pub(super) async fn send(
    sending: &mut Sending<'_, '_>,
    from: &EmailAddress,
    message: &TestMessage,
    sent: &mut Sent,
) -> Step<()> {
    let text = message.written(from).map_err(|error| {
        Box::new(Failure {
            detail: format!("A message from {from} could not be written: {error}."),
            ..Failure::default()
        })
    })?;
    let envelope = Envelope {
        sender: from,
        recipient: message.to(),
    };
    hand_over(sending, &envelope, None).await?;
    let smtp = &mut *sending.smtp;
    smtp.send(&Data.to_string()).await?;
    let ready = smtp.reply(false).await?;
    if ready.code.basic != START_MAIL_INPUT {
        return Err(ready.refused(format!("The server does not take the message from {from}.")));
    }
    smtp.driver.begin(sending.context.target.timeout);
    let shown = format!("(the test message, {} bytes)\n.", text.len());
    sent.perhaps += 1;
    let to = message.to();
    let reply = hand_in(smtp, &stuffed(&text), &shown)
        .await
        .map_err(|failure| failure.unanswered(from, to))?;
    sent.perhaps -= 1;
    let reply = reply.or_refused(format!(
        "The server took sender and recipient, and refused the message from {from} to {to}."
    ))?;
    sent.accepted += 1;
    let detail = format!("The server accepted a message from {from} to {to}.");
    Ok(Passed::new((), detail).saying(reply.says))
}

/// Sends the text, and gives the server's last word on it.
async fn hand_in(smtp: &mut Smtp, text: &[u8], shown: &str) -> Result<Reply, Box<Failure>> {
    smtp.driver.send(text, shown).await?;
    let reply = smtp.reply(false).await?;
    if reply.code.basic / 100 == 3 {
        // “Go on”, when there is nothing left that could go on.
        let detail = "The server's answer to the message says neither yes nor no.";
        return Err(Failure::new(Fault::Malformed, detail).with_says(Some(reply.says)));
    }
    Ok(reply)
}

/// “Start mail input” (RFC 5321 section 4.2.3).
const START_MAIL_INPUT: u16 = 354;

/// A text as DATA carries it: whole lines, a second dot before each that begins with one, and a lone dot as its end
/// (RFC 5321 section 4.5.2).
fn stuffed(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 8);
    let lines = text.strip_suffix(b"\r\n").unwrap_or(text);
    for line in lines.split(|b| *b == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dots_are_doubled_and_the_end_is_a_lone_one() {
        assert_eq!(stuffed(b"a\r\n.b\r\n..\r\n"), b"a\r\n..b\r\n...\r\n.\r\n");
        assert_eq!(stuffed(b".\nx"), b"..\r\nx\r\n.\r\n");
    }

    proptest! {
        #[test]
        fn no_text_ends_early(text in "[a.\r\n]{0,40}") {
            let sent = stuffed(text.as_bytes());
            let sent = String::from_utf8(sent).unwrap();
            prop_assert!(sent.ends_with("\r\n.\r\n") || sent == ".\r\n");
            let end = sent.find("\r\n.\r\n").map_or(sent.len(), |at| at + 5);
            prop_assert_eq!(end, sent.len());
        }
    }
}
