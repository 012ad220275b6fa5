use mailwright_domain::CheckId;

use crate::testing::{TestOptions, planned};
use crate::wire::PlannedCheck;
use crate::{Failure, Service};

impl Service {
    /// The checks that [`Service::test`] will make, in the order of its report. Where a server's protection is still to be found out, a check more or less may come.
    ///
    /// # Errors
    /// There is no such mailbox, or nothing of it can be tested.
    pub fn test_plan(
        &self,
        which: &str,
        options: &TestOptions,
    ) -> Result<Vec<PlannedCheck>, Failure> {
        let mailbox = self.to_test(which, options)?;
        let targets = self.targets(&mailbox, options)?;
        let ladders = planned(&mailbox, &targets, options, "it was not run yet")
            .into_iter()
            .map(|check| PlannedCheck {
                id: check.id.word().to_owned(),
                protocol: check.protocol.map(|p| p.word().to_owned()),
                about: check.about,
            });
        let around = |id: CheckId| PlannedCheck {
            id: id.word().to_owned(),
            protocol: None,
            about: None,
        };
        let renewed = (!mailbox.has_password()).then(|| around(CheckId::Renew));
        Ok(std::iter::once(around(CheckId::Token))
            .chain(ladders)
            .chain(renewed)
            .collect())
    }
}
