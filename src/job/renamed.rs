//! Notes on queues that were renamed in the console.
//!
//! A place with a new name counts as two locations until the configuration says that it is one. That is no error, so the
//! exit code stays; a night tells it once, when a new name has come.

use std::collections::{BTreeMap, BTreeSet};

use crate::night::History;
use crate::ticket::{Fold, Gazetteer, NameOfQueue, RenamedQueue, Rows};

use super::notice::Notice;
use super::plan::Plan;

/// Queues that are told one by one in a run.
pub(crate) const TOLD: usize = 5;

/// The names of queues with several names that were known before a night, by organization and queue.
pub(crate) type Before = BTreeMap<(String, String), BTreeSet<String>>;

/// The queues with several names that earlier nights knew, as tonight's configuration maps them.
pub(crate) fn before(plan: &Plan, history: &History) -> Before {
    // The dates are left out: they do not matter here, and there are many.
    let headings = history.names().headings.clone();
    let names = Fold::import(Rows { headings, spans: Vec::new() }).unite(&plan.directory);
    let known = names.renamed(&plan.directory, &[]).into_iter();
    known
        .map(|queue| {
            let names = queue.names.into_iter().map(|name| name.name).collect();
            ((queue.organization, queue.queue), names)
        })
        .collect()
}

/// The queues with a name that is new tonight.
pub(crate) fn tonight(
    plan: &Plan,
    before: &Before,
    names: &Fold,
    gazetteer: &Gazetteer,
) -> Vec<RenamedQueue> {
    let mut now = names.renamed(&plan.directory, &gazetteer.locations);
    now.retain(|queue| {
        let known = before.get(&(queue.organization.clone(), queue.queue.clone()));
        let is_known = |name: &NameOfQueue| known.is_some_and(|known| known.contains(&name.name));
        !queue.names.iter().all(is_known)
    });
    now
}

/// Notes on the first queues, and how many more there are.
pub(crate) fn notes(queues: &[RenamedQueue]) -> Vec<Notice> {
    let mut notes: Vec<Notice> = queues.iter().take(TOLD).cloned().map(Notice::Renamed).collect();
    if let Some(more) = queues.len().checked_sub(TOLD).filter(|more| *more > 0) {
        notes.push(Notice::MoreRenamed { more: more as u64 });
    }
    notes
}

/// Older and newer names of locations.
#[derive(Debug, Default)]
pub(crate) struct Renames<'a> {
    /// Older names, by organization and location.
    pub(crate) from: BTreeMap<(&'a str, &'a str), BTreeSet<&'a str>>,
    /// Newer names.
    pub(crate) to: BTreeMap<(&'a str, &'a str), BTreeSet<&'a str>>,
}

impl<'a> Renames<'a> {
    /// Those of queues with several names.
    pub(crate) fn of(queues: &'a [RenamedQueue]) -> Self {
        let mut renames = Self::default();
        for queue in queues {
            let Some((newest, older)) = queue.names.split_last() else { continue };
            let of = |name: &'a NameOfQueue| (queue.organization.as_str(), name.name.as_str());
            for old in older {
                renames.from.entry(of(newest)).or_default().insert(&old.name);
                renames.to.entry(of(old)).or_default().insert(&newest.name);
            }
        }
        renames
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renames_point_both_ways() {
        let name = |name: &str| NameOfQueue { name: name.into(), dates: None };
        let queues = [RenamedQueue {
            organization: "Org".into(),
            queue: "q".into(),
            names: ["A", "B", "C"].map(name).into(),
        }];
        let renames = Renames::of(&queues);
        assert_eq!(renames.from[&("Org", "C")], BTreeSet::from(["A", "B"]));
        assert_eq!(renames.to[&("Org", "A")], BTreeSet::from(["C"]));
        assert!(!renames.from.contains_key(&("Org", "B")));
    }
}
