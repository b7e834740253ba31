//! The single tickets of an archive or of kept periods, in order.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::calendar::LocalTimes;
use crate::ticket::{Location, Moments, Part, Ticket, TicketSet};

use super::build::{CodesOf, Organization, Texts};
use super::frame::Settings;
use super::keep::Keep;
use super::single::{Single, is_inside, single};

/// Tickets that a thread takes at a time.
const ROWS: usize = 1 << 14;

/// A location of single tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its organization.
    pub organization: String,
    /// Its name.
    pub name: String,
    /// Its stable id.
    pub id: String,
}

/// Where a ticket lies: which part, and where in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct At {
    part: u32,
    row: u32,
}

/// Single tickets, and the texts that their codes stand for.
#[derive(Debug, Clone, Default)]
pub struct Singles {
    /// All locations, by organization and name.
    pub places: Vec<Place>,
    /// Queues; the first one is empty: none.
    pub queues: Vec<String>,
    /// Services; the first one is empty: none.
    pub categories: Vec<String>,
    /// Types; the first one is empty: none.
    pub ticket_types: Vec<String>,
    /// The tickets as they were made. They are large, so they stay where they are, and only their order is sorted.
    parts: Vec<Vec<Single>>,
    order: Vec<At>,
    codes: [HashMap<String, u32, RandomState>; 3],
}

impl Singles {
    /// No ticket yet, of these locations; they must be all of the archive, sorted, or ids differ.
    #[must_use]
    pub fn at(locations: &[Location]) -> Self {
        let organizations = Organization::all(locations).into_iter();
        let places = organizations.flat_map(|one| {
            let (name, places) = one.into_parts();
            places.into_iter().map(move |place| Place {
                organization: name.clone(),
                name: place.name,
                id: place.id,
            })
        });
        Self { places: places.collect(), ..Self::default() }
    }

    /// Adds the tickets of a set, at the same locations, that lie in the window and are to be kept; `keep` makes the choice
    /// of the queues, categories and types of the set. `others` are the moments of tickets outside the set, for its bursts.
    pub fn add(
        &mut self,
        set: &TicketSet,
        settings: Settings,
        others: &Moments,
        keep: impl FnOnce(&[Place], [&[String]; 3]) -> Keep,
    ) {
        let texts = Texts::of(set);
        let lists = [&*texts.queues, &*texts.categories, &*texts.ticket_types];
        let keep = keep(&self.places, lists);
        let codes = [&set.queues, &set.categories, &set.types].map(|ids| CodesOf::new(ids));
        let bursts = set.bursts(others);
        let new = [self.recode(0, lists[0]), self.recode(1, lists[1]), self.recode(2, lists[2])];
        let build = |part: &Part<'_>| {
            let mut times = LocalTimes::default();
            let mut rows = Vec::with_capacity(ROWS);
            rows.extend(part.tickets().filter_map(|ticket: Ticket| {
                let location = set.locations.get(ticket.location)?;
                let [queues, categories, types] = &codes;
                let coded = [
                    queues.get(ticket.queue),
                    categories.get(ticket.category),
                    types.get(ticket.ticket_type),
                ];
                let mut row =
                    single(&ticket, location, coded, (settings.waits, &bursts), &mut times);
                if !is_inside(&row, settings) || !keep.has(row.judged()) {
                    return None;
                }
                let [queues, categories, types] = &new;
                let code = |new: &[u32], old: u32| new.get(old as usize).copied().unwrap_or(0);
                row.queue = code(queues, row.queue);
                row.category = code(categories, row.category);
                row.ticket_type = code(types, row.ticket_type);
                Some(row)
            }));
            rows.shrink_to_fit();
            rows
        };
        let parts: Vec<Vec<Single>> = set.parts(ROWS).par_iter().map(build).collect();
        for rows in parts {
            self.push(rows);
        }
    }

    fn push(&mut self, rows: Vec<Single>) {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let part = number(self.parts.len());
        self.order.extend((0..number(rows.len())).map(|row| At { part, row }));
        self.parts.push(rows);
    }

    /// The codes here of the texts of a list, by its codes.
    fn recode(&mut self, which: usize, texts: &[String]) -> Vec<u32> {
        let all = match which {
            0 => &mut self.queues,
            1 => &mut self.categories,
            _ => &mut self.ticket_types,
        };
        let Some(codes) = self.codes.get_mut(which) else { return Vec::new() };
        let code = |text: &String| {
            *codes.entry(text.clone()).or_insert_with(|| {
                all.push(text.clone());
                u32::try_from(all.len() - 1).unwrap_or(0)
            })
        };
        texts.iter().map(code).collect()
    }

    /// Sorts the tickets by organization and id.
    pub fn sort(&mut self) {
        let places = &self.places;
        // Places are sorted by organization, so the number of its first one stands for it.
        let mut owners: Vec<usize> = Vec::with_capacity(places.len());
        for (at, place) in places.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|at| places.get(at));
            let same = before.is_some_and(|before| before.organization == place.organization);
            owners.push(owners.last().copied().filter(|_| same).unwrap_or(at));
        }
        // The keys lie side by side, so that sorting does not walk through the tickets.
        let key = |at: At| {
            let one = stored(&self.parts, at)?;
            Some(((owners.get(one.place as usize).copied(), one.id, one.place), at))
        };
        let mut keys: Vec<_> = self.order.par_iter().filter_map(|at| key(*at)).collect();
        keys.par_sort_unstable_by_key(|(key, _)| *key);
        self.order = keys.into_par_iter().map(|(_, at)| at).collect();
    }

    /// Number of tickets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is no ticket.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The ticket at a place of the order.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&Single> {
        self.order.get(at).and_then(|at| stored(&self.parts, *at))
    }

    /// The tickets, in order: by organization and id once they are sorted.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Single> {
        self.range(0..self.len())
    }

    /// The tickets of a range of places; those behind the last one are none.
    pub fn range(&self, places: Range<usize>) -> impl DoubleEndedIterator<Item = &Single> {
        let places = places.start.min(self.len())..places.end.min(self.len());
        self.order.get(places).unwrap_or_default().iter().filter_map(|at| stored(&self.parts, *at))
    }

    /// Takes away the tickets that are not to be kept.
    pub fn retain(&mut self, keep: impl Fn(&Single) -> bool) {
        let Self { parts, order, .. } = self;
        order.retain(|at| stored(parts, *at).is_some_and(&keep));
    }

    /// Puts other tickets, with the same codes, in the place of all.
    pub fn replace(&mut self, rows: Vec<Single>) {
        self.parts.clear();
        self.order.clear();
        self.push(rows);
    }
}

fn stored(parts: &[Vec<Single>], at: At) -> Option<&Single> {
    parts.get(at.part as usize)?.get(at.row as usize)
}
