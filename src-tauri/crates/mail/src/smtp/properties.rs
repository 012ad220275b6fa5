//! What must hold of every reply, whatever a server sends.

use super::reply::{enhanced, parse_line};
use super::session::Smtp;
use crate::fuzz::{block_on, driver, kind, size};

/// One line.
pub(crate) fn line(line: &[u8]) -> u64 {
    let Ok(parsed) = parse_line(line) else {
        return 0;
    };
    assert!((200..600).contains(&parsed.basic) && line.ends_with(parsed.text));
    let code = enhanced(parsed.basic, parsed.text);
    if let Some((class, subject, detail)) = code {
        assert_eq!(u16::from(class), parsed.basic / 100);
        assert!(subject < 1_000 && detail < 1_000);
    }
    kind((
        parsed.basic / 100,
        parsed.last,
        code.is_some(),
        size(parsed.text.len()),
    ))
}

/// A whole session: what is offered, then replies as long as they come.
pub(crate) fn session(input: &[u8]) -> u64 {
    block_on(async {
        let mut smtp = Smtp::new(driver(input));
        let offers = match smtp.hello().await {
            Ok(offers) => offers,
            Err(failure) => return kind((failure.fault, failure.smtp.map(|c| c.basic / 100))),
        };
        assert!(offers.says.len() < 40_000);
        let mechanisms = offers.mechanisms().count();
        assert!(
            offers
                .mechanisms()
                .all(|m| !m.is_empty() && !m.contains(['=', ' ']))
        );
        let mut replies = 0;
        let failure = loop {
            match smtp.reply(true).await {
                Ok(reply) => {
                    assert!((200..600).contains(&reply.code.basic));
                    assert!(!reply.texts.is_empty() && reply.says.len() < 40_000);
                    replies += 1;
                }
                Err(failure) => break failure,
            }
        };
        kind((failure.fault, size(mechanisms), size(replies)))
    })
}
