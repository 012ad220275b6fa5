//! The lab's own certificate authority, and server certificates that are good or bad in one way each.
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_RSA_SHA256, SanType,
};

use crate::{Folder, LabError};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A certificate chain and its key, as PEM files.
#[derive(Clone, Debug)]
pub struct ServerCertificate {
    /// The certificate, followed by its issuer's.
    pub chain: PathBuf,
    /// The private key (PKCS #8).
    pub key: PathBuf,
}

impl ServerCertificate {
    /// Makes a certificate that is its own issuer for the RSA key that is there already, and writes it.
    pub(crate) fn of_key(&self, name: &str) -> Result<(), LabError> {
        let key = fs::read_to_string(&self.key)?;
        let key = KeyPair::from_pem_and_sign_algo(&key, &PKCS_RSA_SHA256)?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = (SystemTime::now() - DAY).into();
        params.not_after = (SystemTime::now() + 30 * DAY).into();
        Ok(fs::write(&self.chain, params.self_signed(&key)?.pem())?)
    }
}

/// Everything the authority issued.
#[derive(Clone, Debug)]
pub struct Certificates {
    authority: PathBuf,
    good: ServerCertificate,
    untrusted: ServerCertificate,
    expired: ServerCertificate,
    wrong_name: ServerCertificate,
}

type Authority = (String, Issuer<'static, KeyPair>);

impl Certificates {
    /// Makes an authority and its certificates in `tls/` of the folder.
    pub fn issue(folder: &Folder) -> Result<Self, LabError> {
        folder.make("tls", 0o755)?;
        let lab = authority("Mailwright Lab CA")?;
        let stranger = authority("Somebody Else's CA")?;
        let names = [
            "localhost",
            "lab.test",
            "*.lab.test",
            "*.googleapis.com",
            "outlook.office365.com",
            "graph.microsoft.com",
            "imap.gmail.com",
        ];
        let now = SystemTime::now();
        let good = (now - DAY, now + 30 * DAY);
        let over = (now - 30 * DAY, now - DAY);
        Ok(Self {
            authority: folder.write("tls/ca.pem", &lab.0, 0o644)?,
            good: server(folder, "good", &lab, &names, good)?,
            untrusted: server(folder, "untrusted", &stranger, &names, good)?,
            expired: server(folder, "expired", &lab, &names, over)?,
            wrong_name: server(folder, "wrong-name", &lab, &["mail.elsewhere.test"], good)?,
        })
    }

    /// The authority's own certificate: what a client has to trust.
    pub fn authority(&self) -> &Path {
        &self.authority
    }

    /// For localhost, lab.test, *.lab.test, 127.0.0.1 and `::1`; also *.googleapis.com, which programs cannot be told to
    /// find elsewhere, and two providers' mail servers, as a firewall that opens TLS makes them.
    pub fn good(&self) -> &ServerCertificate {
        &self.good
    }

    /// The same names, issued by an authority that nobody trusts.
    pub fn untrusted(&self) -> &ServerCertificate {
        &self.untrusted
    }

    /// The same names, over since yesterday.
    pub fn expired(&self) -> &ServerCertificate {
        &self.expired
    }

    /// Trusted and in force, for another host.
    pub fn wrong_name(&self) -> &ServerCertificate {
        &self.wrong_name
    }
}

fn authority(name: &str) -> Result<Authority, LabError> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = (SystemTime::now() - 60 * DAY).into();
    params.not_after = (SystemTime::now() + 60 * DAY).into();
    let key = KeyPair::generate()?;
    let pem = params.self_signed(&key)?.pem();
    Ok((pem, Issuer::new(params, key)))
}

fn server(
    folder: &Folder,
    file: &str,
    (issuer_pem, issuer): &Authority,
    names: &[&str],
    (from, until): (SystemTime, SystemTime),
) -> Result<ServerCertificate, LabError> {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let own = names.contains(&"localhost".to_owned());
    let mut params = CertificateParams::new(names)?;
    if own {
        for address in [
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(Ipv6Addr::LOCALHOST),
        ] {
            params.subject_alt_names.push(SanType::IpAddress(address));
        }
    }
    params
        .distinguished_name
        .push(DnType::CommonName, format!("lab server ({file})"));
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.not_before = from.into();
    params.not_after = until.into();
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?.pem();
    Ok(ServerCertificate {
        chain: folder.write(
            format!("tls/{file}.pem"),
            &format!("{certificate}{issuer_pem}"),
            0o644,
        )?,
        key: folder.write(format!("tls/{file}.key"), &key.serialize_pem(), 0o600)?,
    })
}
