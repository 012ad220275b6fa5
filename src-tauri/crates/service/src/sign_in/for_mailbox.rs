use mailwright_domain::{Grant, Mailbox, MailboxId};
use mailwright_oauth::{EndPage, Next, Tokens};
use tokio::sync::mpsc::UnboundedSender;

use super::ask::{Attempt, Expected};
use super::keep::{Kept, fresh_grant};
use super::{Brought, SignInEvent, SignInOptions, answer, page_of, same_name};
use crate::app_only::nobody_signs_in;
use crate::stored_tokens::access_of;
use crate::wire::SignedIn;
use crate::{Code, Failure, Service};

impl Service {
    /// Signs in to a mailbox, by the route that the options name. Dropping the future cancels it until the person has
    /// finished at the provider, and lets the next sign-in begin at once; what follows then runs to its end.
    ///
    /// # Errors
    /// The keychain cannot be used (said before any browser opens, and again when the browser has come back), nobody
    /// came back in time, the person or the provider said no, another account signed in
    /// ([`Failure::other_account`] says who), the inbox does not open for a new sign-in name or a shared mailbox, or
    /// permissions are missing. A code can also end unused, be forbidden by the organisation, or not be offered by the
    /// provider ([`Code::Usage`]). The mailbox is as it was then.
    pub async fn sign_in(
        &self,
        which: &str,
        options: &SignInOptions,
        events: &UnboundedSender<SignInEvent>,
    ) -> Result<SignedIn, Failure> {
        self.expects_sign_in(which)?;
        // What cannot be kept must not be asked for.
        self.keychain.probe().await?;
        let _turn = self.turn(options.waiting.limit, events).await?;
        // Only now: the turn may have taken minutes.
        let attempt = self.attempt(which, options).await?;
        let brought = self.brought(&attempt.ask, &options.waiting, events).await;
        let brought = brought.inspect_err(|failure| {
            self.note_refused(&attempt.ask.registration, Some(&attempt.mailbox), failure);
        })?;
        let (service, window) = (self.clone(), options.window);
        let registration = attempt.ask.registration.id;
        let signed_in = self
            .to_its_end(move || async move { service.came_back(attempt, brought, window).await })
            .await?;
        self.look_again(registration).await;
        Ok(signed_in)
    }

    /// Whether a person signs in to this mailbox at all.
    ///
    /// # Errors
    /// There is no such mailbox; or none is needed, which the message explains.
    pub fn expects_sign_in(&self, which: &str) -> Result<(), Failure> {
        let mailbox = self.find_mailbox(which)?;
        if mailbox.is_signed_in_to() {
            return Ok(());
        }
        Err(nobody_signs_in(&mailbox))
    }

    /// Judges what was brought, keeps it, and answers the page that a browser is waiting on.
    async fn came_back(
        &self,
        attempt: Attempt,
        brought: Brought,
        window: bool,
    ) -> Result<SignedIn, Failure> {
        let (tokens, waits) = self.tokens_of(&attempt.ask, brought).await;
        let result = match tokens {
            Ok(tokens) => self.finish(&attempt, &tokens).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = &result {
            self.note_refused(&attempt.ask.registration, Some(&attempt.mailbox), failure);
        }
        let page = match &result {
            Ok(signed_in) => EndPage::Done {
                signed_in_as: Some(signed_in.signed_in_as.clone()),
                next: if window { Next::Checks } else { Next::GoesOn },
            },
            Err(failure) => page_of(failure, attempt.ask.address.as_deref()),
        };
        answer(waits, page).await;
        result
    }

    async fn finish(&self, attempt: &Attempt, tokens: &Tokens) -> Result<SignedIn, Failure> {
        attempt.judge(tokens)?;
        let grant = fresh_grant(&attempt.ask, tokens, attempt.expected.name());
        if attempt.expected.must_open() {
            // As the mailbox will be, so that what opens is what is kept.
            let mailbox = pointed(attempt.mailbox.clone(), &grant, &attempt.expected);
            self.opens(&mailbox, access_of(tokens, attempt.ask.needed.clone()))
                .await?;
        }
        let unchanged = || self.unchanged(attempt).map(drop);
        let kept = self
            .keep_grant(&attempt.ask, &grant, tokens, unchanged)
            .await?;
        match self.point(attempt, &kept) {
            Ok(mailbox) => {
                let replaced = mailbox.grant.filter(|old| *old != kept.grant.id);
                let grant = self.settled(kept);
                self.note_signed_in(&attempt.ask.registration, grant.id);
                if let Some(old) = replaced {
                    self.end_replaced(old).await;
                }
                Ok(SignedIn {
                    signed_in_as: grant.signed_in_as,
                    scopes: grant.scopes,
                    expires: access_of(tokens, attempt.ask.needed.clone())
                        .expires
                        .to_string(),
                })
            }
            Err(failure) => {
                self.undo(kept).await;
                Err(failure)
            }
        }
    }

    /// Lets the mailbox point to its new sign-in; gives it back as it was before.
    fn point(&self, attempt: &Attempt, kept: &Kept) -> Result<Mailbox, Failure> {
        // Again: the keychain may have kept us waiting, and somebody may have changed settings meanwhile.
        let before = self.unchanged(attempt)?;
        let after = pointed(before.clone(), &kept.grant, &attempt.expected);
        self.store.durable().mailboxes().update(&after)?;
        Ok(before)
    }

    /// The mailbox as it is now, if what the sign-in rests on is still so.
    fn unchanged(&self, attempt: &Attempt) -> Result<Mailbox, Failure> {
        let MailboxId(id) = attempt.mailbox.id;
        let now = self.find_mailbox(&id.to_string())?;
        if now.registration == attempt.mailbox.registration
            && now.purpose == attempt.mailbox.purpose
            && now.uses() == attempt.mailbox.uses()
            && now.auth == attempt.mailbox.auth
            && same_name(&now.sign_in_name, &attempt.mailbox.sign_in_name)
        {
            return Ok(now);
        }
        Err(Failure::new(
            Code::Conflict,
            format!(
                "The settings of {} were changed during the sign-in, so it was not saved. Sign in again.",
                now.address
            ),
        ))
    }
}

/// The mailbox with its new sign-in. Nothing is proven yet.
pub(super) fn pointed(mut mailbox: Mailbox, grant: &Grant, expected: &Expected) -> Mailbox {
    let name = match expected {
        Expected::Known(_) => None,
        Expected::Renamed(name) => Some(name),
        Expected::Anybody(_) => Some(&grant.signed_in_as),
    };
    if let Some(name) = name {
        // The SMTP login follows the person who signs in, unless somebody made it differ.
        if mailbox.smtp_login == mailbox.sign_in_name {
            mailbox.smtp_login.clone_from(name);
        }
        mailbox.sign_in_name.clone_from(name);
    }
    mailbox.grant = Some(grant.id);
    mailbox.status = mailwright_domain::Status::NotStarted;
    mailbox
}
