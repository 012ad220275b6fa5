//! What Google and custom providers say about an app registration without a person. Neither has a question made for it,
//! so a renewal is asked for with a refresh token that nobody has, and once more for somebody who is made up: only where
//! the two answers differ does the server say something about the registration.

use std::time::{Duration, Instant};

use mailwright_domain::{Provider, Reading, Registration, RegistrationCheck};
use mailwright_oauth::{
    Asker, ClientProof, DevicePoll, NoMetadata, OauthError, Profile, discover, try_client,
    try_device,
};

use super::reading::{failed, failed_as, hindered, passed, skipped, unchecked};
use super::{Have, about_proof, proof_word};
use crate::{Service, endpoints};

/// OAuth `error` values about the client (RFC 6749 section 5.2).
const CLIENT_ERRORS: [&str; 3] = ["invalid_client", "unauthorized_client", "deleted_client"];
/// Verdicts of Google's that tell the secret from the client ID.
const GOOGLE_SECRET: &str = "google-client-secret-wrong";

impl Service {
    pub(super) async fn ask_other(
        &self,
        registration: &Registration,
        profile: &Profile,
        proof: Have,
    ) -> Vec<RegistrationCheck> {
        let issuer = self.ask_issuer(registration, profile);
        let client = self.ask_client(registration, profile, proof);
        let (issuer, client) = tokio::join!(issuer, client);
        issuer.into_iter().chain(client).collect()
    }

    async fn ask_issuer(
        &self,
        registration: &Registration,
        profile: &Profile,
    ) -> Option<RegistrationCheck> {
        let id = Reading::Issuer;
        let issuer = registration
            .authority
            .as_ref()
            .filter(|_| registration.provider == Provider::Custom)?;
        let began = Instant::now();
        let found = discover(&self.net, issuer).await;
        let took = began.elapsed();
        Some(match found {
            Ok(found) if found.token == profile.token && found.authorize == profile.authorize => {
                passed(
                    id,
                    took,
                    "The issuer publishes the addresses that are saved here.",
                )
            }
            Ok(found) => passed(
                id,
                took,
                format!(
                    "The issuer is there. It publishes other addresses than are saved here, and these go before them: tokens from {}.",
                    found.token
                ),
            ),
            Err(NoMetadata::Unreachable(evidence)) => hindered(id, took, &evidence),
            Err(NoMetadata::NotThere(_)) => unchecked(
                id,
                "Not seen live. The issuer publishes nothing about itself, which it need not do.",
            ),
            Err(error) => {
                let verdict = endpoints::not_found(issuer, &error).into_verdict();
                failed_as(id, took, verdict)
            }
        })
    }

    async fn ask_client(
        &self,
        registration: &Registration,
        profile: &Profile,
        proof: Have,
    ) -> Vec<RegistrationCheck> {
        let (client, id) = (Reading::Client, about_proof(registration));
        let proof = match proof {
            Have::None => None,
            Have::This(proof) => Some(proof),
            Have::Not(failure) => {
                let why = match id {
                    Reading::Certificate => {
                        "Not asked, because the private key of the certificate cannot be read."
                    }
                    _ => "Not asked, because the client secret cannot be read.",
                };
                return vec![
                    skipped(client, why),
                    failed_as(id, Duration::ZERO, failure.into_verdict()),
                    skipped(Reading::PublicClient, why),
                ];
            }
        };
        let proof = proof.as_ref();
        let began = Instant::now();
        let own = try_client(&self.net, profile, Asker::Own(proof)).await;
        let took = began.elapsed();
        let mut readings = match own {
            Some(error) if is_about_client(&error) => refused(&error, id, proof, took),
            Some(OauthError::Rejected(_)) => self.told_apart(profile, id, proof, took).await,
            Some(error) => {
                let evidence = error.evidence();
                vec![
                    hindered(client, took, evidence),
                    match proof {
                        Some(_) => hindered(id, took, evidence),
                        None => no_secret(),
                    },
                ]
            }
            None => {
                let why = "Not seen live. The server gave something for a sign-in that nobody has, so its answers prove nothing.";
                vec![unchecked(client, why), unchecked(id, why)]
            }
        };
        if registration.provider == Provider::Custom {
            self.add_public(profile, proof.map(|_| id), &mut readings)
                .await;
        }
        readings
    }

    /// The server refused the made-up sign-in and not the client. Whether it looked at the client at all shows when it is
    /// asked for somebody made up.
    async fn told_apart(
        &self,
        profile: &Profile,
        id: Reading,
        proof: Option<&ClientProof>,
        took: Duration,
    ) -> Vec<RegistrationCheck> {
        let client = Reading::Client;
        let made_up = proof.map_or(Asker::Nobody, Asker::Wrong);
        let control = try_client(&self.net, profile, made_up).await;
        match (control, proof) {
            (Some(error), Some(_)) if is_about_client(&error) => vec![
                passed(client, took, "The server knows the client ID."),
                passed(
                    id,
                    took,
                    "The server took it, and refused another one that was made up.",
                ),
            ],
            (Some(error), None) if is_about_client(&error) => vec![
                passed(
                    client,
                    took,
                    "The server took it, and refused another one that was made up.",
                ),
                no_secret(),
            ],
            (Some(error), _) if error.is_transient() => {
                let evidence = error.evidence();
                let about = [client, id].map(|id| hindered(id, took, evidence));
                about.into()
            }
            (_, proof) => {
                let what = match proof {
                    Some(_) => proof_word(id),
                    None => "client ID",
                };
                let why = format!(
                    "Not seen live. The server answers the same for a made-up {what}, so this is known after the first sign-in."
                );
                vec![
                    unchecked(client, why.clone()),
                    match proof {
                        Some(_) => unchecked(id, why),
                        None => no_secret(),
                    },
                ]
            }
        }
    }

    /// `proof` is the reading about what proves the client, where it has anything.
    async fn add_public(
        &self,
        profile: &Profile,
        proof: Option<Reading>,
        readings: &mut Vec<RegistrationCheck>,
    ) {
        let id = Reading::PublicClient;
        if let Some(proof) = proof {
            let why = format!("A {} is saved here.", proof_word(proof));
            readings.push(skipped(id, why));
            return;
        }
        let began = Instant::now();
        let polled = try_device(&self.net, profile).await;
        let took = began.elapsed();
        match polled {
            Some(DevicePoll::Pending) => {
                readings.push(passed(
                    id,
                    took,
                    "The server waited for a code to be entered and wanted no client secret.",
                ));
                readings.retain(|one| one.id != Reading::Client || one.verdict.is_some());
                if !readings.iter().any(|one| one.id == Reading::Client) {
                    let detail = "The server knows the client ID.";
                    readings.push(passed(Reading::Client, took, detail));
                }
            }
            Some(DevicePoll::Refused(error)) if error.is_transient() => {
                readings.push(hindered(id, took, error.evidence()));
            }
            // The server may take codes from other clients only; that is no word about the browser.
            Some(DevicePoll::Refused(_)) | None => {}
        }
    }
}

fn no_secret() -> RegistrationCheck {
    skipped(Reading::Secret, "No client secret is saved here.")
}

/// The server refused the client. Google says whether it was the client ID or the secret; others mean either.
fn refused(
    error: &OauthError,
    id: Reading,
    proof: Option<&ClientProof>,
    took: Duration,
) -> Vec<RegistrationCheck> {
    let client = Reading::Client;
    let refusal = failed(client, took, error.evidence());
    let is_secret = refusal
        .verdict
        .as_ref()
        .is_some_and(|verdict| verdict.id == GOOGLE_SECRET);
    match proof {
        Some(ClientProof::Secret(_)) if is_secret => vec![
            passed(client, took, "Google knows the client ID."),
            failed(id, took, error.evidence()),
        ],
        Some(_) => vec![
            refusal,
            skipped(
                id,
                format!(
                    "Not known, because client ID and {} were refused together.",
                    proof_word(id)
                ),
            ),
        ],
        None => vec![refusal, no_secret()],
    }
}

fn is_about_client(error: &OauthError) -> bool {
    let evidence = error.evidence();
    let word = evidence.oauth_error.as_deref().unwrap_or_default();
    CLIENT_ERRORS.contains(&word)
}
