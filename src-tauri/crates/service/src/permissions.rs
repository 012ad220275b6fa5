use mailwright_domain::{Purpose, SendVia};
use mailwright_oauth::Profile;

use crate::wire::Permission;
use crate::{Failure, Service};

impl Service {
    /// What the provider will ask a person for, in plain meanings and official names.
    ///
    /// # Errors
    /// There is no such app registration, or it lacks an address.
    pub fn permissions(
        &self,
        registration: &str,
        send: bool,
        receive: bool,
    ) -> Result<Vec<Permission>, Failure> {
        let registration = self.find_registration(registration)?;
        let profile = Profile::new(
            &registration,
            Purpose {
                send,
                receive,
                via: SendVia::Smtp,
            },
        )?;
        Ok(permissions_of(&profile))
    }
}

/// What a sign-in with this profile asks for.
pub(crate) fn permissions_of(profile: &Profile) -> Vec<Permission> {
    profile
        .scopes
        .iter()
        .map(|scope| Permission {
            meaning: meaning(scope).to_owned(),
            name: scope.clone(),
        })
        .collect()
}

/// What a permission allows. Microsoft writes the resource before the name, Google an address.
fn meaning(scope: &str) -> &'static str {
    let scope = scope.to_ascii_lowercase();
    if scope.trim_end_matches('/') == "https://mail.google.com" {
        return "read-and-send";
    }
    match scope.rsplit('/').next().unwrap_or_default() {
        "openid" | "profile" | "email" | "userinfo.email" | "userinfo.profile" | "user.read" => {
            "identity"
        }
        "offline_access" => "stay-signed-in",
        "smtp.send" | "mail.send" | "mail.send.shared" | "gmail.send" => "send",
        "imap.accessasuser.all"
        | "pop.accessasuser.all"
        | "mail.read"
        | "mail.readwrite"
        | "mail.read.shared"
        | "mail.readwrite.shared"
        | "gmail.readonly" => "read",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_have_a_plain_meaning() {
        for (scope, expected) in [
            ("openid", "identity"),
            ("offline_access", "stay-signed-in"),
            ("https://outlook.office.com/SMTP.Send", "send"),
            ("https://outlook.office.com/IMAP.AccessAsUser.All", "read"),
            ("https://partner.outlook.cn/imap.accessasuser.all", "read"),
            ("https://mail.google.com/", "read-and-send"),
            ("https://www.googleapis.com/auth/gmail.send", "send"),
            ("mail", "other"),
            ("", "other"),
        ] {
            assert_eq!(meaning(scope), expected, "{scope}");
        }
    }
}
