//! What Microsoft's and Google's servers say on their bad days, on the screen.
#![cfg(target_os = "linux")]

use std::time::Duration;

use mailwright_e2e::{Mailwright, bad_days, check, set_up_with_pop3};
use mailwright_lab::{Options, Tenant};
use mailwright_window_tests::play_within;

const ALICE: &str = "alice@lab.test";

/// Time limit for each answer. A day takes some five seconds and there are many of them, so that the limit of a story
/// would be one for a quick machine only.
const DAY: Duration = Duration::from_secs(20);

#[tokio::test]
async fn each_answer_of_a_provider_is_its_verdict_on_the_screen() {
    let days = bad_days();
    let limit = DAY.saturating_mul(u32::try_from(days.len()).unwrap_or(u32::MAX));
    play_within(limit, Options::everything(), async |stage| {
        set_up_with_pop3(&stage.lab, "alice", Tenant::Contoso);
        let program = Mailwright::new(&stage.lab);
        let window = stage.window().await?;
        window.open_mailbox(ALICE).await?;
        let mut sends = false;
        for day in &days {
            if day.with_message != sends {
                let name = "Send a test message to yourself";
                window.click("checkbox", name).await?;
                sends = day.with_message;
            }
            let (_front, servers) = day.begin(&stage.lab);
            let servers: Vec<&str> = servers.iter().map(String::as_str).collect();
            let words = [&["set", ALICE], servers.as_slice()].concat();
            assert_eq!(program.run(&words).code, 0, "{}", day.what);
            // The command line's own test says what the window should.
            let to_oneself: &[&str] = if sends { &["--send-to", ALICE] } else { &[] };
            let report = program
                .json(&[["test", ALICE].as_slice(), to_oneself].concat())
                .json();
            let (protocol, id) = day.fails;
            let verdict = &check(&report, protocol, id)["verdict"];
            assert_eq!(verdict["id"], day.verdict, "{}", day.what);
            window.button(&format!("Test {ALICE}")).await?;
            window.check(&format!("{protocol}/{id}"), "failed").await?;
            window.hears("failed").await?;
            for text in [&verdict["title"], &verdict["what"]] {
                window.says(text.as_str().unwrap_or_default()).await?;
            }
            window.picture(&format!("verdict-{}", day.verdict)).await?;
        }
        window.close().await?;
        Ok(())
    })
    .await;
}
