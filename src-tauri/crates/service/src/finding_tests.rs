use super::*;
use crate::samples::{Sample, form, registration};
use crate::{Code, NewRegistration};

#[tokio::test]
async fn what_is_known_of_an_address_is_found() {
    let sample = Sample::new();
    let service = &sample.service;
    let _ = sample.registration("A").await;
    let used = sample.registration("B").await;
    let google = NewRegistration {
        provider: mailwright_domain::Provider::Google,
        client_id: Some("1.apps.googleusercontent.com".to_owned()),
        tenant: None,
        ..registration("G")
    };
    let _ = service.add_registration(google).await.unwrap();
    let known = sample.mailbox("orders@hotmail.nl", &used).await;
    let begun = service
        .save_setup(None, "confirm", &form(" Anna@HOTMAIL.nl", &used))
        .unwrap();

    let found = service.find("anna@hotmail.nl").await.unwrap();
    assert_eq!(found.detected.provider.as_deref(), Some("microsoft"));
    assert_eq!(
        (&found.existing, found.begun),
        (&None, Some(begun.id.clone()))
    );
    let names: Vec<&str> = found
        .registrations
        .iter()
        .map(|r| r.name.as_str())
        .collect();
    assert_eq!(
        names,
        ["B", "A"],
        "the domain's own first, no other provider's"
    );
    let servers = found.known.unwrap();
    assert_eq!(
        (servers.from.as_str(), &servers.registration),
        ("orders@hotmail.nl", &used)
    );
    let imap = servers.imap.unwrap();
    assert_eq!(
        (
            imap.host.as_str(),
            imap.port.as_str(),
            imap.security.as_str()
        ),
        ("mail.firma.nl", "993", "tls")
    );

    let found = service.find("Orders@hotmail.nl").await.unwrap();
    assert_eq!(found.existing, Some(known.id.to_string()));
    assert_eq!(
        (found.begun, found.known),
        (None, None),
        "not its own servers"
    );
    let other = service.find("x@gmail.com").await.unwrap();
    assert_eq!(other.registrations.len(), 1);
    assert_eq!((other.existing, other.known), (None, None));

    service
        .save_setup(Some(&begun.id), DONE, &begun.form)
        .unwrap();
    let _ = service.take_off("orders@hotmail.nl").unwrap();
    let found = service.find("anna@hotmail.nl").await.unwrap();
    assert_eq!((found.begun, found.known), (None, None));
    assert_eq!(service.find("anna").await.unwrap_err().code, Code::Usage);
}
