//! Passwords of mailboxes whose servers want one. Each is kept in the keychain under its mailbox and nowhere else.

use mailwright_domain::{AuthKind, Evidence, Fault, Mailbox, MailboxId, Secret, Stage, Status};
use mailwright_keychain::Kind;

use crate::wire::SignedOut;
use crate::{Code, Failure, Hint, MailboxFields, Service};

impl Service {
    /// The password of a mailbox.
    ///
    /// # Errors
    /// It is not in the keychain of this computer, so that a person has to enter it; or the keychain cannot be used.
    pub(crate) async fn password(&self, mailbox: &Mailbox) -> Result<Secret, Failure> {
        let kept = self.keychain.get(mailbox.id.0, &Kind::Password).await?;
        kept.and_then(|bytes| bytes.to_secret())
            .ok_or_else(|| not_kept(mailbox))
    }

    /// Keeps a password in place of an earlier one.
    pub(crate) async fn keep_password(
        &self,
        mailbox: MailboxId,
        password: &Secret,
    ) -> Result<(), Failure> {
        let bytes = password.expose().as_bytes();
        Ok(self.keychain.set(mailbox.0, &Kind::Password, bytes).await?)
    }

    /// Deletes the password here; the mailbox waits for a person then. The server is not told, there is no way to.
    pub(crate) async fn forget_password(&self, mailbox: &Mailbox) -> Result<SignedOut, Failure> {
        self.keychain.delete(mailbox.id.0, &Kind::Password).await?;
        self.store
            .mailboxes()
            .set_status(mailbox.id, Status::WaitingForYou)?;
        Ok(SignedOut {
            address: mailbox.address.to_string(),
            kept_for: Vec::new(),
            also_stopped: Vec::new(),
            revoked: false,
            note: "The password that was kept here is deleted. It stays valid at the provider until it is changed there.".to_owned(),
        })
    }

    /// After a change: a password that nothing uses any more does not stay. Best effort, the change is saved.
    pub(crate) async fn drop_unused_password(&self, before: &Mailbox, after: &Mailbox) {
        if before.has_password()
            && !after.has_password()
            && let Err(error) = self.keychain.delete(after.id.0, &Kind::Password).await
        {
            tracing::warn!(%error, "a password that is not used any more could not be deleted");
        }
    }
}

/// The password as it was entered, if there is one, without the line end that a pipe puts behind it. Nothing else is
/// changed: a space may be part of it.
///
/// # Errors
/// It is empty, or has a character that no server could be sent.
pub(crate) fn entered_password(fields: &MailboxFields) -> Result<Option<Secret>, Failure> {
    let Some(entered) = &fields.password else {
        return Ok(None);
    };
    let text = entered.expose();
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    let unusable = |why: &str| Failure::new(Code::Usage, format!("{why} Nothing was changed."));
    if text.is_empty() {
        return Err(unusable("The password is empty."));
    }
    if text.chars().any(char::is_control) {
        return Err(unusable(
            "The password has a line end or another control character in it. It may be the wrong file.",
        ));
    }
    Ok(Some(Secret::new(text)))
}

/// How a mailbox is signed in to, by the fields: a password says it without a word.
///
/// # Errors
/// A word is unknown, or a password is given for a way that has none.
pub(crate) fn way(fields: &MailboxFields, now: AuthKind) -> Result<AuthKind, Failure> {
    let named = fields
        .auth
        .as_deref()
        .map(crate::wanted::auth)
        .transpose()?;
    let way = named.unwrap_or(now);
    if way != AuthKind::Password && fields.password.is_some() {
        return Err(Failure::new(
            Code::Usage,
            "A password was given, and this mailbox is not signed in to with one. Choose the password as its way, or leave it out. Nothing was changed.",
        )
        .hinting(Hint::UsePassword));
    }
    Ok(way)
}

/// A password needs no app registration; whoever gives one means something else.
pub(crate) fn no_registration(fields: &MailboxFields) -> Result<(), Failure> {
    match fields.registration.as_deref().map(str::trim) {
        None | Some("") => Ok(()),
        Some(_) => Err(Failure::new(
            Code::Usage,
            "With a password there is no app registration. Leave one of the two out. Nothing was changed.",
        )),
    }
}

/// What is said where a password is needed and none was given.
pub(crate) fn password_wanted() -> Failure {
    Failure::new(
        Code::Usage,
        "The password is missing. Enter it. Nothing was saved.",
    )
    .hinting(Hint::Password)
}

fn not_kept(mailbox: &Mailbox) -> Failure {
    let evidence = Evidence {
        mailbox: Some(mailbox.address.to_string()),
        provider: Some(mailbox.provider),
        auth: Some(AuthKind::Password),
        ..Evidence::fault(
            Stage::Token,
            Fault::NotSignedIn,
            "the password is not in the keychain of this computer",
        )
    };
    Failure::diagnosed(&evidence)
        .with_code(Code::NeedsSignIn)
        .hinting(Hint::SetPassword(mailbox.address.to_string()))
}

#[cfg(test)]
#[path = "passwords_tests.rs"]
mod tests;
