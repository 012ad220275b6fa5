use mailwright_domain::{Cloud, Endpoint, FoundIn, Protocol, Provider, Security};

/// Who runs a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Microsoft 365: a work or school account.
    Microsoft365,
    /// Outlook.com, Hotmail, Live: a personal account.
    OutlookCom,
    /// Google Workspace or Gmail.
    Google,
    /// Anybody else; nothing is known of it beforehand.
    Other,
}

impl Kind {
    /// The provider it belongs to.
    pub fn provider(self) -> Provider {
        match self {
            Self::Microsoft365 | Self::OutlookCom => Provider::Microsoft,
            Self::Google => Provider::Google,
            Self::Other => Provider::Custom,
        }
    }

    /// The tenant to sign in at, where that is the same for all its mailboxes.
    pub fn tenant(self) -> Option<&'static str> {
        (self == Self::OutlookCom).then_some("consumers")
    }
}

/// Servers of a provider. Microsoft's differ by cloud; for a custom cloud, and for any other provider, nothing is known.
///
/// Sources: Microsoft “POP, IMAP, and SMTP settings for Outlook.com” and “How to set up a multifunction device”;
/// Google “Check Gmail through other email platforms”. Exchange Online has no port 465.
pub fn known_servers(kind: Kind, cloud: Cloud, source: FoundIn) -> Vec<Endpoint> {
    use Security::{Starttls, Tls};
    let (imap, smtp, smtp_port, smtp_security) = match (kind, cloud) {
        (_, Cloud::Custom) | (Kind::Other, _) => return Vec::new(),
        (Kind::Google, _) => ("imap.gmail.com", "smtp.gmail.com", 465, Tls),
        (Kind::OutlookCom, _) => (
            "outlook.office365.com",
            "smtp-mail.outlook.com",
            587,
            Starttls,
        ),
        (Kind::Microsoft365, Cloud::Global) => {
            ("outlook.office365.com", "smtp.office365.com", 587, Starttls)
        }
        (Kind::Microsoft365, Cloud::GccHigh) => {
            ("outlook.office365.us", "smtp.office365.us", 587, Starttls)
        }
        (Kind::Microsoft365, Cloud::Dod) => (
            "outlook-dod.office365.us",
            "outlook-dod.office365.us",
            587,
            Starttls,
        ),
        (Kind::Microsoft365, Cloud::China) => (
            "partner.outlook.cn",
            "smtp.partner.outlook.cn",
            587,
            Starttls,
        ),
    };
    let server = |protocol, host: &str, port, security| Endpoint {
        protocol,
        host: host.to_owned(),
        port,
        security,
        source,
    };
    let pop3 = match kind {
        Kind::Google => "pop.gmail.com",
        _ => imap, // Exchange Online reads by both at one host
    };
    vec![
        server(Protocol::Imap, imap, 993, Tls),
        server(Protocol::Pop3, pop3, 995, Tls),
        server(Protocol::Smtp, smtp, smtp_port, smtp_security),
    ]
}

/// Domains whose mailboxes are all personal accounts of one provider.
pub(crate) fn by_domain(domain: &str) -> Option<Kind> {
    const GOOGLE: [&str; 2] = ["gmail.com", "googlemail.com"];
    if GOOGLE.contains(&domain) {
        return Some(Kind::Google);
    }
    // Outlook.com hands out its names under many country endings: hotmail.nl, live.co.uk, outlook.de …
    let (name, ending) = domain.split_once('.')?;
    let country_or_com = ending == "com"
        || ending
            .rsplit('.')
            .next()
            .is_some_and(|last| last.len() == 2 && ending.len() <= 6);
    let microsoft = matches!(name, "outlook" | "hotmail" | "live") && country_or_com;
    (microsoft || domain == "msn.com" || domain == "passport.com").then_some(Kind::OutlookCom)
}

/// Whether all mailboxes of a domain are personal accounts of a provider, so that it is of no organisation.
pub fn is_of_persons(domain: &str) -> bool {
    by_domain(domain).is_some()
}

/// What a mail exchanger's name says about who runs the mailbox.
pub(crate) fn by_mail_exchanger(host: &str) -> Option<Kind> {
    let under = |suffix: &str| host.ends_with(suffix);
    if under(".olc.protection.outlook.com") {
        Some(Kind::OutlookCom)
    } else if under(".mail.protection.outlook.com")
        || under(".mx.microsoft")
        || under(".mail.protection.office365.us") // GCC High and DoD
        || under(".mail.protection.partner.outlook.cn")
    {
        Some(Kind::Microsoft365)
    } else if matches!(host, "smtp.google.com" | "aspmx.l.google.com")
        || under(".aspmx.l.google.com")
        || under(".googlemail.com")
    {
        Some(Kind::Google)
    } else {
        None
    }
}

/// The provider whose servers all these hosts are; none where there is no host, or one that is nobody's.
pub fn kind_of_hosts(hosts: &[&str]) -> Option<Kind> {
    const MICROSOFT: [&str; 8] = [
        "outlook.office365.com",
        "outlook.office.com",
        "smtp.office365.com",
        "imap-mail.outlook.com",
        "pop-mail.outlook.com",
        "smtp-mail.outlook.com",
        "outlook.office365.us",
        "partner.outlook.cn",
    ];
    const GOOGLE: [&str; 6] = [
        "imap.gmail.com",
        "pop.gmail.com",
        "smtp.gmail.com",
        "imap.googlemail.com",
        "pop.googlemail.com",
        "smtp.googlemail.com",
    ];
    let all = |own: &[&str]| {
        !hosts.is_empty()
            && hosts
                .iter()
                .all(|host| own.contains(&host.to_ascii_lowercase().as_str()))
    };
    if all(&GOOGLE) {
        return Some(Kind::Google);
    }
    // Personal accounts read at the same host as organisations and send elsewhere.
    let personal = hosts.iter().any(|host| host.ends_with("-mail.outlook.com"));
    match all(&MICROSOFT) {
        true if personal => Some(Kind::OutlookCom),
        true => Some(Kind::Microsoft365),
        false => None,
    }
}

/// What a domain's address for Autodiscover says, where it is an alias (Microsoft: “External DNS records required for
/// email in Office 365”; its other clouds by their own names).
pub(crate) fn by_autodiscover(alias: &str) -> Option<Kind> {
    matches!(
        alias,
        "autodiscover.outlook.com"
            | "autodiscover-s.outlook.com"
            | "autodiscover.office365.us"
            | "autodiscover-s.office365.us"
            | "autodiscover-dod.office365.us"
            | "autodiscover.partner.outlook.cn"
    )
    .then_some(Kind::Microsoft365)
}

/// Who may send for a domain, of the providers known here (RFC 7208 section 5.2; Microsoft: “Set up SPF”, Google: “Set
/// up SPF”).
pub(crate) fn by_spf(text: &str) -> Option<Kind> {
    let text = text.to_ascii_lowercase();
    let mut words = text.split_ascii_whitespace();
    if words.next() != Some("v=spf1") {
        return None;
    }
    words.find_map(
        |word| match word.trim_start_matches('+').strip_prefix("include:")? {
            "spf.protection.outlook.com"
            | "spf.protection.office365.us"
            | "spf.protection.partner.outlook.cn" => Some(Kind::Microsoft365),
            "_spf.google.com" => Some(Kind::Google),
            _ => None,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_only_look_like_a_providers_are_nobodys() {
        for domain in [
            "outlook.example.com",
            "live.firma.nl",
            "notgmail.com",
            "gmail.com.evil.nl",
            "firma.nl",
        ] {
            assert_eq!(by_domain(domain), None, "{domain}");
        }
        for host in [
            "outlook.com",
            "mail.protection.outlook.com.evil.nl",
            "evilmail.protection.outlook.com.nl",
            "google.com",
        ] {
            assert_eq!(by_mail_exchanger(host), None, "{host}");
        }
    }

    #[test]
    fn names_of_the_three_are_known() {
        for domain in [
            "outlook.com",
            "hotmail.nl",
            "live.co.uk",
            "outlook.com.br",
            "msn.com",
        ] {
            assert_eq!(by_domain(domain), Some(Kind::OutlookCom), "{domain}");
        }
        assert_eq!(by_domain("googlemail.com"), Some(Kind::Google));
        for (host, kind) in [
            ("firma-nl.mail.protection.outlook.com", Kind::Microsoft365),
            ("firma-nl.n-v1.mx.microsoft", Kind::Microsoft365),
            ("firma-us.mail.protection.office365.us", Kind::Microsoft365),
            (
                "firma-cn.mail.protection.partner.outlook.cn",
                Kind::Microsoft365,
            ),
            ("hotmail-com.olc.protection.outlook.com", Kind::OutlookCom),
            ("aspmx.l.google.com", Kind::Google),
            ("alt3.aspmx.l.google.com", Kind::Google),
            ("smtp.google.com", Kind::Google),
        ] {
            assert_eq!(by_mail_exchanger(host), Some(kind), "{host}");
        }
    }

    #[test]
    fn exchange_online_is_never_given_port_465() {
        for cloud in [Cloud::Global, Cloud::GccHigh, Cloud::Dod, Cloud::China] {
            let servers = known_servers(Kind::Microsoft365, cloud, FoundIn::Mx);
            assert!(
                servers.iter().all(|s| s.port != 465),
                "{cloud:?}: {servers:?}"
            );
        }
    }

    #[test]
    fn other_signs_of_a_provider_are_read_exactly() {
        for (alias, kind) in [
            ("autodiscover.outlook.com", Some(Kind::Microsoft365)),
            ("autodiscover.outlook.com.evil.nl", None),
            ("autodiscover.firma.nl", None),
        ] {
            assert_eq!(by_autodiscover(alias), kind, "{alias}");
        }
        for (text, kind) in [
            (
                "v=spf1 include:spf.protection.outlook.com -all",
                Some(Kind::Microsoft365),
            ),
            (
                "V=SPF1 ip4:1.2.3.4 +include:_spf.google.com ~all",
                Some(Kind::Google),
            ),
            ("v=spf1 -include:_spf.google.com -all", None),
            (
                "v=spf1 include:spf.protection.outlook.com.evil.nl -all",
                None,
            ),
            ("google-site-verification=include:_spf.google.com", None),
            ("v=spf10 include:_spf.google.com", None),
            ("", None),
        ] {
            assert_eq!(by_spf(text), kind, "{text}");
        }
        for (hosts, kind) in [
            (
                &["outlook.office365.com", "SMTP.office365.com"][..],
                Some(Kind::Microsoft365),
            ),
            (
                &["outlook.office365.com", "smtp-mail.outlook.com"],
                Some(Kind::OutlookCom),
            ),
            (&["imap.gmail.com"], Some(Kind::Google)),
            (&["imap.gmail.com", "smtp.office365.com"], None),
            (&["imap.gmail.com", "mail.evil.nl"], None),
            (&[], None),
        ] {
            assert_eq!(kind_of_hosts(hosts), kind, "{hosts:?}");
        }
    }
}
