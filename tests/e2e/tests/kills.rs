//! Ended with SIGKILL at any step, nothing is lost where the old token stays good. Few kills here; many, with figures,
//! by `cargo run -p mailwright-e2e --bin kills`.
#![cfg(unix)]

use mailwright_e2e::kills::{during_renewal, during_sign_in, renewing_lab};
use mailwright_lab::Tenant;

#[tokio::test]
async fn ended_at_any_step_nothing_is_lost_where_the_old_token_stays_good() {
    let lab = renewing_lab(Tenant::Contoso);
    let renewals = during_renewal(&lab, 16);
    assert_eq!(renewals.lost, 0, "{renewals:?}");
    assert!(renewals.asking + renewals.answered > 0, "{renewals:?}");
    let sign_ins = during_sign_in(&lab, 8).await;
    assert_eq!(sign_ins.lost, 0, "{sign_ins:?}");
}

#[test]
fn a_loss_where_the_old_token_ends_at_once_is_said_and_one_sign_in_mends_it() {
    // What is asserted of each loss is in `during_renewal`.
    let lab = renewing_lab(Tenant::Strict);
    let renewals = during_renewal(&lab, 12);
    assert!(
        renewals.kills() >= 12 && renewals.lost <= renewals.asking + renewals.answered,
        "{renewals:?}"
    );
}
