use std::io::Write;
use std::time::Duration;

use mailwright_domain::{
    Check, CheckEvent, CheckId, Endpoint, Evidence, Outcome, Protocol, Secret, Security,
};
use mailwright_mail::{Credential, Errand, Ladder, Target, run_errand};
use mailwright_net::{Net, NetOptions};
use tokio::sync::mpsc::unbounded_channel;

use crate::certificates::{Authority, Flaw};
use crate::server::Server;

/// Stands for an access token; long enough that SMTP needs the continuation form.
pub(crate) const TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJjYW5hcnkiOiJjYW5hcnktY2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LWNhbmFyeSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZS1zaWduYXR1cmUtc2lnbmF0dXJlLXNpZ25hdHVyZQ";

/// Trusts one authority and nobody else of ours.
pub(crate) struct World {
    pub(crate) net: Net,
    pub(crate) authority: Authority,
}

impl World {
    pub(crate) fn new() -> Self {
        let authority = Authority::new("Lab Root");
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(authority.pem.as_bytes()).unwrap();
        let net = Net::new(&NetOptions {
            ca_file: Some(file.path().to_owned()),
            ..NetOptions::default()
        })
        .unwrap();
        Self { net, authority }
    }

    pub(crate) async fn server(&self, scripts: &[&str]) -> Server {
        Server::start(scripts, Some(self.authority.server(Flaw::None))).await
    }

    pub(crate) async fn climb(&self, target: &Target) -> Ladder {
        self.climb_with(target, &Credential::OAuth(Secret::new(TOKEN)))
            .await
    }

    pub(crate) async fn climb_with(&self, target: &Target, credential: &Credential) -> Ladder {
        self.climb_for(target, credential, Errand::Nothing).await
    }

    /// With an errand.
    pub(crate) async fn climb_for(
        &self,
        target: &Target,
        credential: &Credential,
        errand: Errand,
    ) -> Ladder {
        let (events, mut received) = unbounded_channel();
        let ladder = run_errand(&self.net, target, credential, errand, &events).await;
        drop(events);
        let mut finished = Vec::new();
        while let Some(event) = received.recv().await {
            if let CheckEvent::Finished(check) = event {
                finished.push(check);
            }
        }
        assert_eq!(
            finished, ladder.checks,
            "events tell the same as the result"
        );
        ladder
    }
}

pub(crate) fn target(protocol: Protocol, port: u16, security: Security) -> Target {
    let mut endpoint = Endpoint::parse(protocol, &format!("127.0.0.1:{port}")).unwrap();
    endpoint.security = security;
    Target {
        endpoint,
        login: "info@firma.nl".into(),
        sender: Some("info@firma.nl".parse().unwrap()),
        more_senders: Vec::new(),
        recipient: None,
        known_folders: Vec::new(),
        timeout: Duration::from_secs(20),
        allow_plain: false,
    }
}

/// The check with this id.
pub(crate) fn check(ladder: &Ladder, id: CheckId) -> &Check {
    ladder
        .checks
        .iter()
        .find(|c| c.id == id)
        .unwrap_or_else(|| panic!("no {id:?} in {:#?}", ladder.checks))
}

/// The evidence of the one check that failed, which must be this one; all later ones are skipped.
pub(crate) fn failed(ladder: &Ladder, id: CheckId) -> Evidence {
    let at = ladder
        .checks
        .iter()
        .position(|c| c.outcome == Outcome::Failed);
    let at = at.unwrap_or_else(|| panic!("nothing failed:\n{}", ladder.transcript));
    let found = &ladder.checks[at];
    assert_eq!(found.id, id, "{}\n{}", found.detail, ladder.transcript);
    assert!(
        ladder.checks[..at]
            .iter()
            .all(|c| c.outcome == Outcome::Passed)
    );
    for later in &ladder.checks[at + 1..] {
        assert_eq!(later.outcome, Outcome::Skipped);
        assert!(
            later.detail.starts_with("Skipped because "),
            "{}",
            later.detail
        );
    }
    let evidence = found.evidence.as_deref().expect("a failure has evidence");
    assert_eq!(evidence.host.as_deref(), Some("127.0.0.1"));
    evidence.clone()
}

/// Every check passed.
pub(crate) fn passed(ladder: &Ladder) {
    for check in &ladder.checks {
        assert_eq!(
            check.outcome,
            Outcome::Passed,
            "{}: {}\n{}",
            check.id.word(),
            check.detail,
            ladder.transcript
        );
    }
}

/// Base64 of what XOAUTH2 sends for this test's login and token.
pub(crate) fn xoauth2() -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD
        .encode(format!("user=info@firma.nl\x01auth=Bearer {TOKEN}\x01\x01"))
}
