//! Proving that a mailbox works, with an event for each check.

use mailwright_service::wire::{ConversationInfo, PlannedCheck, ReportInfo, TestEvent};
use mailwright_service::{MailboxFields, Protocol, SendTo, TestOptions};
use serde::Deserialize;
use tauri::State;
use tauri::ipc::Channel;
use tokio::sync::mpsc::unbounded_channel;

use super::error::Answer;
use super::mailboxes::MailboxChange;
use crate::host::Host;

/// What may differ from a usual test.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TestChoice {
    /// Only these protocols; empty means all.
    only: Vec<Protocol>,
    /// It sends a message to the mailbox itself too.
    message: bool,
    /// Settings on the screen in the place of the saved ones.
    change: Option<MailboxChange>,
}

impl From<TestChoice> for TestOptions {
    fn from(choice: TestChoice) -> Self {
        Self {
            only: choice.only,
            message: choice.message.then_some(SendTo::Itself),
            change: choice.change.map(MailboxFields::from),
            ..Self::default()
        }
    }
}

/// The checks that a test will make, in their order.
#[tauri::command]
pub async fn test_plan(
    host: State<'_, Host>,
    which: String,
    choice: TestChoice,
) -> Answer<Vec<PlannedCheck>> {
    Ok(host
        .blocking(move |service| service.test_plan(&which, &choice.into()))
        .await?)
}

/// Tests a mailbox, or a part of it; ends with the code `cancelled` when it is stopped.
#[tauri::command]
pub async fn test(
    host: State<'_, Host>,
    which: String,
    choice: TestChoice,
    events: Channel<TestEvent>,
) -> Answer<ReportInfo> {
    let service = host.service()?;
    let (sender, mut receiver) = unbounded_channel();
    let forward = async {
        while let Some(event) = receiver.recv().await {
            // A page that was left does not listen any more; the test goes on and is saved.
            let _ = events.send(event);
        }
    };
    let options = TestOptions::from(choice);
    let work = async { tokio::join!(service.test(&which, &options, sender), forward).0 };
    Ok(Box::pin(host.tests.run(&which, work)).await??)
}

/// What was said with the servers in the test that began then, without secrets.
#[tauri::command]
pub async fn test_conversations(
    host: State<'_, Host>,
    which: String,
    started: String,
) -> Answer<Vec<ConversationInfo>> {
    Ok(host
        .blocking(move |service| service.conversations(&which, &started))
        .await?)
}

/// Stops a running test.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "as Tauri hands it over")]
pub fn test_stop(host: State<'_, Host>, which: &str) {
    host.tests.cancel(which);
}
