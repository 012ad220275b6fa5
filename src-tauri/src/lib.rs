//! The desktop shell: one window, and commands of one call each.
//!
//! ```text
//! ui/  ──invoke──▶  commands/<group>.rs  ──one call──▶  the use cases
//! ```
//!
//! What a mailbox is and how it is proven lives in the crates below; nothing here decides anything. To add a
//! command: write it in its group under `commands/`, name it in `commands/list.rs`, allow it in
//! `capabilities/main.toml` and call it from `ui/src/host/tauri.ts`. Forgetting one of the four fails the build
//! or a test.

mod clipboard;
pub mod commands;
mod host;
mod running;
mod window;

use mailwright_service::Environment;
use tauri::{Manager, RunEvent};
use tauri_plugin_window_state::StateFlags;

use host::Host;

/// Starts Mailwright and returns when its window has been closed and everything that must not be cut off has ended.
///
/// # Errors
///
/// The system gave no window: on Linux usually because there is no display.
pub fn run() -> tauri::Result<()> {
    let environment = Environment::read();
    let log = environment.as_ref().ok().and_then(|e| e.log.clone());
    log_to_stderr(log.as_deref());
    let app = tauri::Builder::default()
        // First of all plugins: the second start must end before anything else has begun.
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            window::raise(app);
        }))
        .plugin(
            tauri_plugin_window_state::Builder::default()
                .with_state_flags(StateFlags::POSITION | StateFlags::SIZE | StateFlags::MAXIMIZED)
                .build(),
        )
        .manage(Host::new(environment))
        .setup(|app| {
            window::first_colour(app.handle());
            look_after(app.handle());
            Ok(())
        })
        .invoke_handler(commands::handler())
        .build(tauri::generate_context!())?;
    app.run(|app, event| match event {
        RunEvent::ExitRequested {
            code: None, api, ..
        } => {
            api.prevent_exit();
            end(app);
        }
        // Without the request before it where the system ends the program.
        RunEvent::Exit => tauri::async_runtime::block_on(app.state::<Host>().finish()),
        _ => {}
    });
    Ok(())
}

/// Ends the program when everything that must not be cut off has ended, which may take minutes. The loop goes on
/// meanwhile, or the window that was closed would stay on the screen; another start opens a window of its own.
fn end(app: &tauri::AppHandle) {
    tauri_plugin_single_instance::destroy(app);
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        app.state::<Host>().finish().await;
        app.exit(0);
    });
}

/// Mailboxes that were taken off the list when the program ended are deleted now, and administrators' approvals are
/// looked for. What fails is tried again at the next start; a data folder that cannot be used is said by the first page.
fn look_after(app: &tauri::AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Ok(service) = app.state::<Host>().service() {
            let _ = service.forget_removed().await;
            let _ = service.check_all_approvals().await;
        }
    });
}

/// The same log as the command line's; without the variable nothing is written.
fn log_to_stderr(filter: Option<&str>) {
    if let Some(filter) = filter {
        let _ = tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
            .with_writer(std::io::stderr)
            .try_init();
    }
}
