//! The window opens once, talks to the host by Tauri's own way, and to nobody else.
#![cfg(target_os = "linux")]

use mailwright_lab::{KeychainState, Options};
use mailwright_window_tests::{Outcome, Window, play};
use serde_json::Value;

fn options() -> Options {
    Options::new().keychain(KeychainState::Unlocked)
}

#[tokio::test]
async fn the_empty_home_says_where_to_start() {
    play(options(), async |stage| {
        let window = stage.window().await?;
        window.find("heading", "Mailboxes").await?;
        window.says("No mailboxes yet").await?;
        window.picture("home-empty").await?;
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_second_start_ends_and_leaves_the_window() {
    play(options(), async |stage| {
        let window = stage.window().await?;
        window.find("heading", "Mailboxes").await?;
        let status = stage.start_again()?.ended().await?;
        assert!(status.success(), "the second start says {status}");
        window.find("heading", "Mailboxes").await?;
        assert_eq!(window.on_screen()?.len(), 1, "one window for both starts");
        window.close().await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_page_talks_to_the_host_and_to_nobody_else() {
    play(options(), async |stage| {
        let window = stage.window().await?;
        window.find("heading", "Mailboxes").await?;
        talks_to_the_host(&window).await?;
        window.expect_in_console("example.invalid");
        window.close().await?;
        Ok(())
    })
    .await;
}

async fn talks_to_the_host(window: &Window) -> Outcome<()> {
    // Tauri answers a refused call by going another way from then on, so the call's own route is looked at.
    let script = r"
        const done = arguments[arguments.length - 1];
        const refused = [], fetched = [];
        addEventListener('securitypolicyviolation', (event) => refused.push(event.blockedURI));
        const original = window.fetch;
        window.fetch = (...call) => { fetched.push(String(call[0])); return original(...call); };
        (async () => {
            await window.__TAURI_INTERNALS__.invoke('app_info');
            const inside = refused.length;
            const elsewhere = await original('https://example.invalid/').then(() => 'open', () => 'refused');
            const others = await window.__TAURI_INTERNALS__.invoke('plugin:app|version').then(() => 'open', () => 'refused');
            await new Promise((next) => setTimeout(next));
            done({ fetched, inside, elsewhere, refused, others, global: '__TAURI__' in window });
        })().catch((error) => done({ error: String(error) })).finally(() => { window.fetch = original; });";
    let seen = window.run_later(script, vec![]).await?;
    assert_eq!(seen["error"], Value::Null);
    assert_eq!(
        seen["inside"], 0,
        "the policy lets calls to the host through: {seen}"
    );
    let first = seen["fetched"][0].as_str().unwrap_or_default();
    assert!(
        first.starts_with("ipc://"),
        "calls go by Tauri's protocol, not its fallback: {seen}"
    );
    assert_eq!(seen["elsewhere"], "refused", "{seen}");
    assert_eq!(
        seen["refused"][0], "https://example.invalid/",
        "by the content security policy: {seen}"
    );
    assert_eq!(
        seen["others"], "refused",
        "commands outside capabilities/main.toml: {seen}"
    );
    assert_eq!(seen["global"], false, "{seen}");
    Ok(())
}
