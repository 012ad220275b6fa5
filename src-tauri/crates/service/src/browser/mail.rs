//! Handing a message to the mail program that the system opens for `mailto:` (RFC 6068).

use url::Url;

use super::has_launcher;
use crate::{Code, Failure};

/// Opens the system's mail program with a new message to nobody yet. It is sent by a person, not by us.
///
/// # Errors
/// No mail program could be started; the message can be copied instead.
pub fn open_mail(subject: &str, body: &str) -> Result<(), Failure> {
    let address = mailto(subject, body)?;
    if !has_launcher() {
        return Err(none(
            "there is no program that opens addresses, such as xdg-open",
        ));
    }
    open::that_detached(address.as_str()).map_err(|error| none(&error.to_string()))
}

/// The address of a new message to nobody yet. Line ends are CR LF there, and a space is `%20`: a plus sign would stay one (RFC 6068 section 5).
pub(crate) fn mailto(subject: &str, body: &str) -> Result<Url, Failure> {
    let part = |text: &str| {
        let lines = text.replace("\r\n", "\n").replace('\n', "\r\n");
        url::form_urlencoded::byte_serialize(lines.as_bytes())
            .collect::<String>()
            .replace('+', "%20")
    };
    let address = format!("mailto:?subject={}&body={}", part(subject), part(body));
    Url::parse(&address).map_err(|_| Failure::internal("A message could not be made an address."))
}

fn none(why: &str) -> Failure {
    Failure::new(
        Code::Failed,
        format!("No mail program could be started: {why}. Copy the message and send it yourself."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_survives_as_an_address() {
        let address = mailto(
            "Approve “ERP mail”, once",
            "a+b & c\n\nhttps://x/?y=1&z=2\n",
        );
        assert_eq!(
            address.unwrap().as_str(),
            "mailto:?subject=Approve%20%E2%80%9CERP%20mail%E2%80%9D%2C%20once&body=a%2Bb%20%26%20c%0D%0A%0D%0Ahttps%3A%2F%2Fx%2F%3Fy%3D1%26z%3D2%0D%0A"
        );
    }
}
