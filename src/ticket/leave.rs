//! Takes out of a fold what is to be forgotten: chosen tickets, and those of visits before a date.

use std::collections::HashMap;

use chrono::NaiveDate;
use foldhash::fast::RandomState;

use crate::calendar::Clock;

use super::bursts::{End, Moment, Moments};
use super::fold::Fold;
use super::gazetteer::Gazetteer;
use super::join::Joined;
use super::kind::{Key, Kind, key_of};
use super::names::NameId;
use super::times::service_time;

impl Fold {
    /// Takes out the tickets whose local service date lies before a date; those without one stay. Dates of tickets
    /// at no location of the gazetteer are those in UTC.
    #[must_use]
    pub fn take_before(&mut self, gazetteer: &Gazetteer, date: NaiveDate) -> Self {
        let booking = self.booking();
        let places = self.places(gazetteer);
        let place_of = |joined: &Joined| {
            let at = (*places.get(&key_of(joined))?)?;
            gazetteer.locations.get(at)
        };
        self.take_if(|_, joined| {
            // Tickets that the configuration leaves out have no location, and are forgotten all the same.
            let clock = place_of(joined).map_or(Clock::UTC, |location| location.clock);
            let at = service_time(joined, booking, clock);
            at.and_then(|at| clock.local(at)).is_some_and(|local| local.date < date)
        })
    }

    /// Counts the tickets at each of the `wanted` moments; every wanted moment is in the result, even with 0.
    #[must_use]
    pub fn at(&self, gazetteer: &Gazetteer, wanted: impl Iterator<Item = Moment>) -> Moments {
        let mut found: Moments = wanted.map(|moment| (moment, 0)).collect();
        if found.is_empty() {
            return found;
        }
        let places = self.places(gazetteer);
        for joined in self.shards.iter().flat_map(|shard| &shard.tickets) {
            let Some(location) = places.get(&key_of(joined)).copied().flatten() else { continue };
            for end in End::ALL {
                let moment = end.of(joined).map(|at| Moment::of(location, end, at));
                if let Some(tickets) = moment.and_then(|moment| found.get_mut(&moment)) {
                    *tickets += 1;
                }
            }
        }
        found
    }

    /// The index of the location of each kind of ticket.
    fn places(&self, gazetteer: &Gazetteer) -> HashMap<Key, Option<usize>, RandomState> {
        let names = &self.headings.names;
        let text = |id: NameId| names.get(id).to_owned();
        let mut places: HashMap<Key, Option<usize>, RandomState> = HashMap::default();
        for joined in self.shards.iter().flat_map(|shard| &shard.tickets) {
            places.entry(key_of(joined)).or_insert_with_key(|(organization, queue, own)| {
                gazetteer.place(&Kind {
                    organization: text(*organization),
                    queue: queue.map(text),
                    own: own.map(text),
                })
            });
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::super::location::Directory;
    use super::super::strays::tests::checked_in;
    use super::*;

    #[test]
    fn a_fold_counts_at_moments_what_its_finished_tickets_do() {
        let fold = checked_in(&[8_999, 9_000, 9_500, 9_999, 11_000]);
        let directory = Directory::new(BTreeMap::new(), BTreeMap::new(), None, 0);
        let gazetteer = fold.gazetteer(&fold.census(), &directory);
        let moments = (8..12).map(|second| Moment::of(0, End::CheckIn, second * 1_000));
        let wanted: BTreeSet<Moment> = moments.collect();
        let found = fold.at(&gazetteer, wanted.iter().copied());
        let counts: Vec<u64> = wanted.iter().map(|moment| found[moment]).collect();
        assert_eq!(counts, [1, 3, 0, 1]);
        assert_eq!(fold.finish_at(&gazetteer).at(wanted.into_iter()), found);
    }
}
