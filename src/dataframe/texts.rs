//! The texts that rows point into: types, categories and queues, each once.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};

use crate::ticket::{NameId, Ticket, TicketSet};

use super::column;

/// What the codes of rows stand for. The first text of each list is empty: none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// Types of tickets as sent; column `ticket_type` points into them.
    pub ticket_types: Vec<String>,
    /// Services chosen at registration; column `category` points into them.
    pub categories: Vec<String>,
    /// Queues; column `queue` points into them.
    pub queues: Vec<String>,
}

/// Those of no tickets.
impl Default for Texts {
    fn default() -> Self {
        let none = || vec![String::new()];
        Self { ticket_types: none(), categories: none(), queues: none() }
    }
}

impl Texts {
    /// Those of a set of tickets, in its order.
    pub(super) fn of(set: &TicketSet) -> Self {
        let list = |ids: &[NameId]| {
            let texts = ids.iter().map(|id| set.names.get(*id).to_owned());
            std::iter::once(String::new()).chain(texts).collect()
        };
        Self {
            ticket_types: list(&set.types),
            categories: list(&set.categories),
            queues: list(&set.queues),
        }
    }

    /// Those of all parts, sorted.
    pub(super) fn union<'a>(parts: impl Iterator<Item = &'a Self> + Clone) -> Self {
        let list = |of: fn(&Self) -> &Vec<String>| {
            let texts: BTreeSet<&str> = parts.clone().flat_map(of).map(String::as_str).collect();
            // Of no part there is still the text for none.
            let none = std::iter::once("").filter(|none| !texts.contains(none));
            none.chain(texts.iter().copied()).map(str::to_owned).collect()
        };
        Self {
            ticket_types: list(|texts| &texts.ticket_types),
            categories: list(|texts| &texts.categories),
            queues: list(|texts| &texts.queues),
        }
    }

    /// The columns that point into these lists, each with the codes that its values have in others; `None` for one that the
    /// others lack.
    pub(super) fn codes_in(&self, others: &Self) -> [(&'static str, Vec<Option<u32>>); 3] {
        let codes = |mine: &[String], theirs: &[String]| {
            let numbers: HashMap<&str, u32> = theirs.iter().map(String::as_str).zip(0..).collect();
            mine.iter().map(|text| numbers.get(text.as_str()).copied()).collect()
        };
        [
            (column::TICKET_TYPE, codes(&self.ticket_types, &others.ticket_types)),
            (column::CATEGORY, codes(&self.categories, &others.categories)),
            (column::QUEUE, codes(&self.queues, &others.queues)),
        ]
    }
}

/// Codes of the names in a set of tickets.
pub(super) struct Codes {
    ticket_types: HashMap<NameId, u32, RandomState>,
    categories: HashMap<NameId, u32, RandomState>,
    queues: HashMap<NameId, u32, RandomState>,
}

/// Codes of a ticket's type, category and queue.
#[derive(Clone, Copy)]
pub(super) struct Coded {
    pub(super) ticket_type: u32,
    pub(super) category: u32,
    pub(super) queue: u32,
}

impl Codes {
    /// As [`Texts::of`] numbers them.
    pub(super) fn of(set: &TicketSet) -> Self {
        let codes = |ids: &[NameId]| ids.iter().copied().zip(1..).collect();
        Self {
            ticket_types: codes(&set.types),
            categories: codes(&set.categories),
            queues: codes(&set.queues),
        }
    }

    /// Those of a ticket.
    pub(super) fn get(&self, ticket: &Ticket) -> Coded {
        let code = |codes: &HashMap<NameId, u32, RandomState>, id: Option<NameId>| {
            id.and_then(|id| codes.get(&id).copied()).unwrap_or(0)
        };
        Coded {
            ticket_type: code(&self.ticket_types, ticket.ticket_type),
            category: code(&self.categories, ticket.category),
            queue: code(&self.queues, ticket.queue),
        }
    }
}
