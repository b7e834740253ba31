//! Takes tickets out of a fold: those that another fold knows too, or that do not belong there any more.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use super::fold::Fold;
use super::join::Joined;
use super::names::NameId;
use super::shard::Shard;
use super::times::rough_time;
use crate::webhook::TicketId;

impl Fold {
    /// Makes room for so many more tickets, so that none is moved while they come.
    pub fn reserve(&mut self, tickets: usize) {
        let shards = self.shards.len().max(1);
        // Ids spread evenly, but not exactly.
        let each = tickets / shards;
        let room = each + each.isqrt() * 4 + 1;
        self.shards.iter_mut().for_each(|shard| shard.reserve(room));
    }

    /// Takes out the tickets that another fold has, by organization and id; headings come with them, spans do not.
    #[must_use]
    pub fn take_known(&mut self, other: &Self) -> Self {
        let (mine, theirs) = (&self.headings.names, &other.headings.names);
        let names: HashMap<NameId, NameId, RandomState> = self
            .headings
            .list
            .iter()
            .map(|heading| heading.organization)
            .filter_map(|id| Some((id, theirs.find(mine.get(id))?)))
            .collect();
        let is_known = |at: usize, joined: &Joined| {
            let shard = other.shards.get(at).zip(names.get(&joined.organization));
            shard.is_some_and(|(shard, organization)| shard.has(*organization, joined.id))
        };
        self.take_if(is_known)
    }

    /// Takes out some tickets, chosen by organization and id; headings come with them, spans do not.
    #[must_use]
    pub fn take_chosen(&mut self, is_chosen: impl Fn(&str, TicketId) -> bool + Sync) -> Self {
        let names = self.headings.names.clone();
        self.take_if(|_, joined| is_chosen(names.get(joined.organization), joined.id))
    }

    /// Takes out the tickets whose rough times ([`Fold::rough_times`]) do not belong.
    #[must_use]
    pub fn take_strangers(&mut self, belongs: impl Fn(Option<i64>) -> bool + Sync) -> Self {
        let booking = self.booking();
        self.take_if(|_, joined| !belongs(rough_time(joined, booking)))
    }

    /// Takes out some tickets; `wanted` gets the number of the shard.
    pub(super) fn take_if(&mut self, wanted: impl Fn(usize, &Joined) -> bool + Sync) -> Self {
        let take = |(at, shard): (usize, &mut Shard)| {
            let tickets = shard.tickets.iter().enumerate();
            let found: Vec<usize> =
                tickets.filter(|(_, joined)| wanted(at, joined)).map(|(place, _)| place).collect();
            let mut taken = Shard::default();
            // From the end, so that the places before stay.
            for place in found.into_iter().rev() {
                if let Some(joined) = shard.remove(place) {
                    taken.adopt(&joined);
                }
            }
            taken
        };
        let shards = self.shards.par_iter_mut().enumerate().map(take).collect();
        Self::of(self.headings.clone(), shards, HashMap::default())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::join::Joined;
    use super::*;
    use crate::webhook::TicketId;

    /// A fold of one organization, whose tickets have these ids and times of creation.
    fn fold(tickets: &[(u8, i64)]) -> Fold {
        let mut fold = Fold::default();
        let organization = fold.headings.names.intern("o");
        let heading = super::super::heading::Heading {
            organization,
            queue: None,
            location: None,
            ticket_type: None,
            category: None,
        };
        fold.headings.number(heading);
        for (id, created) in tickets {
            let mut joined = Joined::new(organization, TicketId([*id; 16]));
            joined.created_at.merge(super::super::order::Earliest::of(Some(*created)));
            let shard = super::super::shard::shard_of_ticket(joined.id);
            fold.shards[shard].adopt(&joined);
        }
        fold
    }

    fn listed(fold: &Fold) -> Vec<(u8, Option<i64>)> {
        let all = fold.shards.iter().flat_map(|shard| &shard.tickets);
        let mut all: Vec<_> = all.map(|joined| (joined.id.0[0], joined.created_at.get())).collect();
        all.sort_unstable();
        all
    }

    proptest! {
        #[test]
        fn what_is_taken_is_gone_and_what_stays_is_found(
            mine in prop::collection::btree_map(any::<u8>(), 0_i64..9, 0..60),
            theirs in prop::collection::btree_map(any::<u8>(), 0_i64..9, 0..60),
        ) {
            let tickets: Vec<(u8, i64)> = mine.iter().map(|(id, at)| (*id, *at)).collect();
            let others: Vec<(u8, i64)> = theirs.iter().map(|(id, at)| (*id, *at)).collect();
            let part = |wanted: &dyn Fn(u8, i64) -> bool| -> Vec<(u8, Option<i64>)> {
                let some = tickets.iter().filter(|(id, at)| wanted(*id, *at));
                some.map(|(id, at)| (*id, Some(*at))).collect()
            };
            let mut left = fold(&tickets);
            let known = left.take_known(&fold(&others));
            prop_assert_eq!(listed(&known), part(&|id, _| theirs.contains_key(&id)));
            prop_assert_eq!(listed(&left), part(&|id, _| !theirs.contains_key(&id)));
            let mut late = fold(&tickets);
            let early = late.take_strangers(|at| at.is_some_and(|at| at >= 4));
            prop_assert_eq!(listed(&early), part(&|_, at| at < 4));
            prop_assert_eq!(listed(&late), part(&|_, at| at >= 4));
            // The tables still find every ticket, and no other.
            late.merge(early);
            late.merge(fold(&tickets));
            prop_assert_eq!(listed(&late), part(&|_, _| true));
        }
    }
}
