// Every command, once: `build.rs` takes the names from here, `commands/mod.rs` the handlers, and a test of the
// user interface compares its gateway with it. `group::command`, one per line.
macro_rules! for_each_command {
    ($callback:ident) => {
        $callback! {
            about::app_info,
            mailboxes::home,
            mailboxes::mailbox_show,
            mailboxes::mailbox_change,
            mailboxes::mailbox_remove,
            mailboxes::mailbox_restore,
            mailboxes::mailbox_forget,
            setups::setup_find,
            setups::setup_show,
            setups::setup_save,
            setups::setup_confirm,
            setups::setup_end,
            setups::permissions,
            setups::readiness,
            sign_in::sign_in,
            sign_in::sign_in_for_setup,
            sign_in::sign_in_paste,
            sign_in::sign_in_cancel,
            sign_in::sign_in_usable,
            sign_in::sign_out_plan,
            sign_in::sign_out,
            testing::test_plan,
            testing::test,
            testing::test_stop,
            folders::folders,
            registrations::registration_list,
            registrations::registration_show,
            registrations::registration_review,
            registrations::registration_save,
            registrations::registration_remove,
            registrations::secret_paste,
            registrations::secret_forget,
            help::explain,
            help::copy_text,
            help::open_link,
        }
    };
}
