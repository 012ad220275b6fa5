//! An organisation's tenant at Microsoft, from one of its domains.
//!
//! Entra publishes an OpenID configuration per tenant, at an address that may name a domain instead of the tenant
//! (OpenID Connect Discovery 1.0 section 4; Microsoft: “Find your app's OpenID configuration document URI”). Its
//! issuer holds the tenant ID, and fields of Microsoft's own say in which cloud the organisation is.

use mailwright_domain::{Cloud, EmailAddress, Evidence, Fault, Provider, Stage, is_guid};
use mailwright_net::{HttpReply, Net};
use serde::Deserialize;
use url::Url;

/// Longest sentence of the server that is kept, in characters.
const LONGEST: usize = 600;
/// Nobody there has this domain or tenant.
const UNKNOWN: u32 = 90002;
/// It belongs to another of Microsoft's clouds.
const ELSEWHERE: u32 = 90038;

/// An organisation at Microsoft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its “Directory (tenant) ID”, a GUID in lower case.
    pub id: String,
    /// Its cloud; none where the server named one that is not known here.
    pub cloud: Option<Cloud>,
}

/// Why no tenant was found.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NoTenant {
    /// Nobody in this cloud has the domain (AADSTS90002).
    #[error("{}", .0.text)]
    Unknown(Box<Evidence>),
    /// The organisation is in another cloud (AADSTS90038), which may have been named.
    #[error("{}", evidence.text)]
    Elsewhere {
        /// The cloud that the server named, if it is known here.
        cloud: Option<Cloud>,
        /// What was seen.
        evidence: Box<Evidence>,
    },
    /// The server refused with another number, or answered with something else.
    #[error("{}", .0.text)]
    Refused(Box<Evidence>),
    /// No answer, or one that says to try later.
    #[error("{}", .0.text)]
    Unreachable(Box<Evidence>),
}

impl NoTenant {
    /// What the diagnosis needs.
    pub fn evidence(&self) -> &Evidence {
        match self {
            Self::Unknown(evidence)
            | Self::Elsewhere { evidence, .. }
            | Self::Refused(evidence)
            | Self::Unreachable(evidence) => evidence,
        }
    }
}

/// The document's fields that are used.
#[derive(Deserialize)]
struct Configuration {
    issuer: String,
    #[serde(default)]
    tenant_region_sub_scope: Option<String>,
    #[serde(default)]
    cloud_instance_name: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    #[serde(default)]
    error_description: String,
    #[serde(default)]
    error_codes: Vec<u32>,
}

/// The domain, in A-label form, of an address or of a domain as people write it.
pub fn domain_of(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('.');
    let address: EmailAddress = if text.contains('@') {
        text.parse().ok()?
    } else {
        format!("postmaster@{text}").parse().ok()?
    };
    Some(address.ascii_domain().to_owned())
}

/// Asks `{authority}/{tenant}/v2.0/.well-known/openid-configuration`, where `tenant` is a domain of the organisation or
/// its tenant ID. Nothing else of an address leaves this computer, and the answer is used for nothing but this.
///
/// # Errors
/// See [`NoTenant`]; the whole request takes 30 seconds at most.
pub async fn tenant(net: &Net, authority: &Url, tenant: &str) -> Result<Tenant, NoTenant> {
    let mut url = authority.clone();
    let mut evidence = Evidence {
        provider: Some(Provider::Microsoft),
        host: url.host_str().map(str::to_owned),
        port: url.port_or_known_default(),
        ..Evidence::at(Stage::OauthToken)
    };
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty()
            .extend([tenant, "v2.0", ".well-known", "openid-configuration"]);
    }
    match net.get(url).await {
        Ok(reply) => read(&reply, evidence),
        Err(error) => {
            evidence.fault = Some(error.fault());
            evidence.text = error.to_string();
            Err(NoTenant::Unreachable(Box::new(evidence)))
        }
    }
}

fn read(reply: &HttpReply, mut evidence: Evidence) -> Result<Tenant, NoTenant> {
    evidence.http_status = Some(reply.status);
    if reply.is_try_later() {
        evidence.text = format!("the server answered with status {}", reply.status);
        return Err(NoTenant::Unreachable(Box::new(evidence)));
    }
    if let Ok(refusal) = serde_json::from_slice::<Refusal>(&reply.body) {
        return Err(refused(refusal, evidence));
    }
    let found = serde_json::from_slice::<Configuration>(&reply.body)
        .ok()
        .filter(|_| reply.status == 200)
        .and_then(|configuration| {
            Some(Tenant {
                id: tenant_id(&configuration.issuer)?,
                cloud: cloud(&configuration),
            })
        });
    found.ok_or_else(|| {
        evidence.fault = Some(Fault::Malformed);
        evidence.text = format!(
            "the server answered with status {} and no OpenID configuration of a tenant",
            reply.status
        );
        NoTenant::Refused(Box::new(evidence))
    })
}

fn refused(refusal: Refusal, mut evidence: Evidence) -> NoTenant {
    let clean: String = refusal
        .error_description
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST)
        .collect();
    evidence.oauth_error = Some(refusal.error);
    evidence.error_codes = refusal.error_codes.into_iter().take(8).collect();
    if evidence.error_codes.is_empty() {
        evidence.error_codes.extend(number_in(&clean));
    }
    let named = cloud_in(&clean);
    evidence.text = clean;
    let first = evidence.error_codes.first().copied();
    let evidence = Box::new(evidence);
    match first {
        Some(UNKNOWN) => NoTenant::Unknown(evidence),
        Some(ELSEWHERE) => NoTenant::Elsewhere {
            cloud: named,
            evidence,
        },
        _ => NoTenant::Refused(evidence),
    }
}

fn number_in(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("AADSTS")?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest[..digits].parse().ok()
}

/// The tenant's ID in lower case, as Microsoft's issuers name it: `https://login.microsoftonline.com/{tenant ID}/v2.0`
/// (“ID token claims reference”, `iss`). None for the tenant-independent issuer, which has a pattern in its place, and for
/// those of others.
pub fn tenant_id(issuer: &str) -> Option<String> {
    let id = Url::parse(issuer)
        .ok()?
        .path_segments()?
        .find(|part| is_guid(part))?
        .to_ascii_lowercase();
    Some(id)
}

/// The government's clouds are told apart by `tenant_region_sub_scope` (`DODCON` is GCC High; GCC is part of the global
/// cloud), and all others by the name of their instance. Microsoft documents neither list; both are as tools that read
/// the document use them, compared on 2026-11-20.
fn cloud(configuration: &Configuration) -> Option<Cloud> {
    match configuration.tenant_region_sub_scope.as_deref() {
        Some("DOD") => return Some(Cloud::Dod),
        Some("DODCON") => return Some(Cloud::GccHigh),
        _ => {}
    }
    let Some(instance) = &configuration.cloud_instance_name else {
        return Some(Cloud::Global);
    };
    cloud_in(instance)
}

/// The cloud whose sign-in domain a text holds.
fn cloud_in(text: &str) -> Option<Cloud> {
    let text = text.to_ascii_lowercase();
    [
        ("microsoftonline.us", Cloud::GccHigh),
        ("microsoftonline.cn", Cloud::China),
        ("chinacloudapi.cn", Cloud::China),
        ("microsoftonline.com", Cloud::Global),
    ]
    .into_iter()
    .find_map(|(name, cloud)| text.contains(name).then_some(cloud))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "5f1b2c3d-0001-4000-8000-0000000000c0";

    #[expect(
        clippy::default_trait_access,
        reason = "the type is the HTTP client's, which this crate does not name"
    )]
    fn answer(status: u16, body: &serde_json::Value) -> Result<Tenant, NoTenant> {
        let reply = HttpReply {
            status,
            headers: Default::default(),
            body: body.to_string().into_bytes(),
        };
        read(&reply, Evidence::at(Stage::OauthToken))
    }

    fn configuration(fields: &serde_json::Value) -> serde_json::Value {
        let mut all = serde_json::json!({
            "issuer": format!("https://login.microsoftonline.com/{}/v2.0", ID.to_uppercase()),
            "token_endpoint": format!("https://login.microsoftonline.com/{ID}/oauth2/v2.0/token"),
            "cloud_instance_name": "microsoftonline.com",
        });
        for (name, value) in fields.as_object().unwrap() {
            all[name] = value.clone();
        }
        all
    }

    #[test]
    fn the_clouds_are_told_apart() {
        for (fields, cloud) in [
            (
                serde_json::json!({ "tenant_region_scope": "EU" }),
                Some(Cloud::Global),
            ),
            (
                serde_json::json!({ "tenant_region_scope": "NA", "tenant_region_sub_scope": "GCC" }),
                Some(Cloud::Global),
            ),
            (
                serde_json::json!({ "tenant_region_scope": "USGov", "tenant_region_sub_scope": "DODCON", "cloud_instance_name": "microsoftonline.us" }),
                Some(Cloud::GccHigh),
            ),
            (
                serde_json::json!({ "tenant_region_scope": "USGov", "tenant_region_sub_scope": "DOD", "cloud_instance_name": "microsoftonline.us" }),
                Some(Cloud::Dod),
            ),
            (
                serde_json::json!({ "tenant_region_scope": "AS", "cloud_instance_name": "partner.microsoftonline.cn" }),
                Some(Cloud::China),
            ),
            (
                serde_json::json!({ "cloud_instance_name": "microsoftonline.example" }),
                None,
            ),
            (
                serde_json::json!({ "cloud_instance_name": null }),
                Some(Cloud::Global),
            ),
        ] {
            let found = answer(200, &configuration(&fields)).unwrap();
            assert_eq!(found.id, ID);
            assert_eq!(found.cloud, cloud, "{fields}");
        }
    }

    #[test]
    fn what_microsoft_refuses_is_told_apart() {
        let refusal = |number: u32, text: &str| serde_json::json!({ "error": "invalid_tenant", "error_description": format!("AADSTS{number}: {text}\r\nTrace ID: 1"), "error_codes": [number] });
        let unknown =
            answer(400, &refusal(90002, "Tenant 'firma.example' not found.")).unwrap_err();
        assert!(matches!(unknown, NoTenant::Unknown(_)));
        assert!(!unknown.to_string().contains('\n'));
        let china = answer(400, &refusal(90038, "Tenant 'x' request is being redirected to the National Cloud 'MicrosoftOnline.CN'.")).unwrap_err();
        assert!(matches!(
            china,
            NoTenant::Elsewhere {
                cloud: Some(Cloud::China),
                ..
            }
        ));
        let other = answer(
            400,
            &refusal(90038, "The tenant belongs to the National Cloud 'X'."),
        )
        .unwrap_err();
        assert!(matches!(other, NoTenant::Elsewhere { cloud: None, .. }));
        let bare = serde_json::json!({ "error": "invalid_tenant", "error_description": "AADSTS90002: Tenant not found." });
        assert!(matches!(answer(400, &bare), Err(NoTenant::Unknown(_))));
        assert!(matches!(
            answer(400, &refusal(900_144, "x")),
            Err(NoTenant::Refused(_))
        ));
    }

    #[test]
    fn what_is_no_configuration_of_a_tenant_is_refused() {
        for (status, body) in [
            (
                200,
                serde_json::json!({ "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0" }),
            ),
            (200, serde_json::json!({})),
            (404, configuration(&serde_json::json!({}))),
            (200, serde_json::json!("captive portal")),
        ] {
            assert!(
                matches!(answer(status, &body), Err(NoTenant::Refused(_))),
                "{body}"
            );
        }
        assert!(matches!(
            answer(503, &serde_json::json!({})),
            Err(NoTenant::Unreachable(_))
        ));
    }

    #[test]
    fn a_domain_is_taken_from_an_address_or_as_it_is() {
        for (text, domain) in [
            ("firma.nl", Some("firma.nl")),
            (" Anna@Firma.nl ", Some("firma.nl")),
            ("bücher.example.", Some("xn--bcher-kva.example")),
            ("firma", None),
            ("", None),
            ("a b.nl", None),
            ("firma.nl/../common", None),
        ] {
            assert_eq!(domain_of(text).as_deref(), domain, "{text}");
        }
    }
}
