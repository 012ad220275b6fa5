//! Every environment variable that Mailwright reads, declared once. `mailwright help environment` prints this list.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use mailwright_domain::is_protected;
use mailwright_net::NetOptions;
use url::Url;

use crate::input::time_limit;
use crate::{Code, Failure, Hint};

/// Name and meaning of each variable.
pub const VARIABLES: [(&str, &str); 8] = [
    (
        HOME,
        "Folder for settings and locks, instead of the system's own place for them.",
    ),
    (
        CA_FILE,
        "PEM file with root certificates to trust in addition to this computer's, for every connection.",
    ),
    (
        DNS,
        "Name server to ask, as IP:PORT, instead of this computer's own.",
    ),
    (
        BROWSER,
        "Program that is started with the sign-in address, instead of the system's browser.",
    ),
    (
        SIGN_IN_TIMEOUT,
        "How long a sign-in of the window waits for the browser, such as 90s or 2m, instead of five minutes.",
    ),
    (
        MICROSOFT,
        "Address to look up organisations of Microsoft at, and to look at proxy, encryption and clock with, instead of Microsoft's own.",
    ),
    (
        DATABASE,
        "Address of the database of providers that is told an address's domain, instead of Thunderbird's; “off” for none.",
    ),
    (
        LOG,
        "What to write to standard error while working, for example “info” or “mailwright_mail=debug”.",
    ),
];

const HOME: &str = "MAILWRIGHT_HOME";
const CA_FILE: &str = "MAILWRIGHT_CA_FILE";
const DNS: &str = "MAILWRIGHT_DNS";
const BROWSER: &str = "MAILWRIGHT_BROWSER";
const SIGN_IN_TIMEOUT: &str = "MAILWRIGHT_SIGN_IN_TIMEOUT";
const MICROSOFT: &str = "MAILWRIGHT_MICROSOFT";
const DATABASE: &str = "MAILWRIGHT_ISPDB";
const LOG: &str = "MAILWRIGHT_LOG";

/// Which database of providers is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Database {
    /// The one that mail programs share.
    #[default]
    Usual,
    /// The one at this address.
    At(Url),
    /// None.
    Off,
}

/// What the environment says.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Data folder.
    pub home: Option<PathBuf>,
    /// Extra roots and name server.
    pub net: NetOptions,
    /// Program to open the sign-in address with.
    pub browser: Option<PathBuf>,
    /// How long a sign-in waits for the person, where it is not said otherwise.
    pub sign_in_limit: Option<Duration>,
    /// Where Microsoft's tenants are looked up, where it is not Microsoft.
    pub microsoft: Option<Url>,
    /// Which database of providers is told an address's domain.
    pub database: Database,
    /// Log filter.
    pub log: Option<String>,
}

impl Environment {
    /// Reads the process's environment. An empty variable counts as not set.
    ///
    /// # Errors
    /// A variable is set to something that cannot be used; says which and what it should be.
    pub fn read() -> Result<Self, Failure> {
        Self::from(|name| std::env::var_os(name).filter(|value| !value.is_empty()))
    }

    fn from(get: impl Fn(&str) -> Option<OsString>) -> Result<Self, Failure> {
        let dns = match get(DNS) {
            None => None,
            Some(text) => Some(text.to_str().and_then(|t| t.parse::<SocketAddr>().ok()).ok_or_else(|| {
                Failure::new(
                    Code::Usage,
                    format!("{DNS} is “{}”; it must be an address and a port, such as 127.0.0.1:53.", text.to_string_lossy()),
                )
            })?),
        };
        let sign_in_limit = match get(SIGN_IN_TIMEOUT) {
            None => None,
            Some(text) => Some(time_limit(&text.to_string_lossy()).map_err(|failure| {
                Failure::new(
                    failure.code,
                    format!("{SIGN_IN_TIMEOUT}: {}", failure.message),
                )
            })?),
        };
        Ok(Self {
            home: get(HOME).map(PathBuf::from),
            net: NetOptions {
                ca_file: get(CA_FILE).map(PathBuf::from),
                dns,
            },
            browser: get(BROWSER).map(PathBuf::from),
            sign_in_limit,
            microsoft: protected(MICROSOFT, get(MICROSOFT))?,
            database: match get(DATABASE) {
                Some(text) if text == "off" => Database::Off,
                text => protected(DATABASE, text)?.map_or(Database::Usual, Database::At),
            },
            log: get(LOG).and_then(|text| text.into_string().ok()),
        })
    }

    /// The data folder: what was given, else the system's place for an application's local data.
    ///
    /// # Errors
    /// The system names no such place (no home folder).
    pub fn data_folder(&self) -> Result<PathBuf, Failure> {
        if let Some(home) = &self.home {
            return Ok(home.clone());
        }
        directories::ProjectDirs::from("app", "", "Mailwright")
            .map(|dirs| dirs.data_local_dir().to_owned())
            .ok_or_else(|| {
                Failure::new(
                    Code::Usage,
                    format!("This account has no home folder to keep settings in. Set {HOME} to a folder."),
                )
                .hinting(Hint::DataFolder)
            })
    }
}

/// An address that is protected, or on this computer.
fn protected(name: &str, text: Option<OsString>) -> Result<Option<Url>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let url = text.to_str().and_then(|text| Url::parse(text).ok());
    url.filter(is_protected).map(Some).ok_or_else(|| {
        let message = format!(
            "{name} is “{}”; it must be an address that begins with https://, or with http:// on this computer.",
            text.to_string_lossy()
        );
        Failure::new(Code::Usage, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_server_that_is_no_address_is_named() {
        let failure =
            Environment::from(|name| (name == DNS).then(|| "localhost".into())).unwrap_err();
        assert_eq!(failure.code, Code::Usage);
        assert!(
            failure.message.contains("MAILWRIGHT_DNS") && failure.message.contains("localhost")
        );
    }

    #[test]
    fn a_time_limit_that_is_none_is_named() {
        let read = |text: &'static str| {
            Environment::from(move |name| (name == SIGN_IN_TIMEOUT).then(|| text.into()))
        };
        assert_eq!(
            read("90s").unwrap().sign_in_limit,
            Some(Duration::from_secs(90))
        );
        let failure = read("soon").unwrap_err();
        assert_eq!(failure.code, Code::Usage);
        assert!(
            failure.message.contains(SIGN_IN_TIMEOUT),
            "{}",
            failure.message
        );
    }

    #[test]
    fn an_address_of_microsoft_that_is_none_is_named() {
        let read = |text: &'static str| {
            Environment::from(move |name| (name == MICROSOFT).then(|| text.into()))
        };
        let here = "http://127.0.0.1:9400/";
        assert_eq!(read(here).unwrap().microsoft.unwrap().as_str(), here);
        for text in ["login.example", "http://login.example"] {
            let failure = read(text).unwrap_err();
            assert_eq!(failure.code, Code::Usage);
            assert!(failure.message.contains(MICROSOFT), "{}", failure.message);
        }
    }

    #[test]
    fn the_database_can_be_another_one_or_none() {
        let read = |text: Option<&'static str>| {
            Environment::from(move |name| text.filter(|_| name == DATABASE).map(OsString::from))
        };
        assert_eq!(read(None).unwrap().database, Database::Usual);
        assert_eq!(read(Some("off")).unwrap().database, Database::Off);
        let own = "https://autoconfig.firma.nl/v1.1/";
        let at = Database::At(own.parse().unwrap());
        assert_eq!(read(Some(own)).unwrap().database, at);
        let failure = read(Some("http://autoconfig.firma.nl/")).unwrap_err();
        assert!(failure.message.contains(DATABASE), "{}", failure.message);
    }

    #[test]
    fn what_is_read_is_declared() {
        let asked = std::cell::RefCell::new(Vec::new());
        let _ = Environment::from(|name| {
            asked.borrow_mut().push(name.to_owned());
            None
        });
        for name in asked.into_inner() {
            assert!(
                VARIABLES.iter().any(|(declared, _)| *declared == name),
                "{name} is read but not declared"
            );
        }
    }
}
