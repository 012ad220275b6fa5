//! Whose mailbox it is, out of a support package: each address, host and name of the customer becomes the same word
//! wherever it stands, so that support still sees what belongs together.

use std::collections::BTreeMap;
use std::net::IpAddr;

use mailwright_net::{PROXY_VARIABLES, proxy_of};

use crate::wire::Package;

/// Domains that say nothing about a customer. What is below them stays, but for an organisation's own name at Microsoft.
const PUBLIC: [&str; 15] = [
    "office365.com",
    "outlook.com",
    "office.com",
    "office365.us",
    "microsoft.com",
    "microsoftonline.com",
    "microsoftonline.us",
    "partner.microsoftonline.cn",
    "partner.outlook.cn",
    "live.com",
    "hotmail.com",
    "google.com",
    "googleapis.com",
    "gmail.com",
    "googlemail.com",
];
/// Below these Microsoft gives each organisation a name of its own, which is made of the organisation's.
const OF_ORGANISATIONS: [&str; 9] = [
    "mail.protection.outlook.com",
    "mail.protection.office365.us",
    "mail.protection.partner.outlook.cn",
    "mx.microsoft",
    "onmicrosoft.com",
    "onmicrosoft.us",
    "partner.onmschina.cn",
    "sharepoint.com",
    "sharepoint.us",
];
/// Words after which Microsoft names an organisation, by its ID or by what it is called: “in tenant 'Firma B.V.'”.
const BEFORE_ORGANISATIONS: [&str; 6] = [
    "tenant",
    "tenant named",
    "tenant id",
    "directory",
    "organization",
    "organisation",
];
/// Addresses of Microsoft's in which the ID of an organisation comes next.
const BEFORE_IDS: [&str; 4] = [
    "sts.windows.net",
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
];
/// Names in quotes end with the one that belongs to the first.
const QUOTES: [(char, char); 4] = [('\'', '\''), ('"', '"'), ('“', '”'), ('‘', '’')];
/// Longest name of an organisation, in characters; what is longer is none.
const LONGEST_NAME: usize = 256;
/// Length of a GUID as Microsoft writes it.
const GUID: usize = 36;
/// Names that are words of this program are no names of anybody.
const WORDS: [&str; 6] = [
    "microsoft",
    "google",
    "custom",
    "mailwright",
    "imap",
    "smtp",
];

/// Tenants that are nobody's are words of Microsoft's.
const NOBODYS: [&str; 3] = ["common", "organizations", "consumers"];

/// What was replaced so far, by what; both in small letters.
#[derive(Default)]
pub(super) struct Mask {
    /// Whole phrases, the longest first.
    phrases: Vec<(String, String)>,
    /// Words that stand for themselves: IDs, and hosts without a domain.
    words: BTreeMap<String, String>,
    domains: BTreeMap<String, String>,
    hosts: BTreeMap<String, String>,
    addresses: BTreeMap<String, String>,
    numbers: BTreeMap<String, String>,
    /// Organisations by their names at Microsoft, which are parts of host names.
    organisations: BTreeMap<String, String>,
}

impl Mask {
    /// Knows what the settings in a package say of a customer; addresses are recognised anywhere.
    pub(super) fn of(package: &Package) -> Self {
        let mut mask = Self::default();
        for mailbox in &package.mailboxes {
            let line = &mailbox.line;
            let people = [&line.address, &mailbox.sign_in_name, &mailbox.smtp_login];
            let logins = mailbox.servers.iter().map(|server| &server.login);
            for name in people.into_iter().chain(&mailbox.senders).chain(logins) {
                mask.learn_login(name);
            }
            mask.learn_phrase(&line.name);
            mask.learn_phrase(&mailbox.sender_name);
            for server in &mailbox.servers {
                mask.learn_host(&server.host);
            }
        }
        for registration in &package.registrations {
            mask.learn_phrase(&registration.name);
            mask.learn_word("client", &registration.client_id);
            if let Some(tenant) = &registration.tenant {
                if tenant.contains('.') {
                    mask.learn_host(tenant);
                } else {
                    mask.learn_word("tenant", tenant);
                }
            }
            let addresses = [
                &registration.authority,
                &registration.authorize_url,
                &registration.token_url,
                &registration.device_url,
                &registration.revoke_url,
            ];
            for address in addresses.into_iter().flatten() {
                let url = url::Url::parse(address).ok();
                mask.learn_host(
                    url.as_ref()
                        .and_then(url::Url::host_str)
                        .unwrap_or_default(),
                );
            }
            if let Some(certificate) = &registration.certificate {
                mask.learn_phrase(&certificate.subject);
            }
        }
        for variable in PROXY_VARIABLES {
            let value = std::env::var(variable).unwrap_or_default();
            mask.learn_host(&proxy_of(&value).map(|p| p.host).unwrap_or_default());
        }
        mask
    }

    /// Knows an organisation by its ID.
    pub(super) fn learn_tenant(&mut self, id: &str) {
        self.learn_word("tenant", id);
    }

    /// Knows the organisations that a text of the provider's names. Every text is to be read before the first one is
    /// masked.
    pub(super) fn learn_from(&mut self, text: &str) {
        // Of the same length, so that what is found at a place in one stands there in the other.
        let small = text.to_ascii_lowercase();
        for (at, _) in small.match_indices('-') {
            // The first dash of a GUID stands after eight digits.
            let id = at
                .checked_sub(8)
                .and_then(|from| Some((from, small.get(from..from + GUID)?)));
            let Some((from, id)) = id.filter(|(_, id)| uuid::Uuid::try_parse(id).is_ok()) else {
                continue;
            };
            let before = small.get(..from).unwrap_or_default();
            let after = small.get(from + GUID..).unwrap_or_default();
            let before = before.trim_end_matches(|c: char| !c.is_alphanumeric());
            if is_named(before)
                || BEFORE_IDS.iter().any(|host| before.ends_with(host))
                || after.trim_start().starts_with("directory")
            {
                self.learn_tenant(id);
            }
        }
        for (open, close) in QUOTES {
            for (at, _) in text.match_indices(open) {
                // Where nothing divides them it is no quote: “your organization's policy”.
                let between = |c: char| c.is_whitespace() || c == ':';
                let before = small.get(..at).unwrap_or_default();
                let rest = text.get(at + open.len_utf8()..).unwrap_or_default();
                let named = before.ends_with(between) && is_named(before.trim_end_matches(between));
                if let Some(name) = quoted(rest, close).filter(|_| named) {
                    self.learn_organisation(name);
                }
            }
        }
        // AADSTS500011 names it without quotes: “in the tenant named Firma B.V.. This can happen if …”.
        for (at, lead) in small.match_indices("tenant named ") {
            let rest = text.get(at + lead.len()..).unwrap_or_default();
            if let Some((name, _)) = rest.split_once(". This ")
                && !QUOTES.iter().any(|(open, _)| name.starts_with(*open))
            {
                self.learn_organisation(name);
            }
        }
    }

    /// An organisation as a person calls it, or by its domain.
    fn learn_organisation(&mut self, name: &str) {
        let is_id = uuid::Uuid::try_parse(name).is_ok();
        if is_id || NOBODYS.contains(&&*name.to_lowercase()) || name.chars().count() > LONGEST_NAME
        {
            return;
        }
        if name.contains('.') && !name.contains(char::is_whitespace) {
            self.learn_domain(name);
        } else {
            self.learn_phrase(name);
        }
    }

    /// A name towards a server: an address, or a word of the customer's own.
    fn learn_login(&mut self, name: &str) {
        match name.rsplit_once('@') {
            Some((_, domain)) => self.learn_domain(domain),
            None => self.learn_phrase(name),
        }
    }

    fn learn_phrase(&mut self, phrase: &str) {
        let phrase = phrase.trim();
        let known = self.phrases.iter().any(|(from, _)| from == phrase);
        if phrase.chars().count() < 2
            || known
            || phrase.contains('@')
            || WORDS.contains(&&*phrase.to_lowercase())
        {
            return;
        }
        let word = format!("name-{}", self.phrases.len() + 1);
        self.phrases.push((phrase.to_owned(), word));
        self.phrases
            .sort_by_key(|(from, _)| std::cmp::Reverse(from.len()));
    }

    fn learn_word(&mut self, kind: &str, word: &str) {
        let word = word.to_lowercase();
        if word.is_empty() || NOBODYS.contains(&&*word) {
            return;
        }
        let count = self.words.len() + 1;
        self.words
            .entry(word)
            .or_insert_with(|| format!("{kind}-{count}"));
    }

    /// A host, and with it what stands above it: servers greet with other names of the same domain.
    fn learn_host(&mut self, host: &str) {
        let host = host.trim_end_matches('.').to_lowercase();
        if host.is_empty() || is_number(&host) || host == "localhost" || is_public(&host) {
            return;
        }
        let labels: Vec<&str> = host.split('.').collect();
        match labels.as_slice() {
            [_] => self.learn_word("host", &host),
            [.., first, second] if labels.len() > 2 => {
                self.learn_domain(&format!("{first}.{second}"));
            }
            _ => self.learn_domain(&host),
        }
    }

    fn learn_domain(&mut self, domain: &str) {
        let domain = domain.trim_end_matches('.').to_lowercase();
        if domain.is_empty() || is_public(&domain) || is_number(&domain) {
            return;
        }
        let count = self.domains.len() + 1;
        self.domains
            .entry(domain)
            .or_insert_with(|| format!("domain-{count}.example"));
    }

    /// The text with the customer taken out.
    pub(super) fn text(&mut self, text: &str) -> String {
        let mut text = text.replace("%40", "@");
        for (from, to) in &self.phrases {
            text = replace_whole(&text, from, to);
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = &*text;
        while !rest.is_empty() {
            let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            out.push_str(&self.run(run));
            let skip = after.find(is_part).unwrap_or(after.len());
            let (between, next) = after.split_at(skip);
            out.push_str(between);
            rest = next;
        }
        out
    }

    /// Characters that belong together; a colon may divide host and port, or be part of an address of IPv6.
    fn run(&mut self, run: &str) -> String {
        if let Some(number) = self.number(run) {
            return number;
        }
        let pieces: Vec<String> = run.split(':').map(|piece| self.piece(piece)).collect();
        pieces.join(":")
    }

    fn piece(&mut self, piece: &str) -> String {
        let bare = piece.trim_matches(|c| matches!(c, '.' | '-' | '_' | '+' | '@'));
        let Some((before, after)) = piece.split_once(bare).filter(|_| !bare.is_empty()) else {
            return piece.to_owned();
        };
        let word = bare.to_lowercase();
        let new = match bare.rsplit_once('@') {
            Some((_, domain)) => self.address(&word, domain),
            None => match self.words.get(&word) {
                Some(known) => known.clone(),
                None => self.number(bare).unwrap_or_else(|| self.host(bare)),
            },
        };
        format!("{before}{new}{after}")
    }

    fn address(&mut self, address: &str, domain: &str) -> String {
        self.learn_domain(domain);
        let domain = self.host(domain);
        let count = self.addresses.len() + 1;
        let person = self
            .addresses
            .entry(address.to_owned())
            .or_insert_with(|| format!("person-{count}"));
        format!("{person}@{domain}")
    }

    /// The masked name of a host below a known domain; any other word as it is.
    fn host(&mut self, host: &str) -> String {
        let name = host.to_lowercase();
        if let Some((own, above)) = of_organisation(&name) {
            let labels: Vec<String> = own.split('.').map(|l| self.organisation(l)).collect();
            return format!("{}.{above}", labels.join("."));
        }
        let below = |domain: &str| {
            let rest = name.strip_suffix(domain)?;
            (rest.is_empty() || rest.ends_with('.')).then_some(rest.len())
        };
        let found = self
            .domains
            .iter()
            .filter_map(|(domain, word)| Some((below(domain)?, word)))
            .min();
        match found {
            None => host.to_owned(),
            Some((0, word)) => word.clone(),
            Some((_, word)) => {
                let count = self.hosts.len() + 1;
                let first = self
                    .hosts
                    .entry(name.clone())
                    .or_insert_with(|| format!("host-{count}"));
                format!("{first}.{word}")
            }
        }
    }

    /// The masked name that Microsoft has given to an organisation; what is of Microsoft's own between it and the domain
    /// stays (`firma.mail.onmicrosoft.com`, `firma-nl.o-v1.mx.microsoft`).
    fn organisation(&mut self, label: &str) -> String {
        let is_version = label
            .split_once("-v")
            .is_some_and(|(a, b)| a.len() == 1 && b.bytes().all(|b| b.is_ascii_digit()));
        if label.is_empty() || label == "mail" || is_version {
            return label.to_owned();
        }
        let count = self.organisations.len() + 1;
        let word = self
            .organisations
            .entry(label.to_owned())
            .or_insert_with(|| format!("organisation-{count}"));
        word.clone()
    }

    /// A number of the network, unless it is this computer's own.
    fn number(&mut self, text: &str) -> Option<String> {
        let ip: IpAddr = text.parse().ok()?;
        if ip.is_loopback() || ip.is_unspecified() {
            return Some(text.to_owned());
        }
        let count = self.numbers.len() + 1;
        let word = self
            .numbers
            .entry(ip.to_string())
            .or_insert_with(|| format!("ip-{count}"));
        Some(word.clone())
    }
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '@' | ':')
}

fn is_number(host: &str) -> bool {
    mailwright_net::is_number(host)
}

fn is_public(host: &str) -> bool {
    PUBLIC.iter().chain(&OF_ORGANISATIONS).any(|public| {
        host.strip_suffix(public)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// What an organisation is called at Microsoft, and the domain below which it is.
fn of_organisation(host: &str) -> Option<(&str, &str)> {
    OF_ORGANISATIONS
        .iter()
        .find_map(|above| Some((host.strip_suffix(above)?.strip_suffix('.')?, *above)))
}

/// Whether an organisation is named after these words, which are in small letters.
fn is_named(before: &str) -> bool {
    BEFORE_ORGANISATIONS
        .iter()
        .any(|word| before.ends_with(word))
}

/// What stands before a closing quote, which is none inside a word (“O'Brien”).
fn quoted(text: &str, close: char) -> Option<&str> {
    let ends = |(at, _): &(usize, &str)| {
        let after = text.get(at + close.len_utf8()..).unwrap_or_default();
        !after.starts_with(char::is_alphanumeric)
    };
    let (at, _) = text.match_indices(close).find(ends)?;
    text.get(..at)
}

/// Replaces a phrase where it stands alone: “Info” is not found in “Information”.
fn replace_whole(text: &str, from: &str, to: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut kept = 0;
    for (at, found) in text.match_indices(from) {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|t| t.chars().next());
        let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        if !inside(before) && !inside(after) {
            out.push_str(text.get(kept..at).unwrap_or_default());
            out.push_str(to);
            kept = at + found.len();
        }
    }
    out.push_str(text.get(kept..).unwrap_or_default());
    out
}

#[cfg(test)]
#[path = "mask_tests.rs"]
mod tests;
