use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Largest request that is read. Entra's codes have up to about 2 KiB.
pub(super) const LARGEST: usize = 8 * 1024;
/// More header fields than any browser sends.
const MOST_HEADERS: usize = 64;

/// A request that may be looked at: GET, HTTP/1, for our own name and port.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) path: String,
    pub(super) query: String,
}

/// Why a request is not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The connection ended, or nothing came: there is nobody to answer.
    Gone,
    /// It was not there in time.
    Slow,
    /// No HTTP/1 request.
    Malformed,
    /// The request line passes the limit.
    LongTarget,
    /// The header fields do.
    LongHeaders,
    /// Not GET.
    Method,
    /// For another host: a name that somebody pointed at this computer, or another port.
    Host,
}

/// Reads until the end of the header fields (RFC 9112 section 2.1).
pub(super) async fn read(
    stream: &mut (impl AsyncRead + Unpin),
    port: u16,
) -> Result<Request, Refusal> {
    let mut bytes = Vec::with_capacity(2048);
    loop {
        let room = LARGEST.saturating_sub(bytes.len()) as u64;
        let count = (&mut *stream)
            .take(room)
            .read_buf(&mut bytes)
            .await
            .map_err(|_| Refusal::Gone)?;
        match parse(&bytes, port)? {
            Some(request) => return Ok(request),
            None if bytes.len() >= LARGEST && bytes.contains(&b'\n') => {
                return Err(Refusal::LongHeaders);
            }
            None if bytes.len() >= LARGEST => return Err(Refusal::LongTarget),
            None if count == 0 => return Err(Refusal::Gone),
            None => {}
        }
    }
}

/// A whole request, or none yet.
pub(super) fn parse(bytes: &[u8], port: u16) -> Result<Option<Request>, Refusal> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(bytes) {
        Ok(httparse::Status::Partial) => return Ok(None),
        Ok(httparse::Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => return Err(Refusal::LongHeaders),
        Err(_) => return Err(Refusal::Malformed),
    }
    if request.method != Some("GET") {
        return Err(Refusal::Method);
    }
    let mut hosts = request
        .headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case("host"));
    let (host, another) = (hosts.next(), hosts.next());
    // RFC 9112 section 3.2: exactly one.
    let host = host
        .filter(|_| another.is_none())
        .ok_or(Refusal::Malformed)?;
    if !std::str::from_utf8(host.value).is_ok_and(|host| is_ours(host, port)) {
        return Err(Refusal::Host);
    }
    // Origin form alone; the absolute form is a proxy's.
    let target = request
        .path
        .filter(|target| target.starts_with('/'))
        .ok_or(Refusal::Malformed)?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Ok(Some(Request {
        path: path.to_owned(),
        query: query.to_owned(),
    }))
}

fn is_ours(host: &str, port: u16) -> bool {
    let (name, given) = match host.rsplit_once(':') {
        Some((name, given)) if !given.contains(']') => (name, given.parse().ok()),
        _ => (host, Some(80)),
    };
    let loopback = match name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
    {
        Some(six) => six
            .parse()
            .is_ok_and(|ip: std::net::Ipv6Addr| ip.is_loopback()),
        None => {
            name.eq_ignore_ascii_case("localhost")
                || name
                    .parse()
                    .is_ok_and(|ip: std::net::Ipv4Addr| ip.is_loopback())
        }
    };
    loopback && given == Some(port)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn host(host: &str) -> bool {
        let text = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
        matches!(parse(text.as_bytes(), 5000), Ok(Some(_)))
    }

    #[test]
    fn only_this_computers_names_are_answered() {
        for ours in [
            "localhost:5000",
            "LOCALHOST:5000",
            "127.0.0.1:5000",
            "[::1]:5000",
            "127.0.0.2:5000",
        ] {
            assert!(host(ours), "{ours}");
        }
        for other in [
            "evil.example:5000",
            "localhost",
            "localhost:5001",
            "127.0.0.1.evil.example:5000",
            "[::2]:5000",
            "",
            "::1:5000",
            "0.0.0.0:5000",
        ] {
            assert!(!host(other), "{other}");
        }
    }

    #[test]
    fn what_is_no_plain_get_is_refused() {
        for (text, refusal) in [
            (
                "POST / HTTP/1.1\r\nHost: localhost:5000\r\n\r\n",
                Refusal::Method,
            ),
            (
                "HEAD / HTTP/1.1\r\nHost: localhost:5000\r\n\r\n",
                Refusal::Method,
            ),
            ("GET / HTTP/1.1\r\n\r\n", Refusal::Malformed),
            (
                "GET / HTTP/1.1\r\nHost: localhost:5000\r\nHost: localhost:5000\r\n\r\n",
                Refusal::Malformed,
            ),
            (
                "GET http://localhost:5000/ HTTP/1.1\r\nHost: localhost:5000\r\n\r\n",
                Refusal::Malformed,
            ),
            (
                "GET * HTTP/1.1\r\nHost: localhost:5000\r\n\r\n",
                Refusal::Malformed,
            ),
            ("\u{16}\u{3}\u{1}\u{2}", Refusal::Malformed),
        ] {
            assert_eq!(parse(text.as_bytes(), 5000).err(), Some(refusal), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_parsed_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = parse(&bytes, 5000);
        }

        #[test]
        fn any_header_text_is_parsed_or_refused(path in "[ -~]{0,60}", host in "\\PC{0,40}", more in "[ -~\r\n]{0,200}") {
            let text = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n\r\n");
            if let Ok(Some(request)) = parse(text.as_bytes(), 5000) {
                prop_assert!(is_ours(host.trim(), 5000));
                prop_assert!(request.path.starts_with('/'));
            }
        }

        #[test]
        fn a_request_cut_anywhere_is_not_whole(cut in 0usize..60) {
            let text = b"GET /?code=c&state=s HTTP/1.1\r\nHost: localhost:5000\r\nA: b\r\n\r\n";
            let cut = cut.min(text.len() - 1);
            prop_assert!(matches!(parse(&text[..cut], 5000), Ok(None)));
        }
    }
}
