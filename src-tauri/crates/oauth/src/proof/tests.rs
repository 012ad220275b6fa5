use mailwright_domain::Registration;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;

use super::*;
use crate::client_credentials;
use crate::fixture::{
    CLIENT, Script, client_certificate, custom_at, json, microsoft_at, net, url, words,
};
use crate::profile::Profile;

fn key() -> (ClientKey, ClientCertificate) {
    let (certificate, key) = client_certificate();
    (ClientKey::new(key, &certificate), certificate)
}

/// Header, claims, and whether the signature is the certificate's.
fn read(assertion: &str, certificate: &ClientCertificate) -> (Value, Value) {
    let parts: Vec<&str> = assertion.split('.').collect();
    let bytes = |at: usize| URL_SAFE_NO_PAD.decode(parts[at]).unwrap();
    let value = |at: usize| serde_json::from_slice::<Value>(&bytes(at)).unwrap();
    let header = value(0);
    let algorithm: &dyn ring::signature::VerificationAlgorithm = match header["alg"].as_str() {
        Some("PS256") => &RSA_PSS_2048_8192_SHA256,
        _ => &RSA_PKCS1_2048_8192_SHA256,
    };
    let der = base64::engine::general_purpose::STANDARD
        .decode(&certificate.der)
        .unwrap();
    let (_, parsed) = x509_parser::parse_x509_certificate(&der).unwrap();
    let public = parsed.public_key().subject_public_key.data.to_vec();
    UnparsedPublicKey::new(algorithm, public)
        .verify(format!("{}.{}", parts[0], parts[1]).as_bytes(), &bytes(2))
        .expect("signed with the key of the certificate");
    (header, value(1))
}

fn app(registration: Registration) -> Profile {
    let (certificate, _) = client_certificate();
    let registration = Registration {
        certificate: Some(certificate),
        ..registration
    };
    Profile::app_only(&registration).unwrap()
}

#[test]
fn an_assertion_is_what_entra_documents() {
    let profile = app(microsoft_at(&url("http://127.0.0.1:9/")));
    let (key, certificate) = key();
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let first = assertion(&profile, &key, now).unwrap();
    let (header, claims) = read(first.expose(), &certificate);
    assert_eq!(
        header,
        serde_json::json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": certificate.x5t_s256 })
    );
    assert_eq!(claims["aud"], profile.token.as_str());
    assert_eq!(
        (&claims["iss"], &claims["sub"]),
        (&CLIENT.into(), &CLIENT.into())
    );
    let time = |name: &str| claims[name].as_i64().unwrap();
    assert_eq!(time("iat"), now.as_second());
    assert!(time("nbf") < time("iat") && time("iat") < time("exp"));
    assert!((300..=600).contains(&(time("exp") - time("nbf"))));
    let second = assertion(&profile, &key, now).unwrap();
    let (_, again) = read(second.expose(), &certificate);
    assert_ne!(claims["jti"], again["jti"], "each is for one request");
}

#[test]
fn another_provider_gets_what_every_server_knows() {
    let registration = Registration {
        scopes: words("mail openid"),
        ..custom_at(&url("http://127.0.0.1:9/"))
    };
    let (key, certificate) = key();
    let text = assertion(&app(registration), &key, Timestamp::now()).unwrap();
    assert_eq!(read(text.expose(), &certificate).0["alg"], "RS256");
}

#[tokio::test]
async fn an_app_asks_for_itself_and_no_secret_is_repeated() {
    let answer =
        serde_json::json!({ "access_token": "at", "token_type": "Bearer", "expires_in": 3599 });
    let said = serde_json::json!({ "error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret hush~hush.", "error_codes": [7_000_215] });
    let script = Script::new([json(200, &answer), json(200, &answer), json(401, &said)]).await;
    let registration = Registration {
        has_secret: true,
        ..microsoft_at(&script.url)
    };
    let profile = Profile::app_only(&registration).unwrap();
    let secret = ClientProof::Secret(Secret::new("hush~hush"));
    let tokens = client_credentials(&net(), &profile, &secret).await.unwrap();
    assert_eq!(tokens.access_token.expose(), "at");
    assert!(tokens.refresh_token.is_none());
    let (key, certificate) = key();
    let proof = ClientProof::Certificate(key);
    client_credentials(&net(), &profile, &proof).await.unwrap();
    let error = client_credentials(&net(), &profile, &secret)
        .await
        .unwrap_err();
    assert!(!error.is_definitive() && !error.is_transient());
    assert!(!error.evidence().text.contains("hush"), "{error}");
    assert_eq!(
        error.evidence().auth,
        Some(mailwright_domain::AuthKind::AppOnly)
    );

    let asked = script.asked();
    let field = |at: usize, name: &str| {
        let body = asked[at].split("\r\n\r\n").nth(1).unwrap();
        let found = url::form_urlencoded::parse(body.as_bytes()).find(|(n, _)| n == name);
        found.map(|(_, value)| value.into_owned())
    };
    for at in [0, 1] {
        assert_eq!(field(at, "grant_type").unwrap(), "client_credentials");
        assert_eq!(
            field(at, "scope").unwrap(),
            "https://outlook.office365.com/.default"
        );
        assert_eq!(field(at, "client_id").unwrap(), CLIENT);
    }
    assert_eq!(field(0, "client_secret").unwrap(), "hush~hush");
    assert_eq!(field(1, "client_secret"), None);
    assert_eq!(field(1, "client_assertion_type").unwrap(), ASSERTION_TYPE);
    read(&field(1, "client_assertion").unwrap(), &certificate);
}

#[test]
fn each_cloud_and_each_registration_names_one_resource() {
    use mailwright_domain::Cloud;
    let scope = |cloud: Cloud, scopes: &str| {
        let registration = Registration {
            has_secret: true,
            cloud,
            scopes: scopes.split_whitespace().map(str::to_owned).collect(),
            ..microsoft_at(&url("https://login.example/"))
        };
        Profile::app_only(&registration).unwrap().token_scopes()
    };
    assert_eq!(
        scope(Cloud::Global, ""),
        ["https://outlook.office365.com/.default"]
    );
    assert_eq!(
        scope(Cloud::GccHigh, ""),
        ["https://outlook.office365.us/.default"]
    );
    assert_eq!(
        scope(Cloud::China, ""),
        ["https://partner.outlook.cn/.default"]
    );
    assert_eq!(
        scope(
            Cloud::Custom,
            "offline_access https://mail.cloud.example/SMTP.Send"
        ),
        ["https://mail.cloud.example/.default"]
    );
}

#[test]
fn nothing_shows_the_key() {
    let (key, _) = key();
    let shown = format!("{:?}", ClientProof::Certificate(key));
    assert!(!shown.contains("PRIVATE"), "{shown}");
}
