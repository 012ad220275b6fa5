use std::sync::LazyLock;

use regex::Regex;

/// Compiles a constant pattern.
#[expect(
    clippy::unwrap_used,
    reason = "the patterns are constants, and the test below compiles every one"
)]
fn compile(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

macro_rules! patterns {
    ($($(#[$doc:meta])* $name:ident = $pattern:expr;)*) => {
        $($(#[$doc])* pub(crate) static $name: LazyLock<Regex> = LazyLock::new(|| compile($pattern));)*

        #[cfg(test)]
        mod tests {
            #[test]
            fn every_pattern_compiles() {
                $(assert!(!super::$name.as_str().is_empty());)*
            }
        }
    };
}

patterns! {
    /// `AADSTS` and its number, which a terminal may have broken over two lines.
    AADSTS = r"(?i)AADSTS\s?(\d+)(?:=?\r?\n[>\s]*(\d{1,6}):)?";
    /// A number that Microsoft's pages and logs give without the letters.
    ENTRA_NUMBER = r"(?i)error[\s?]{0,3}code[\s:=]{1,3}(\d{5,7})\b";
    /// `error_codes` of a JSON body.
    ERROR_CODES = r#"error_codes\\*["']?\s*[:=]\s*\[([\d\s,]{1,200})\]"#;
    /// A dotted number.
    DOTTED = r"\d+(?:\.\d+)+";
    /// A basic code right before an enhanced one.
    BASIC_BEFORE = r#"(?:^|\D)([245]\d\d)[\s,\-:;'"b#(]{1,5}$"#;
    /// A basic code at the start of a line or within a sentence.
    BASIC = r"(?m)(?:^|[^0-9A-Za-z.])([245]\d\d)(?:[ ,\-)]|: |$)";
    /// Response code of an IMAP or POP3 reply.
    RESPONSE_CODE = r"(?i)(?:\b(?:OK|NO|BAD|BYE|PREAUTH)|-ERR)\s+\[([A-Z0-9/_.-]{2,40})";
    /// A word such as `invalid_grant`.
    SNAKE = r"[a-z]+(?:_[a-z]+)+";
    /// `error` of a JSON body, and of an address that was opened.
    OAUTH_ERROR = r#"(?m)"error"\s*:\s*"([A-Za-z][A-Za-z_]{2,39})"|^error=([A-Za-z][A-Za-z_]{2,39})$"#;
    /// Status of an HTTP answer.
    HTTP_STATUS = r"(?i)\b(?:http(?:/[\d.]{1,3})?|status(?:[ _]?code)?)\W{1,3}([1-5]\d\d)\b";
    /// Audience in the decoded part of a token.
    AUDIENCE = r#""aud"\s*:\s*"([^"\s]{1,200})""#;
    /// Host, time and id that Exchange appends to its replies.
    HOST_TAIL = r"(?m)[ \t]*\[[A-Z0-9]+\.[^\]\n]+\][ \t]*$";

    /// What loggers and mail programs put before a line: quoting, time, direction.
    LINE_PREFIX = r"^\s*(?:>\s?)*(?:\[?\d{4}-\d\d-\d\d[T ][\d:.,+Z]*\]?\s*|\[?\d\d:\d\d:\d\d[\d.,]*\]?\s+)?(?:(?:DEBUG|INFO|WARN|WARNING|ERROR|TRACE)\s+)?(?:(?:S|C|SERVER|CLIENT)\s*:\s*|<-+\s+|-+>\s+|<{1,3}\s+|>{1,3}\s+)?";
    /// How a new reply begins.
    REPLY_HEAD = r"^(?:[2-5]\d\d(?:[ \-]|$)|\* |\+ |\+OK|-ERR|[A-Za-z0-9.]{1,20} (?:OK|NO|BAD) )";
    /// A line of an SMTP reply: code, mark, enhanced code.
    REPLY_LINE = r"^([2-5]\d\d)([ \-])(?:[245]\.\d{1,3}\.\d{1,3}[ \t]+)?";

    /// A base64 text that begins like JSON, as in a challenge; it may be wrapped.
    CHALLENGE = r"eyJ[A-Za-z0-9+/_-]+={0,2}(?:\r?\n[ \t]*[A-Za-z0-9+/_-]{4,}={0,2})*";
    /// A byte encoded for an address.
    ENCODED_BYTE = r"%[0-9A-Fa-f]{2}";
    /// A character escape of JSON.
    JSON_UNICODE = r"\\+u([0-9A-Fa-f]{4})";
    /// A line break written as an escape.
    JSON_BREAK = r"\\+(?:r\\+n|n|r|t)";
    /// An escaped quotation mark or slash.
    JSON_QUOTE = r#"\\+(["'/])"#;

    /// A secret after its name.
    NAMED_SECRET = r#"(?i)\b((?:refresh|access|id|device|bearer|auth)_?token|client_?secret|client_assertion|code_verifier|device_code|user_code|session_state|passw(?:or)?d|passwd|passphrase|pwd|api_?key|set-cookie|cookie|code|state|nonce|assertion|secret|token)(\\*["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|\\"[^"]*"|'[^']*'|[^\s"'&,;<>}]+)"#;
    /// A bearer token, with or without its header's name.
    BEARER = r#"(?i)\b((?:proxy-)?authorization\s*[:=]\s*\S+\s+|bearer\s+)[^\s\x01,;"]+"#;
    /// A token of JOSE's compact form.
    JWT = r"eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)*";
    /// base64 of `user=`, the start of an XOAUTH2 response.
    XOAUTH2 = r"dXNlcj[0A-Za-z0-9+/=_-]{2,}(?:\s+[A-Za-z0-9+/_-]{16,}={0,2})*";
    /// The response of an AUTH or AUTHENTICATE command.
    AUTH_COMMAND = r"(?i)\b(AUTH(?:ENTICATE)?\s+(?:PLAIN|LOGIN|XOAUTH2|OAUTHBEARER|CRAM-MD5|NTLM)\s+)[A-Za-z0-9+/=_-]{4,}";
    /// The arguments of LOGIN and PASS.
    LOGIN_COMMAND = r#"(?m)^(\S{1,20}\s+LOGIN\s+(?:"[^"]*"|\S+)\s+|(?:C:\s*|>+\s*)?PASS\s+)(?:"[^"\n]*"|\S+)\s*$"#;
    /// Tokens and secrets of known shapes.
    KNOWN_SHAPE = r"\b(?:ya29\.|1//|4/0|GOCSPX-|Ew[A-Z]|M\.[CR]\d)[A-Za-z0-9_.\-!*$%+/=]{12,}";
    /// A long run that could be part of a token.
    LONG_RUN = r"[A-Za-z0-9_\-+/~!*$]{28,}={0,2}";
    /// A line of nothing but base64.
    BARE_BASE64 = r"(?m)^(\s*(?:[CS]:\s*|[<>]+\s*)?)[A-Za-z0-9+/]{16,}={0,2}\s*$";

    /// Colours and other instructions to a terminal (ECMA-48: CSI and OSC), also where the escape itself was lost.
    STEERING = "\u{1b}\\[[0-9;:?]*[ -/]*[@-~]|\u{1b}\\][^\u{7}\u{1b}]{0,200}(?:\u{7}|\u{1b}\\\\)|\u{9b}[0-9;:?]*[ -/]*[@-~]|\u{1b}.?|\\[(?:[0-9]{1,3};){0,4}[0-9]{1,3}m";
    /// A prompt of PowerShell, local or remote.
    PROMPT = r"^\s*(?:\[[^\]]*\]: ?)?PS(?: [^>\n]*)?>+ ?";
    /// `Name : Value` as PowerShell lists it; nothing that is two words before the colon.
    PROPERTY = r"^\s*([A-Za-z_][A-Za-z0-9_.]{0,63})\s*:(?:\s+(.*))?$";
    /// A cmdlet's name, by the verbs that such a text has; addresses have hyphens too.
    CMDLET = r"(?i)\b(?:get|set|update|new|add|remove|connect|disconnect|import|install|foreach|where|select|sort|format|out|convertto|export|write|read)-[a-z][a-z0-9]{0,80}\b";
    /// What a command was asked for: after the parameter, or the first word that looks like an address.
    IDENTITY = r#"(?i)-Identity[\s:]+(?:'([^']+)'|"([^"]+)"|([^\s|;)]+))|(?:'([^'\s]+@[^'\s]+)'|"([^"\s]+@[^"\s]+)"|\s([^\s|;()'",]+@[^\s|;()'",]+))"#;
    /// The end of a command that prints one property alone: `(Get-…).Property`.
    MEMBER = r"\)\.([A-Za-z][A-Za-z0-9]{1,63})\s*$";
}
