use super::*;
use crate::samples::Sample;

#[test]
fn the_mark_names_what_is_not_confirmed_and_since_when() {
    assert_eq!(not_confirmed(Cloud::Global), None);
    let china = not_confirmed(Cloud::China).unwrap();
    for part in [
        "permissions",
        "SMTP server",
        "2026-",
        "Not confirmed by Microsoft",
    ] {
        assert!(china.contains(part), "{china}");
    }
}

#[tokio::test]
async fn what_is_no_domain_or_no_address_to_ask_is_said() {
    let sample = Sample::new();
    for (text, cloud, authority, part) in [
        (
            "firma",
            Cloud::Global,
            None,
            "neither an address nor a domain",
        ),
        ("firma.nl", Cloud::Custom, None, "authority"),
        (
            "firma.nl",
            Cloud::Custom,
            Some("http://login.example"),
            "https://",
        ),
        (
            "firma.nl",
            Cloud::Custom,
            Some("login"),
            "not an address of the web",
        ),
    ] {
        let failure = sample
            .service
            .find_tenant(text, cloud, authority)
            .await
            .unwrap_err();
        assert_eq!(failure.code, Code::Usage, "{}", failure.message);
        assert!(failure.message.contains(part), "{}", failure.message);
        assert!(failure.message.contains("Nothing was saved"));
    }
}
