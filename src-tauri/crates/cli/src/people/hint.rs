use mailwright_service::{Failure, Hint};

/// The failure with what to type next at the end of its message and of its steps: where a window has a button, people
/// here type.
pub(crate) fn told(failure: &Failure) -> Failure {
    let mut told = failure.clone();
    if let Some(hint) = &failure.hint {
        told.message = format!("{} {}", failure.message, hint_of(hint));
        if let Some(verdict) = told.verdict.as_mut() {
            verdict.steps.push(hint_of(hint));
        }
    }
    told
}

fn hint_of(hint: &Hint) -> String {
    match hint {
        Hint::Mailboxes => "See: mailwright list".to_owned(),
        Hint::Mailbox(address) => format!("See: mailwright show {address}"),
        Hint::Registrations => "See: mailwright registration list".to_owned(),
        Hint::AddRegistration => "To add one: mailwright registration add --help".to_owned(),
        Hint::ChooseRegistration => "Say which one with --registration NAME.".to_owned(),
        Hint::SetRegistration(address) => {
            format!("To choose one: mailwright set {address} --registration NAME")
        }
        Hint::ClientId => {
            "Give the ID with --client-id; the README says where to register one.".to_owned()
        }
        Hint::Secret(name) => {
            format!(
                "To save it again: mailwright registration set {} --client-secret-stdin",
                quoted(name)
            )
        }
        Hint::CertificateKey => "Give the file with the key: --certificate-key FILE".to_owned(),
        Hint::Certificate(name) => {
            format!(
                "To give it again: mailwright registration set {} --certificate FILE",
                quoted(name)
            )
        }
        Hint::ScriptMailboxes => "Give them with --mailbox ADDRESS.".to_owned(),
        Hint::Test(address) => format!("To test it: mailwright test {address}"),
        Hint::Authority => "Give it with --authority URL.".to_owned(),
        Hint::CustomAddresses => {
            "Give its issuer with --authority URL, or the addresses with --authorize-url URL and --token-url URL."
                .to_owned()
        }
        Hint::Password => {
            "Give it with --password-stdin, or answer the question on a terminal.".to_owned()
        }
        Hint::UsePassword => "To use it: --auth password".to_owned(),
        Hint::SetPassword(address) => {
            format!("To enter it: mailwright set {address} --password-stdin")
        }
        Hint::Servers => "To give the servers by hand: --imap HOST or --pop3 HOST, and --smtp HOST".to_owned(),
        Hint::Server(protocol) => {
            format!("Give it with --{protocol} HOST[:PORT][:auto|tls|starttls|plain].")
        }
        Hint::PasteAddress(address) => {
            format!("To go on without a way back: mailwright sign-in {address} --paste")
        }
        Hint::DeviceAddress(name) => {
            format!(
                "To enter it: mailwright registration set {} --device-url URL",
                quoted(name)
            )
        }
        Hint::DataFolder => "Or give a folder with --home DIR.".to_owned(),
    }
}

/// A name as it can be typed in every shell that has double quotes.
pub(super) fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_.@".contains(c);
    if !name.is_empty() && name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\\\""))
    }
}

#[cfg(test)]
mod tests {
    use mailwright_service::Code;

    use super::*;

    #[test]
    fn a_failure_says_what_to_type() {
        let failure = Failure::new(Code::Keychain, "The secret is gone. Save it again.")
            .hinting(Hint::Secret("ERP mail".to_owned()));
        assert_eq!(
            told(&failure).message,
            "The secret is gone. Save it again. To save it again: mailwright registration set \"ERP mail\" --client-secret-stdin"
        );
        let plain = Failure::new(Code::Usage, "No.");
        assert_eq!(told(&plain).message, "No.");
    }
}
