//! Proving that a mailbox works, with an event for each check.

use mailwright_service::wire::{PlannedCheck, ReportInfo, TestEvent};
use mailwright_service::{Protocol, SendTo, TestOptions};
use tauri::State;
use tauri::ipc::Channel;
use tokio::sync::mpsc::unbounded_channel;

use super::error::Answer;
use crate::host::Host;

/// The checks that a test will make, in their order; `message` is whether it sends one to the mailbox itself.
#[tauri::command]
pub async fn test_plan(
    host: State<'_, Host>,
    which: String,
    message: bool,
) -> Answer<Vec<PlannedCheck>> {
    Ok(host
        .blocking(move |service| service.test_plan(&which, message))
        .await?)
}

/// Tests a mailbox, or one side of it, with `message` by sending one to itself too; ends with the code `cancelled` when
/// it is stopped.
#[tauri::command]
pub async fn test(
    host: State<'_, Host>,
    which: String,
    only: Vec<Protocol>,
    message: bool,
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
    let options = TestOptions {
        only,
        message: message.then_some(SendTo::Itself),
        ..TestOptions::default()
    };
    let work = async { tokio::join!(service.test(&which, &options, sender), forward).0 };
    Ok(Box::pin(host.tests.run(&which, work)).await??)
}

/// Stops a running test.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "as Tauri hands it over")]
pub fn test_stop(host: State<'_, Host>, which: &str) {
    host.tests.cancel(which);
}
