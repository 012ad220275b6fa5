//! The one window, declared in `tauri.conf.json` under the label [`MAIN`].

use tauri::{AppHandle, Manager, Runtime};

/// The label that the configuration and the capability give the window.
const MAIN: &str = "main";

/// Brings the window to the front, also from the task bar.
///
/// The window system may refuse, and then flashes the task bar entry or does nothing. There is nobody to tell:
/// the person looks at another program at that moment, so what it answers is not used.
pub(crate) fn raise<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}
