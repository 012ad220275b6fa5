//! The conversations of a test as files.

use mailwright_domain::Protocol;

use super::TestOptions;
use crate::{Code, Failure};

pub(super) fn prepare_transcripts(options: &TestOptions) -> Result<(), Failure> {
    match &options.transcripts {
        None => Ok(()),
        Some(folder) => std::fs::create_dir_all(folder).map_err(|e| {
            Failure::new(
                Code::Storage,
                format!(
                    "The folder for transcripts, {}, cannot be made: {e}. Nothing was tested.",
                    folder.display()
                ),
            )
        }),
    }
}

pub(super) fn save_transcript(
    options: &TestOptions,
    address: &str,
    protocol: Protocol,
    transcript: &str,
) -> Result<(), Failure> {
    let Some(folder) = &options.transcripts else {
        return Ok(());
    };
    let name = file_name(address);
    let path = folder.join(format!("{name}.{protocol}.txt"));
    let written = std::fs::write(&path, transcript);
    written.map_err(|e| {
        Failure::new(
            Code::Storage,
            format!(
                "The transcript {} could not be written: {e}.",
                path.display()
            ),
        )
    })
}

/// An address as a file name on all three systems.
fn file_name(address: &str) -> String {
    address
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '+') {
                c
            } else {
                '_'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_makes_no_path() {
        assert_eq!(file_name("../a/b\\c:d@firma.nl"), ".._a_b_c_d@firma.nl");
        assert_eq!(file_name("zoë@lab.test"), "zoë@lab.test");
    }
}
