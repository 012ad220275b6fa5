//! Whatever is given, there is an answer and no panic.

use mailwright_diagnosis::{Catalogue, diagnose, explain};
use mailwright_domain::{Evidence, Provider, SmtpCode, Stage, TokenClaims};
use proptest::prelude::*;

/// Text made of the pieces that the code looks for, so that its branches are reached.
fn near_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("AADSTS".to_owned()),
        Just("535 5.7.139 ".to_owned()),
        Just("535-".to_owned()),
        Just("\r\n".to_owned()),
        Just("eyJzdGF0dXMiOiI0MDAi".to_owned()),
        Just("http://localhost/?error=".to_owned()),
        Just("%25%3a%".to_owned()),
        Just("\\u00".to_owned()),
        Just("\\\"".to_owned()),
        Just("refresh_token=".to_owned()),
        Just("dXNlcj".to_owned()),
        Just(" NO [".to_owned()),
        Just("{mailbox}[?".to_owned()),
        Just("é\u{202e}\u{1}".to_owned()),
        "[0-9]{1,9}",
        ".{0,12}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_are_explained(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let verdicts = explain(&String::from_utf8_lossy(&bytes), None, None);
        prop_assert!(!verdicts.is_empty());
    }

    #[test]
    fn near_texts_are_explained_with_each_id_once(text in near_text(), stage in 0..14_usize) {
        let verdicts = explain(&text, Some(Stage::ALL[stage]), Some(Provider::Microsoft));
        let mut ids: Vec<_> = verdicts.iter().map(|v| v.id.clone()).collect();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), verdicts.len());
        prop_assert!(!verdicts.is_empty());
    }

    #[test]
    fn a_bearer_is_never_repeated(before in near_text(), after in near_text()) {
        let text = format!("{before} Bearer qqsecretqq {after}");
        for verdict in explain(&text, None, None) {
            let matched = verdict.matched.unwrap_or_default();
            prop_assert!(!matched.contains("qqsecretqq"), "{}", matched);
        }
    }

    #[test]
    fn evidence_always_has_a_verdict(
        text in near_text(),
        more in near_text(),
        stage in 0..14_usize,
        basic in any::<u16>(),
        numbers in prop::collection::vec(any::<u32>(), 0..5),
        status in proptest::option::of(any::<u16>()),
    ) {
        let evidence = Evidence {
            text: text.clone(),
            smtp: Some(SmtpCode { basic, enhanced: Some((5, basic, 7)) }),
            response_code: Some(more.clone()),
            challenge: Some(more.clone()),
            oauth_error: Some(more.clone()),
            error_codes: numbers,
            http_status: status,
            detail: Some(more.clone()),
            host: Some(more.clone()),
            mailbox: Some(text),
            token: Some(TokenClaims { audience: Some(more.clone()), scopes: vec![more], ..TokenClaims::default() }),
            ..Evidence::at(Stage::ALL[stage])
        };
        let verdict = diagnose(&evidence);
        prop_assert!(Catalogue::built_in().entry(&verdict.id).is_some());
    }
}
