//! The expiry calendar: what ends by itself, what is wrong now, and the fewest things that help everybody. `dates` says
//! when something ends, what providers have announced among it, `groups` puts together what one fix helps, `frequency` remembers how often an organisation wants
//! people to sign in.

mod dates;
mod frequency;
mod groups;

use jiff::{Span, Timestamp, Zoned};
use mailwright_domain::{Grant, Mailbox, Registration, Status};

use crate::wire::{AnnouncementInfo, Attention, Ends};
use crate::{Failure, Service};
use dates::{Due, of_grant, of_provider, of_registration};

impl Service {
    /// What needs attention now and in the days to come.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn attention(&self) -> Result<Attention, Failure> {
        self.attention_at(&Zoned::now())
    }

    /// The status that is shown: that of the last test, but where everything works and something that it rests on ends
    /// within 30 days, it needs attention. It follows from the dates and is saved nowhere.
    pub(crate) fn shown_status(&self, mailbox: &Mailbox) -> Result<Status, Failure> {
        self.shown_status_at(mailbox, &Zoned::now())
    }

    /// What a mailbox rests on that ends soon, the next one.
    pub(crate) fn ends_soon(&self, mailbox: &Mailbox) -> Result<Option<Ends>, Failure> {
        let dues = self.dues_of(mailbox, &Zoned::now())?;
        let next = dues
            .into_iter()
            .filter(Due::is_soon)
            .min_by_key(|due| due.days);
        Ok(next.map(|due| Ends {
            kind: due.what.word().to_owned(),
            on: due.on.to_string(),
            days: due.days,
        }))
    }

    fn shown_status_at(&self, mailbox: &Mailbox, now: &Zoned) -> Result<Status, Failure> {
        if mailbox.status != Status::Working {
            return Ok(mailbox.status);
        }
        let soon = self.dues_of(mailbox, now)?.iter().any(Due::is_soon);
        Ok(if soon {
            Status::NeedsAttention
        } else {
            Status::Working
        })
    }

    /// Everything with a day that a mailbox rests on.
    fn dues_of(&self, mailbox: &Mailbox, now: &Zoned) -> Result<Vec<Due>, Failure> {
        let mut dues = of_provider(mailbox, now);
        let Some(id) = mailbox.registration else {
            return Ok(dues);
        };
        let Some(registration) = self.store.registrations().by_id(id)? else {
            return Ok(dues);
        };
        dues.extend(of_registration(&registration, now));
        if let Some(grant) = self.grant_of(mailbox)? {
            dues.extend(self.dues_of_grant(&grant, &registration, now)?);
        }
        Ok(dues)
    }

    fn dues_of_grant(
        &self,
        grant: &Grant,
        registration: &Registration,
        now: &Zoned,
    ) -> Result<Vec<Due>, Failure> {
        let frequency: Option<Span> = self.frequency_of(grant.id)?;
        Ok(of_grant(grant, registration, frequency, now))
    }

    pub(crate) fn attention_at(&self, now: &Zoned) -> Result<Attention, Failure> {
        let mut groups = groups::Groups::default();
        let mailboxes = self.store.mailboxes().list()?;
        let mut working = 0;
        for mailbox in &mailboxes {
            if mailbox.status == Status::Retired {
                continue;
            }
            let seen = self.seen(mailbox, now)?;
            working += u32::from(seen.shown == Status::Working);
            groups.add(&seen);
        }
        // A registration that nobody uses yet has its days all the same.
        for registration in self.store.registrations().list()? {
            groups.add_registration(&registration, &of_registration(&registration, now));
        }
        let total = mailboxes.iter().filter(|m| m.status != Status::Retired);
        let groups::Sorted {
            fixes,
            waiting,
            dates,
        } = groups.sorted();
        Ok(Attention {
            at: Timestamp::from(now).to_string(),
            mailboxes: u32::try_from(total.count()).unwrap_or(u32::MAX),
            working,
            fixes,
            waiting,
            dates,
        })
    }

    /// One mailbox with all that decides what to do about it.
    fn seen(&self, mailbox: &Mailbox, now: &Zoned) -> Result<groups::Seen, Failure> {
        let registration = match mailbox.registration {
            Some(id) => self.store.registrations().by_id(id)?,
            None => None,
        };
        let last = self.store.reports().latest(mailbox.id)?;
        Ok(groups::Seen {
            shown: self.shown_status_at(mailbox, now)?,
            dues: self.dues_of(mailbox, now)?,
            grant: self.grant_of(mailbox)?,
            problem: self.problem_of(mailbox)?,
            waits: self.waits_since(mailbox)?,
            tested: last.map(|report| report.started),
            registration,
            mailbox: mailbox.clone(),
        })
    }
}

/// What a mailbox's provider has announced about it, by day: past, near and far.
pub(crate) fn announcements(mailbox: &Mailbox) -> Vec<AnnouncementInfo> {
    mailwright_diagnosis::announced(mailbox)
        .into_iter()
        .map(AnnouncementInfo::from)
        .collect()
}

#[cfg(test)]
mod tests;
