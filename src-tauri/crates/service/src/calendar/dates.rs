//! What ends by itself, and when. Nothing here looks at a clock: the present moment is given.

use jiff::civil::Date;
use jiff::{Span, Timestamp, ToSpan, Zoned};
use mailwright_diagnosis::announced;
use mailwright_domain::{Grant, Mailbox, Provider, Publishing, Registration};

/// Something that ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ending {
    /// The client secret of a registration, on the day that its owner entered.
    Secret,
    /// The certificate of a registration, on its own last day.
    Certificate,
    /// Sign-ins while the Google project is in “Testing”: seven days after the person signed in (Google: OAuth 2.0,
    /// refresh token expiration).
    GoogleTesting,
    /// A sign-in that nobody uses: 90 days after its last renewal at Microsoft (identity-platform/refresh-tokens), six
    /// months at Google.
    Inactivity,
    /// The organisation wants people to sign in again every so often (Conditional Access, sign-in frequency).
    SignInFrequency,
    /// What a provider has announced, by the id of the announcement.
    Announced(&'static str),
}

impl Ending {
    /// The word used in JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Certificate => "certificate",
            Self::GoogleTesting => "google-testing",
            Self::Inactivity => "inactivity",
            Self::SignInFrequency => "sign-in-frequency",
            Self::Announced(_) => "announced",
        }
    }

    /// Whether it is of the registration, so that one fix helps everybody who uses that.
    pub(crate) fn of_registration(self) -> bool {
        matches!(self, Self::Secret | Self::Certificate | Self::GoogleTesting)
    }
}

/// Something that ends, with its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) what: Ending,
    pub(crate) on: Date,
    /// Days until then; zero and fewer where it has ended.
    pub(crate) days: i32,
}

/// From here on a mailbox needs attention (requirements: reminders 60, 30 and 7 days ahead).
pub(crate) const SOON: i32 = 30;
/// Reminders, the nearest first.
const REMINDERS: [i32; 3] = [7, SOON, 60];

impl Due {
    fn new(what: Ending, on: Date, now: &Zoned) -> Self {
        let until = now.date().until(on).map_or(0, |span| span.get_days());
        Self {
            what,
            on,
            days: until,
        }
    }

    pub(crate) fn is_soon(&self) -> bool {
        self.days <= SOON
    }

    /// 7, 30 or 60 where it ends within so many days; 0 where it has ended.
    pub(crate) fn within(&self) -> Option<u32> {
        if self.days <= 0 {
            return Some(0);
        }
        let reminder = REMINDERS.into_iter().find(|days| self.days <= *days);
        reminder.and_then(|days| u32::try_from(days).ok())
    }
}

/// What the provider of a mailbox ends on a day to come. What has ended is no reminder any more: whether it concerns the
/// mailbox, a test says.
pub(crate) fn of_provider(mailbox: &Mailbox, now: &Zoned) -> Vec<Due> {
    announced(mailbox)
        .into_iter()
        .filter(|announcement| announcement.ends)
        .map(|announcement| Due::new(Ending::Announced(&announcement.id), announcement.on, now))
        .filter(|due| due.days >= 0)
        .collect()
}

/// What ends of a registration: what proves the client, which is the secret where there is both.
pub(crate) fn of_registration(registration: &Registration, now: &Zoned) -> Vec<Due> {
    let ends = if registration.has_secret {
        registration.secret_expires.map(|on| (Ending::Secret, on))
    } else {
        registration.certificate.as_ref().map(|certificate| {
            let last = certificate.not_after.to_zoned(now.time_zone().clone());
            (Ending::Certificate, last.date())
        })
    };
    ends.map(|(what, on)| Due::new(what, on, now))
        .into_iter()
        .collect()
}

/// What ends of a living sign-in. `frequency` is how long the organisation lets one last, where that has been seen.
pub(crate) fn of_grant(
    grant: &Grant,
    registration: &Registration,
    frequency: Option<Span>,
    now: &Zoned,
) -> Vec<Due> {
    if grant.dead.is_some() {
        return Vec::new();
    }
    let testing = registration.publishing == Some(Publishing::Testing);
    let unused = match registration.provider {
        Provider::Microsoft => Some(90.days()),
        Provider::Google => Some(6.months()),
        Provider::Custom => None, // nobody has said
    };
    [
        (testing && registration.provider == Provider::Google)
            .then(|| (Ending::GoogleTesting, grant.signed_in_at, 7.days())),
        unused.map(|span| (Ending::Inactivity, grant.renewed_at, span)),
        frequency.map(|span| (Ending::SignInFrequency, grant.signed_in_at, span)),
    ]
    .into_iter()
    .flatten()
    .filter_map(|(what, from, span)| Some(Due::new(what, day_after(from, span, now)?, now)))
    .collect()
}

/// The day of a moment and a span, in the time zone of `now`; none past the end of all calendars.
fn day_after(from: Timestamp, span: Span, now: &Zoned) -> Option<Date> {
    let from = from.to_zoned(now.time_zone().clone());
    Some(from.checked_add(span).ok()?.date())
}

#[cfg(test)]
mod tests {
    use mailwright_domain::{ClientCertificate, Cloud, GrantId, RegistrationId};
    use uuid::Uuid;

    use super::*;

    fn now() -> Zoned {
        "2026-11-20T09:30:00+00:00[UTC]".parse().unwrap()
    }

    fn registration(provider: Provider) -> Registration {
        Registration {
            id: RegistrationId(Uuid::nil()),
            name: "ERP mail".to_owned(),
            provider,
            client_id: String::new(),
            tenant: None,
            cloud: Cloud::Global,
            authority: None,
            custom: None,
            scopes: Vec::new(),
            has_secret: true,
            secret_expires: None,
            publishing: None,
            certificate: None,
            redirect_uri: None,
        }
    }

    fn grant(signed_in: &str, renewed: &str) -> Grant {
        Grant {
            id: GrantId(Uuid::nil()),
            registration: RegistrationId(Uuid::nil()),
            issuer: String::new(),
            subject: String::new(),
            signed_in_as: String::new(),
            scopes: Vec::new(),
            signed_in_at: signed_in.parse().unwrap(),
            renewed_at: renewed.parse().unwrap(),
            dead: None,
        }
    }

    #[test]
    fn a_secret_is_reminded_of_sixty_thirty_and_seven_days_ahead() {
        for (on, days, within, soon) in [
            ("2026-11-19", -1, Some(0), true),
            ("2026-11-20", 0, Some(0), true),
            ("2026-11-21", 1, Some(7), true),
            ("2026-11-27", 7, Some(7), true),
            ("2026-11-28", 8, Some(30), true),
            ("2026-12-20", 30, Some(30), true),
            ("2026-12-21", 31, Some(60), false),
            ("2027-01-19", 60, Some(60), false),
            ("2027-01-20", 61, None, false),
        ] {
            let registration = Registration {
                secret_expires: Some(on.parse().unwrap()),
                ..registration(Provider::Microsoft)
            };
            let due = of_registration(&registration, &now())[0];
            assert_eq!(
                (due.days, due.within(), due.is_soon()),
                (days, within, soon),
                "{on}"
            );
            let without = Registration {
                has_secret: false,
                ..registration
            };
            assert_eq!(of_registration(&without, &now()), []);
        }
    }

    #[test]
    fn a_certificate_ends_on_its_own_day_where_it_is_what_proves_the_app() {
        let certified = Registration {
            has_secret: false,
            certificate: Some(ClientCertificate {
                der: String::new(),
                subject: String::new(),
                thumbprint: String::new(),
                x5t_s256: String::new(),
                not_before: "2025-11-20T00:00:00Z".parse().unwrap(),
                not_after: "2026-12-01T23:59:59Z".parse().unwrap(),
            }),
            ..registration(Provider::Microsoft)
        };
        let due = of_registration(&certified, &now())[0];
        assert_eq!(
            (due.what, due.on.to_string().as_str(), due.days),
            (Ending::Certificate, "2026-12-01", 11)
        );
        let both = Registration {
            has_secret: true,
            ..certified
        };
        assert_eq!(of_registration(&both, &now()), [], "its secret proves it");
    }

    #[test]
    fn a_sign_in_ends_by_the_rules_of_its_provider() {
        let grant = grant("2026-11-18T23:30:00Z", "2026-11-19T08:00:00Z");
        let ends = |provider, publishing, frequency| {
            let registration = Registration {
                publishing,
                ..registration(provider)
            };
            let due = of_grant(&grant, &registration, frequency, &now());
            due.iter()
                .map(|due| (due.what, due.on.to_string()))
                .collect::<Vec<_>>()
        };
        let unused = |on: &str| (Ending::Inactivity, on.to_owned());
        assert_eq!(
            ends(Provider::Microsoft, None, None),
            [unused("2027-02-17")]
        );
        assert_eq!(
            ends(Provider::Google, Some(Publishing::Production), None),
            [unused("2027-05-19")]
        );
        assert_eq!(
            ends(Provider::Google, Some(Publishing::Testing), None),
            [
                (Ending::GoogleTesting, "2026-11-25".to_owned()),
                unused("2027-05-19")
            ]
        );
        assert_eq!(ends(Provider::Custom, None, None), []);
        assert_eq!(
            ends(Provider::Microsoft, None, Some(12.hours())),
            [
                unused("2027-02-17"),
                (Ending::SignInFrequency, "2026-11-19".to_owned())
            ]
        );
        let dead = Grant {
            dead: Some("entra-refresh-revoked".to_owned()),
            ..grant.clone()
        };
        let microsoft = registration(Provider::Microsoft);
        assert_eq!(of_grant(&dead, &microsoft, None, &now()), []);
    }

    #[test]
    fn days_are_counted_where_the_person_is() {
        let far = "2026-11-21T09:30:00+14:00[Pacific/Kiritimati]";
        let grant = grant("2026-11-20T00:00:00Z", "2026-08-22T11:00:00Z");
        let microsoft = registration(Provider::Microsoft);
        let due = of_grant(&grant, &microsoft, None, &far.parse().unwrap());
        assert_eq!(
            (due[0].on.to_string().as_str(), due[0].days),
            ("2026-11-21", 0)
        );
        let due = of_grant(&grant, &microsoft, None, &now());
        assert_eq!(
            (due[0].on.to_string().as_str(), due[0].days),
            ("2026-11-20", 0)
        );
    }
}
