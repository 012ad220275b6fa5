use jiff::ToSpan as _;
use rcgen::{CertificateParams, DnType, KeyPair as Maker, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256};

use super::*;
use crate::fixture::moment;

const KEY: &str = include_str!("key.pem");
const PKCS1: &str = include_str!("key-pkcs1.pem");
const OTHER: &str = include_str!("other-key.pem");

/// A certificate of this key that is valid between these days, counted from now.
fn certificate(key: &Maker, from: i64, until: i64) -> String {
    let day = |days: i64| {
        let at = Timestamp::now() + (days * 24).hours();
        std::time::SystemTime::from(at).into()
    };
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, "ERP mail");
    params.not_before = day(from);
    params.not_after = day(until);
    params.self_signed(key).unwrap().pem()
}

fn rsa(key: &str) -> Maker {
    Maker::from_pem_and_sign_algo(key, &PKCS_RSA_SHA256).unwrap()
}

fn read(certificate: &str, key: Option<&str>) -> Result<ClientCertificate, CertificateError> {
    let key = key.map(Secret::new);
    read_certificate(&Secret::new(certificate), key.as_ref(), Timestamp::now())
        .map(|(certificate, _)| certificate)
}

#[test]
fn one_file_with_both_and_two_files_and_both_forms_of_a_key_are_read() {
    let pem = certificate(&rsa(KEY), -1, 30);
    let one = read(&format!("{KEY}{pem}"), None).unwrap();
    assert_eq!(one, read(&format!("{pem}{KEY}"), None).unwrap());
    assert_eq!(one, read(&pem, Some(KEY)).unwrap());
    assert_eq!(one, read(&pem, Some(PKCS1)).unwrap());
    assert_eq!(one.subject, "CN=ERP mail");
    assert_eq!(one.thumbprint.len(), 40);
    assert_eq!(one.x5t_s256.len(), 43);
    assert!(one.not_before < Timestamp::now() && one.not_after > Timestamp::now());
    // With the issuers in the file, the one whose key it is counts.
    let issuer = certificate(&rsa(OTHER), -1, 30);
    assert_eq!(one, read(&format!("{issuer}{pem}{KEY}"), None).unwrap());
}

#[test]
fn the_thumbprints_are_of_the_certificate_itself() {
    // Of a certificate with these three bytes, by coreutils: sha1sum, and sha256sum as Base64url.
    assert_eq!(
        hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, b"abc").as_ref()),
        "A9993E364706816ABA3E25717850C26C9CD0D89D"
    );
    assert_eq!(
        URL_SAFE_NO_PAD.encode(digest(&SHA256, b"abc")),
        "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"
    );
}

#[test]
fn what_cannot_work_is_said_before_it_is_saved() {
    let pem = certificate(&rsa(KEY), -1, 30);
    let ec = Maker::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let ec_certificate = certificate(&ec, -1, 30);
    let error = |certificate: &str, key: Option<&str>| read(certificate, key).unwrap_err();
    assert_eq!(error("", None), CertificateError::NotPem);
    assert_eq!(error("\u{30}\u{82}", Some(KEY)), CertificateError::NotPem);
    assert_eq!(error(&pem, None), CertificateError::NoKey);
    assert_eq!(error(KEY, None), CertificateError::NoCertificate);
    assert_eq!(error(&pem, Some(OTHER)), CertificateError::Mismatch);
    assert_eq!(
        error(&ec_certificate, Some(KEY)),
        CertificateError::NotRsa("certificate")
    );
    assert_eq!(
        error(&pem, Some(&ec.serialize_pem())),
        CertificateError::NotRsa("private key")
    );
    assert_eq!(
        error(
            &pem,
            Some("-----BEGIN EC PRIVATE KEY-----\nAQI=\n-----END EC PRIVATE KEY-----")
        ),
        CertificateError::NotRsa("private key")
    );
    assert_eq!(
        error(&pem, Some(include_str!("short-key.pem"))),
        CertificateError::KeyLength
    );
    for protected in [
        include_str!("key-encrypted.pem"),
        include_str!("key-pkcs1-encrypted.pem"),
    ] {
        assert_eq!(error(&pem, Some(protected)), CertificateError::KeyProtected);
    }
    assert_eq!(
        error(&pem, Some(&KEY.replace("MII", "MIA"))),
        CertificateError::Damaged("private key")
    );
    let cut = "-----BEGIN CERTIFICATE-----\nAQI=\n-----END CERTIFICATE-----\n";
    assert_eq!(
        error(cut, Some(KEY)),
        CertificateError::Damaged("certificate")
    );
    let expired = certificate(&rsa(KEY), -30, -1);
    assert!(matches!(
        error(&expired, Some(KEY)),
        CertificateError::Expired(_)
    ));
    let early = certificate(&rsa(KEY), 1, 30);
    assert!(matches!(
        error(&early, Some(KEY)),
        CertificateError::NotYetValid(_)
    ));
}

#[test]
fn no_sentence_holds_anything_of_the_key() {
    let pem = certificate(&rsa(KEY), -1, 30);
    let (_, key) =
        read_certificate(&Secret::new(&*pem), Some(&Secret::new(KEY)), moment()).unwrap();
    let body = KEY.lines().nth(1).unwrap();
    assert!(key.expose().replace('\n', "").contains(body));
    assert!(!format!("{key:?}").contains(body));
}
