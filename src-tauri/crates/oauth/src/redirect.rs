use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use mailwright_domain::{FieldError, Provider, Registration};
use url::{Host, Url};

/// Where the browser comes back to: host and path of the redirect address, and the port where it is fixed
/// (RFC 8252 section 7.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    host: RedirectHost,
    port: Option<u16>,
    /// Empty, or begins with `/`.
    path: String,
    query: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RedirectHost {
    Localhost,
    Ip(IpAddr),
}

impl Redirect {
    /// The redirect address of a registration.
    ///
    /// Entra ignores the port for `localhost` only, and its portal refuses `http://127.0.0.1`; Google advises against
    /// `localhost`. So Entra gets `http://localhost:{port}` and everybody else `http://127.0.0.1:{port}`, without a
    /// path, unless the registration says otherwise. A registered address without a port means any free one, except
    /// for Google, whose “Web” clients compare the port.
    ///
    /// # Errors
    /// The registered address does not lead back to this computer.
    pub fn of(registration: &Registration) -> Result<Self, FieldError> {
        let Some(url) = &registration.redirect_uri else {
            let host = match registration.provider {
                Provider::Microsoft => RedirectHost::Localhost,
                Provider::Google | Provider::Custom => RedirectHost::Ip(Ipv4Addr::LOCALHOST.into()),
            };
            return Ok(Self {
                host,
                port: None,
                path: String::new(),
                query: None,
            });
        };
        let mut redirect = Self::parse(url)?;
        if registration.provider == Provider::Google {
            redirect.port = url.port_or_known_default();
        }
        Ok(redirect)
    }

    /// Reads a redirect address. A `Url` cannot say whether an empty path was written with a slash; without one is
    /// what portals show.
    fn parse(url: &Url) -> Result<Self, FieldError> {
        let not_here = || FieldError::RedirectNotLoopback(url.to_string());
        let host = match url.host() {
            Some(Host::Domain("localhost")) => RedirectHost::Localhost,
            Some(Host::Ipv4(ip)) if ip.is_loopback() => RedirectHost::Ip(ip.into()),
            Some(Host::Ipv6(ip)) if ip.is_loopback() => RedirectHost::Ip(ip.into()),
            _ => return Err(not_here()),
        };
        if url.scheme() != "http" {
            return Err(not_here());
        }
        let path = match url.path() {
            "/" if url.query().is_none() => "",
            path => path,
        };
        Ok(Self {
            host,
            port: url.port(),
            path: path.to_owned(),
            query: url.query().map(str::to_owned),
        })
    }

    /// The whole address with this port, exactly as it is sent to the provider.
    pub fn uri(&self, port: u16) -> String {
        self.with(&format!(":{port}"))
    }

    /// The address as people know it from the app registration: with its port where that is fixed, without one where
    /// any free one will do (RFC 8252 section 7.3).
    pub fn registered(&self) -> String {
        self.with(&self.port.map(|port| format!(":{port}")).unwrap_or_default())
    }

    fn with(&self, port: &str) -> String {
        let host = match self.host {
            RedirectHost::Localhost => "localhost".to_owned(),
            RedirectHost::Ip(IpAddr::V4(ip)) => ip.to_string(),
            RedirectHost::Ip(IpAddr::V6(ip)) => format!("[{ip}]"),
        };
        let query = self
            .query
            .as_ref()
            .map(|q| format!("?{q}"))
            .unwrap_or_default();
        format!("http://{host}{port}{}{query}", self.path)
    }

    /// The port, where it is fixed.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The path of the request that the browser makes.
    pub(crate) fn request_path(&self) -> &str {
        if self.path.is_empty() {
            "/"
        } else {
            &self.path
        }
    }

    /// The address that must be listened on.
    pub(crate) fn needed(&self) -> IpAddr {
        match self.host {
            RedirectHost::Localhost => Ipv4Addr::LOCALHOST.into(),
            RedirectHost::Ip(ip) => ip,
        }
    }

    /// The address of the other family.
    pub(crate) fn other(&self) -> IpAddr {
        match self.needed() {
            IpAddr::V4(_) => Ipv6Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv4Addr::LOCALHOST.into(),
        }
    }

    /// Whether the browser decides between the families, so that a stranger on the other one would be given the code.
    pub fn is_by_name(&self) -> bool {
        self.host == RedirectHost::Localhost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Redirect, FieldError> {
        Redirect::parse(&Url::parse(text).unwrap())
    }

    #[test]
    fn the_registered_address_is_kept_to_the_letter() {
        for (text, port, sent) in [
            ("http://localhost/", None, "http://localhost:5000"),
            (
                "http://localhost/iche_demo/Handler",
                None,
                "http://localhost:5000/iche_demo/Handler",
            ),
            (
                "http://127.0.0.1:8400/cb?x=1",
                Some(8400),
                "http://127.0.0.1:5000/cb?x=1",
            ),
            ("http://[::1]:8400/", Some(8400), "http://[::1]:5000"),
        ] {
            let redirect = parse(text).unwrap();
            assert_eq!(
                (redirect.port(), redirect.uri(5000).as_str()),
                (port, sent),
                "{text}"
            );
        }
        assert_eq!(parse("http://localhost/").unwrap().request_path(), "/");
        for (text, shown) in [
            ("http://localhost/", "http://localhost"),
            ("http://localhost:8400/cb", "http://localhost:8400/cb"),
            ("http://[::1]/", "http://[::1]"),
        ] {
            assert_eq!(parse(text).unwrap().registered(), shown);
        }
    }

    #[test]
    fn elsewhere_is_refused() {
        for text in [
            "https://localhost/",
            "http://erp.example/",
            "http://127.0.0.1.evil.example/",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
