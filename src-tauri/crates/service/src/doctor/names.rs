//! Whether the name server of this computer answers.

use mailwright_domain::{Evidence, Fault, Stage};
use mailwright_net::{Net, ResolveError, is_number};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::finding::Finding;
use crate::Failure;

const ID: &str = "dns";
/// So many names are asked for; they show what more would.
const MOST: usize = 5;

/// The first few different names; numbers are none, and `localhost` is looked at elsewhere.
pub(super) fn distinct<'a>(hosts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for host in hosts.filter(|host| !is_number(host) && *host != "localhost") {
        let name = host.to_ascii_lowercase();
        if names.len() < MOST && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

pub(super) async fn look(net: &Net, names: Vec<String>) -> Finding {
    if names.is_empty() {
        return Finding::skipped(ID, "No name is needed here, so none was asked for.");
    }
    let began = Instant::now();
    let mut questions = JoinSet::new();
    for (at, name) in names.into_iter().enumerate() {
        let net = net.clone();
        questions.spawn(async move {
            let found = net.resolve(&name).await;
            (at, name, found.map(|_| ()))
        });
    }
    let mut answers = questions.join_all().await;
    answers.sort_by_key(|(at, ..)| *at);
    judge(answers.into_iter().map(|(_, name, found)| (name, found))).took(began.elapsed())
}

fn judge(answers: impl Iterator<Item = (String, Result<(), ResolveError>)>) -> Finding {
    let mut found = Vec::new();
    let mut first = None;
    for (name, answer) in answers {
        match answer {
            Ok(()) => found.push(name),
            Err(error) => first = first.or(Some((name, error))),
        }
    }
    let Some((name, error)) = first else {
        return Finding::passed(
            ID,
            format!("The name server answers. Found: {}.", found.join(", ")),
        );
    };
    let fault = match error {
        ResolveError::NotFound(_) | ResolveError::NoRecords(_) => Fault::NameNotFound,
        ResolveError::Failed { .. } => Fault::NameServerFailed,
    };
    let mut detail = crate::sentence(&error.to_string());
    if !found.is_empty() {
        detail = format!("{detail} Found: {}.", found.join(", "));
    }
    let evidence = Evidence {
        host: Some(name),
        ..Evidence::fault(Stage::Dns, fault, error.to_string())
    };
    Finding::failed(ID, detail, Failure::diagnosed(&evidence))
}

#[cfg(test)]
mod tests {
    use mailwright_domain::Outcome;

    use super::*;

    fn answer(name: &str, answer: Result<(), ResolveError>) -> (String, Result<(), ResolveError>) {
        (name.to_owned(), answer)
    }

    #[test]
    fn numbers_and_repetitions_are_not_asked_for() {
        let hosts = [
            "127.0.0.1",
            "Mail.firma.nl",
            "[::1]",
            "localhost",
            "mail.firma.nl",
            "b",
        ];
        assert_eq!(distinct(hosts.into_iter()), ["mail.firma.nl", "b"]);
        let many = ["a", "b", "c", "d", "e", "f", "g"];
        assert_eq!(distinct(many.into_iter()).len(), MOST);
    }

    #[test]
    fn a_name_that_is_wrong_is_told_from_a_server_that_is_silent() {
        let absent = ResolveError::NotFound("imap.firma.nl".to_owned());
        let wrong = judge(
            [
                answer("login.example", Ok(())),
                answer("imap.firma.nl", Err(absent)),
            ]
            .into_iter(),
        );
        let verdict = wrong.verdict.unwrap();
        assert_eq!(
            (wrong.outcome, &*verdict.id),
            (Outcome::Failed, "dns-nxdomain")
        );
        assert!(verdict.title.contains("imap.firma.nl"), "{}", verdict.title);
        assert!(
            wrong.detail.contains("Found: login.example"),
            "{}",
            wrong.detail
        );
        let silent = ResolveError::Failed {
            name: "login.example".to_owned(),
            reason: "no answer within 8 seconds".to_owned(),
        };
        let silent = judge([answer("login.example", Err(silent))].into_iter());
        assert_eq!(silent.verdict.unwrap().id, "dns-temp");
    }
}
