use mailwright_domain::Secret;
use mailwright_net::Net;
use reqwest::Method;
use url::form_urlencoded;

use crate::answer;
use crate::error::OauthError;
use crate::profile::Profile;
use crate::proof::{ClientProof, Sent};

/// What became of a request to revoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// The provider has ended the grant, or it had ended before.
    Yes,
    /// The provider has no revocation endpoint; its owner ends the grant on the provider's own pages.
    NotOffered,
}

/// Ends a grant at the provider (RFC 7009). Google ends everything that the app was granted by this person, so the
/// caller says first what else stops.
///
/// The request is built here: `oauth2` insists on https, also towards a test server on this computer.
///
/// # Errors
/// The provider did not answer, or refused the request. The grant must then be assumed to live on.
pub async fn revoke(
    net: &Net,
    profile: &Profile,
    proof: Option<&ClientProof>,
    refresh_token: &Secret,
) -> Result<Revoked, OauthError> {
    let Some(url) = &profile.revoke else {
        return Ok(Revoked::NotOffered);
    };
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("token", refresh_token.expose())
        .append_pair("token_type_hint", "refresh_token")
        .append_pair("client_id", &profile.client_id);
    let sent = Sent::new(profile, proof)?;
    for (name, value) in sent.fields() {
        form.append_pair(name, value);
    }
    let headers = answer::form_headers();
    let evidence = answer::base(profile, url);
    let body = form.finish().into_bytes();
    let reply = match net.http(Method::POST, url.clone(), headers, body).await {
        Ok(reply) => reply,
        Err(error) => return Err(answer::no_answer(evidence, &error)),
    };
    let mut secrets = vec![refresh_token];
    secrets.extend(sent.hidden());
    answer::judge_revocation(&reply, evidence, &secrets).map(|()| Revoked::Yes)
}
