//! The one window, declared in `tauri.conf.json` under the label [`MAIN`].

use tauri::window::Color;
use tauri::{AppHandle, Manager, Runtime, Theme};

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

/// Page colours of `ui/src/styles/tokens.css`: what is seen until the page has been painted.
const LIGHT: Color = Color(255, 255, 255, 255);
const DARK: Color = Color(30, 32, 35, 255);

/// Gives the window the page's colour in the system's theme, so that a dark desktop sees no white flash. Where the
/// system does not say its theme or takes no colour, the window stays as it is.
pub(crate) fn first_colour<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let colour = match window.theme() {
            Ok(Theme::Dark) => DARK,
            _ => LIGHT,
        };
        let _ = window.set_background_color(Some(colour));
    }
}
