//! Looking at this computer, with an event for each finding.

use mailwright_service::wire::{Doctor, DoctorCheck};
use tauri::State;
use tauri::ipc::Channel;
use tokio::sync::mpsc::unbounded_channel;

use super::error::Answer;
use crate::host::Host;

/// Keychain, browser, way back, name server, proxy, encryption and clock. Ends with the code `cancelled` when it is
/// stopped or begun anew.
#[tauri::command]
pub async fn doctor(host: State<'_, Host>, findings: Channel<DoctorCheck>) -> Answer<Doctor> {
    let service = host.service()?;
    let browser = host.browser();
    let (sender, mut receiver) = unbounded_channel();
    let forward = async {
        while let Some(finding) = receiver.recv().await {
            // A page that was left does not listen any more.
            let _ = findings.send(finding);
        }
    };
    let work = async { tokio::join!(service.doctor_and_tell(&browser, sender), forward).0 };
    Ok(Box::pin(host.doctor.run(work)).await??)
}

/// Stops it.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "as Tauri hands it over")]
pub fn doctor_stop(host: State<'_, Host>) {
    host.doctor.cancel();
}
