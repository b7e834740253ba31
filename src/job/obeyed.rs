//! Finds sections of the configuration that have no effect, because nothing in the archive has their name or id.
//!
//! A section matches if any webhook ever carried its name or id, or if the configuration maps a location to that name. A
//! section for a place that was closed, or whose tickets moved elsewhere, is no mistake.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::night::{Erase, FileNumbers, History, Ledger, Merged};
use crate::store::Generation;
use crate::ticket::{
    Census, Fold, Gazetteer, Overruled, SeenNames, UNKNOWN_LOCATION, normalise, queue_key,
};

use super::error::{JobError, Missing};
use super::named::{Meant, meant};
use super::nearest::nearest;
use super::night_plan::NightPlan;
use super::notice::{Notice, Table};
use super::plan::Plan;
use super::possible;

/// Sections of one kind that are named one by one.
const NAMED: usize = 5;

/// The names in an archive, or in everything kept.
#[derive(Debug, Default)]
pub(crate) struct Known {
    seen: SeenNames,
    /// Organizations that have tickets in the figures, as the configuration joins them.
    organizations: BTreeSet<String>,
    /// Locations by the name they are shown with, each with the names that are mapped to it.
    locations: BTreeMap<String, BTreeSet<String>>,
    /// Number of locations.
    number: usize,
    /// Locations of which tickets are left out.
    pub(crate) left_out: BTreeSet<String>,
    /// Settings that are in force nowhere.
    overruled: Vec<Overruled>,
}

impl Known {
    /// The names that were seen, as sent, and those of the places of the tickets.
    pub(crate) fn of(plan: &Plan, seen: SeenNames, census: &Census, gazetteer: &Gazetteer) -> Self {
        let mut locations: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for place in &gazetteer.locations {
            locations.entry(place.name.clone()).or_default().insert(place.name.clone());
        }
        for (_, name, _) in gazetteer.left_out.keys() {
            locations.entry(name.clone()).or_default().insert(name.clone());
        }
        let placed = || {
            let kinds = census.kinds.keys();
            kinds.filter_map(|kind| Some((kind, gazetteer.locations.get(gazetteer.place(kind)?)?)))
        };
        for (kind, place) in placed() {
            if let Some(own) = &kind.own {
                locations.entry(place.name.clone()).or_default().insert(own.clone());
            }
        }
        Self {
            seen,
            organizations: gazetteer.locations.iter().map(|l| l.organization.clone()).collect(),
            left_out: gazetteer.left_out.keys().map(|(_, name, _)| name.clone()).collect(),
            locations,
            number: gazetteer.locations.len(),
            overruled: plan.directory.overruled(placed()),
        }
    }
}

/// The names and counts of a generation, without its tickets; `ledger` is its own.
pub(crate) fn recall(state: &Generation, ledger: &Ledger) -> Result<Merged, JobError> {
    let numbers = FileNumbers::of(ledger);
    let history = History::open(Some(state.clone()), numbers, &BTreeSet::new())?;
    Ok(history.merge(Fold::default(), &Erase::default())?)
}

/// Sections of one kind, and what they can match.
struct Kind<'a> {
    table: Table,
    keys: &'a [String],
    known: Vec<&'a str>,
    /// How many things there are.
    number: usize,
    /// How a name or an id is looked up.
    looked_up: fn(&str) -> String,
}

/// The notices on sections that match nothing; none for an empty archive.
pub(crate) fn notices(plan: &Plan, known: &Known) -> Vec<Notice> {
    let Known { seen, organizations, locations, number, .. } = known;
    if seen.organizations.is_empty() {
        return Vec::new();
    }
    let config = &plan.config_path;
    let of_locations = seen.locations.iter().chain(locations.keys()).map(String::as_str);
    let sections = &plan.sections;
    let mut all = Vec::new();
    let kind = Kind {
        table: Table::Locations,
        keys: &sections.locations,
        known: of_locations.collect(),
        number: *number,
        looked_up: normalise,
    };
    let is_location = |name: &str| {
        // Tickets without a name may come any day.
        name == UNKNOWN_LOCATION || seen.locations.contains(name) || locations.contains_key(name)
    };
    kind.judge(config.as_deref(), is_location, &mut all);
    let kind = Kind {
        table: Table::Queues,
        keys: &sections.queues,
        known: seen.queues.iter().map(String::as_str).collect(),
        number: seen.queues.len(),
        looked_up: |id| queue_key(id).into_owned(),
    };
    kind.judge(config.as_deref(), |id| seen.queues.contains(id), &mut all);
    let kind = Kind {
        table: Table::Organizations,
        keys: &sections.organizations,
        known: seen.organizations.iter().map(String::as_str).collect(),
        number: seen.organizations.len(),
        looked_up: normalise,
    };
    let there = seen.organizations.iter().chain(organizations).map(|name| normalise(name));
    let there: BTreeSet<String> = there.collect();
    kind.judge(config.as_deref(), |name| there.contains(name), &mut all);
    all
}

impl Kind<'_> {
    fn judge(&self, config: Option<&Path>, matches: impl Fn(&str) -> bool, all: &mut Vec<Notice>) {
        let (table, config) = (self.table, config.map(Path::to_owned));
        let mut same: BTreeMap<String, Vec<&String>> = BTreeMap::new();
        for key in self.keys {
            same.entry((self.looked_up)(key)).or_default().push(key);
        }
        let several = same.values().filter_map(|keys| Some((keys.first()?, keys.get(1)?)));
        for (one, other) in several.take(NAMED) {
            let keys = [(*one).clone(), (*other).clone()];
            all.push(Notice::SameSection { table, keys, config: config.clone() });
        }
        let idle = |key: &&String| !matches(&(self.looked_up)(key));
        let idle: Vec<&String> = self.keys.iter().filter(idle).collect();
        for key in idle.iter().take(NAMED) {
            let near = nearest(key, self.known.iter().copied());
            all.push(Notice::IdleSection {
                table,
                key: (*key).clone(),
                near: near.into_iter().map(str::to_owned).collect(),
                there: self.number,
                config: config.clone(),
            });
        }
        if let Some(more) = idle.len().checked_sub(NAMED).filter(|more| *more > 0) {
            all.push(Notice::MoreIdleSections { table, more: more as u64, config });
        }
    }
}

/// The notices of a night on its configuration, judged by everything kept and new.
pub(crate) fn tonight(night: &NightPlan, merged: &Merged, gazetteer: &Gazetteer) -> Vec<Notice> {
    let mut all = possible::notices(night);
    if merged.has_forgotten_days() {
        all.extend(possible::forgotten(night, merged.forgotten.before()));
    }
    if !night.plan.sections.is_empty() {
        let known =
            Known::of(&night.plan, merged.names().seen_names(), &merged.census(), gazetteer);
        all.extend(notices(&night.plan, &known));
    }
    all
}

/// Notes on settings that another section overrules. That may be intended, so they are no warnings.
pub(crate) fn overruled(known: &Known) -> Vec<Notice> {
    let first = known.overruled.iter().take(NAMED).cloned();
    let mut notes: Vec<Notice> = first.map(Notice::Overruled).collect();
    if let Some(more) = known.overruled.len().checked_sub(NAMED).filter(|more| *more > 0) {
        notes.push(Notice::MoreOverruled { more: more as u64 });
    }
    notes
}

/// The names that were meant by those that were asked for; `there` are those that exist. Locations may be asked for by their
/// `ids` too.
///
/// # Errors
/// [`JobError::Missing`] for a name that nothing is like, [`JobError::Ambiguous`] for one that begins several.
pub(crate) fn find_named(
    noun: &'static str,
    asked: &[String],
    (there, ids): (&BTreeSet<&str>, &BTreeSet<&str>),
    known: &Known,
) -> Result<BTreeSet<String>, JobError> {
    let look = |name: &str| match meant(name, there) {
        Meant::One(exact) if exact == name => Meant::One(exact),
        found @ (Meant::One(_) | Meant::Several(_) | Meant::Nothing) => match ids.get(name) {
            Some(id) => Meant::One(id),
            None if found == Meant::Nothing => meant(name, ids),
            None => found,
        },
    };
    let found = asked.iter().map(|name| match look(name) {
        Meant::One(name) => Ok(name.to_owned()),
        Meant::Several(names) => Err(JobError::Ambiguous(Missing {
            noun,
            name: name.clone(),
            there: names.len(),
            near: names.into_iter().take(3).map(str::to_owned).collect(),
        })),
        Meant::Nothing => Err(missing(noun, name, there, known)),
    });
    found.collect()
}

/// The error for a name that nothing is like.
fn missing(noun: &'static str, missing: &str, there: &BTreeSet<&str>, known: &Known) -> JobError {
    // Of a name that the configuration maps, offer the name it is mapped to.
    let mapped: Vec<(&str, &str)> = if noun == "location" {
        let called = known.locations.iter();
        called.flat_map(|(name, own)| own.iter().map(move |own| (own.as_str(), &**name))).collect()
    } else {
        Vec::new()
    };
    let spellings = there.iter().copied().chain(mapped.iter().map(|(own, _)| *own));
    let mut near: Vec<&str> = Vec::new();
    for spelling in nearest(missing, spellings) {
        let called = mapped.iter().filter(|(own, name)| *own == spelling && there.contains(name));
        let mut offered: Vec<&str> = called.map(|(_, name)| *name).collect();
        if there.contains(spelling) {
            offered.push(spelling);
        }
        for name in offered {
            if !near.contains(&name) {
                near.push(name);
            }
        }
    }
    near.truncate(3);
    JobError::Missing(Missing {
        noun,
        name: missing.to_owned(),
        near: near.into_iter().map(str::to_owned).collect(),
        there: if noun == "location" { known.number } else { there.len() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_that_match_nothing_are_named_and_counted() {
        let table = |keys: &[String], known: Vec<&'static str>| {
            let mut all = Vec::new();
            let known_names = known.clone();
            let kind = Kind {
                table: Table::Locations,
                keys,
                number: known.len(),
                known,
                looked_up: normalise,
            };
            let config = Path::new("q.toml");
            kind.judge(Some(config), |name| known_names.contains(&name), &mut all);
            all.iter().map(Notice::words).collect::<Vec<_>>()
        };
        let keys =
            |names: &[&str]| -> Vec<String> { names.iter().map(|n| (*n).to_owned()).collect() };
        assert_eq!(table(&keys(&["Pier"]), vec!["Pier"]), Vec::<String>::new());
        assert_eq!(
            table(&keys(&["A \"B\""]), vec!["Pier"]),
            [
                "`[locations.\"A \\\"B\\\"\"]` of `q.toml` matches no location; there is 1 location, and `queuestat locations` lists it"
            ]
        );
        assert_eq!(
            table(&keys(&["Pier", "Pier\u{200b}", "Quay", " Pier"]), vec!["Pier", "Quay"]),
            [
                "`[locations.\"Pier\"]` and `[locations.\"Pier\\U0000200B\"]` of `q.toml` are the same location; only one of them is obeyed"
            ]
        );
        let many: Vec<String> = (0..8).map(|n| format!("Nowhere {n}")).collect();
        let said = table(&many, vec!["Pier", "Quay"]);
        assert_eq!(said.len(), 6);
        assert!(said[0].ends_with("there are 2 locations, and `queuestat locations` lists them"));
        assert_eq!(said[5], "3 more sections `[locations.…]` of `q.toml` match no location");
    }
}
