use mailwright_domain::{Fault, Outcome, Protocol};

use super::{only_failure, play};

const IMAP: &str = r#"
    S: * OK ready
    C: A1 CAPABILITY
    S: * CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2
    S: A1 OK
    C: A2 AUTHENTICATE XOAUTH2 *
    S: + e30=
    C:
    S: A2 OK [CAPABILITY IMAP4rev1] in
    C: A3 SELECT INBOX
    C: A4 LIST *
    S: * 1 EXISTS
    S: A3 OK
    S: * LIST () "/" INBOX
    S: * LIST () "/" {4}
    S: Sent
    S: A4 OK
    C: A5 STATUS *
    S: * STATUS Sent (MESSAGES 4)
    S: A5 OK
    C: A6 LOGOUT
"#;
const SMTP: &str = "
    S: 220-x
    S: 220 y
    C: EHLO *
    S: 250-x
    S: 250-PIPELINING
    S: 250 AUTH XOAUTH2
    C: AUTH XOAUTH2 *
    S: 334 e30=
    C:
    S: 235 ok
    C: MAIL *
    C: RCPT *
    C: RSET
    S: 250 ok
    S: 250 ok
    S: 250 ok
    C: QUIT
";
const POP3: &str = "
    S: +OK
    C: CAPA
    S: +OK
    S: PIPELINING
    S: SASL XOAUTH2
    S: .
    C: AUTH XOAUTH2 *
    S: + e30=
    C:
    S: +OK
    C: STAT
    C: LIST 1
    S: +OK 2 320
    S: +OK 1 120
    C: QUIT
";

/// The script with the server's words cut off after this many bytes; none where it does not say as many.
pub(super) fn cut(script: &str, mut left: usize) -> Option<String> {
    let mut out = String::new();
    for line in script.lines().map(str::trim) {
        let Some(words) = line.strip_prefix("S: ") else {
            out = format!("{out}{line}\n");
            continue;
        };
        let length = words.len() + "\r\n".len();
        if left >= length {
            left -= length;
            out = format!("{out}{line}\n");
            continue;
        }
        let said = words.get(..left).unwrap_or(words);
        let line_end = if left > words.len() { "\\r" } else { "" };
        return Some(format!("{out}S; {said}{line_end}\nCLOSE"));
    }
    None
}

/// After every single byte. The reply to RSET is the only one whose loss changes nothing.
#[tokio::test(start_paused = true)]
async fn a_server_may_close_after_any_byte() {
    for (protocol, script) in [
        (Protocol::Imap, IMAP),
        (Protocol::Smtp, SMTP),
        (Protocol::Pop3, POP3),
    ] {
        let mut played = 0;
        while let Some(script) = cut(script, played) {
            played += 1;
            let place = format!("{protocol:?}, {} bytes", played - 1);
            let (climbed, _) = play(protocol, script.clone()).await;
            let rset = protocol == Protocol::Smtp && script.matches("S: 250 ok").count() == 2;
            if rset {
                assert!(climbed.checks.iter().all(|c| c.outcome != Outcome::Failed));
                continue;
            }
            let failed = only_failure(&climbed, &place);
            let fault = failed.evidence.as_ref().and_then(|e| e.fault);
            assert!(
                matches!(fault, Some(Fault::Closed | Fault::Reset)),
                "{place}: {fault:?}\n{}",
                climbed.transcript
            );
        }
        assert!(played > 50, "{protocol:?} says {played} bytes");
    }
}
