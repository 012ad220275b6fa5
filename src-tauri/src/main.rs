//! The `mailwright-app` program: starts the window. Everything else is in the library beside it.

// Without this a console opens behind the window on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> tauri::Result<()> {
    mailwright_app::run()
}
