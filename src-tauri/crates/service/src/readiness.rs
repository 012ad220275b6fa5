use mailwright_domain::{Purpose, Registration};
use mailwright_oauth::{Families, Loopback, Profile, Redirect};

use crate::sign_in::not_offered;
use crate::wire::{Problem, ProblemDetails, Readiness, ReadyPart};
use crate::{Browser, Failure, Service};

impl Service {
    /// What can be known before the browser opens: whether the keychain takes a secret (by a throwaway entry), whether
    /// a browser can be started, and whether the way back from it is free (by listening there for a moment). Each
    /// problem is what the sign-in itself would say. Also whether the registration could be signed in with by a code on
    /// another device. Nothing is opened or saved.
    ///
    /// A sign-in can begin without a browser, because the link can be copied; so `ready` is about the other two.
    /// Answers within 20 seconds: a locked keychain may be asking for its password meanwhile.
    ///
    /// # Errors
    /// There is no such app registration.
    pub async fn readiness(
        &self,
        registration: &str,
        browser: &dyn Browser,
    ) -> Result<Readiness, Failure> {
        let registration = self.find_registration(registration)?;
        let (keychain, way_back) =
            tokio::join!(self.keychain.probe(), self.return_address(&registration));
        let keychain = part(
            "keychain",
            self.keychain.name(),
            keychain.map_err(Failure::from),
        );
        let browser = part("browser", &browser.name(), browser.check());
        let profile = Profile::new(&registration, Purpose::BOTH).ok();
        let no_code = profile.and_then(|profile| not_offered(&registration, &profile));
        Ok(Readiness {
            no_code: no_code.map(|failure| details(&failure)),
            ready: keychain.problem.is_none() && way_back.problem.is_none(),
            parts: vec![keychain, browser, way_back],
        })
    }

    async fn return_address(&self, registration: &Registration) -> ReadyPart {
        const ID: &str = "return-address";
        let redirect = match Redirect::of(registration) {
            Ok(redirect) => redirect,
            Err(error) => {
                let address = registration.redirect_uri.as_ref();
                let name = address.map(ToString::to_string).unwrap_or_default();
                return part(ID, &name, Err(error.into()));
            }
        };
        let name = redirect.registered();
        match Loopback::probe(&redirect).await {
            Ok(Families::Ipv4) if redirect.is_by_name() => {
                part(ID, &format!("{name}, IPv4 only"), Ok(()))
            }
            Ok(Families::Ipv6) => part(ID, &format!("{name}, IPv6 only"), Ok(())),
            Ok(_) => part(ID, &name, Ok(())),
            // A fixed port is taken while another sign-in of this computer waits on it, and free when its turn ends.
            Err(_) if redirect.port().is_some() && self.is_somebodys_turn().await => {
                part(ID, &name, Ok(()))
            }
            Err(error) => part(ID, &name, Err(error.into())),
        }
    }

    async fn is_somebodys_turn(&self) -> bool {
        self.free_turn().await.is_ok_and(|turn| turn.is_none())
    }
}

fn part(id: &str, name: &str, found: Result<(), Failure>) -> ReadyPart {
    ReadyPart {
        id: id.to_owned(),
        name: name.to_owned(),
        problem: found.err().map(|failure| details(&failure)),
    }
}

fn details(failure: &Failure) -> ProblemDetails {
    Problem::from(failure).error
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};
    use std::sync::Arc;

    use mailwright_keychain::{KeychainError, MemoryStore};
    use mailwright_net::{Net, NetOptions};
    use url::Url;

    use super::*;
    use crate::{Cloud, Code, NewRegistration, Provider};

    struct NoBrowser;

    impl Browser for NoBrowser {
        fn open(&self, _: &Url) -> Result<(), Failure> {
            self.check()
        }

        fn name(&self) -> String {
            "Firefox".to_owned()
        }

        fn check(&self) -> Result<(), Failure> {
            Err(Failure::new(Code::Failed, "No browser."))
        }
    }

    async fn service(redirect: Option<String>) -> (Service, Arc<MemoryStore>, tempfile::TempDir) {
        let home = tempfile::tempdir().unwrap();
        let net = Net::new(&NetOptions::default()).unwrap();
        let secrets = Arc::new(MemoryStore::new());
        let service = Service::with(home.path(), net, secrets.clone()).unwrap();
        let registration = NewRegistration {
            name: "ERP mail".to_owned(),
            provider: Provider::Microsoft,
            client_id: Some("00001111-aaaa-4222-8bbb-3333cccc4444".to_owned()),
            tenant: None,
            cloud: Cloud::Global,
            authority: None,
            authorize_url: None,
            token_url: None,
            device_url: None,
            revoke_url: None,
            scopes: Vec::new(),
            client_secret: None,
            secret_expires: None,
            publishing: None,
            certificate: None,
            redirect_uri: redirect,
        };
        service.add_registration(registration).await.unwrap();
        (service, secrets, home)
    }

    fn verdict(part: &ReadyPart) -> Option<&str> {
        let problem = part.problem.as_ref()?;
        problem.verdict.as_ref().map(|verdict| &*verdict.id)
    }

    #[tokio::test]
    async fn each_part_says_what_the_sign_in_would_say() {
        let (service, secrets, _home) = service(None).await;
        let ready = service.readiness("ERP mail", &NoBrowser).await.unwrap();
        assert!(ready.ready, "a link can be copied: {ready:?}");
        let [keychain, browser, way_back] = ready.parts.as_slice() else {
            panic!("{ready:?}");
        };
        assert_eq!(
            (&*keychain.id, &*keychain.name, verdict(keychain)),
            ("keychain", "memory (tests)", None)
        );
        assert_eq!((&*browser.id, &*browser.name), ("browser", "Firefox"));
        assert!(browser.problem.is_some());
        assert_eq!(way_back.id, "return-address");
        assert!(way_back.name.starts_with("http://localhost"));
        assert!(way_back.problem.is_none());
        assert!(secrets.accounts().is_empty(), "nothing is left");
        assert_eq!(ready.no_code, None, "Microsoft offers codes");

        for (error, id) in [
            (KeychainError::Locked, "keychain-locked"),
            (KeychainError::Missing, "keychain-missing"),
            (KeychainError::TimedOut, "keychain-waits"),
            (KeychainError::Denied, "keychain-denied"),
            (KeychainError::Ambiguous, "keychain-ambiguous"),
            (KeychainError::TooLong, "keychain-too-long"),
            (KeychainError::Damaged, "keychain-damaged"),
            (
                KeychainError::Other("code 31".to_owned()),
                "keychain-failed",
            ),
        ] {
            secrets.refuse(error);
            let ready = service.readiness("ERP mail", &NoBrowser).await.unwrap();
            assert!(!ready.ready);
            assert_eq!(verdict(&ready.parts[0]), Some(id));
        }
        assert!(service.readiness("other", &NoBrowser).await.is_err());
    }

    #[tokio::test]
    async fn a_taken_port_is_a_problem_unless_a_sign_in_has_it() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let address = format!("http://localhost:{port}/cb");
        let (service, _secrets, _home) = service(Some(address.clone())).await;
        let ready = service.readiness("ERP mail", &NoBrowser).await.unwrap();
        assert!(!ready.ready);
        assert_eq!(ready.parts[2].name, address);
        assert_eq!(verdict(&ready.parts[2]), Some("loop-port-in-use"));
        let _turn = service.free_turn().await.unwrap().unwrap();
        let ready = service.readiness("ERP mail", &NoBrowser).await.unwrap();
        assert!(ready.ready, "that one ends first");
    }
}
