// Every command, once: `build.rs` takes the names from here, `commands/mod.rs` the handlers, and a test of the
// user interface compares its gateway with it. `group::command`, one per line.
macro_rules! for_each_command {
    ($callback:ident) => {
        $callback! {
            about::app_info,
        }
    };
}
