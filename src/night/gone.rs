//! What is to be erased, and what went.

use std::collections::{BTreeMap, BTreeSet};

use crate::webhook::TicketId;

use super::ids::Ids;
use super::month::Month;

/// Single tickets to be erased, by organization and id.
#[derive(Debug, Clone, Default)]
pub struct Erase {
    /// The tickets; an id may stand in several organizations.
    pub tickets: Vec<(String, TicketId)>,
}

impl Erase {
    /// Their hashes.
    pub(super) fn ids(&self) -> Ids {
        Ids::of(self.tickets.iter().map(|(organization, id)| (organization.as_str(), *id)))
    }

    /// Whether a ticket is among them.
    pub(super) fn has(&self, organization: &str, id: TicketId) -> bool {
        self.tickets.iter().any(|(owner, one)| *one == id && owner == organization)
    }
}

/// What went tonight.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gone {
    /// Chosen tickets that were kept, by month (UTC) of the visit.
    pub erased: BTreeMap<Month, u64>,
    /// The ids of these.
    pub found: BTreeSet<TicketId>,
    /// Tickets of which only sums stay, by month.
    pub summed: BTreeMap<Month, u64>,
    /// Tickets of which nothing stays, because they lie before a date, by month.
    pub dropped: BTreeMap<Month, u64>,
    /// Months whose sums could not be divided and were left as they are.
    pub undivided: Vec<Month>,
    /// Tickets of tonight's lines that were forgotten before.
    pub forgotten: u64,
    /// Tickets of tonight's lines of dates whose single tickets are forgotten.
    pub too_late: u64,
}

impl Gone {
    /// Single tickets that went because they lie before a date, by month.
    #[must_use]
    pub fn dropped_or_summed(&self) -> BTreeMap<Month, u64> {
        let mut all = self.dropped.clone();
        for (month, n) in &self.summed {
            *all.entry(*month).or_default() += n;
        }
        all
    }

    /// Whether there are fewer tickets in the figures.
    #[must_use]
    pub fn has_less(&self) -> bool {
        !self.dropped.is_empty() || self.too_late > 0
    }

    /// Whether anything that was kept is kept no more.
    #[must_use]
    pub fn is_any(&self) -> bool {
        [&self.erased, &self.summed, &self.dropped].iter().any(|of| !of.is_empty())
    }
}
