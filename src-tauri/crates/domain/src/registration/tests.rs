use uuid::Uuid;

use super::super::RegistrationId;
use super::*;

fn microsoft() -> Registration {
    Registration {
        id: RegistrationId(Uuid::nil()),
        name: "ERP mail".into(),
        provider: Provider::Microsoft,
        client_id: "00001111-aaaa-2222-bbbb-3333cccc4444".into(),
        tenant: Some("firma.nl".into()),
        cloud: Cloud::Global,
        authority: None,
        custom: None,
        scopes: Vec::new(),
        has_secret: false,
        secret_expires: None,
        publishing: None,
        certificate: None,
        redirect_uri: None,
    }
}

#[test]
fn a_guid_in_the_secret_field_is_the_secret_id() {
    let secret = Secret::new("99998888-aaaa-2222-bbbb-3333cccc4444");
    assert_eq!(
        microsoft().check_fields(Some(&secret)),
        Err(FieldError::SecretIsId)
    );
    let client_id = Secret::new("00001111-AAAA-2222-bbbb-3333cccc4444");
    assert_eq!(
        microsoft().check_fields(Some(&client_id)),
        Err(FieldError::SecretIsClientId)
    );
    let value = Secret::new("abc8Q~xyz.real-value_with~tilde");
    assert_eq!(microsoft().check_fields(Some(&value)), Ok(()));
}

#[test]
fn look_alike_fields_are_caught() {
    let mut r = microsoft();
    r.tenant = Some(r.client_id.to_uppercase());
    assert_eq!(r.check_fields(None), Err(FieldError::ClientIsTenant));
    r.tenant = Some("firma".into());
    assert_eq!(
        r.check_fields(None),
        Err(FieldError::Tenant("firma".into()))
    );
    r.client_id = "ERP mail".into();
    assert!(matches!(
        r.check_fields(None),
        Err(FieldError::ClientIdNotGuid(_))
    ));
    r.provider = Provider::Google;
    assert!(matches!(
        r.check_fields(None),
        Err(FieldError::ClientIdNotGoogle(_))
    ));
}

#[test]
fn plain_http_is_for_this_computer_only() {
    let mut r = microsoft();
    r.cloud = Cloud::Custom;
    assert_eq!(r.check_fields(None), Err(FieldError::AuthorityMissing));
    r.authority = Url::parse("http://127.0.0.1:9400").ok();
    assert_eq!(r.check_fields(None), Ok(()));
    r.authority = Url::parse("http://login.example").ok();
    assert!(matches!(r.check_fields(None), Err(FieldError::NotHttps(_))));
    r.authority = Url::parse("http://127.0.0.1.evil.example").ok();
    assert!(matches!(r.check_fields(None), Err(FieldError::NotHttps(_))));
}

#[test]
fn access_without_a_person_needs_an_organisation_and_something_to_prove_with() {
    let able = Registration {
        has_secret: true,
        ..microsoft()
    };
    assert_eq!(able.check_app_only(), Ok(()));
    let refused = |r: Registration, part: &str| {
        let error = r.check_app_only().unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    };
    refused(microsoft(), "neither a client secret nor a certificate");
    for (tenant, part) in [
        (None, "names none"),
        (Some("Common"), "names none"),
        (Some("organizations"), "names none"),
        (Some("consumers"), "personal Microsoft accounts"),
    ] {
        let tenant = tenant.map(str::to_owned);
        refused(
            Registration {
                tenant,
                ..able.clone()
            },
            part,
        );
    }
    let other = |provider, scopes: &[&str]| Registration {
        provider,
        scopes: scopes.iter().map(|&s| s.to_owned()).collect(),
        ..able.clone()
    };
    refused(other(Provider::Google, &[]), "somebody has to sign in");
    refused(
        other(Provider::Custom, &["openid"]),
        "no permission to ask for",
    );
    assert_eq!(
        other(Provider::Custom, &["openid", "mail"]).check_app_only(),
        Ok(())
    );
}

#[test]
fn a_redirect_leads_back_here() {
    let mut r = microsoft();
    for (text, fine) in [
        ("http://localhost/iche_demo/Handler", true),
        ("http://127.0.0.1:8400/cb", true),
        ("https://localhost/", false),
        ("http://erp.example/cb", false),
    ] {
        r.redirect_uri = Url::parse(text).ok();
        assert_eq!(r.check_fields(None).is_ok(), fine, "{text}");
    }
}
