//! Hands every command to Tauri by name. A command that is not named here is open to every window; one that
//! is named needs a permission in `capabilities/`.

include!("src/commands/list.rs");

macro_rules! names {
    ($($group:ident::$command:ident),+ $(,)?) => {
        &[$(stringify!($command)),+]
    };
}

const COMMANDS: &[&str] = for_each_command!(names);

fn main() {
    println!("cargo::rerun-if-changed=src/commands/list.rs");
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
