use mailwright_service::wire::ApprovalInfo;

use super::moment::moment;

/// How the approval stands, and what to do.
pub(crate) fn approval(info: &ApprovalInfo) -> String {
    let mut parts = vec![state(info)];
    if let Some(link) = &info.link {
        parts.push(format!("An administrator approves here:\n{link}"));
    }
    if let Some(console) = &info.console {
        parts.push(format!("An administrator allows the app here:\n{console}"));
    }
    parts.push(format!(
        "A message to send:\n\n{}\n\n{}",
        info.subject, info.message
    ));
    parts.join("\n\n")
}

/// What a look without a person found.
pub(crate) fn approval_looked(info: &ApprovalInfo) -> String {
    let found = match info.found.as_deref() {
        Some("approved") => "It is approved.",
        Some("not-yet") => "It is not approved yet.",
        Some("unreachable") => "The provider could not be asked now. Try again later.",
        Some(_) => {
            "Nobody is signed in, so it cannot be seen from here. A new sign-in shows it; nothing is lost by trying."
        }
        None => "Nothing waits for an approval, so there was nothing to look for.",
    };
    format!("{found} {}", state(info))
}

/// After an administrator has approved on this computer.
pub(crate) fn approved(info: &ApprovalInfo) -> String {
    let place = info.approved_for.as_deref().unwrap_or("your organisation");
    let next = match (&info.mailbox, &info.person) {
        (Some(mailbox), Some(person)) => {
            format!("Now {person} signs in: mailwright sign-in {mailbox}")
        }
        _ => "Now the people sign in: mailwright list".to_owned(),
    };
    format!("Approved for {place}. {next}")
}

/// Said before the browser opens: there will be two sign-ins.
pub(crate) fn approval_announced(info: &ApprovalInfo) -> String {
    let place = info.organisation.as_deref().unwrap_or("the organisation");
    let person = info
        .person
        .as_deref()
        .unwrap_or("the person of each mailbox");
    format!(
        "Two sign-ins, in this order:\n  1. You approve, as administrator of {place}. Your account is not stored here.\n  2. Afterwards {person} signs in."
    )
}

fn state(info: &ApprovalInfo) -> String {
    let name = &info.registration;
    let asked = info
        .asked_at
        .as_deref()
        .map(|at| format!(" The message was taken at {}.", moment(at)))
        .unwrap_or_default();
    match info.status.as_str() {
        "waiting-for-admin" if info.waiting.is_empty() => {
            format!("“{name}” waits for an administrator's approval.{asked}")
        }
        "waiting-for-admin" => {
            let who = info.waiting.join(", ");
            format!("“{name}” waits for an administrator's approval. Waiting: {who}.{asked}")
        }
        _ => match (&info.approved_at, &info.approved_for) {
            (Some(at), Some(place)) => {
                format!("“{name}” was approved for {place} at {}.", moment(at))
            }
            _ => format!("No sign-in with “{name}” waits for an administrator's approval."),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info() -> ApprovalInfo {
        ApprovalInfo {
            link: Some("https://login.example/adminconsent".to_owned()),
            console: None,
            message: "Hello,".to_owned(),
            subject: "Approve “ERP mail”".to_owned(),
            status: "waiting-for-admin".to_owned(),
            mailbox: Some("anna@firma.nl".to_owned()),
            person: Some("anna@firma.nl".to_owned()),
            registration: "ERP mail".to_owned(),
            registration_id: String::new(),
            provider: "microsoft".to_owned(),
            client_id: String::new(),
            organisation: Some("firma.nl".to_owned()),
            permissions: Vec::new(),
            waiting: vec!["anna@firma.nl".to_owned()],
            way: None,
            needed_at: None,
            asked_at: Some("2026-11-20T14:05:00Z".to_owned()),
            asked_by: Some("copied".to_owned()),
            looked_at: None,
            found: None,
            approved_at: None,
            approved_for: None,
        }
    }

    #[test]
    fn each_state_is_told_with_the_next_thing_to_do() {
        let all = approval(&info());
        assert!(all.contains("2026-11-20 14:05 UTC"), "{all}");
        assert!(all.contains("https://login.example/adminconsent"), "{all}");
        let looked = |found: Option<&str>| {
            approval_looked(&ApprovalInfo {
                found: found.map(str::to_owned),
                ..info()
            })
        };
        assert!(looked(Some("not-yet")).starts_with("It is not approved yet. “ERP mail” waits"));
        assert!(looked(Some("unseen")).contains("A new sign-in shows it"));
        let here = ApprovalInfo {
            status: "waiting-for-you".to_owned(),
            approved_for: Some("firma.nl".to_owned()),
            ..info()
        };
        assert_eq!(
            approved(&here),
            "Approved for firma.nl. Now anna@firma.nl signs in: mailwright sign-in anna@firma.nl"
        );
        assert!(approval_announced(&info()).contains("as administrator of firma.nl"));
    }
}
