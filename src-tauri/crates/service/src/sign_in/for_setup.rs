//! Signing in before there is a mailbox. Nothing is expected of the person; what they sign in with fills the form. The
//! grant waits with nothing but the set-up pointing to it, until the set-up makes its mailbox or is ended.

use jiff::Timestamp;
use mailwright_domain::{
    Cloud, EmailAddress, Evidence, Fault, GrantId, Provider, Purpose, Registration, SendVia, Stage,
};
use mailwright_oauth::{Account, EndPage, Identity, Next, Profile, Tokens};
use mailwright_store::{Challenged, Setup, SetupId};
use tokio::sync::mpsc::UnboundedSender;

use super::ask::Ask;
use super::keep::{Kept, fresh_grant};
use super::{Brought, SignInEvent, Waiting, answer, page_of, same_name};
use crate::setups::form_of;
use crate::wire::{SetupForm, SetupInfo};
use crate::{Code, Failure, Service};

impl Service {
    /// Signs in for a set-up that has no mailbox yet, with the app registration of its form and for what is ticked
    /// there, or for both where nothing is. Whoever signs in is right: an empty address in the form becomes the
    /// person's e-mail address, an empty sender name what the person is called. A second sign-in takes the place of the
    /// first and shows the provider's choice of accounts.
    ///
    /// Dropping the future cancels it until the person has finished at the provider; what follows then runs to its end.
    ///
    /// # Errors
    /// There is no such set-up, it has its mailbox already, its registration is missing, or the sign-in itself failed
    /// as [`Service::sign_in`] does. The set-up is as it was then.
    pub async fn sign_in_for_setup(
        &self,
        setup_id: &str,
        waiting: &Waiting,
        events: &UnboundedSender<SignInEvent>,
    ) -> Result<SetupInfo, Failure> {
        self.set_up_without_mailbox(setup_id)?;
        // What cannot be kept must not be asked for.
        self.keychain.probe().await?;
        let _turn = self.turn(waiting.limit, events).await?;
        // Only now: the turn may have taken minutes.
        let (setup, form) = self.set_up_without_mailbox(setup_id)?;
        let ask = self.ask_for_form(&form, &setup).await?;
        let brought = self.brought(&ask, waiting, events).await;
        let brought =
            brought.inspect_err(|failure| self.note_refused(&ask.registration, None, failure))?;
        let service = self.clone();
        self.to_its_end(
            move || async move { service.came_back_for_setup(setup.id, ask, brought).await },
        )
        .await
    }

    async fn came_back_for_setup(
        &self,
        setup: SetupId,
        ask: Ask,
        brought: Brought,
    ) -> Result<SetupInfo, Failure> {
        let (tokens, waits) = self.tokens_of(&ask, brought).await;
        let result = match tokens {
            Ok(tokens) => self.finish_for_setup(setup, &ask, &tokens).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = &result {
            self.note_refused(&ask.registration, None, failure);
        }
        let page = match &result {
            Ok(info) => EndPage::Done {
                signed_in_as: info.signed_in_as.clone(),
                next: Next::GoesOn,
            },
            Err(failure) => page_of(failure, None),
        };
        answer(waits, page).await;
        result
    }

    async fn finish_for_setup(
        &self,
        setup: SetupId,
        ask: &Ask,
        tokens: &Tokens,
    ) -> Result<SetupInfo, Failure> {
        ask.complete(tokens)?;
        let identity = tokens.identity.as_ref();
        if identity.is_none_or(|who| who.name.is_empty()) && ask.address.is_none() {
            return Err(nobody_named());
        }
        let expected = ask.address.as_deref().unwrap_or_default();
        let grant = fresh_grant(ask, tokens, expected);
        let unchanged = || self.unchanged_setup(setup, ask).map(drop);
        let kept = self.keep_grant(ask, &grant, tokens, unchanged).await?;
        match self.point_setup(setup, ask, &kept, identity) {
            Ok(before) => {
                let grant = self.settled(kept);
                self.note_signed_in(&ask.registration, grant.id);
                if let Some(old) = before.filter(|old| *old != grant.id) {
                    self.end_replaced(old).await;
                }
                self.setup(&setup.to_string())
            }
            Err(failure) => {
                self.undo(kept).await;
                Err(failure)
            }
        }
    }

    /// First the pointer, which must not be lost, then the form; gives back the grant that waited before.
    fn point_setup(
        &self,
        id: SetupId,
        ask: &Ask,
        kept: &Kept,
        identity: Option<&Identity>,
    ) -> Result<Option<GrantId>, Failure> {
        let (setup, mut form) = self.unchanged_setup(id, ask)?;
        let store = self.store.durable();
        store.setups().set_grant(id, Some(kept.grant.id))?;
        fill(&mut form, identity);
        let form = serde_json::to_value(&form)
            .map_err(|_| Failure::internal("A form could not be written as JSON."))?;
        // What is left to do at the address is nothing.
        let step = match setup.step.as_str() {
            "address" => "confirm",
            later => later,
        };
        store.setups().save(id, step, &form, Timestamp::now())?;
        Ok(setup.grant)
    }

    /// The set-up as it is now, if what the sign-in rests on is still so.
    fn unchanged_setup(&self, id: SetupId, ask: &Ask) -> Result<(Setup, SetupForm), Failure> {
        let (setup, form) = self.set_up_without_mailbox(&id.to_string())?;
        let registration = self.find_registration(&form.registration)?;
        if registration.id == ask.registration.id {
            return Ok((setup, form));
        }
        Err(Failure::new(
            Code::Conflict,
            "The app registration was changed during the sign-in, so it was not saved. Sign in again.",
        ))
    }

    fn set_up_without_mailbox(&self, id: &str) -> Result<(Setup, SetupForm), Failure> {
        let setup = self.find_setup(id)?;
        if setup.mailbox.is_some() {
            return Err(Failure::new(
                Code::Conflict,
                "This set-up has its mailbox already. Nothing was changed. Sign in to the mailbox.",
            ));
        }
        let form = form_of(&setup);
        Ok((setup, form))
    }

    /// For a set-up: what is ticked, or both; whoever the form names is offered, unless somebody signed in already and
    /// was not the one wanted.
    async fn ask_for_form(&self, form: &SetupForm, setup: &Setup) -> Result<Ask, Failure> {
        let registration = self.find_registration(&form.registration)?;
        let purpose = match (form.send, form.receive) {
            (false, false) => Purpose::BOTH,
            (send, receive) => Purpose {
                send,
                receive,
                via: SendVia::Smtp,
            },
        };
        let address = form.address.trim();
        let needed = self
            .profile_before_mailbox(address, &registration, purpose)
            .await?;
        if address.is_empty() && !needed.asks_identity() {
            return Err(Failure::new(
                Code::Usage,
                "This provider does not say who signs in. Enter the address first. Nothing was changed.",
            ));
        }
        let mut profile = needed.clone();
        if form.sender_name.trim().is_empty() {
            profile = profile.asking_for_name();
        }
        let mut challenged = vec![Challenged::Setup(setup.id)];
        challenged.extend(setup.grant.map(Challenged::Grant));
        Ok(Ask {
            claims: self.claims_for(&challenged),
            challenged,
            account: account_of(form, setup.grant.is_some()),
            address: (!address.is_empty()).then(|| address.to_owned()),
            proof: self.client_proof(&registration).await?,
            profile,
            needed,
            registration,
        })
    }

    /// Without an address nothing says yet which kind of Microsoft account it will be.
    async fn profile_before_mailbox(
        &self,
        address: &str,
        registration: &Registration,
        purpose: Purpose,
    ) -> Result<Profile, Failure> {
        match address.parse() {
            Ok(address) => self.profile_for(&address, registration, purpose).await,
            Err(_)
                if registration.provider == Provider::Microsoft
                    && registration.cloud == Cloud::Global =>
            {
                Ok(Profile::anybody(registration, purpose)?)
            }
            Err(_) => Ok(Profile::new(registration, purpose)?),
        }
    }
}

/// Puts who signed in into the fields that are still empty.
fn fill(form: &mut SetupForm, identity: Option<&Identity>) {
    let Some(identity) = identity else { return };
    let is_empty = |text: &str| text.trim().is_empty();
    if is_empty(&form.address) {
        let names = [
            identity.email.as_deref(),
            Some(&*identity.name),
            identity.upn.as_deref(),
        ];
        let address = names
            .into_iter()
            .flatten()
            .find_map(|name| name.trim().parse::<EmailAddress>().ok());
        if let Some(address) = address {
            form.address = address.to_string();
            say_who_signs_in(form, &identity.name);
        }
    }
    if let Some(name) = &identity.display_name
        && is_empty(&form.sender_name)
    {
        form.sender_name.clone_from(name);
    }
}

/// A sign-in name that is not the address has to be said, or the sign-in would not be the mailbox's.
fn say_who_signs_in(form: &mut SetupForm, name: &str) {
    let unsaid = matches!(form.who_signs_in.as_str(), "" | "mailbox");
    if unsaid && !name.is_empty() && !same_name(&form.address, name) {
        "other".clone_into(&mut form.who_signs_in);
        name.clone_into(&mut form.sign_in_name);
    }
}

fn nobody_named() -> Failure {
    let text = "the provider did not say who signed in";
    let evidence = Evidence::fault(Stage::OauthToken, Fault::Malformed, text);
    Failure::diagnosed(&evidence)
}

fn account_of(form: &SetupForm, again: bool) -> Account {
    let (address, name) = (form.address.trim(), form.sign_in_name.trim());
    match form.who_signs_in.as_str() {
        _ if again => Account::Choose,
        "shared" => Account::Any,
        "other" if !name.is_empty() => Account::Expected(name.to_owned()),
        _ if address.is_empty() => Account::Any,
        _ => Account::Expected(address.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(address: &str, who_signs_in: &str, sign_in_name: &str) -> SetupForm {
        SetupForm {
            address: address.to_owned(),
            who_signs_in: who_signs_in.to_owned(),
            sign_in_name: sign_in_name.to_owned(),
            ..SetupForm::default()
        }
    }

    #[test]
    fn the_page_offers_whom_the_form_names() {
        let expected = |name: &str| Account::Expected(name.to_owned());
        for (form, account) in [
            (form("", "", ""), Account::Any),
            (form(" a@b.nl ", "mailbox", ""), expected("a@b.nl")),
            (form("a@b.nl", "other", "c@b.nl"), expected("c@b.nl")),
            (form("a@b.nl", "other", " "), expected("a@b.nl")),
            (form("a@b.nl", "shared", "c@b.nl"), Account::Any),
        ] {
            assert_eq!(account_of(&form, false), account, "{form:?}");
            assert_eq!(account_of(&form, true), Account::Choose, "{form:?}");
        }
    }

    fn identity(name: &str, email: Option<&str>, upn: Option<&str>) -> Identity {
        Identity {
            issuer: "https://login.example".to_owned(),
            subject: "person".to_owned(),
            name: name.to_owned(),
            email: email.map(str::to_owned),
            upn: upn.map(str::to_owned),
            display_name: Some("Anna de Vries".to_owned()),
            tenant: None,
        }
    }

    #[test]
    fn who_signed_in_fills_what_is_empty_and_nothing_else() {
        for (who, address) in [
            (
                identity("adv@firma.nl", Some("anna@firma.nl"), None),
                "anna@firma.nl",
            ),
            (
                identity("adv@firma.nl", Some("no address"), None),
                "adv@firma.nl",
            ),
            (identity("adv", None, Some("adv@firma.nl")), "adv@firma.nl"),
            (identity("adv", None, None), ""),
        ] {
            let mut empty = form(" ", "", "");
            fill(&mut empty, Some(&who));
            assert_eq!(empty.address.trim(), address, "{who:?}");
            assert_eq!(empty.sender_name, "Anna de Vries");
        }
        let mut other = form("", "mailbox", "");
        let email = Some("anna@firma.nl");
        fill(&mut other, Some(&identity("adv@firma.nl", email, None)));
        assert_eq!(
            (&*other.who_signs_in, &*other.sign_in_name),
            ("other", "adv@firma.nl")
        );
        let mut shared = form("", "shared", "");
        fill(&mut shared, Some(&identity("adv@firma.nl", email, None)));
        assert_eq!(shared.who_signs_in, "shared");
        let mut typed = form("info@firma.nl", "", "");
        typed.sender_name = "Firma".to_owned();
        let before = typed.clone();
        fill(&mut typed, Some(&identity("adv@firma.nl", None, None)));
        assert_eq!(typed, before);
        fill(&mut typed, None);
        assert_eq!(typed, before);
    }
}
