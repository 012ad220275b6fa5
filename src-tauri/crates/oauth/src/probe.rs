//! What can be known of an app registration without a person: the token endpoint is asked for something that it gives to
//! nobody, or to the app itself, and the reason of its refusal says whether it knows the client and takes what proves it.
//! Nothing is kept of what it gives.

use mailwright_domain::Secret;
use mailwright_net::Net;
use url::form_urlencoded;
use uuid::Uuid;

use crate::answer::{self, TOKEN};
use crate::error::OauthError;
use crate::profile::Profile;
use crate::proof::{ClientProof, Sent};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Who is asked for: the registration, or somebody who is made up, to see whether the server tells them apart.
#[derive(Clone, Copy, Debug)]
pub enum Asker<'a> {
    /// The registration's client ID, with what proves it if it has anything.
    Own(Option<&'a ClientProof>),
    /// The registration's client ID with a proof of the same kind that is nobody's.
    Wrong(&'a ClientProof),
    /// A client ID that nobody has.
    Nobody,
}

/// How a server answered that was polled once for a device code that nobody enters (RFC 8628 section 3.4).
#[derive(Debug)]
pub enum DevicePoll {
    /// It waits for somebody: it knows the client, and wants no proof of it.
    Pending,
    /// It gave no code, or refused the poll.
    Refused(OauthError),
}

/// Asks for a token of the app itself (RFC 6749 section 4.4). That it is given is the proof; it is dropped.
///
/// # Errors
/// See [`OauthError`]; the reason tells a wrong secret from an expired one.
pub async fn try_proof(
    net: &Net,
    profile: &Profile,
    proof: &ClientProof,
    scope: &str,
) -> Result<(), OauthError> {
    let sent = Sent::new(profile, Some(proof))?;
    let form = form(
        &profile.client_id,
        &sent,
        [("grant_type", "client_credentials"), ("scope", scope)],
    );
    let hidden: Vec<&Secret> = sent.hidden().into_iter().collect();
    answer::ask_form(net, profile, &profile.token, form, TOKEN, &hidden)
        .await
        .map(drop)
}

/// Asks for a renewal with a refresh token that nobody has (RFC 6749 section 6). A server that looks at the client first
/// refuses a wrong one by `invalid_client` and a right one by `invalid_grant` (section 5.2); which of the two it looks at
/// first is left open there, so an answer says something only beside that for a made-up [`Asker`].
///
/// # Errors
/// Always, because nobody has the token; see [`OauthError`]. `None` where the server gave tokens all the same.
pub async fn try_client(net: &Net, profile: &Profile, asker: Asker<'_>) -> Option<OauthError> {
    let made_up = Secret::new(format!("mailwright-check-{}", Uuid::new_v4()));
    let own = || profile.client_id.clone();
    let (id, sent) = match asker {
        Asker::Own(proof) => (own(), Sent::new(profile, proof)),
        Asker::Wrong(proof) => (own(), Sent::wrong(profile, proof, &made_up)),
        Asker::Nobody => (like(&profile.client_id), Ok(Sent::Nothing)),
    };
    let sent = match sent {
        Ok(sent) => sent,
        Err(error) => return Some(error),
    };
    let form = form(
        &id,
        &sent,
        [
            ("grant_type", "refresh_token"),
            ("refresh_token", made_up.expose()),
        ],
    );
    let hidden: Vec<&Secret> = sent.hidden().into_iter().chain([&made_up]).collect();
    answer::ask_form(net, profile, &profile.token, form, TOKEN, &hidden)
        .await
        .err()
}

/// Asks for a device code and polls once. The code is told to nobody and ends by itself.
pub async fn try_device(net: &Net, profile: &Profile) -> Option<DevicePoll> {
    const CODE: &str = "device_code";
    let url = profile.device.as_ref()?;
    let id = &profile.client_id;
    let nothing = &Sent::Nothing;
    let asking = form(id, nothing, [("scope", profile.scopes.join(" ").as_str())]);
    let asked = answer::ask_form(net, profile, url, asking, CODE, &[]).await;
    let code = match asked {
        Ok(fields) => Secret::new(answer::text_of(&fields, CODE).unwrap_or_default()),
        Err(error) => return Some(DevicePoll::Refused(error)),
    };
    let polling = form(id, nothing, [("grant_type", GRANT), (CODE, code.expose())]);
    let polled = answer::ask_form(net, profile, &profile.token, polling, TOKEN, &[&code]).await;
    let pending = |error: &OauthError| {
        matches!(
            error.evidence().oauth_error.as_deref(),
            Some("authorization_pending" | "slow_down")
        )
    };
    Some(match polled {
        // Nobody has entered the code, so this does not happen; it would prove the same.
        Ok(_) => DevicePoll::Pending,
        Err(error) if pending(&error) => DevicePoll::Pending,
        Err(error) => DevicePoll::Refused(error),
    })
}

fn form<'a>(id: &str, sent: &Sent, more: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("client_id", id)
        .extend_pairs(sent.fields())
        .extend_pairs(more)
        .finish()
}

/// A client ID of the same form that nobody has.
fn like(id: &str) -> String {
    let word = Uuid::new_v4();
    match id.split_once(".apps.googleusercontent.com") {
        Some(_) => format!("0-{}.apps.googleusercontent.com", word.simple()),
        None => word.to_string(),
    }
}

#[cfg(test)]
mod tests;
