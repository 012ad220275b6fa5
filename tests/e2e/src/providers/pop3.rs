//! How Microsoft's and Google's servers speak POP3.

use super::server::Words;

/// Exchange Online: the sign-in comes in two lines (Microsoft: “Authenticate an IMAP, POP or SMTP connection using
/// OAuth”).
pub(super) fn exchange() -> Words {
    Words {
        tls_first: true,
        greeting: "+OK The Microsoft Exchange POP3 service is ready. [QQBNADAAUABSADAAMQBDAEEAMAAwADgAMQA=]",
        answers: vec![
            ("CAPA", "+OK\nTOP\nUIDL\nSASL PLAIN XOAUTH2\nUSER\n."),
            (
                "QUIT",
                "+OK Microsoft Exchange Server POP3 server signing off.\nCLOSE",
            ),
        ],
        go_on: "+ ",
    }
}

/// Gmail.
pub(super) fn gmail() -> Words {
    Words {
        tls_first: true,
        greeting: "+OK Gpop ready for requests from 203.0.113.7 ffacd0b85a97dmb2",
        answers: vec![
            (
                "CAPA",
                "+OK Capability list follows\nUSER\nRESP-CODES\nEXPIRE 0\nLOGIN-DELAY 300\nTOP\nUIDL\nX-GOOGLE-RICO\nSASL PLAIN XOAUTH2 OAUTHBEARER\n.",
            ),
            ("QUIT", "+OK Farewell.\nCLOSE"),
        ],
        go_on: "+ ",
    }
}
