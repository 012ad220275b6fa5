//! The proxy that this computer's settings name, and what it means.

use mailwright_domain::{Evidence, Fault, Provider, Stage, Who};
use mailwright_net::{HttpError, PROXY_VARIABLES, Proxy, proxy_for, proxy_of};
use url::Url;

use super::finding::{Advice, Finding};
use super::outside::Asked;
use crate::Failure;

const ID: &str = "proxy";
/// What is looked for where no sign-in service is asked.
const ANY: &str = "https://login.microsoftonline.com/";
const MAIL: &str = "Reading and sending mail use no proxy; their ports must be open.";

/// `variable` reads the environment.
pub(super) fn look(asked: Option<&Asked>, variable: impl Fn(&str) -> Option<String>) -> Finding {
    let Some(address) = address(asked) else {
        return Finding::unchecked(ID, "There is no address to look for a proxy for.");
    };
    let host = address.host_str().unwrap_or_default().to_owned();
    let set = PROXY_VARIABLES.into_iter().find_map(|name| {
        let value = variable(name).filter(|value| !value.is_empty())?;
        Some((name, value))
    });
    match (proxy_for(&address), set) {
        (Some(proxy), set) => by_proxy(asked, &proxy, set.map(|(name, _)| name)),
        (None, Some((name, value))) => match proxy_of(&value) {
            Some(proxy) => Finding::passed(
                ID,
                format!(
                    "{name} names the proxy {}, and the exceptions leave {host} out of it: sign-in requests go directly. {MAIL}",
                    proxy.address
                ),
            ),
            None => useless(name),
        },
        (None, None) => Finding::passed(
            ID,
            "No proxy is set: everything goes directly. Mailwright reads HTTPS_PROXY, ALL_PROXY and NO_PROXY, and the system's own settings on Windows and macOS.",
        ),
    }
}

/// The address of the sign-in service with encryption, as it has it outside of tests.
fn address(asked: Option<&Asked>) -> Option<Url> {
    let host = asked.map(|asked| format!("https://{}/", asked.address.host_str().unwrap_or("")));
    Url::parse(host.as_deref().unwrap_or(ANY)).ok()
}

fn by_proxy(asked: Option<&Asked>, proxy: &Proxy, set_by: Option<&str>) -> Finding {
    let named = set_by.map_or_else(
        || "the system's settings".to_owned(),
        |name| format!("the variable {name}"),
    );
    let password = if proxy.with_password {
        " with a user name and password"
    } else {
        ""
    };
    let what = format!(
        "Sign-in requests go by the proxy {}{password}, as {named} says.",
        proxy.address
    );
    if proxy.is_socks {
        return socks(what);
    }
    // Without encryption it was not this proxy that was asked.
    let answer = asked.filter(|asked| asked.address.scheme() == "https");
    let finding = match answer.map(|asked| &asked.answer) {
        Some(Ok(_)) => Finding::passed(ID, format!("{what} It let Mailwright through. {MAIL}")),
        Some(Err(HttpError::Proxy { reason, .. })) => {
            let evidence = Evidence {
                provider: Some(Provider::Microsoft),
                detail: Some(reason.clone()),
                ..Evidence::fault(Stage::OauthToken, Fault::ProxyRefused, reason.clone())
            };
            let detail = format!("{what} It did not let Mailwright through: {reason}.");
            Finding::failed(ID, detail, Failure::diagnosed(&evidence))
        }
        Some(Err(error)) => Finding::unchecked(
            ID,
            format!("{what} Whether it lets Mailwright through is not known: {error}."),
        ),
        None => Finding::unchecked(ID, format!("{what} It was not asked for anything here.")),
    };
    finding.took(answer.map(|asked| asked.took).unwrap_or_default())
}

fn socks(what: String) -> Finding {
    let failure = Advice {
        id: "proxy-socks",
        title: "The proxy speaks SOCKS, which Mailwright does not".to_owned(),
        what: what.clone(),
        still_works: "Reading and sending mail use no proxy. Saved sign-ins are kept.",
        who: Who::Consultant,
        steps: &[
            "Set HTTPS_PROXY to a proxy that speaks HTTP, such as http://proxy.firma.nl:8080.",
            "Or leave the sign-in hosts out of it with NO_PROXY.",
        ],
    };
    Finding::failed(ID, what, failure.failure())
}

/// The value is not shown: it may hold a password.
fn useless(name: &str) -> Finding {
    let detail = format!("{name} is set to something that is no address of a proxy, and ignored.");
    let failure = Advice {
        id: "proxy-ignored",
        title: format!("{name} names no proxy"),
        what: detail.clone(),
        still_works: "Sign-in requests go directly, where this network allows that.",
        who: Who::Consultant,
        steps: &["Write it as http://HOST:PORT, or remove it."],
    };
    Finding::failed(ID, detail, failure.failure())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;
    use mailwright_domain::Outcome;

    use super::*;

    fn asked(error: HttpError) -> Asked {
        Asked {
            address: Url::parse("https://login.example/").unwrap(),
            host: "login.example".to_owned(),
            answer: Err(error),
            issuer: None,
            at: Timestamp::UNIX_EPOCH,
            took: Duration::ZERO,
        }
    }

    fn verdict(finding: &Finding) -> &str {
        finding.verdict.as_ref().map_or("", |verdict| &verdict.id)
    }

    #[test]
    fn a_proxy_that_refuses_is_told_from_a_host_that_does() {
        let proxy = proxy_of("http://anna:canary@proxy.firma.nl:8080").unwrap();
        let host = "login.example".to_owned();
        let refused = asked(HttpError::Proxy {
            host: host.clone(),
            reason: "tunnel error: unsuccessful".to_owned(),
        });
        let refused = by_proxy(Some(&refused), &proxy, Some("HTTPS_PROXY"));
        assert_eq!(
            (refused.outcome, verdict(&refused)),
            (Outcome::Failed, "oauth-proxy-refused")
        );
        for word in ["http://proxy.firma.nl:8080", "HTTPS_PROXY", "password"] {
            assert!(refused.detail.contains(word), "{}", refused.detail);
        }
        assert!(!format!("{refused:?}").contains("canary"));
        let late = by_proxy(Some(&asked(HttpError::TimedOut(host))), &proxy, None);
        assert_eq!((late.outcome, verdict(&late)), (Outcome::Unchecked, ""));
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        let proxy = proxy_of("socks5://proxy.firma.nl:1080").unwrap();
        let socks = by_proxy(None, &proxy, Some("ALL_PROXY"));
        assert_eq!(verdict(&socks), "proxy-socks");
        let useless = look(None, |name| {
            (name == "https_proxy").then(|| "ftp://anna:canary@proxy".to_owned())
        });
        assert_eq!(verdict(&useless), "proxy-ignored");
        assert!(!format!("{useless:?}").contains("canary"));
        let none = look(None, |_| None);
        assert_eq!((none.outcome, verdict(&none)), (Outcome::Passed, ""));
    }
}
