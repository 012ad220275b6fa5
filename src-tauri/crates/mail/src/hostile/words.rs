//! What other programs say on a port.

/// What somebody else's server answers: its first line, the rest, and then it hangs up.
pub(super) const OTHERS: &[(&str, &str)] = &[
    (
        "a web server",
        "S: HTTP/1.1 400 Bad Request\nS: Content-Type: text/html\nS:\nS: <html>\nCLOSE",
    ),
    ("an SSH server", "S: SSH-2.0-OpenSSH_9.2\nCLOSE"),
    (
        "a name server",
        "S; \\0\\x0c\\0\\0\\x81\\x81\\0\\0\\0\\0\\0\\0\\n\nCLOSE",
    ),
    ("a database", "S; J\\0\\0\\0\\n8.0.36\\0\\n\nCLOSE"),
    (
        "a chat server",
        "S: :irc.firma.nl NOTICE * :*** Looking up\nCLOSE",
    ),
];
