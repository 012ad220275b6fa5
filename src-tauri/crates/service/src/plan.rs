use mailwright_domain::CheckId;

use crate::testing::{TestOptions, targets};
use crate::wire::PlannedCheck;
use crate::{Failure, Service};

impl Service {
    /// The checks that [`Service::test`] will make, in the order of its report. Where a server's protection is still
    /// to be found out, a check more or less may come.
    ///
    /// # Errors
    /// There is no such mailbox, or nothing of it can be tested.
    pub fn test_plan(&self, which: &str) -> Result<Vec<PlannedCheck>, Failure> {
        let mailbox = self.find_mailbox(which)?;
        let targets = targets(&mailbox, &TestOptions::default())?;
        let ladders = targets
            .iter()
            .flat_map(|target| mailwright_mail::skipped(&target.endpoint, "it was not run yet"))
            .map(|check| PlannedCheck {
                id: check.id.word().to_owned(),
                protocol: check.protocol.map(|p| p.word().to_owned()),
            });
        let around = |id: CheckId| PlannedCheck {
            id: id.word().to_owned(),
            protocol: None,
        };
        let renewed = (!mailbox.has_password()).then(|| around(CheckId::Renew));
        Ok(std::iter::once(around(CheckId::Token))
            .chain(ladders)
            .chain(renewed)
            .collect())
    }
}
