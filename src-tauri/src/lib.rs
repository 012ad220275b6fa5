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

pub mod commands;
mod window;

/// Starts Mailwright and returns when its window has been closed.
///
/// # Errors
///
/// The system gave no window: on Linux usually because there is no display.
pub fn run() -> tauri::Result<()> {
    tauri::Builder::default()
        // First of all plugins: the second start must end before anything else has begun.
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            window::raise(app);
        }))
        .invoke_handler(commands::handler())
        .run(tauri::generate_context!())
}
