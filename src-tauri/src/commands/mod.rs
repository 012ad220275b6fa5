//! What the window can ask for: one file per group, one call per command.
#![expect(
    clippy::missing_errors_doc,
    reason = "a command fails as the use case does that it calls"
)]

pub mod about;
pub mod approval;
pub mod attention;
pub mod computer;
mod error;
pub mod folders;
pub mod help;
pub mod mailboxes;
pub mod organisation;
pub mod registrations;
pub mod setups;
pub mod sign_in;
pub mod support;
pub mod testing;
mod typed;

pub use error::CommandError;

include!("list.rs");

macro_rules! handlers {
    ($($group:ident::$command:ident),+ $(,)?) => {
        tauri::generate_handler![$($group::$command),+]
    };
}

/// Answers every command of the list.
pub(crate) fn handler<R: tauri::Runtime>()
-> impl Fn(tauri::ipc::Invoke<R>) -> bool + Send + Sync + 'static {
    for_each_command!(handlers)
}

#[cfg(test)]
mod tests {
    macro_rules! names {
        ($($group:ident::$command:ident),+ $(,)?) => {
            [$(stringify!($command)),+]
        };
    }

    #[test]
    fn the_window_may_call_every_command_and_nothing_else() {
        let capability = include_str!("../../capabilities/main.toml");
        let mut allowed: Vec<String> = capability
            .lines()
            .filter_map(|line| line.trim().strip_prefix("\"allow-"))
            .filter_map(|rest| rest.split('"').next())
            .map(|name| name.replace('-', "_"))
            .collect();
        let mut commands = for_each_command!(names).map(String::from).to_vec();
        allowed.sort();
        commands.sort();
        assert_eq!(
            allowed, commands,
            "capabilities/main.toml (left) and commands/list.rs (right) differ"
        );
    }
}
