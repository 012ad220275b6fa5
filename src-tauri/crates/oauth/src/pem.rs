//! Texts with `-----BEGIN …-----` (RFC 7468). Own, because a private key that passes through here is to be wiped from
//! memory, and because a key with a password has to be told from a damaged one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mailwright_domain::Secret;
use zeroize::Zeroizing;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// One block.
pub(crate) struct Block {
    /// What it says it is.
    pub(crate) label: String,
    /// What it holds.
    pub(crate) der: Zeroizing<Vec<u8>>,
    /// Whether a header says that it is encrypted (RFC 1421 section 4.6.1.1, as OpenSSL writes it).
    pub(crate) encrypted: bool,
}

/// The blocks of a text, whatever stands between them; one whose Base64 is damaged is empty.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.trim_start_matches('\u{FEFF}').lines().map(str::trim);
    while let Some(line) = lines.next() {
        let Some(label) = label(line, BEGIN) else {
            continue;
        };
        // Room for all at once, so that no part stays behind where the text grows.
        let mut body = Zeroizing::new(String::with_capacity(text.len()));
        let mut encrypted = false;
        for line in lines.by_ref().take_while(|line| !line.starts_with(END)) {
            if line.contains(':') {
                encrypted |= line.contains("ENCRYPTED");
            } else {
                body.push_str(line);
            }
        }
        blocks.push(Block {
            label: label.to_owned(),
            der: if encrypted {
                Zeroizing::default()
            } else {
                decoded(&body)
            },
            encrypted,
        });
    }
    blocks
}

/// Nothing where it is damaged; the part before the damage is wiped, too.
fn decoded(body: &str) -> Zeroizing<Vec<u8>> {
    let mut der = Zeroizing::new(vec![0; base64::decoded_len_estimate(body.len())]);
    match STANDARD.decode_slice(body, &mut der) {
        Ok(length) => der.truncate(length),
        Err(_) => return Zeroizing::default(),
    }
    der
}

fn label<'a>(line: &'a str, begin: &str) -> Option<&'a str> {
    line.strip_prefix(begin)?.strip_suffix(DASHES)
}

/// A block as a text of its own.
pub(crate) fn text(block: &Block) -> Secret {
    let label = &block.label;
    let body = Zeroizing::new(STANDARD.encode(&*block.der));
    let parts = [
        BEGIN, label, DASHES, "\n", &body, "\n", END, label, DASHES, "\n",
    ];
    // Room for all at once, so that no part stays behind where the text grows.
    let length = parts.iter().map(|part| part.len()).sum();
    let mut text = Zeroizing::new(String::with_capacity(length));
    for part in parts {
        text.push_str(part);
    }
    Secret::new(text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_between_other_texts() {
        let text = "Bag Attributes\r\n  localKeyID: 01\r\n-----BEGIN CERTIFICATE-----\r\nAQI=\r\n-----END CERTIFICATE-----\r\nsubject=x\n-----BEGIN PRIVATE KEY-----\nA\nwQ=\n-----END PRIVATE KEY-----";
        let found = blocks(text);
        let seen: Vec<_> = found.iter().map(|b| (&*b.label, &b.der[..])).collect();
        assert_eq!(
            seen,
            [("CERTIFICATE", &[1_u8, 2][..]), ("PRIVATE KEY", &[3, 4])]
        );
        assert_eq!(blocks(super::text(&found[1]).expose())[0].der[..], [3, 4]);
    }

    #[test]
    fn a_key_with_a_password_is_told_by_its_header() {
        let text = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,AB\n\nAQI=\n-----END RSA PRIVATE KEY-----\n";
        assert!(blocks(text)[0].encrypted);
        assert!(blocks("no PEM at all").is_empty());
        assert!(
            blocks("-----BEGIN CERTIFICATE-----\n%%%\n")[0]
                .der
                .is_empty()
        );
    }
}
