//! Opens an address in Chromium with a profile of its own, for the demo: as root Chromium wants to be told that it
//! may run, and nobody's own profile is touched.

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    use std::path::Path;
    use std::process::Command;

    let address = std::env::args()
        .nth(1)
        .ok_or("usage: demo-browser ADDRESS")?;
    let home = std::env::var("HOME")?;
    let program = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|program| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
        })
        .ok_or("no Chromium: install the package chromium")?;
    let profile = Path::new(&home).join("browser");
    Command::new(program)
        .args([
            "--no-sandbox",
            "--test-type",
            "--no-first-run",
            "--disable-sync",
            "--disable-dev-shm-usage",
        ])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(address)
        .status()?;
    Ok(())
}
