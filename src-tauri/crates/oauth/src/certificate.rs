//! Reading a certificate and its private key from files, so that what cannot work is said while the files are at hand.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use mailwright_domain::{ClientCertificate, Secret};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use x509_parser::oid_registry::OID_PKCS1_RSAENCRYPTION;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::pem::{self, Block};

/// Longest subject that is kept for display.
const LONGEST_SUBJECT: usize = 200;

/// Why a certificate cannot prove a client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Neither file is PEM.
    #[error(
        "the file of the certificate is not in the form PEM, which begins with -----BEGIN. A .pfx or .p12 file can be converted: openssl pkcs12 -in FILE.pfx -nodes -out FILE.pem"
    )]
    NotPem,
    /// No certificate in it.
    #[error("the file holds no certificate (-----BEGIN CERTIFICATE-----)")]
    NoCertificate,
    /// No private key in it.
    #[error("there is no private key for the certificate")]
    NoKey,
    /// The key is encrypted.
    #[error(
        "the private key is protected with a password, which nobody could enter when mail is sent at night. Save it without one; the keychain of this computer protects it: openssl pkey -in KEY.pem -out OPEN.pem"
    )]
    KeyProtected,
    /// An elliptic curve.
    #[error("the {0} is not RSA. Make a certificate with an RSA key of 2048 to 4096 bits")]
    NotRsa(&'static str),
    /// Too short or too long.
    #[error("the private key has a length that cannot be used. Make one with 2048 to 4096 bits")]
    KeyLength,
    /// Something that cannot be read.
    #[error("the {0} is damaged or in a form that is not known")]
    Damaged(&'static str),
    /// Of another certificate.
    #[error("the private key does not belong to this certificate")]
    Mismatch,
    /// Past its end.
    #[error("the certificate ended on {}", .0.strftime("%Y-%m-%d"))]
    Expired(Timestamp),
    /// Before its begin.
    #[error("the certificate is only valid from {} on", .0.strftime("%Y-%m-%d %H:%M UTC"))]
    NotYetValid(Timestamp),
}

/// The certificate and its private key as text for the keychain. `certificate` is a PEM file that may hold both, also
/// with a chain of issuers; `key` another file with the key (PKCS#8 or PKCS#1).
///
/// # Errors
/// The first thing that would make the provider or this program refuse it.
pub fn read_certificate(
    certificate: &Secret,
    key: Option<&Secret>,
    now: Timestamp,
) -> Result<(ClientCertificate, Secret), CertificateError> {
    let blocks = pem::blocks(certificate.expose());
    if blocks.is_empty() {
        return Err(CertificateError::NotPem);
    }
    let key_blocks = key.map(|key| pem::blocks(key.expose()));
    let key = private_key(key_blocks.as_deref().unwrap_or(&blocks))?;
    let pair = key_pair(&key)?;
    let mut mismatch = CertificateError::NoCertificate;
    for block in blocks.iter().filter(|b| b.label == "CERTIFICATE") {
        let damaged = CertificateError::Damaged("certificate");
        let Ok((rest, parsed)) = X509Certificate::from_der(&block.der) else {
            return Err(damaged);
        };
        // All of the block is kept and goes into its thumbprints.
        if !rest.is_empty() {
            return Err(damaged);
        }
        let owner = parsed.public_key();
        if owner.algorithm.algorithm != OID_PKCS1_RSAENCRYPTION {
            mismatch = CertificateError::NotRsa("certificate");
        } else if *owner.subject_public_key.data == *pair.public_key().as_ref() {
            return Ok((facts(&parsed, &block.der, now)?, key));
        } else {
            mismatch = CertificateError::Mismatch;
        }
    }
    Err(mismatch)
}

fn facts(
    parsed: &X509Certificate<'_>,
    der: &[u8],
    now: Timestamp,
) -> Result<ClientCertificate, CertificateError> {
    let moment = |seconds: i64| {
        Timestamp::from_second(seconds).map_err(|_| CertificateError::Damaged("certificate"))
    };
    let validity = parsed.validity();
    let not_before = moment(validity.not_before.timestamp())?;
    let not_after = moment(validity.not_after.timestamp())?;
    if not_after <= now {
        return Err(CertificateError::Expired(not_after));
    }
    if not_before > now {
        return Err(CertificateError::NotYetValid(not_before));
    }
    let subject = parsed.subject().to_string();
    let visible = subject.chars().filter(|c| !c.is_control());
    Ok(ClientCertificate {
        der: STANDARD.encode(der),
        subject: visible.take(LONGEST_SUBJECT).collect(),
        thumbprint: hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, der).as_ref()),
        x5t_s256: URL_SAFE_NO_PAD.encode(digest(&SHA256, der)),
        not_before,
        not_after,
    })
}

/// As Microsoft shows a thumbprint.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02X}");
        text
    })
}

/// The one private key among these, as PEM.
fn private_key(blocks: &[Block]) -> Result<Secret, CertificateError> {
    let keys = blocks.iter().filter(|b| b.label.ends_with("PRIVATE KEY"));
    let mut found = Err(CertificateError::NoKey);
    for block in keys {
        if block.encrypted || block.label == "ENCRYPTED PRIVATE KEY" {
            return Err(CertificateError::KeyProtected);
        }
        match block.label.as_str() {
            "PRIVATE KEY" | "RSA PRIVATE KEY" => return Ok(pem::text(block)),
            _ => found = Err(CertificateError::NotRsa("private key")),
        }
    }
    found
}

/// The key pair of a private key as [`read_certificate`] gives it. Made anew for each signature and dropped after it.
pub(crate) fn key_pair(key: &Secret) -> Result<KeyPair, CertificateError> {
    let blocks = pem::blocks(key.expose());
    let block = blocks.first().ok_or(CertificateError::NoKey)?;
    let pair = if block.label == "PRIVATE KEY" {
        KeyPair::from_pkcs8(&block.der)
    } else {
        KeyPair::from_der(&block.der)
    };
    let pair = pair.map_err(|why| match why.to_string().as_str() {
        "WrongAlgorithm" => CertificateError::NotRsa("private key"),
        "TooSmall" | "TooLarge" => CertificateError::KeyLength,
        _ => CertificateError::Damaged("private key"),
    })?;
    // Numbers that do not fit together show only when something is signed.
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), b"", &mut signature)
        .map_err(|_| CertificateError::Damaged("private key"))?;
    Ok(pair)
}

#[cfg(test)]
mod tests;
