//! An organisation's tenant and cloud at Microsoft, so that nobody has to copy a tenant ID.

use mailwright_discovery::{NoTenant, Tenant, domain_of, tenant};
use mailwright_domain::{Cloud, FieldError, is_protected};
use url::Url;

use crate::wire::TenantFound;
use crate::{Code, Failure, Service};

/// Where organisations are looked up.
#[derive(Clone, Debug)]
pub(crate) enum Lookup {
    /// Nowhere: nobody is asked.
    Nowhere,
    /// At Microsoft, in each cloud at its own address.
    Clouds,
    /// At this address, for every cloud.
    At(Url),
}

impl Lookup {
    pub(crate) fn new(instead: Option<Url>) -> Self {
        instead.map_or(Self::Clouds, Self::At)
    }

    pub(crate) fn authority(&self, cloud: Cloud) -> Option<Url> {
        match self {
            Self::Nowhere => None,
            Self::At(url) => Some(url.clone()),
            Self::Clouds => Url::parse(&mailwright_oauth::cloud(cloud)?.authority).ok(),
        }
    }
}

impl Service {
    /// The tenant and cloud of an organisation, from an address or domain of it. It is asked for in the given cloud;
    /// where that one names another, there. `authority` is asked instead where it is not empty.
    ///
    /// # Errors
    /// That is no address or domain, Microsoft knows no such organisation, or it cannot be reached. Nothing is saved
    /// either way.
    pub async fn find_tenant(
        &self,
        text: &str,
        cloud: Cloud,
        authority: Option<&str>,
    ) -> Result<TenantFound, Failure> {
        let domain = domain_of(text).ok_or_else(|| {
            let message = format!(
                "“{}” is neither an address nor a domain. Enter one such as firma.nl. Nothing was saved.",
                text.trim()
            );
            Failure::new(Code::Usage, message)
        })?;
        let authority = crate::registration_fields::url(authority.map(str::to_owned).as_ref())?;
        if let Some(url) = authority.as_ref().filter(|url| !is_protected(url)) {
            return Err(FieldError::NotHttps(url.to_string()).into());
        }
        if cloud == Cloud::Custom && authority.is_none() {
            return Err(FieldError::AuthorityMissing.into());
        }
        let own = authority.is_some();
        let found = self
            .tenant_of(&domain, cloud, authority)
            .await
            .map_err(|error| told(&domain, &error))?;
        let cloud = match found.cloud {
            // Whatever a server of one's own says about clouds, it is signed in at there.
            _ if own => cloud,
            Some(cloud) => cloud,
            None => return Err(another_cloud(&domain)),
        };
        Ok(TenantFound {
            domain,
            tenant: found.id,
            cloud: cloud.word().to_owned(),
            not_confirmed: not_confirmed(cloud),
        })
    }

    /// Asks one cloud and, where that one names another, this one too.
    pub(crate) async fn tenant_of(
        &self,
        domain: &str,
        cloud: Cloud,
        authority: Option<Url>,
    ) -> Result<Tenant, NoTenant> {
        let own = authority.is_some();
        let Some(url) = authority.or_else(|| self.tenants.authority(cloud)) else {
            return Err(NoTenant::Unreachable(Box::new(nobody_asked())));
        };
        let first = tenant(&self.net, &url, domain).await;
        match &first {
            Err(NoTenant::Elsewhere {
                cloud: Some(named), ..
            }) if !own => match self.tenants.authority(*named) {
                Some(there) if there != url => tenant(&self.net, &there, domain).await,
                _ => first,
            },
            _ => first,
        }
    }
}

fn nobody_asked() -> mailwright_domain::Evidence {
    use mailwright_domain::{Evidence, Fault, Stage};
    Evidence::fault(
        Stage::OauthToken,
        Fault::Unreachable,
        "organisations are not looked up here",
    )
}

/// What of a cloud Microsoft has not confirmed, as a sentence.
pub(crate) fn not_confirmed(cloud: Cloud) -> Option<String> {
    let data = mailwright_oauth::cloud(cloud)?;
    let parts = data.unconfirmed.join(" and ");
    (!parts.is_empty()).then(|| {
        format!(
            "Not confirmed by Microsoft for this cloud: {parts}. They are as other programs use them, compared on {}; what you enter yourself goes before them.",
            data.checked_on
        )
    })
}

/// Why the tenant of a domain is not known, for people.
pub(crate) fn told(domain: &str, error: &NoTenant) -> Failure {
    let mut diagnosed = Failure::diagnosed(error.evidence());
    let (code, message) = match error {
        NoTenant::Unknown(_) => (
            Code::NotFound,
            format!(
                "Microsoft knows no organisation with the domain {domain} in this cloud. Look for a typing mistake, choose another cloud, or enter the tenant ID by hand. Nothing was saved."
            ),
        ),
        NoTenant::Elsewhere { .. } => (
            Code::Failed,
            format!(
                "The organisation of {domain} is in another Microsoft cloud. Choose that cloud, then look again. Nothing was saved."
            ),
        ),
        NoTenant::Refused(evidence) => (
            Code::Failed,
            format!(
                "The tenant of {domain} was not found: {} Enter the tenant ID by hand. Nothing was saved.",
                crate::sentence(&evidence.text)
            ),
        ),
        NoTenant::Unreachable(evidence) => (
            Code::Unreachable,
            format!(
                "Microsoft could not be asked for the tenant of {domain}: {} Try again later, or enter the tenant ID by hand. Nothing was saved.",
                crate::sentence(&evidence.text)
            ),
        ),
    };
    if let Some(verdict) = diagnosed.verdict.as_mut() {
        // Whoever shows the diagnosis shows the domain with it.
        verdict.what.clone_from(&message);
        verdict.still_works = None;
    }
    Failure {
        code,
        message,
        ..diagnosed
    }
}

fn another_cloud(domain: &str) -> Failure {
    let message = format!(
        "The organisation of {domain} is in a Microsoft cloud that Mailwright does not know. Choose “Custom” and enter its sign-in address. Nothing was saved."
    );
    Failure::new(Code::Failed, message)
}

#[cfg(test)]
#[path = "tenants_tests.rs"]
mod tests;
