//! Which proxy stands in between. Asked of the code that the HTTP client itself asks, so that what is told is what
//! happens.

use std::net::IpAddr;

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::Url;

/// The variables that name a proxy for `https` addresses, the one that counts first.
pub const PROXY_VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// A proxy of this computer's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// Scheme, host and port; never its user name and password.
    pub address: String,
    /// Its host.
    pub host: String,
    /// Whether the settings hold a user name and password for it.
    pub with_password: bool,
    /// It speaks SOCKS, which the HTTP client does not.
    pub is_socks: bool,
}

/// The proxy by which an address is asked for; none where it is reached directly. Reads the environment, and on Windows
/// and macOS the system's own settings, as they are now.
pub fn proxy_for(url: &Url) -> Option<Proxy> {
    let address = url.as_str().parse().ok()?;
    Matcher::from_system()
        .intercept(&address)
        .map(|proxy| described(&proxy))
}

/// What a value of one of [`PROXY_VARIABLES`] means; none where it is no address of a proxy, and is ignored therefore.
pub fn proxy_of(value: &str) -> Option<Proxy> {
    let any = "https://host.example/".parse().ok()?;
    let matcher = Matcher::builder().all(value.to_owned()).build();
    matcher.intercept(&any).map(|proxy| described(&proxy))
}

fn described(proxy: &Intercept) -> Proxy {
    let uri = proxy.uri();
    let scheme = uri.scheme_str().unwrap_or("http");
    let host = uri.host().unwrap_or_default().to_owned();
    let port = uri.port_u16().map(|port| format!(":{port}"));
    Proxy {
        address: format!("{scheme}://{host}{}", port.unwrap_or_default()),
        host,
        with_password: proxy.basic_auth().is_some() || proxy.raw_auth().is_some(),
        is_socks: scheme.starts_with("socks"),
    }
}

/// Whether a host is a number, so that no name server is asked for it. An IPv6 address may stand in brackets.
pub fn is_number(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_named_without_its_password() {
        let proxy = proxy_of("http://anna:canary@proxy.firma.nl:8080").unwrap();
        assert_eq!(proxy.address, "http://proxy.firma.nl:8080");
        assert_eq!(proxy.host, "proxy.firma.nl");
        assert!(proxy.with_password && !proxy.is_socks);
        assert!(!format!("{proxy:?}").contains("canary"));
    }

    #[test]
    fn what_is_no_proxy_is_none() {
        assert_eq!(proxy_of("").map(|p| p.address), None);
        assert_eq!(proxy_of("ftp://proxy.firma.nl").map(|p| p.address), None);
        let short = proxy_of("proxy.firma.nl:3128").unwrap();
        assert_eq!(short.address, "http://proxy.firma.nl:3128");
        assert!(proxy_of("socks5://proxy.firma.nl:1080").unwrap().is_socks);
    }

    #[test]
    fn a_number_is_no_name() {
        for host in ["127.0.0.1", "::1", "[::1]"] {
            assert!(is_number(host), "{host}");
        }
        assert!(!is_number("login.example"));
    }
}
