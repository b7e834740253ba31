//! Tickets that several organizations sent which the configuration makes one.
//!
//! The state keeps every ticket under the organization that sent it, so that a setting can be taken away again. When a
//! visit went on while the organization was renamed, both names have a ticket of the same id. For figures, and for them
//! alone, these are joined into one:
//!
//! ```text
//! kept     January: old/7, old/8        February: new/8
//! figures  January: old/7, new/8 (all that both said)
//! ```
//!
//! There are few such tickets. They are found by the lists of ids, and only the periods that hold them are loaded.

use std::collections::{BTreeMap, BTreeSet};

use crate::ticket::{Census, Directory, Fold, Membership};

use super::blobs;
use super::error::StateError;
use super::history::Merged;
use super::ids::{Ids, of_organization, parts};
use super::joint::Joint;
use super::part::Part;
use super::period::Period;

impl Merged {
    /// Finds the tickets that several organizations sent which the configuration makes one, and joins them for figures.
    /// To be done before anything is made of the tickets. Returns whether there are any.
    ///
    /// # Errors
    /// [`StateError`] if a period cannot be read.
    pub fn join(&mut self, directory: &Directory) -> Result<bool, StateError> {
        self.joints.clear();
        let lists = self.lists(directory)?;
        let shared = shared(&lists, directory, &self.names);
        let is_in =
            |list: &Vec<u64>| shared.numbers().iter().any(|n| list.binary_search(n).is_ok());
        let periods: Vec<Period> =
            lists.iter().filter(|(_, list)| is_in(list)).map(|(period, _)| *period).collect();
        drop(lists);
        let mut together = self.names.headings_alone();
        for period in &periods {
            let mut kept = self.kept(*period)?;
            together.merge(kept.take_chosen(|organization, id| shared.has(organization, id)));
        }
        let mut split = together.unite(directory).split(Period::of);
        let touched: BTreeSet<Period> = periods.iter().chain(split.keys()).copied().collect();
        for period in touched {
            let together = split.remove(&period).unwrap_or_default();
            let mut joint = Joint::new(shared.clone(), together);
            let tickets = joint.of(self.kept(period)?);
            joint.census = tickets.census();
            joint.census.strays = tickets.strays(period.span());
            self.joints.insert(period, joint);
            // A period of figures is one of the state too, even if nothing else is in it.
            self.periods.entry(period).or_insert_with(|| {
                let touched = Some(self.names.headings_alone());
                Part { census: Census::default(), touched }
            });
        }
        Ok(!self.joints.is_empty())
    }

    /// The numbers of the tickets of each period, ascending; none if no two organizations with tickets become one.
    fn lists(&self, directory: &Directory) -> Result<BTreeMap<Period, Vec<u64>>, StateError> {
        let groups = groups(directory, &self.names);
        let mut lists = BTreeMap::new();
        for (period, part) in self.periods.iter().filter(|_| !groups.is_empty()) {
            let is_asked = |number: &u64| groups.contains_key(&parts(*number).1);
            let list: Vec<u64> = match (&part.touched, &self.base) {
                (Some(fold), _) => {
                    Ids::of(fold.tickets()).numbers().iter().copied().filter(is_asked).collect()
                }
                (None, Some(base)) => {
                    let bytes = blobs::read_ids(base, *period)?;
                    Ids::of_bytes(&bytes).filter(is_asked).collect()
                }
                (None, None) => Vec::new(),
            };
            lists.insert(*period, list);
        }
        Ok(lists)
    }

    /// The tickets of a period as they are kept.
    pub(super) fn kept(&self, period: Period) -> Result<Fold, StateError> {
        let part = self.periods.get(&period);
        if let Some(fold) = part.and_then(|part| part.touched.as_ref()) {
            return Ok(fold.clone());
        }
        let mut fold = self.names.headings_alone();
        if let (Some(base), Some(_)) = (&self.base, part) {
            blobs::read_tickets(base, period, &mut fold, |id| self.numbers.number(id))?;
        }
        Ok(fold)
    }
}

/// The name that each organization with tickets counts under, by its part of a number, where several count under one.
fn groups(directory: &Directory, names: &Fold) -> BTreeMap<u64, BTreeSet<String>> {
    if !directory.organizations().joins_any() {
        return BTreeMap::new();
    }
    let mut members: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for sent in names.seen_names().organizations {
        if let Membership::In(name) = directory.organization(&sent) {
            members.entry(name.to_owned()).or_default().insert(sent.clone());
        }
    }
    members.retain(|_, sent| sent.len() > 1);
    let mut groups: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    for (name, sent) in members {
        for sent in sent {
            groups.entry(of_organization(&sent)).or_default().insert(name.clone());
        }
    }
    groups
}

/// The tickets whose id several organizations of one group have.
fn shared(lists: &BTreeMap<Period, Vec<u64>>, directory: &Directory, names: &Fold) -> Ids {
    let groups = groups(directory, names);
    let mut all: Vec<u64> = lists.values().flatten().copied().collect();
    all.sort_unstable();
    let mut shared = BTreeSet::new();
    for same in all.chunk_by(|a, b| parts(*a).0 == parts(*b).0) {
        for (at, one) in same.iter().enumerate() {
            let meets = |other: &u64| {
                let of = |number: u64| groups.get(&parts(number).1);
                one != other && of(*one).zip(of(*other)).is_some_and(|(a, b)| !a.is_disjoint(b))
            };
            for other in same.iter().skip(at + 1).filter(|other| meets(other)) {
                shared.extend([*one, *other]);
            }
        }
    }
    Ids::of_numbers(shared)
}
