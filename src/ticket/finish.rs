//! Finishes a fold: assigns every ticket to its location.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::fold::Fold;
use super::gazetteer::{Findings, Gazetteer};
use super::heading::{Heading, Headings};
use super::kind::{Key, Kind, key_of};
use super::location::Directory;
use super::names::NameId;
use super::set::TicketSet;
use super::shard::Shard;

impl Fold {
    /// Finishes the tickets of a whole archive. Names and zones follow from all tickets of the fold and the directory.
    #[must_use]
    pub fn finish(self, directory: &Directory) -> (TicketSet, Findings) {
        let gazetteer = self.gazetteer(&self.census(), directory);
        let set = self.finish_at(&gazetteer);
        (set, gazetteer.findings)
    }

    /// Finishes the tickets at the locations of a gazetteer; tickets of kinds it does not know are left out.
    #[must_use]
    pub fn finish_at(self, gazetteer: &Gazetteer) -> TicketSet {
        let booking = self.booking();
        let Self { headings, shards, .. } = self;
        let Headings { names, list: headings, .. } = headings;
        let place = |(organization, queue, own): Key| {
            let text = |id: NameId| names.get(id).to_owned();
            let kind = Kind {
                organization: text(organization),
                queue: queue.map(text),
                own: own.map(text),
            };
            gazetteer.place(&kind).and_then(|place| u32::try_from(place).ok())
        };
        let locate = |shard: Shard| {
            // Many tickets share few kinds: each is looked up once.
            let mut known: HashMap<Key, Option<u32>, RandomState> = HashMap::default();
            let tickets = shard.into_tickets();
            let keys = tickets.iter().map(key_of);
            let places = keys.map(|key| *known.entry(key).or_insert_with(|| place(key))).collect();
            (tickets, places)
        };
        let shards = shards.into_par_iter().map(locate).collect();
        let listed = |of: fn(&Heading) -> Option<NameId>| -> Vec<NameId> {
            let ids = headings.iter().filter_map(of);
            let sorted: BTreeMap<&str, NameId> = ids.map(|id| (names.get(id), id)).collect();
            sorted.into_values().collect()
        };
        TicketSet {
            locations: gazetteer.locations.clone(),
            types: listed(|heading| heading.ticket_type),
            queues: listed(|heading| heading.queue),
            categories: listed(|heading| heading.category),
            shards,
            booking,
            names,
        }
    }
}
