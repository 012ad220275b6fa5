//! Signing in with a code on another device (RFC 8628): nothing opens on this computer, and nothing has to come back
//! to it. The provider is asked again and again whether somebody has entered the code.

use std::time::Duration;

use mailwright_domain::{Evidence, Fault, Secret, is_protected};
use mailwright_net::Net;
use serde_json::{Map, Value};
use tokio::time::{Instant, sleep_until};
use url::{Url, form_urlencoded};

use crate::answer::{self, TOKEN, text_of};
use crate::error::OauthError;
use crate::profile::Profile;
use crate::proof::{ClientProof, Sent};
use crate::text;
use crate::token::{self, Tokens};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// RFC 8628 section 3.2, where the server does not say.
const USUAL_INTERVAL: Duration = Duration::from_secs(5);
/// Nobody is asked more often, whatever the server says.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);
/// What `slow_down` adds (RFC 8628 section 3.5).
const SLOWER: Duration = Duration::from_secs(5);
/// The longest pause after failures of the network, unless the server names a longer one.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Life of a code whose server does not say, and the longest that is believed.
const LIVES: (Duration, Duration) = (Duration::from_secs(15 * 60), Duration::from_secs(60 * 60));
/// Longest code that a person could be asked to type.
const LONGEST_CODE: usize = 40;
/// Numbers of Entra for policies that forbid this way to sign in, or this device: Conditional Access (53…, 530…), and
/// the confirmation that only a browser of this computer can give (50199).
const BLOCKED: [u32; 14] = [
    50005, 50097, 50131, 50199, 53000, 53001, 53002, 53003, 530_003, 530_032, 530_033, 530_034,
    530_035, 530_036,
];

/// A code that waits for somebody to enter it.
#[derive(Debug)]
pub struct DeviceCode {
    /// What the person types. Shown on screen; it signs nobody in by itself.
    pub user_code: String,
    /// The page to open on any device: https, or on this computer.
    pub page: Url,
    /// How long the code lives, from when it was asked for.
    pub expires_in: Duration,
    /// How often the provider may be asked.
    pub interval: Duration,
    /// What only this program knows of it.
    polled_with: Secret,
    begun: Instant,
}

/// How the provider was asked last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Polled {
    /// It answered that nobody has finished yet; otherwise there was no usable answer.
    pub answered: bool,
    /// When it is asked again, from now on.
    pub again_in: Duration,
}

/// Whether the profile has an address for this way to sign in.
///
/// # Errors
/// [`OauthError::NoDeviceCode`].
pub fn device_code_offered(profile: &Profile) -> Result<(), OauthError> {
    endpoint(profile).map(drop)
}

/// Asks for a code (RFC 8628 section 3.1) with everything that the profile asks for.
///
/// # Errors
/// [`OauthError::NoDeviceCode`] where the profile has no such endpoint; else as for a token request.
pub async fn device_code(
    net: &Net,
    profile: &Profile,
    proof: Option<&ClientProof>,
) -> Result<DeviceCode, OauthError> {
    let url = endpoint(profile)?;
    let begun = Instant::now();
    let sent = Sent::new(profile, proof)?;
    let form = form(profile, &sent, &[], &profile.scopes);
    let secrets: Vec<&Secret> = sent.hidden().into_iter().collect();
    let fields = answer::ask_form(net, profile, url, form, "device_code", &secrets).await;
    let fields = fields.map_err(refused)?;
    read(&fields, begun).ok_or_else(|| unreadable(profile, url))
}

/// Asks until somebody has signed in with the code (RFC 8628 sections 3.4 and 3.5), at most `limit` and at most as long
/// as the code lives. `polled` hears of every answer that is none yet. Failures of the network, 5xx, 429 and pages of
/// others in the provider's place do not end it: it is asked again after longer and longer pauses. Dropping the future
/// cancels.
///
/// # Errors
/// [`OauthError::Denied`] where the person said no, [`OauthError::CodeEnded`], or what the provider has against it.
pub async fn wait_for_device(
    net: &Net,
    profile: &Profile,
    proof: Option<&ClientProof>,
    code: &DeviceCode,
    limit: Duration,
    mut polled: impl FnMut(Polled),
) -> Result<Tokens, OauthError> {
    let life = code.expires_in.min(limit);
    let end = code.begun + life;
    let mut interval = code.interval;
    let mut pause = interval;
    let mut trouble = None;
    loop {
        let when = Instant::now() + pause;
        if when > end {
            sleep_until(end).await;
            return Err(trouble.unwrap_or_else(|| ended(profile, life)));
        }
        sleep_until(when).await;
        let error = match ask(net, profile, proof, code).await {
            Ok(tokens) => return Ok(tokens),
            Err(error) => error,
        };
        let answered = match error.evidence().oauth_error.as_deref() {
            Some("authorization_pending") => true,
            Some("slow_down") => {
                interval += SLOWER;
                true
            }
            _ => false,
        };
        if answered {
            pause = interval;
            trouble = None;
        } else if is_trouble(&error) {
            let longer = (pause * 2).min(LONGEST_PAUSE).max(interval);
            pause = longer.max(error.retry_after().unwrap_or_default());
            trouble = Some(error);
        } else {
            return Err(refused(error));
        }
        polled(Polled {
            answered,
            again_in: pause,
        });
    }
}

async fn ask(
    net: &Net,
    profile: &Profile,
    proof: Option<&ClientProof>,
    code: &DeviceCode,
) -> Result<Tokens, OauthError> {
    let scopes = profile.token_scopes();
    // RFC 8628 section 3.4 has no scope; Entra needs to be told the resource.
    let parts = [
        ("grant_type", GRANT),
        ("device_code", code.polled_with.expose()),
    ];
    let sent = Sent::new(profile, proof)?;
    let form = form(profile, &sent, &parts, &scopes);
    let mut secrets = vec![&code.polled_with];
    secrets.extend(sent.hidden());
    let fields = answer::ask_form(net, profile, &profile.token, form, TOKEN, &secrets).await?;
    token::read(profile, fields, &scopes)
}

fn form(profile: &Profile, sent: &Sent, parts: &[(&str, &str)], scopes: &[String]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("client_id", &profile.client_id)
        .extend_pairs(parts);
    form.extend_pairs(sent.fields());
    if !scopes.is_empty() {
        form.append_pair("scope", &scopes.join(" "));
    }
    form.finish()
}

/// Nothing that the provider itself has said about the code.
fn is_trouble(error: &OauthError) -> bool {
    let no_oauth = error.evidence().oauth_error.is_none();
    error.is_transient() || (no_oauth && matches!(error, OauthError::Unreadable(_)))
}

/// The same error, with what it means for a code.
fn refused(error: OauthError) -> OauthError {
    let seen = error.evidence();
    let word = seen.oauth_error.as_deref().unwrap_or_default();
    let blocked = seen.error_codes.iter().any(|code| BLOCKED.contains(code));
    match word {
        "expired_token" | "bad_verification_code" => {
            OauthError::CodeEnded(with_fault(error.into_evidence(), Fault::DeviceCodeEnded))
        }
        "access_denied" | "authorization_declined" if !blocked => {
            OauthError::Denied(error.into_evidence())
        }
        _ if blocked => {
            let claims = match &error {
                OauthError::NeedsPerson { claims, .. } => claims.clone(),
                _ => None,
            };
            OauthError::NeedsPerson {
                claims,
                evidence: with_fault(error.into_evidence(), Fault::DeviceCodeBlocked),
            }
        }
        _ => error,
    }
}

fn with_fault(mut evidence: Box<Evidence>, fault: Fault) -> Box<Evidence> {
    evidence.fault = Some(fault);
    evidence
}

fn read(fields: &Map<String, Value>, begun: Instant) -> Option<DeviceCode> {
    let time = |name: &str| {
        fields
            .get(name)
            .and_then(answer::seconds)
            .map(Duration::from_secs)
    };
    // Older servers call it so.
    let page = ["verification_uri", "verification_url"];
    let page = page.into_iter().find_map(|name| text_of(fields, name))?;
    let page = Url::parse(page).ok().filter(is_protected)?;
    let user_code = text::clean(text_of(fields, "user_code")?, &[]);
    if user_code.is_empty() || user_code.chars().count() > LONGEST_CODE {
        return None;
    }
    let life = time("expires_in").unwrap_or(LIVES.0);
    let interval = time("interval").unwrap_or(USUAL_INTERVAL);
    Some(DeviceCode {
        user_code,
        page,
        expires_in: life.min(LIVES.1),
        interval: interval.clamp(SHORTEST_INTERVAL, LIVES.1),
        polled_with: Secret::new(text_of(fields, "device_code")?),
        begun,
    })
}

fn endpoint(profile: &Profile) -> Result<&Url, OauthError> {
    profile.device.as_ref().ok_or_else(|| {
        let text = "there is no address for signing in with a code";
        let evidence = observed(profile, Fault::DeviceCodeNotOffered, text);
        OauthError::NoDeviceCode(Box::new(evidence))
    })
}

fn ended(profile: &Profile, life: Duration) -> OauthError {
    let text = format!("the code was not used within {} seconds", life.as_secs());
    OauthError::CodeEnded(Box::new(observed(profile, Fault::DeviceCodeEnded, &text)))
}

fn unreadable(profile: &Profile, url: &Url) -> OauthError {
    let mut evidence = answer::base(profile, url);
    evidence.fault = Some(Fault::Malformed);
    "the sign-in server gave no code that could be used".clone_into(&mut evidence.text);
    OauthError::Unreadable(Box::new(evidence))
}

fn observed(profile: &Profile, fault: Fault, text: &str) -> Evidence {
    let mut evidence = answer::base(profile, &profile.token);
    evidence.fault = Some(fault);
    text.clone_into(&mut evidence.text);
    evidence
}

#[cfg(test)]
mod tests;
