//! How Microsoft's and Google's servers speak POP3.

use super::server::Words;

/// Exchange Online, with this answer to a sign-in. It wants two lines for it (Microsoft: “Authenticate an IMAP, POP or
/// SMTP connection using OAuth”) and hangs up where all comes in one.
pub(super) fn exchange(signed_in: &'static str) -> Words {
    Words {
        tls_first: true,
        greeting: "+OK The Microsoft Exchange POP3 service is ready. [QQBNADAAUABSADAAMQBDAEEAMAAwADgAMQA=]",
        answers: vec![
            ("CAPA", "+OK\nTOP\nUIDL\nSASL PLAIN XOAUTH2\nUSER\n."),
            (
                "AUTH XOAUTH2 ",
                "-ERR Protocol error. Connection is closed. 10\nCLOSE",
            ),
            ("AUTH", signed_in),
            (
                "QUIT",
                "+OK Microsoft Exchange Server POP3 server signing off.\nCLOSE",
            ),
        ],
        go_on: "+ ",
    }
}

/// Gmail, with this answer to a sign-in.
pub(super) fn gmail(signed_in: &'static str) -> Words {
    Words {
        tls_first: true,
        greeting: "+OK Gpop ready for requests from 203.0.113.7 ffacd0b85a97dmb2",
        answers: vec![
            (
                "CAPA",
                "+OK Capability list follows\nUSER\nRESP-CODES\nEXPIRE 0\nLOGIN-DELAY 300\nTOP\nUIDL\nX-GOOGLE-RICO\nSASL PLAIN XOAUTH2 OAUTHBEARER\n.",
            ),
            ("AUTH", signed_in),
            ("QUIT", "+OK Farewell.\nCLOSE"),
        ],
        go_on: "+ ",
    }
}
