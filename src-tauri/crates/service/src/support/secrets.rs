//! A second look at what goes out: the secrets of this computer, to be looked for in it.

use mailwright_domain::{Mailbox, Secret};
use mailwright_oauth::Profile;
use uuid::Uuid;

use crate::Service;
use crate::profiles::profile_of_grant;

/// Shorter ones would be found in ordinary words; no provider gives out such.
const SHORTEST: usize = 8;
const GONE: &str = "[removed]";

/// Secrets that must not be in a text.
pub(super) struct Secrets(Vec<Secret>);

impl Secrets {
    pub(super) fn taken_out_of(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.0 {
            if text.contains(secret.expose()) {
                text = text.replace(secret.expose(), GONE);
            }
        }
        text
    }
}

impl Service {
    /// Tokens, passwords, client secrets and keys of these mailboxes. What the keychain does not give is not there to be found; the
    /// package says by its own findings that the keychain does not answer.
    pub(super) async fn secrets_of(&self, mailboxes: &[Mailbox]) -> Secrets {
        let mut secrets = Vec::new();
        if self.keychain.probe().await.is_err() {
            return Secrets(secrets);
        }
        for mailbox in mailboxes {
            if mailbox.has_password() {
                secrets.extend(self.password(mailbox).await.ok());
            }
            let Ok(registration) = self.registration_of(mailbox) else {
                continue;
            };
            secrets.extend(self.client_secret(&registration).await.ok().flatten());
            let key = self
                .keychain
                .get(registration.id.0, &mailwright_keychain::Kind::ClientKey)
                .await;
            secrets.extend(key.ok().flatten().and_then(|bytes| bytes.to_secret()));
            if let (true, Ok(profile)) = (mailbox.is_app_only(), Profile::app_only(&registration)) {
                let cached = self.cached_tokens(registration.id.0, profile).await;
                secrets.extend(cached);
            }
            let Ok(Some(grant)) = self.grant_of(mailbox) else {
                continue;
            };
            let stored = self.stored_grant(grant.id).await.ok().flatten();
            secrets.extend(stored.map(|stored| stored.refresh_token));
            if let Ok(profile) = profile_of_grant(&grant, &registration, mailbox.uses()) {
                secrets.extend(self.cached_tokens(grant.id.0, profile).await);
            }
        }
        secrets.retain(|secret| secret.expose().len() >= SHORTEST);
        Secrets(secrets)
    }

    /// The access tokens of an owner that still work: for mail, and where there is one for Microsoft Graph.
    async fn cached_tokens(&self, owner: Uuid, profile: Profile) -> Vec<Secret> {
        let mut tokens = Vec::new();
        for profile in [profile.clone(), profile.on_graph()] {
            let access = self.cached(owner, &profile).await.ok().flatten();
            tokens.extend(access.map(|access| access.token));
        }
        tokens
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_taken_out_wherever_it_stands() {
        let secrets = Secrets(vec![Secret::new("canary~0123"), Secret::new("second-one")]);
        assert_eq!(
            secrets.taken_out_of("a canary~0123, b second-one!canary~0123"),
            "a [removed], b [removed]![removed]"
        );
        assert_eq!(secrets.taken_out_of("nothing"), "nothing");
    }
}
