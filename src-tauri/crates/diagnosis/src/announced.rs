//! The provider calendar: what providers have announced about ways to sign in. It is data (`calendar.toml`), each entry
//! with its source and the day on which it was compared with it.

use std::sync::OnceLock;

use jiff::civil::Date;
use mailwright_domain::{AuthKind, Mailbox, Protocol, Provider};
use serde::{Deserialize, Deserializer};

const CALENDAR: &str = include_str!("../calendar.toml");

/// Something that a provider has announced.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announcement {
    /// Stable name.
    pub id: String,
    /// Who announced it.
    pub provider: Provider,
    /// The ways to sign in that it concerns.
    pub auth: Vec<AuthKind>,
    /// The protocols that it concerns.
    pub protocol: Vec<Protocol>,
    /// Only mailboxes with one of these servers; all where there is none.
    #[serde(default)]
    pub host: Vec<String>,
    /// The day from which it holds.
    #[serde(deserialize_with = "day")]
    pub on: Date,
    /// The same for people, as exactly as the provider said it; stands at the beginning of a sentence.
    pub when: String,
    /// Something stops working on that day unless somebody acts.
    #[serde(default)]
    pub ends: bool,
    /// One line.
    pub title: String,
    /// What it means.
    pub what: String,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// Where the provider says it.
    pub link: String,
    /// Where this knowledge comes from.
    pub source: String,
    /// The day on which it was last compared with its source (RFC 3339 full-date).
    pub checked_on: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Calendar {
    announcement: Vec<Announcement>,
}

impl Announcement {
    fn concerns(&self, mailbox: &Mailbox) -> bool {
        let uses = mailbox.uses();
        self.provider == mailbox.provider
            && self.auth.contains(&mailbox.auth)
            && self.protocol.iter().any(|protocol| uses.has(*protocol))
            && (self.host.is_empty() || self.names_a_server_of(mailbox))
    }

    fn names_a_server_of(&self, mailbox: &Mailbox) -> bool {
        let mut servers = mailbox
            .endpoints
            .iter()
            .filter(|server| self.protocol.contains(&server.protocol));
        servers.any(|server| {
            let mut hosts = self.host.iter();
            hosts.any(|host| host.eq_ignore_ascii_case(&server.host))
        })
    }
}

/// What a mailbox's provider has announced that concerns it, by day.
pub fn announced(mailbox: &Mailbox) -> Vec<&'static Announcement> {
    by_day(|announcement| announcement.concerns(mailbox))
}

/// What a provider has announced for this day or a later one, whomever it concerns, by day.
pub fn announced_from(provider: Provider, today: Date) -> Vec<&'static Announcement> {
    by_day(|announcement| announcement.provider == provider && announcement.on >= today)
}

/// The tests prove that the file parses; should it ever not, nothing is announced.
fn by_day(wanted: impl Fn(&Announcement) -> bool) -> Vec<&'static Announcement> {
    static CALENDAR_READ: OnceLock<Calendar> = OnceLock::new();
    let calendar = CALENDAR_READ.get_or_init(|| toml::from_str(CALENDAR).unwrap_or_default());
    let all = calendar.announcement.iter();
    let mut chosen: Vec<&Announcement> = all.filter(|announcement| wanted(announcement)).collect();
    chosen.sort_by_key(|announcement| announcement.on);
    chosen
}

/// A local date of TOML.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let written = toml::value::Datetime::deserialize(deserializer)?;
    written
        .to_string()
        .parse()
        .map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::Duration;

    use mailwright_domain::{Endpoint, MailboxId, Purpose, SendVia, Status};

    use super::*;

    fn mailbox(provider: Provider, auth: AuthKind, servers: &[(Protocol, &str)]) -> Mailbox {
        let uses = |receives| servers.iter().any(|(p, _)| p.receives() == receives);
        Mailbox {
            id: MailboxId("7a3e0c52-1111-4222-8333-444455556666".parse().unwrap()),
            address: "info@firma.nl".parse().unwrap(),
            account_name: String::new(),
            sender_name: String::new(),
            senders: Vec::new(),
            sign_in_name: String::new(),
            smtp_login: String::new(),
            provider,
            purpose: Purpose {
                send: uses(false),
                receive: uses(true),
                via: SendVia::Smtp,
            },
            endpoints: servers
                .iter()
                .map(|(protocol, host)| Endpoint::parse(*protocol, host).unwrap())
                .collect(),
            auth,
            registration: None,
            grant: None,
            timeout: Duration::from_secs(30),
            status: Status::NotStarted,
        }
    }

    fn ids(mailbox: &Mailbox) -> Vec<&str> {
        announced(mailbox).iter().map(|a| a.id.as_str()).collect()
    }

    #[test]
    fn every_entry_is_whole_and_says_where_it_comes_from() {
        let calendar: Calendar = toml::from_str(CALENDAR).unwrap();
        let mut seen = HashSet::new();
        for one in &calendar.announcement {
            assert!(seen.insert(&one.id), "{} stands there twice", one.id);
            for text in [&one.when, &one.title, &one.what, &one.source] {
                assert!(!text.is_empty(), "{}", one.id);
            }
            assert!(!one.steps.is_empty() && !one.auth.is_empty() && !one.protocol.is_empty());
            assert!(one.link.starts_with("https://"), "{}", one.link);
            let day: Result<Date, _> = one.checked_on.parse();
            assert!(day.is_ok(), "{}", one.checked_on);
            assert!(one.title.ends_with(|c: char| c.is_alphanumeric()));
        }
    }

    #[test]
    fn passwords_at_microsoft_have_their_dates_and_sign_ins_have_none() {
        use Protocol::{Imap, Smtp};
        let servers = [
            (Imap, "outlook.office365.com"),
            (Smtp, "smtp.office365.com"),
        ];
        let password = mailbox(Provider::Microsoft, AuthKind::Password, &servers);
        assert_eq!(
            ids(&password),
            [
                "microsoft-reading-password-off",
                "microsoft-smtp-password-off",
                "microsoft-smtp-password-removal"
            ]
        );
        let ending = announced(&password)[1];
        assert_eq!(
            (ending.on.to_string().as_str(), ending.ends),
            ("2026-12-31", true)
        );
        // Before the day it is to come, after it nobody waits for it any more.
        let to_come = |day: &str| {
            let all = announced_from(Provider::Microsoft, day.parse().unwrap());
            all.iter().map(|a| a.id.as_str()).collect::<Vec<_>>()
        };
        let removal = "microsoft-smtp-password-removal";
        assert_eq!(
            to_come("2026-12-31"),
            ["microsoft-smtp-password-off", removal]
        );
        assert_eq!(to_come("2027-01-01"), [removal]);
        for auth in [AuthKind::Oauth, AuthKind::AppOnly] {
            assert!(ids(&mailbox(Provider::Microsoft, auth, &servers)).is_empty());
        }
        let reads = mailbox(Provider::Microsoft, AuthKind::Password, &servers[..1]);
        assert_eq!(ids(&reads), ["microsoft-reading-password-off"]);
        let own = mailbox(Provider::Custom, AuthKind::Password, &servers);
        assert!(ids(&own).is_empty());
    }

    #[test]
    fn a_host_narrows_an_entry() {
        let at = |host| {
            mailbox(
                Provider::Microsoft,
                AuthKind::Password,
                &[(Protocol::Smtp, host)],
            )
        };
        let personal = "microsoft-personal-password-off";
        assert!(ids(&at("SMTP-mail.outlook.com")).contains(&personal));
        assert!(!ids(&at("smtp.office365.com")).contains(&personal));
        let google = mailbox(
            Provider::Google,
            AuthKind::Password,
            &[(Protocol::Pop3, "pop.gmail.com")],
        );
        assert_eq!(ids(&google), ["google-password-off"]);
    }
}
