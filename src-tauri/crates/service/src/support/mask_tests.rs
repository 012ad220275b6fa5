use super::*;

fn mask() -> Mask {
    let mut mask = Mask::default();
    mask.learn_login("Anna@Firma.nl");
    mask.learn_login("FIRMA\\anna");
    mask.learn_host("mail.hoster-firma.nl");
    mask.learn_host("outlook.office365.com");
    mask.learn_host("proxy");
    mask.learn_phrase("ERP mail");
    mask.learn_word("tenant", "00001111-aaaa-4222-8bbb-3333cccc4444");
    mask
}

#[test]
fn the_same_is_replaced_by_the_same_everywhere() {
    let mut mask = mask();
    assert_eq!(
        mask.text("anna@firma.nl at mail.hoster-firma.nl:993, again ANNA@FIRMA.NL."),
        "person-1@domain-1.example at host-1.domain-2.example:993, again person-1@domain-1.example."
    );
    assert_eq!(
        mask.text("220 srv7.Hoster-Firma.nl ESMTP; mail.hoster-firma.nl; firma.nl"),
        "220 host-2.domain-2.example ESMTP; host-1.domain-2.example; domain-1.example"
    );
    assert_eq!(
        mask.text("https://x/?login_hint=anna%40firma.nl&u=<bob@firma.nl>"),
        "https://x/?login_hint=person-1@domain-1.example&u=<person-2@domain-1.example>"
    );
    assert_eq!(
        mask.text(
            "“ERP mail” of FIRMA\\anna in 00001111-AAAA-4222-8bbb-3333cccc4444 by http://proxy:8080"
        ),
        "“name-2” of name-1 in tenant-2 by http://host-1:8080"
    );
}

#[test]
fn an_address_that_no_setting_has_is_replaced_too() {
    let mut mask = mask();
    assert_eq!(
        mask.text("550 <piet@elders.example> unknown at mx.elders.example"),
        "550 <person-1@domain-3.example> unknown at host-1.domain-3.example"
    );
    assert_eq!(
        mask.text("anna@gmail.com at smtp.gmail.com"),
        "person-2@gmail.com at smtp.gmail.com"
    );
    assert_eq!(
        mask.text("[10.0.0.7] 2001:db8::7 127.0.0.1 ::1 10.0.0.7"),
        "[ip-1] ip-2 127.0.0.1 ::1 ip-1"
    );
}

#[test]
fn an_organisations_name_at_microsoft_is_replaced() {
    let mut mask = Mask::default();
    mask.learn_host("Firma.onmicrosoft.com");
    for (text, masked) in [
        (
            "firma-nl.mail.protection.outlook.com:25",
            "organisation-1.mail.protection.outlook.com:25",
        ),
        (
            "220 Firma-NL.mail.protection.outlook.com ESMTP",
            "220 organisation-1.mail.protection.outlook.com ESMTP",
        ),
        (
            "firma-us.mail.protection.office365.us",
            "organisation-2.mail.protection.office365.us",
        ),
        (
            "firma-nl.o-v1.mx.microsoft.",
            "organisation-1.o-v1.mx.microsoft.",
        ),
        (
            "anna@firma.onmicrosoft.com",
            "person-1@organisation-3.onmicrosoft.com",
        ),
        (
            "firma.mail.onmicrosoft.com",
            "organisation-3.mail.onmicrosoft.com",
        ),
        (
            "https://firma.sharepoint.com/sites",
            "https://organisation-3.sharepoint.com/sites",
        ),
        ("outlook.office365.com", "outlook.office365.com"),
        ("mail.protection.outlook.com", "mail.protection.outlook.com"),
    ] {
        assert_eq!(mask.text(text), masked);
    }
}

#[test]
fn the_organisations_that_microsoft_names_are_replaced() {
    const OWN: &str = "11112222-aaaa-4333-8bbb-4444cccc5555";
    const OTHER: &str = "99992222-AAAA-4333-8bbb-4444cccc5555";
    const APP: &str = "77772222-aaaa-4333-8bbb-4444cccc5555";
    let masked = |text: &str| {
        let mut mask = Mask::default();
        mask.learn_tenant(OWN);
        mask.learn_from(text);
        mask.text(text)
    };
    for (text, expected) in [
        (
            format!("the access token is of the organisation {OTHER}, and the sign-in of {OWN}"),
            "the access token is of the organisation tenant-2, and the sign-in of tenant-1".to_owned(),
        ),
        (
            format!("AADSTS50020: User account 'x' from identity provider 'https://sts.windows.net/{OTHER}/' does not exist in tenant 'Firma B.V.' and cannot access the application '{APP}'(ERP mail) in that tenant. Trace ID: {APP}"),
            format!("AADSTS50020: User account 'x' from identity provider 'https://sts.windows.net/tenant-2/' does not exist in tenant 'name-1' and cannot access the application '{APP}'(ERP mail) in that tenant. Trace ID: {APP}"),
        ),
        (
            format!("AADSTS700016: Application with identifier '{APP}' was not found in the directory 'Firma'. It is not of Firma."),
            format!("AADSTS700016: Application with identifier '{APP}' was not found in the directory 'name-1'. It is not of name-1."),
        ),
        (
            "AADSTS90002: Tenant 'firma.example' not found. Check to make sure you have the correct tenant ID.".to_owned(),
            "AADSTS90002: Tenant 'domain-1.example' not found. Check to make sure you have the correct tenant ID.".to_owned(),
        ),
        (
            format!("AADSTS50034: The user account x does not exist in the {OTHER} directory."),
            "AADSTS50034: The user account x does not exist in the tenant-2 directory.".to_owned(),
        ),
        (
            format!("AADSTS650052: a service '{APP}' that your organization \"Firma B.V.\" lacks; tenant ID: {OTHER}"),
            format!("AADSTS650052: a service '{APP}' that your organization \"name-1\" lacks; tenant ID: tenant-2"),
        ),
        (
            "AADSTS500011: The resource principal was not found in the tenant named Firma B.V.. This can happen if it is not installed.".to_owned(),
            "AADSTS500011: The resource principal was not found in the tenant named name-1. This can happen if it is not installed.".to_owned(),
        ),
        (
            "AADSTS90002: Tenant 'common' and directory 'unfinished".to_owned(),
            "AADSTS90002: Tenant 'common' and directory 'unfinished".to_owned(),
        ),
        (
            "in tenant 'O'Brien B.V.' and not O'Brien".to_owned(),
            "in tenant 'name-1' and not O'Brien".to_owned(),
        ),
        (
            "your organization's security defaults, and it's done".to_owned(),
            "your organization's security defaults, and it's done".to_owned(),
        ),
    ] {
        assert_eq!(masked(&text), expected);
    }
}

#[test]
fn what_support_needs_stays() {
    let mut mask = mask();
    for text in [
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled.",
        "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
        "2026-11-28T10:05:34Z 1.234 C: A01 SELECT INBOX",
        "outlook.office365.com:993 TLS 1.3",
        "ERP mails, FIRMA\\annabel",
        "",
    ] {
        assert_eq!(mask.text(text), text);
    }
}
