//! Finished tickets as records, in the order they are kept in.

use std::sync::Arc;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::webhook::TicketId;

use super::fold::Fold;
use super::join::Joined;
use super::names::{NameId, Names};
use super::record::{Record, record};
use super::set::TicketSet;

impl TicketSet {
    /// Organization and id of each ticket, those that are left out too.
    pub fn ids(&self) -> impl Iterator<Item = (&str, TicketId)> {
        self.joined().map(|joined| (self.names.get(joined.organization), joined.id))
    }

    /// The tickets as joined, those that are left out too.
    fn joined(&self) -> impl Iterator<Item = &Joined> {
        self.shards.iter().flat_map(|(tickets, _)| tickets)
    }

    /// The tickets as records, by organization and id, so many at a time; those that are left out too.
    pub fn records(&self, most: usize) -> impl Iterator<Item = Vec<Record>> {
        records_of(&self.names, self.joined(), most)
    }
}

impl Fold {
    /// The tickets as records, by organization and id, so many at a time.
    pub fn records(&self, most: usize) -> impl Iterator<Item = Vec<Record>> {
        let tickets = self.shards.iter().flat_map(|shard| &shard.tickets);
        records_of(&self.headings.names, tickets, most)
    }
}

/// Tickets as records, by organization and id, so many at a time.
fn records_of<'t>(
    names: &Names,
    tickets: impl Iterator<Item = &'t Joined>,
    most: usize,
) -> impl Iterator<Item = Vec<Record>> {
    let texts: Vec<Arc<str>> = names.all().map(Arc::from).collect();
    // An organization's rank among the names sorts as its name does.
    let mut sorted: Vec<usize> = (0..texts.len()).collect();
    sorted.sort_unstable_by_key(|at| texts.get(*at));
    let mut ranks = vec![0; texts.len()];
    for (rank, at) in sorted.into_iter().enumerate() {
        if let Some(slot) = ranks.get_mut(at) {
            *slot = rank;
        }
    }
    let rank = |id: NameId| ranks.get(id.index()).copied().unwrap_or(0);
    let mut order: Vec<(usize, TicketId, &Joined)> =
        tickets.map(|joined| (rank(joined.organization), joined.id, joined)).collect();
    order.par_sort_unstable_by_key(|(rank, id, _)| (*rank, *id));
    let mut first = 0;
    std::iter::from_fn(move || {
        let rest = order.get(first..)?;
        let some = rest.get(..most.min(rest.len()))?;
        first += some.len();
        let text = |id: NameId| texts.get(id.index()).cloned().unwrap_or_default();
        (!some.is_empty())
            .then(|| some.par_iter().map(|(_, _, joined)| record(joined, text)).collect())
    })
}
