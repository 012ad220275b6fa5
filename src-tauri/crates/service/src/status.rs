//! What a test's checks mean for a mailbox.

use mailwright_domain::{Check, CheckId, Mailbox, Outcome, Protocol, Status};

use crate::Code;
use crate::failure::code_of;

/// The status that follows from a whole test.
pub(crate) fn status(mailbox: &Mailbox, checks: &[Check]) -> Status {
    let failed: Vec<&Check> = checks
        .iter()
        .filter(|c| matches!(c.outcome, Outcome::Failed | Outcome::Cancelled))
        .collect();
    let cause = |c: &Check| c.verdict.as_deref().map_or(Code::Failed, code_of);
    let all = |wanted: Code| failed.iter().all(|c| cause(c) == wanted);
    // Said of this computer and its network, and nothing of the mailbox.
    let elsewhere =
        |c: &&Check| matches!(cause(c), Code::Unreachable | Code::Keychain | Code::Storage);
    let failed_with = |p: Option<Protocol>| failed.iter().any(|c| c.protocol == p && !is_extra(c));
    let some_passed = PROTOCOLS.into_iter().any(|p| {
        !failed_with(Some(p))
            && checks
                .iter()
                .any(|c| c.protocol == Some(p) && c.outcome == Outcome::Passed)
    });
    let worked = matches!(
        mailbox.status,
        Status::Working | Status::PartlyWorking | Status::NeedsAttention
    );
    if failed.is_empty() {
        Status::Working
    } else if mailbox.status == Status::WaitingForAdmin
        && mailbox.grant.is_none()
        && !mailbox.is_app_only()
    {
        Status::WaitingForAdmin // nobody could sign in yet, so nothing is known that was not before
    } else if all(Code::NeedsSignIn) && failed_with(None) {
        // A sign-in that ended stops everything as soon as the last access token runs out.
        if worked || mailbox.status == Status::Stopped || mailbox.grant.is_some() {
            Status::Stopped
        } else {
            Status::WaitingForYou
        }
    } else if failed.iter().all(|c| c.protocol.is_none() || is_extra(c)) && some_passed {
        Status::NeedsAttention // works now; it could not be renewed, or a further address may not send
    } else if some_passed {
        Status::PartlyWorking
    } else if all(Code::NeedsAdministrator) {
        Status::WaitingForAdmin
    } else if failed.iter().all(elsewhere) {
        // A cable that was pulled or a keychain that is locked is no reason to call forty mailboxes stopped.
        if worked {
            Status::NeedsAttention
        } else {
            mailbox.status
        }
    } else {
        Status::Stopped
    }
}

/// All that a mailbox may be used with.
const PROTOCOLS: [Protocol; 5] = [
    Protocol::Imap,
    Protocol::Pop3,
    Protocol::Smtp,
    Protocol::Graph,
    Protocol::Gmail,
];

/// A check without which sending works all the same.
fn is_extra(check: &Check) -> bool {
    check.id == CheckId::Sender
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use mailwright_domain::AuthKind;

    use super::*;
    use crate::Failure;

    fn check(
        id: CheckId,
        protocol: Option<Protocol>,
        outcome: Outcome,
        code: Option<Code>,
    ) -> Check {
        Check {
            id,
            protocol,
            outcome,
            took: Duration::ZERO,
            detail: String::new(),
            about: None,
            server_says: None,
            evidence: None,
            verdict: code.map(|code| {
                let mut verdict = Failure::new(code, "why").into_verdict();
                if code == Code::NeedsAdministrator {
                    verdict.who = mailwright_domain::Who::Administrator;
                }
                verdict
            }),
        }
    }

    fn mailbox(status: Status, signed_in: bool) -> Mailbox {
        Mailbox {
            id: mailwright_domain::MailboxId(uuid::Uuid::nil()),
            address: "anna@firma.nl".parse().unwrap(),
            account_name: String::new(),
            sender_name: String::new(),
            senders: Vec::new(),
            sign_in_name: String::new(),
            smtp_login: String::new(),
            provider: mailwright_domain::Provider::Microsoft,
            purpose: mailwright_domain::Purpose::BOTH,
            endpoints: Vec::new(),
            auth: AuthKind::Oauth,
            registration: None,
            grant: signed_in.then(|| mailwright_domain::GrantId(uuid::Uuid::nil())),
            timeout: Duration::from_secs(1),
            status,
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of cases")]
    fn the_status_follows_from_what_failed_and_who_must_act() {
        use Code::{Failed, Keychain, NeedsAdministrator, NeedsSignIn, Unreachable};
        // Outcomes of token, reading, sending and renewal; what it was before; what it is then.
        type Row = ([Option<Code>; 4], Status, Status);
        let rows: [Row; 13] = [
            (
                [None, None, None, None],
                Status::NotStarted,
                Status::Working,
            ),
            (
                [None, Some(Failed), None, None],
                Status::NotStarted,
                Status::PartlyWorking,
            ),
            (
                [None, None, Some(NeedsAdministrator), None],
                Status::Working,
                Status::PartlyWorking,
            ),
            (
                [
                    None,
                    Some(NeedsAdministrator),
                    Some(NeedsAdministrator),
                    None,
                ],
                Status::NotStarted,
                Status::WaitingForAdmin,
            ),
            (
                [None, Some(Failed), Some(NeedsAdministrator), None],
                Status::Working,
                Status::Stopped,
            ),
            (
                [None, None, None, Some(Unreachable)],
                Status::NotStarted,
                Status::NeedsAttention,
            ),
            (
                [None, None, None, Some(NeedsSignIn)],
                Status::Working,
                Status::Stopped,
            ),
            (
                [Some(NeedsSignIn), None, None, None],
                Status::Working,
                Status::Stopped,
            ),
            (
                [
                    None,
                    Some(Unreachable),
                    Some(Unreachable),
                    Some(Unreachable),
                ],
                Status::Working,
                Status::NeedsAttention,
            ),
            (
                [
                    None,
                    Some(Unreachable),
                    Some(Unreachable),
                    Some(Unreachable),
                ],
                Status::NotStarted,
                Status::NotStarted,
            ),
            (
                [Some(Unreachable), None, None, None],
                Status::PartlyWorking,
                Status::NeedsAttention,
            ),
            (
                [Some(Keychain), None, None, None],
                Status::Working,
                Status::NeedsAttention,
            ),
            (
                [Some(Keychain), None, None, None],
                Status::NotStarted,
                Status::NotStarted,
            ),
        ];
        for (codes, before, after) in rows {
            let outcome = |code: Option<Code>| {
                if code.is_some() {
                    Outcome::Failed
                } else {
                    Outcome::Passed
                }
            };
            let no_token = codes[0].is_some();
            let steps = [
                (CheckId::Token, None),
                (CheckId::Inbox, Some(Protocol::Imap)),
                (CheckId::Envelope, Some(Protocol::Smtp)),
                (CheckId::Renew, None),
            ];
            let checks: Vec<Check> = steps
                .into_iter()
                .zip(codes)
                .map(|((id, protocol), code)| {
                    let skipped = no_token && id != CheckId::Token;
                    check(
                        id,
                        protocol,
                        if skipped {
                            Outcome::Skipped
                        } else {
                            outcome(code)
                        },
                        code,
                    )
                })
                .collect();
            assert_eq!(
                status(&mailbox(before, true), &checks),
                after,
                "{codes:?} after {before:?}"
            );
        }
        let nobody = [check(
            CheckId::Token,
            None,
            Outcome::Failed,
            Some(NeedsSignIn),
        )];
        assert_eq!(
            status(&mailbox(Status::WaitingForYou, false), &nobody),
            Status::WaitingForYou
        );
        assert_eq!(
            status(&mailbox(Status::WaitingForAdmin, false), &nobody),
            Status::WaitingForAdmin,
            "a test without a sign-in proves nothing about an approval"
        );
        let one_sender_is_refused = [
            check(CheckId::Inbox, Some(Protocol::Imap), Outcome::Passed, None),
            check(
                CheckId::Envelope,
                Some(Protocol::Smtp),
                Outcome::Passed,
                None,
            ),
            check(
                CheckId::Sender,
                Some(Protocol::Smtp),
                Outcome::Failed,
                Some(NeedsAdministrator),
            ),
        ];
        assert_eq!(
            status(&mailbox(Status::Working, true), &one_sender_is_refused),
            Status::NeedsAttention,
            "the usual address sends all the same"
        );
        let of_itself = Mailbox {
            auth: AuthKind::AppOnly,
            ..mailbox(Status::WaitingForAdmin, false)
        };
        let expired = [check(CheckId::Token, None, Outcome::Failed, Some(Failed))];
        assert_eq!(
            status(&of_itself, &expired),
            Status::Stopped,
            "where nobody signs in, a test says how it is"
        );
    }
}
