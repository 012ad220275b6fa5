//! Granted permissions against asked ones. People untick boxes, administrators cut permissions, and the mail server's
//! answer to a token without them names no reason; so this is looked at before anything is connected.

use mailwright_domain::{Evidence, Fault, IDENTITY_SCOPES, Protocol, Provider, Stage};

use crate::profile::{Profile, resource_of};
use crate::token::Tokens;

/// The asked scopes that were not granted. Compared as sets without regard to case; scopes about identity are left out
/// (a provider may rename them), and so is `offline_access`, which shows in the refresh token alone. Microsoft may
/// return the name without its resource.
pub fn missing_scopes(asked: &[String], granted: &[String]) -> Vec<String> {
    asked
        .iter()
        .filter(|scope| !IDENTITY_SCOPES.contains(&scope.to_ascii_lowercase().as_str()))
        .filter(|scope| !scope.ends_with("/.default"))
        .filter(|scope| !granted.iter().any(|granted| covers(granted, scope)))
        .cloned()
        .collect()
}

/// Hosts of resources that are one and the same to Exchange Online.
const OUTLOOK: [&str; 2] = [
    "https://outlook.office.com",
    "https://outlook.office365.com",
];

fn covers(granted: &str, asked: &str) -> bool {
    let (granted, asked) = (granted.trim_end_matches('/'), asked.trim_end_matches('/'));
    if granted.eq_ignore_ascii_case(asked) {
        return true;
    }
    let same_name = name_of(granted).eq_ignore_ascii_case(name_of(asked));
    match (resource_of(granted), resource_of(asked)) {
        (None, Some(_)) => same_name && !granted.contains("://"),
        (Some(granted), Some(asked)) => {
            let is_outlook = |resource: &str| {
                OUTLOOK
                    .iter()
                    .any(|host| host.eq_ignore_ascii_case(resource))
            };
            same_name && is_outlook(granted) && is_outlook(asked)
        }
        _ => false,
    }
}

fn name_of(scope: &str) -> &str {
    scope.rsplit_once('/').map_or(scope, |(_, name)| name)
}

/// Whether a sign-in gave all that its profile needs: every permission, and a refresh token where it is meant to last.
/// Not for a renewal, which often returns no new refresh token.
pub fn check_grant(profile: &Profile, tokens: &Tokens) -> Option<Evidence> {
    let missing = missing_scopes(&profile.asked(), &tokens.scopes);
    let (fault, text) = if !missing.is_empty() {
        let text = format!(
            "the sign-in did not give the permission {}",
            missing.join(", ")
        );
        (Fault::ScopeMissing, text)
    } else if profile.asks_to_last() && tokens.refresh_token.is_none() {
        (
            Fault::NoRefreshToken,
            "the sign-in gave no refresh token".to_owned(),
        )
    } else {
        return None;
    };
    Some(Evidence {
        provider: Some(profile.provider),
        auth: Some(profile.auth),
        host: profile.token.host_str().map(str::to_owned),
        detail: (!missing.is_empty()).then(|| missing.join(" ")),
        ..Evidence::fault(Stage::OauthToken, fault, text)
    })
}

/// The permission among `granted` that a protocol needs is missing: its name.
pub(crate) fn lacks(
    profile: &Profile,
    protocol: Protocol,
    granted: &[String],
) -> Option<&'static str> {
    let needed = profile.permission(protocol)?;
    let has = granted
        .iter()
        .any(|scope| name_of(scope).eq_ignore_ascii_case(needed));
    (profile.provider == Provider::Microsoft && !has).then_some(needed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn names_are_compared_as_microsoft_writes_them() {
        let asked = words(
            "openid profile email offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send",
        );
        for granted in [
            "https://outlook.office.com/SMTP.Send https://outlook.office.com/IMAP.AccessAsUser.All",
            "imap.accessasuser.all smtp.send User.Read",
            "https://outlook.office365.com/IMAP.AccessAsUser.All SMTP.Send",
        ] {
            assert_eq!(
                missing_scopes(&asked, &words(granted)),
                Vec::<String>::new(),
                "{granted}"
            );
        }
        let graph = words("https://graph.microsoft.com/IMAP.AccessAsUser.All SMTP.Send");
        assert_eq!(
            missing_scopes(&asked, &graph),
            words("https://outlook.office.com/IMAP.AccessAsUser.All")
        );
        assert_eq!(missing_scopes(&asked, &[]).len(), 2);
    }

    #[test]
    fn gmail_needs_its_one_scope() {
        let asked = words("https://mail.google.com/ openid email");
        assert!(missing_scopes(&asked, &words("openid https://mail.google.com/")).is_empty());
        let unticked = words("openid https://www.googleapis.com/auth/userinfo.email");
        assert_eq!(
            missing_scopes(&asked, &unticked),
            words("https://mail.google.com/")
        );
    }
}
