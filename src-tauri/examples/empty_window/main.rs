//! A window with one line of text, which a command answers: what a Tauri program costs before it does anything.
//! `cargo xtask bench` compares the program with it.

/// Has the name of a command that the capability allows, because this window has the same one.
#[tauri::command]
fn app_info() -> &'static str {
    "This window is empty."
}

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![app_info])
        .run(tauri::generate_context!(
            "examples/empty_window/tauri.conf.json"
        ))
}
