//! What Microsoft says about an app registration without a person.

use std::time::{Duration, Instant};

use mailwright_discovery::{NoTenant, tenant};
use mailwright_domain::{
    Cloud, Evidence, Fault, Outcome, Reading, Registration, RegistrationCheck, Stage, Verdict,
};
use mailwright_oauth::{
    ClientProof, DevicePoll, OauthError, Profile, cloud, try_device, try_proof,
};

use super::reading::{failed, failed_as, hindered, number, passed, skipped, unchecked};
use super::{Have, about_proof, proof_word};
use crate::Service;

/// Numbers that say that the client ID is not known, and that the app was switched off in the organisation.
const NO_CLIENT: [u32; 4] = [700_016, 700_011, 70001, 7_000_112];
/// Numbers about the client secret or the certificate; whoever gets one of them is known.
const SECRET_WRONG: u32 = 7_000_215;
const SECRET_ENDED: u32 = 7_000_222;
const CERTIFICATE_UNKNOWN: u32 = 700_027;
const CERTIFICATE_REFUSED: u32 = 700_030;
const NOTHING_WANTED: u32 = 700_025;
/// A secret or certificate is wanted (70002 is the older number for the same).
const SECRET_WANTED: [u32; 2] = [7_000_218, 70002];

impl Service {
    /// The organisation first: without it nothing else is answered.
    pub(super) async fn ask_microsoft(
        &self,
        registration: &Registration,
        profile: &Profile,
        proof: Have,
    ) -> Vec<RegistrationCheck> {
        let found = match registration.organisation() {
            Some(tenant) => self.ask_tenant(registration, tenant).await,
            None => Ok(unchecked(
                Reading::Tenant,
                "The registration names no organisation, so there is none to look for.",
            )),
        };
        let found = match found {
            Ok(found) => found,
            Err(stopped) => {
                let why = "Not asked, because the organisation was not found.";
                let proof = about_proof(registration);
                let later = [Reading::Client, proof, Reading::PublicClient];
                let later = later.map(|id| skipped(id, why));
                return [vec![stopped], later.into()].concat();
            }
        };
        let (polled, tried) = tokio::join!(
            self.poll(registration, profile),
            self.try_proof(registration, profile, proof),
        );
        let mut all = vec![found];
        all.extend(best([Some(polled.0), tried.0]));
        all.push(tried.1);
        all.push(polled.1);
        all
    }

    /// Whether the organisation exists and is in the registration's cloud; an error ends the look.
    async fn ask_tenant(
        &self,
        registration: &Registration,
        name: &str,
    ) -> Result<RegistrationCheck, RegistrationCheck> {
        let id = Reading::Tenant;
        let own = registration.authority.clone();
        let authority = own.or_else(|| self.tenants.authority(registration.cloud));
        let Some(authority) = authority else {
            return Ok(unchecked(id, "There is no address to ask at."));
        };
        let began = Instant::now();
        match tenant(&self.net, &authority, name).await {
            Ok(found) => {
                let took = began.elapsed();
                match found.cloud {
                    Some(cloud) if differs(registration, cloud) => {
                        Err(failed_as(id, took, other_cloud(registration.cloud, cloud)))
                    }
                    _ => Ok(passed(
                        id,
                        took,
                        format!("Microsoft knows the organisation: {}.", found.id),
                    )),
                }
            }
            Err(NoTenant::Unreachable(evidence)) => Err(hindered(id, began.elapsed(), &evidence)),
            Err(error) => Err(failed(id, began.elapsed(), error.evidence())),
        }
    }

    /// One poll for a code that nobody enters: about the client ID, and about doing without a secret.
    async fn poll(
        &self,
        registration: &Registration,
        profile: &Profile,
    ) -> (RegistrationCheck, RegistrationCheck) {
        let (client, public) = (Reading::Client, Reading::PublicClient);
        let began = Instant::now();
        let polled = try_device(&self.net, profile).await;
        let took = began.elapsed();
        let error = match polled {
            Some(DevicePoll::Refused(error)) => error,
            Some(DevicePoll::Pending) => {
                return (
                    passed(client, took, "Microsoft knows the client ID."),
                    passed(
                        public,
                        took,
                        "Microsoft waited for a code to be entered and wanted no client secret.",
                    ),
                );
            }
            None => {
                let why = "Not seen live: there is no address for codes to ask at.";
                return (unchecked(client, why), unchecked(public, why));
            }
        };
        let evidence = error.evidence();
        match number(&error) {
            Some(code) if NO_CLIENT.contains(&code) => (
                failed(client, took, evidence),
                skipped(
                    public,
                    "Not known, because Microsoft does not take the client ID.",
                ),
            ),
            Some(code) if SECRET_WANTED.contains(&code) => {
                let public = if registration.has_secret {
                    skipped(
                        public,
                        "Microsoft wants a client secret, and one is saved here.",
                    )
                } else if registration.certificate.is_some() {
                    skipped(
                        public,
                        "Microsoft wants a client secret or a certificate, and a certificate is saved here.",
                    )
                } else {
                    failed(public, took, evidence)
                };
                (
                    passed(client, took, "Microsoft knows the client ID."),
                    public,
                )
            }
            _ => (
                hindered(client, took, evidence),
                hindered(public, took, evidence),
            ),
        }
    }

    /// A token of the app itself for what proves it: about the client ID, and about the proof.
    async fn try_proof(
        &self,
        registration: &Registration,
        profile: &Profile,
        proof: Have,
    ) -> (Option<RegistrationCheck>, RegistrationCheck) {
        let id = about_proof(registration);
        let proof = match proof {
            Have::None => return (None, skipped(id, "No client secret is saved here.")),
            Have::Not(failure) => {
                return (None, failed_as(id, Duration::ZERO, failure.into_verdict()));
            }
            Have::This(proof) => proof,
        };
        if registration.organisation().is_none() {
            let why = format!(
                "Not seen live. Microsoft looks at a {} without a person only in one organisation, and the registration names none.",
                proof_word(id)
            );
            return (None, unchecked(id, why));
        }
        // Every organisation has Graph, with or without mailboxes.
        let scope = format!("{}/.default", profile.graph.as_deref().unwrap_or_default());
        let began = Instant::now();
        let tried = try_proof(&self.net, profile, &proof, &scope).await;
        judged(tried, id, &proof, began.elapsed())
    }
}

/// What the answer to a proof says.
fn judged(
    tried: Result<(), OauthError>,
    id: Reading,
    proof: &ClientProof,
    took: Duration,
) -> (Option<RegistrationCheck>, RegistrationCheck) {
    let client = Reading::Client;
    let known = || Some(passed(client, took, "Microsoft knows the client ID."));
    let error = match tried {
        Ok(()) => {
            let detail = "Microsoft took it and gave a token of the app itself, which was dropped.";
            return (known(), passed(id, took, detail));
        }
        Err(error) => error,
    };
    let code = number(&error);
    let mut evidence = error.into_evidence();
    match code {
        Some(code) if NO_CLIENT.contains(&code) => (
            Some(failed(client, took, &evidence)),
            skipped(
                id,
                "Not known, because Microsoft does not take the client ID.",
            ),
        ),
        Some(
            SECRET_WRONG | SECRET_ENDED | CERTIFICATE_UNKNOWN | CERTIFICATE_REFUSED
            | NOTHING_WANTED,
        ) => {
            if code == Some(SECRET_WRONG)
                && let ClientProof::Secret(secret) = proof
                && uuid::Uuid::try_parse(secret.expose()).is_ok()
            {
                evidence.fault = Some(Fault::SecretIsId);
            }
            (known(), failed(id, took, &evidence))
        }
        _ => (None, hindered(id, took, &evidence)),
    }
}

/// Whether people of the organisation sign in elsewhere. A server of one's own is where it is, whatever it says about
/// clouds, and the two clouds of the US government sign in at the same address.
fn differs(registration: &Registration, found: Cloud) -> bool {
    let authority = |one| cloud(one).map(|data| &data.authority);
    registration.cloud != Cloud::Custom
        && registration.authority.is_none()
        && authority(registration.cloud) != authority(found)
}

fn other_cloud(entered: Cloud, found: Cloud) -> Box<Verdict> {
    let mut verdict = mailwright_diagnosis::diagnose(&Evidence {
        fault: Some(Fault::OtherCloud),
        detail: Some(found.word().to_owned()),
        ..Evidence::at(Stage::OauthToken)
    });
    verdict.matched = Some(format!("{} instead of {}", found.word(), entered.word()));
    Box::new(verdict)
}

/// Of two readings of the same the one that says more: a failure, then a proof, then anything.
fn best(readings: [Option<RegistrationCheck>; 2]) -> Option<RegistrationCheck> {
    let rank = |check: &RegistrationCheck| match check.outcome {
        Outcome::Failed => 0,
        Outcome::Passed => 1,
        _ => 2,
    };
    readings.into_iter().flatten().min_by_key(rank)
}
