use mailwright_domain::{CustomUrls, SendVia};

use super::*;
use crate::fixture::{TENANT, custom_at, registration, url, words};

const SEND: Purpose = Purpose {
    send: true,
    receive: false,
    via: SendVia::Smtp,
};
const RECEIVE: Purpose = Purpose {
    send: false,
    receive: true,
    via: SendVia::Smtp,
};

fn microsoft(change: impl FnOnce(&mut Registration)) -> Profile {
    let mut registration = registration(Provider::Microsoft);
    change(&mut registration);
    Profile::new(&registration, Purpose::BOTH).unwrap()
}

#[test]
fn every_cloud_signs_in_at_its_own_place() {
    for (cloud, authority, resource, host) in [
        (
            Cloud::Global,
            "https://login.microsoftonline.com",
            "https://outlook.office.com",
            "smtp.office365.com",
        ),
        (
            Cloud::GccHigh,
            "https://login.microsoftonline.us",
            "https://outlook.office365.us",
            "smtp.office365.us",
        ),
        (
            Cloud::Dod,
            "https://login.microsoftonline.us",
            "https://outlook.office365.us",
            "outlook-dod.office365.us",
        ),
        (
            Cloud::China,
            "https://login.partner.microsoftonline.cn",
            "https://partner.outlook.cn",
            "partner.outlook.cn",
        ),
    ] {
        let profile = microsoft(|r| r.cloud = cloud);
        assert_eq!(
            profile.authorize.as_str(),
            format!("{authority}/organizations/oauth2/v2.0/authorize")
        );
        assert_eq!(
            profile.token.as_str(),
            format!("{authority}/organizations/oauth2/v2.0/token")
        );
        assert!(
            profile
                .scopes
                .contains(&format!("{resource}/IMAP.AccessAsUser.All")),
            "{cloud:?}"
        );
        assert!(
            profile.is_own_host(host) && profile.is_own_host(&host.to_uppercase()),
            "{cloud:?}"
        );
        assert!(profile.revoke.is_none());
    }
}

#[test]
fn a_custom_cloud_has_microsofts_layout_elsewhere() {
    let mut wanted = registration(Provider::Microsoft);
    wanted.cloud = Cloud::Custom;
    assert!(matches!(
        Profile::new(&wanted, Purpose::BOTH),
        Err(FieldError::AuthorityMissing)
    ));
    wanted.authority = Some(url("http://127.0.0.1:9400/sub/"));
    wanted.tenant = Some("contoso".into());
    let profile = Profile::new(&wanted, Purpose::BOTH).unwrap();
    assert_eq!(
        profile.token.as_str(),
        "http://127.0.0.1:9400/sub/contoso/oauth2/v2.0/token"
    );
    assert!(profile.allowed_hosts.is_empty(), "hosts come from a person");
    wanted.authority = Some(url("http://login.example"));
    assert!(matches!(
        Profile::new(&wanted, Purpose::BOTH),
        Err(FieldError::NotHttps(_))
    ));
}

#[test]
fn the_tenant_is_the_registrations_own_else_organisations_or_consumers() {
    assert!(
        microsoft(|r| r.tenant = Some(TENANT.into()))
            .token
            .path()
            .starts_with(&format!("/{TENANT}/"))
    );
    let plain = registration(Provider::Microsoft);
    let personal = Profile::personal(&plain, Purpose::BOTH).unwrap();
    assert_eq!(personal.token.path(), "/consumers/oauth2/v2.0/token");
    assert!(personal.is_own_host("smtp-mail.outlook.com"));
    let odd = microsoft(|r| r.tenant = Some("a/../b?c".into()));
    assert_eq!(
        odd.token.path(),
        "/a%2F..%2Fb%3Fc/oauth2/v2.0/token",
        "a tenant stays one path segment"
    );
}

#[test]
fn only_ticked_purposes_are_asked_for() {
    let plain = registration(Provider::Microsoft);
    let scopes = |purpose| Profile::new(&plain, purpose).unwrap().scopes.join(" ");
    assert_eq!(
        scopes(SEND),
        "openid profile email offline_access https://outlook.office.com/SMTP.Send"
    );
    assert_eq!(
        scopes(RECEIVE),
        "openid profile email offline_access https://outlook.office.com/IMAP.AccessAsUser.All"
    );
}

#[test]
fn a_token_request_names_one_resource() {
    let profile = microsoft(|r| {
        r.scopes = words(
            "https://graph.microsoft.com/Mail.Send User.Read https://outlook.office.com/SMTP.Send",
        );
    });
    assert!(
        profile
            .scopes
            .contains(&"https://graph.microsoft.com/Mail.Send".to_owned()),
        "consent is asked for all"
    );
    assert_eq!(
        profile.token_scopes(),
        words("openid profile email offline_access https://outlook.office.com/SMTP.Send")
    );
    assert_eq!(profile.asked(), profile.token_scopes());
    let google = Profile::new(&registration(Provider::Google), Purpose::BOTH).unwrap();
    assert!(google.token_scopes().is_empty());
}

#[test]
fn google_is_built_in_and_can_be_played() {
    let google = Profile::new(&registration(Provider::Google), Purpose::BOTH).unwrap();
    assert_eq!(
        google.authorize.as_str(),
        "https://accounts.google.com/o/oauth2/v2/auth"
    );
    assert_eq!(google.token.as_str(), "https://oauth2.googleapis.com/token");
    assert_eq!(
        google.revoke.as_ref().map(Url::as_str),
        Some("https://oauth2.googleapis.com/revoke")
    );
    assert_eq!(
        google.scopes,
        words("https://mail.google.com/ openid email")
    );
    assert!(
        google.is_own_host("imap.gmail.com") && !google.is_own_host("imap.gmail.com.evil.example")
    );
    assert!(google.issuer.accepts("accounts.google.com", None));
    let mut played = registration(Provider::Google);
    played.custom = Some(CustomUrls {
        authorize: url("http://127.0.0.1:9/a"),
        token: url("http://127.0.0.1:9/t"),
        device: None,
        revoke: None,
    });
    assert_eq!(
        Profile::new(&played, Purpose::BOTH).unwrap().token.as_str(),
        "http://127.0.0.1:9/t"
    );
}

#[test]
fn a_custom_provider_is_asked_what_its_registration_says() {
    let server = url("https://id.example/");
    let mut wanted = custom_at(&server);
    let scopes = |r: &Registration| Profile::new(r, Purpose::BOTH).unwrap().scopes;
    assert_eq!(
        scopes(&wanted),
        words("openid profile email offline_access")
    );
    wanted.scopes = words("mail-all");
    assert_eq!(scopes(&wanted), words("mail-all"));
    wanted.scopes.clear();
    wanted.authority = None;
    assert!(scopes(&wanted).is_empty());
    wanted.custom = None;
    assert!(Profile::new(&wanted, Purpose::BOTH).is_err());
}

#[test]
fn each_provider_gets_the_redirect_it_accepts() {
    let uri = |r: &Registration| Redirect::of(r).unwrap().uri(5000);
    assert_eq!(
        uri(&registration(Provider::Microsoft)),
        "http://localhost:5000"
    );
    assert_eq!(
        uri(&registration(Provider::Google)),
        "http://127.0.0.1:5000"
    );
    assert_eq!(
        uri(&custom_at(&url("https://id.example/"))),
        "http://127.0.0.1:5000"
    );
    let mut web = registration(Provider::Microsoft);
    web.redirect_uri = Some(url("http://localhost/iche_demo/Handler"));
    assert_eq!(
        Redirect::of(&web).unwrap().port(),
        None,
        "Entra ignores the port of localhost"
    );
    web.provider = Provider::Google;
    assert_eq!(
        Redirect::of(&web).unwrap().port(),
        Some(80),
        "Google compares it"
    );
}

#[test]
fn the_name_of_the_person_is_asked_for_where_there_is_a_scope_for_it() {
    let scopes = |r: &Registration| {
        let profile = Profile::new(r, Purpose::BOTH).unwrap().asking_for_name();
        profile.scopes.iter().filter(|s| *s == "profile").count()
    };
    assert_eq!(scopes(&registration(Provider::Google)), 1);
    assert_eq!(scopes(&registration(Provider::Microsoft)), 1, "anyway");
    let mut custom = custom_at(&url("https://id.example/"));
    custom.scopes = vec!["openid".into(), "mail".into()];
    assert_eq!(scopes(&custom), 0, "to the letter");
}

#[test]
fn before_anybody_is_known_microsoft_asks_for_either_kind_of_account() {
    let microsoft = registration(Provider::Microsoft);
    let path = |profile: Profile| profile.authorize.path().to_owned();
    let anybody = |r: &Registration| path(Profile::anybody(r, Purpose::BOTH).unwrap());
    assert_eq!(anybody(&microsoft), "/common/oauth2/v2.0/authorize");
    let own = Registration {
        tenant: Some("firma.nl".into()),
        ..microsoft
    };
    assert_eq!(anybody(&own), "/firma.nl/oauth2/v2.0/authorize");
}

#[test]
fn an_access_token_is_kept_under_what_it_is_for() {
    assert_eq!(microsoft(|_| ()).resource(), "https://outlook.office.com");
    let china = microsoft(|r| r.cloud = Cloud::China);
    assert_eq!(china.resource(), "https://partner.outlook.cn");
    for (provider, resource) in [
        (Provider::Google, "https://mail.google.com"),
        (Provider::Custom, "mail"),
    ] {
        let mut wanted = registration(provider);
        if provider == Provider::Custom {
            wanted = custom_at(&url("http://127.0.0.1:9/"));
        }
        let profile = Profile::new(&wanted, Purpose::BOTH).unwrap();
        assert_eq!(profile.resource(), resource);
    }
}

#[test]
fn pop3_has_its_own_permission_and_is_asked_for_only_where_it_is_used() {
    let names = |uses: Uses| -> Vec<String> {
        let profile = Profile::new(&registration(Provider::Microsoft), uses).unwrap();
        let own = profile.scopes.into_iter();
        own.filter_map(|scope| {
            let name = scope.strip_prefix("https://outlook.office.com/")?;
            Some(name.to_owned())
        })
        .collect()
    };
    let uses = |imap, pop3, smtp| Uses {
        imap,
        pop3,
        smtp,
        graph: false,
        graph_for_others: false,
        gmail: false,
    };
    for (uses, asked) in [
        (
            uses(false, true, true),
            &["POP.AccessAsUser.All", "SMTP.Send"][..],
        ),
        (
            uses(true, true, false),
            &["IMAP.AccessAsUser.All", "POP.AccessAsUser.All"],
        ),
        (uses(true, false, false), &["IMAP.AccessAsUser.All"]),
    ] {
        assert_eq!(names(uses), asked, "{uses:?}");
    }
    let by_graph = |graph_for_others| Uses {
        graph: true,
        graph_for_others,
        ..uses(true, false, false)
    };
    let graph = |uses| {
        let profile = Profile::new(&registration(Provider::Microsoft), uses).unwrap();
        let sending = profile.scopes.into_iter().filter(|s| s.contains("graph."));
        sending.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        graph(by_graph(false)),
        "https://graph.microsoft.com/Mail.Send"
    );
    assert_eq!(
        graph(by_graph(true)),
        "https://graph.microsoft.com/Mail.Send https://graph.microsoft.com/Mail.Send.Shared"
    );
    let google = Profile::new(&registration(Provider::Google), uses(false, true, false)).unwrap();
    assert!(
        google
            .scopes
            .contains(&"https://mail.google.com/".to_owned())
    );
}
