//! What can be said about an app registration while it is being entered, without asking anybody: each field is looked
//! at by the rules that saving it uses, together with values for the others that no rule is against.

use jiff::civil::Date;
use mailwright_domain::{
    Cloud, CustomUrls, FieldError, Provider, Registration, RegistrationId, Secret,
};
use url::Url;
use uuid::Uuid;

use crate::registration_fields::{date, url};
use crate::tenants::not_confirmed;
use crate::wire::{FieldNote, RegistrationForm};

/// From so many days before its end on a secret's end is mentioned.
const SOON: i64 = 30;

/// What can be said about the fields of an app registration that are not empty.
pub fn review_registration(form: &RegistrationForm) -> Vec<FieldNote> {
    review(form, jiff::Zoned::now().date())
}

/// What can be said about a client secret that is to be saved with these fields. The notes hold nothing of it.
pub fn review_secret(secret: &Secret, form: &RegistrationForm) -> Vec<FieldNote> {
    const FIELD: &str = "client_secret";
    let secret = Secret::new(secret.expose().trim());
    let Some(provider) = Provider::from_word(form.provider.trim()) else {
        return Vec::new();
    };
    let mut r = neutral(provider);
    // A client ID that is wrong in itself is said at its own field.
    let client_id = form.client_id.trim();
    if with_client_id(neutral(provider), client_id)
        .check_fields(None)
        .is_ok()
    {
        r = with_client_id(r, client_id);
    }
    if let Err(error) = r.check_fields(Some(&secret)) {
        return vec![wrong(FIELD, &error)];
    }
    let text = secret.expose();
    let mut notes = Vec::new();
    if text.contains(char::is_whitespace) {
        notes.push(hint(
            FIELD,
            "There is white space inside this secret. Copy it again, the value alone.",
        ));
    }
    if text.contains("****") {
        notes.push(hint(
            FIELD,
            "This looks like a hidden value. The provider shows the whole one only once, when it is made.",
        ));
    }
    notes
}

fn review(form: &RegistrationForm, today: Date) -> Vec<FieldNote> {
    let mut notes = Vec::new();
    if let Some(provider) = Provider::from_word(form.provider.trim()) {
        notes.extend(review_identity(form, provider));
    }
    for (field, text, place) in [
        ("authority", &form.authority, Place::Authority),
        ("authorize_url", &form.authorize_url, Place::Authority),
        ("token_url", &form.token_url, Place::Authority),
        ("device_url", &form.device_url, Place::Authority),
        ("revoke_url", &form.revoke_url, Place::Authority),
        ("redirect_uri", &form.redirect_uri, Place::Redirect),
    ] {
        notes.extend(review_url(field, text, place));
    }
    notes.extend(review_day(&form.secret_expires, today));
    notes
}

/// Client ID and tenant, each alone and then together.
fn review_identity(form: &RegistrationForm, provider: Provider) -> Vec<FieldNote> {
    let (client_id, tenant) = (form.client_id.trim(), form.tenant.trim());
    let mut notes = Vec::new();
    let with_client = with_client_id(neutral(provider), client_id);
    if let Err(error) = with_client.check_fields(None) {
        notes.push(wrong("client_id", &error));
    }
    if provider != Provider::Microsoft {
        return notes;
    }
    if let Some(mark) = Cloud::from_word(form.cloud.trim()).and_then(not_confirmed) {
        notes.push(hint("cloud", &mark));
    }
    if tenant.is_empty() {
        return notes;
    }
    let with_tenant = |r: Registration| Registration {
        tenant: Some(tenant.to_owned()),
        cloud: Cloud::from_word(form.cloud.trim()).unwrap_or_default(),
        ..r
    };
    // The client ID only where it is one: else its own note says enough.
    let base = if notes.iter().all(|note| !note.wrong) {
        with_client
    } else {
        neutral(provider)
    };
    if let Err(error) = with_tenant(base).check_fields(None) {
        notes.push(wrong("tenant", &error));
    }
    notes
}

#[derive(Clone, Copy)]
enum Place {
    Authority,
    Redirect,
}

fn review_url(field: &str, text: &String, place: Place) -> Option<FieldNote> {
    let Ok(entered) = url(Some(text)) else {
        let message = format!(
            "“{}” is not an address of the web; it begins with https:// or http://.",
            text.trim()
        );
        return Some(note(field, true, &message));
    };
    let entered = entered?;
    let mut r = neutral(Provider::Microsoft);
    match place {
        Place::Authority => r.authority = Some(entered),
        Place::Redirect => r.redirect_uri = Some(entered),
    }
    let error = r.check_fields(None).err()?;
    Some(wrong(field, &error))
}

fn review_day(text: &str, today: Date) -> Option<FieldNote> {
    const FIELD: &str = "secret_expires";
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let Ok(day) = date(text) else {
        let message = format!("“{text}” is not a day; write it like 2027-03-31.");
        return Some(note(FIELD, true, &message));
    };
    let left = i64::from(today.until(day).ok()?.get_days());
    match left {
        ..0 => Some(hint(
            FIELD,
            "This day is over, so the secret has ended. Make a new one at the provider.",
        )),
        0 => Some(hint(
            FIELD,
            "The secret ends today. Make a new one at the provider.",
        )),
        1 => Some(hint(
            FIELD,
            "The secret ends tomorrow. Make a new one at the provider.",
        )),
        2..=SOON => Some(hint(
            FIELD,
            &format!("The secret ends in {left} days. Make a new one before that."),
        )),
        _ => None,
    }
}

/// A registration that no rule is against.
fn neutral(provider: Provider) -> Registration {
    let client_id = match provider {
        Provider::Microsoft => "00000000-0000-4000-8000-000000000000",
        Provider::Google => "0.apps.googleusercontent.com",
        Provider::Custom => "client",
    };
    let somewhere = Url::parse("https://login.example/").ok();
    Registration {
        id: RegistrationId(Uuid::nil()),
        name: "-".to_owned(),
        provider,
        client_id: client_id.to_owned(),
        tenant: None,
        cloud: Cloud::Global,
        authority: somewhere.clone(),
        custom: somewhere
            .filter(|_| provider == Provider::Custom)
            .map(|url| CustomUrls {
                authorize: url.clone(),
                token: url,
                device: None,
                revoke: None,
            }),
        scopes: Vec::new(),
        has_secret: false,
        secret_expires: None,
        publishing: None,
        certificate: None,
        redirect_uri: None,
    }
}

/// The same with this client ID, unless it is empty: an empty field is not spoken of.
fn with_client_id(r: Registration, client_id: &str) -> Registration {
    if client_id.is_empty() {
        return r;
    }
    Registration {
        client_id: client_id.to_owned(),
        ..r
    }
}

fn wrong(field: &str, error: &FieldError) -> FieldNote {
    note(field, true, &crate::sentence(&error.to_string()))
}

fn hint(field: &str, message: &str) -> FieldNote {
    note(field, false, message)
}

fn note(field: &str, wrong: bool, message: &str) -> FieldNote {
    FieldNote {
        field: field.to_owned(),
        wrong,
        message: message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";
    const TODAY: Date = jiff::civil::date(2026, 11, 21);

    fn form() -> RegistrationForm {
        RegistrationForm {
            provider: "microsoft".to_owned(),
            ..RegistrationForm::default()
        }
    }

    fn fields(form: &RegistrationForm) -> Vec<(String, bool)> {
        review(form, TODAY)
            .into_iter()
            .map(|note| (note.field, note.wrong))
            .collect()
    }

    #[test]
    fn empty_fields_and_right_ones_are_not_spoken_of() {
        assert_eq!(review(&RegistrationForm::default(), TODAY), []);
        assert_eq!(review(&form(), TODAY), []);
        let full = RegistrationForm {
            name: "ERP".to_owned(),
            client_id: format!(" {ID} "),
            tenant: "firma.nl".to_owned(),
            cloud: "global".to_owned(),
            redirect_uri: "http://localhost:8400/cb".to_owned(),
            secret_expires: "2027-11-21".to_owned(),
            ..form()
        };
        assert_eq!(review(&full, TODAY), []);
        let custom = RegistrationForm {
            provider: "custom".to_owned(),
            client_id: "anything".to_owned(),
            authority: "https://id.firma.nl".to_owned(),
            tenant: "left over".to_owned(),
            ..RegistrationForm::default()
        };
        assert_eq!(review(&custom, TODAY), []);
    }

    #[test]
    fn every_wrong_field_has_its_own_note() {
        let all = RegistrationForm {
            client_id: "ERP mail".to_owned(),
            tenant: "firma".to_owned(),
            authority: "http://login.example".to_owned(),
            redirect_uri: "https://erp.example/cb".to_owned(),
            secret_expires: "next year".to_owned(),
            ..form()
        };
        let expected = [
            "client_id",
            "tenant",
            "authority",
            "redirect_uri",
            "secret_expires",
        ];
        let expected: Vec<_> = expected.map(|field| (field.to_owned(), true)).into();
        assert_eq!(fields(&all), expected);
        for note in review(&all, TODAY) {
            assert!(!note.message.contains("--"), "{}", note.message);
        }
    }

    #[test]
    fn a_field_is_judged_by_the_provider_that_was_chosen() {
        let one = |form: &RegistrationForm| review(form, TODAY).into_iter().next();
        let same = RegistrationForm {
            client_id: ID.to_owned(),
            tenant: ID.to_uppercase(),
            ..form()
        };
        let note = one(&same).unwrap();
        assert_eq!((note.field.as_str(), note.wrong), ("tenant", true));
        assert!(note.message.contains("the same"), "{}", note.message);
        let google = RegistrationForm {
            provider: "google".to_owned(),
            client_id: ID.to_owned(),
            ..RegistrationForm::default()
        };
        assert!(one(&google).unwrap().message.contains("Google"));
        let nobody = RegistrationForm {
            provider: String::new(),
            ..google
        };
        assert_eq!(one(&nobody), None);
        let own_cloud = RegistrationForm {
            tenant: "lab".to_owned(),
            cloud: "custom".to_owned(),
            ..form()
        };
        assert_eq!(one(&own_cloud), None);
        let no_web = RegistrationForm {
            redirect_uri: "localhost".to_owned(),
            ..form()
        };
        assert_eq!(fields(&no_web), [("redirect_uri".to_owned(), true)]);
    }

    #[test]
    fn a_cloud_that_is_not_confirmed_says_so() {
        for (cloud, marked) in [("global", false), ("dod", true), ("custom", false)] {
            let form = RegistrationForm {
                cloud: cloud.to_owned(),
                ..form()
            };
            let expected: &[(String, bool)] = &[("cloud".to_owned(), false)];
            let expected = if marked { expected } else { &[] };
            assert_eq!(fields(&form), expected, "{cloud}");
        }
    }

    #[test]
    fn a_secret_that_ends_soon_is_mentioned() {
        for (day, part) in [
            ("2026-11-20", Some("is over")),
            ("2026-11-21", Some("today")),
            ("2026-11-22", Some("tomorrow")),
            ("2026-12-21", Some("in 30 days")),
            ("2026-12-22", None),
        ] {
            let form = RegistrationForm {
                secret_expires: day.to_owned(),
                ..form()
            };
            let note = review(&form, TODAY).pop();
            assert_eq!(note.is_some(), part.is_some(), "{day}");
            if let (Some(note), Some(part)) = (note, part) {
                assert!(note.message.contains(part), "{}", note.message);
                assert!(!note.wrong, "it can be saved like this");
            }
        }
    }

    #[test]
    fn look_alikes_of_a_secret_are_named_and_never_repeated() {
        let form = RegistrationForm {
            client_id: ID.to_owned(),
            ..form()
        };
        for (secret, wrong, part) in [
            ("99998888-aaaa-2222-bbbb-3333cccc4444", true, "Secret ID"),
            (ID, true, "client ID"),
            ("abc 8Q~xyz", false, "white space"),
            ("abc*************", false, "hidden"),
        ] {
            let notes = review_secret(&Secret::new(secret), &form);
            assert_eq!(notes.len(), 1, "{notes:?}");
            assert_eq!(notes[0].wrong, wrong);
            assert_eq!(notes[0].field, "client_secret");
            assert!(notes[0].message.contains(part), "{}", notes[0].message);
            assert!(!notes[0].message.contains(secret), "the secret stays out");
        }
        let fine = Secret::new(" abc8Q~xyz.real-value_with~tilde\n");
        assert_eq!(review_secret(&fine, &form), []);
        let wrong_id = RegistrationForm {
            client_id: "not yet right".to_owned(),
            ..form.clone()
        };
        assert_eq!(review_secret(&fine, &wrong_id), []);
        assert_eq!(review_secret(&fine, &RegistrationForm::default()), []);
    }
}
