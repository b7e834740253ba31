//! What is to be erased, and what went.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::webhook::TicketId;

use super::ids::Ids;
use super::month::Month;
use super::period::Period;

/// Single tickets to be erased, by organization and id.
#[derive(Debug, Clone, Default)]
pub struct Erase {
    /// The tickets by organization.
    tickets: BTreeMap<String, HashSet<TicketId>>,
}

impl Erase {
    /// Adds a ticket.
    pub fn add(&mut self, organization: &str, id: TicketId) {
        match self.tickets.get_mut(organization) {
            Some(ids) => {
                ids.insert(id);
            }
            None => {
                self.tickets.insert(organization.to_owned(), HashSet::from([id]));
            }
        }
    }

    /// Number of tickets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tickets.values().map(HashSet::len).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tickets.is_empty()
    }

    /// Whether a ticket is among them.
    #[must_use]
    pub fn has(&self, organization: &str, id: TicketId) -> bool {
        self.tickets.get(organization).is_some_and(|ids| ids.contains(&id))
    }

    /// Adds those of another list.
    pub fn extend(&mut self, other: Self) {
        for (organization, ids) in other.tickets {
            self.tickets.entry(organization).or_default().extend(ids);
        }
    }

    /// Their hashes.
    pub(super) fn ids(&self) -> Ids {
        let all = self.tickets.iter();
        Ids::of(all.flat_map(|(name, ids)| ids.iter().map(|id| (name.as_str(), *id))))
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
    /// How many of these the configuration leaves out: they are in no sum, and so in no figure if it does so no more.
    pub without_figures: u64,
    /// Tickets of which nothing stays, because they lie before a date, by month.
    pub dropped: BTreeMap<Month, u64>,
    /// Periods whose sums could not be divided and were left as they are.
    pub undivided: Vec<Period>,
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
