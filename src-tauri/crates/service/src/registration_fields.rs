//! What was entered about an app registration, checked.

use mailwright_domain::{CustomUrls, FieldError, Provider, Registration, RegistrationId, Secret};
use url::Url;

use crate::{Code, Failure, Hint, NewRegistration};

/// White space around a copied secret is never part of it; anything inside is.
pub(crate) fn trimmed(secret: &Secret) -> Result<Secret, Failure> {
    match secret.expose().trim() {
        "" => Err(Failure::new(
            Code::Usage,
            "No client secret was given. Nothing was saved.",
        )),
        text => Ok(Secret::new(text)),
    }
}

/// The registration of these fields under this identity; `secret` is what it would have from now on, where that is
/// known here. Whether one is in the keychain is the caller's to say, and so is the certificate.
pub(crate) fn checked(
    new: &NewRegistration,
    id: RegistrationId,
    secret: Option<&Secret>,
) -> Result<Registration, Failure> {
    let client_id = new
        .client_id
        .as_deref()
        .unwrap_or_default()
        .trim()
        .to_owned();
    if client_id.is_empty() {
        return Err(Failure::new(
            Code::Usage,
            "Nobody can sign in without an app registration of the provider. Register one there, then enter its client ID. Nothing was saved.",
        )
        .hinting(Hint::ClientId));
    }
    let text = |value: &Option<String>| {
        value
            .as_deref()
            .map(str::trim)
            .filter(|t| !t.is_empty())
            .map(str::to_owned)
    };
    let registration = Registration {
        id,
        name: new.name.trim().to_owned(),
        provider: new.provider,
        client_id,
        tenant: text(&new.tenant),
        cloud: new.cloud,
        authority: url(new.authority.as_ref())?,
        custom: custom(new)?,
        scopes: scopes(&new.scopes),
        has_secret: secret.is_some(),
        secret_expires: text(&new.secret_expires).as_deref().map(date).transpose()?,
        publishing: new.publishing,
        certificate: None,
        redirect_uri: url(new.redirect_uri.as_ref())?,
    };
    registration.check_fields(secret)?;
    Ok(registration)
}

fn custom(new: &NewRegistration) -> Result<Option<CustomUrls>, Failure> {
    let given = [
        &new.authorize_url,
        &new.token_url,
        &new.device_url,
        &new.revoke_url,
    ];
    if new.provider != Provider::Custom {
        return match given.into_iter().flatten().next() {
            None => Ok(None),
            Some(_) => Err(FieldError::AddressesOfCustom.into()),
        };
    }
    match (
        url(new.authorize_url.as_ref())?,
        url(new.token_url.as_ref())?,
    ) {
        (Some(authorize), Some(token)) => Ok(Some(CustomUrls {
            authorize,
            token,
            device: url(new.device_url.as_ref())?,
            revoke: url(new.revoke_url.as_ref())?,
        })),
        _ => Ok(None),
    }
}

/// The fields of a registration as they would be entered, without its secret.
pub(crate) fn fields_of(r: &Registration) -> NewRegistration {
    let text = |url: Option<&Url>| url.map(Url::to_string);
    let custom = r.custom.as_ref();
    NewRegistration {
        name: r.name.clone(),
        provider: r.provider,
        client_id: Some(r.client_id.clone()),
        tenant: r.tenant.clone(),
        cloud: r.cloud,
        authority: text(r.authority.as_ref()),
        authorize_url: text(custom.map(|c| &c.authorize)),
        token_url: text(custom.map(|c| &c.token)),
        device_url: text(custom.and_then(|c| c.device.as_ref())),
        revoke_url: text(custom.and_then(|c| c.revoke.as_ref())),
        scopes: r.scopes.clone(),
        client_secret: None,
        certificate: None,
        secret_expires: r.secret_expires.map(|day| day.to_string()),
        publishing: r.publishing,
        redirect_uri: text(r.redirect_uri.as_ref()),
    }
}

fn scopes(entered: &[String]) -> Vec<String> {
    entered
        .iter()
        .map(|scope| scope.trim().to_owned())
        .filter(|scope| !scope.is_empty())
        .collect()
}

pub(crate) fn url(text: Option<&String>) -> Result<Option<Url>, Failure> {
    let text = text.map(|text| text.trim()).filter(|t| !t.is_empty());
    text.map(|text| {
        Url::parse(text).map_err(|e| {
            Failure::new(
                Code::Usage,
                format!("“{text}” is not an address of the web ({e}). Nothing was saved."),
            )
        })
    })
    .transpose()
}

pub(crate) fn date(text: &str) -> Result<jiff::civil::Date, Failure> {
    text.trim().parse().map_err(|_| {
        Failure::new(
            Code::Usage,
            format!("“{text}” is not a day; write it like 2027-03-31. Nothing was saved."),
        )
    })
}
