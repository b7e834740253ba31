//! Tells of queues that were renamed in the console, and how they become one location.
//!
//! A place that got a new name there counts as two locations until somebody says that it is one. That is no fault, so it
//! changes no exit code; a night tells it once, when a name has come that was not known.

use std::collections::{BTreeMap, BTreeSet};

use crate::night::{History, Merged};
use crate::report::text::{logged, shown};
use crate::ticket::{Fold, Gazetteer, NameOfQueue, RenamedQueue, Rows};

use super::observer::Observer;
use super::plan::Plan;
use super::toml_text::toml_text;
use super::words::count;

/// Queues that are told of in one run.
pub(crate) const TOLD: usize = 5;
/// Names of one queue that are told.
const NAMES: usize = 4;
/// Graphemes of a name that becomes configuration.
const LONGEST: usize = 200;

/// What is known of queues with several names before a night: their names, by organization and queue.
pub(crate) type Before = BTreeMap<(String, String), BTreeSet<String>>;

/// The queues with several names that the nights before knew, as the configuration of tonight maps them.
pub(crate) fn before(plan: &Plan, history: &History) -> Before {
    // Dates do not matter here, and of many files there are many.
    let headings = history.names().headings.clone();
    let names = Fold::import(Rows { headings, spans: Vec::new() });
    let known = names.renamed(&plan.directory, &[]).into_iter();
    known
        .map(|queue| {
            let names = queue.names.into_iter().map(|name| name.name).collect();
            ((queue.organization, queue.queue), names)
        })
        .collect()
}

/// The queues that have got a name tonight which they did not have.
pub(crate) fn tonight(
    plan: &Plan,
    before: &Before,
    merged: &Merged,
    gazetteer: &Gazetteer,
) -> Vec<RenamedQueue> {
    let mut now = merged.names().renamed(&plan.directory, &gazetteer.locations);
    now.retain(|queue| {
        let known = before.get(&(queue.organization.clone(), queue.queue.clone()));
        let is_known = |name: &NameOfQueue| known.is_some_and(|known| known.contains(&name.name));
        !queue.names.iter().all(is_known)
    });
    now
}

/// Tells of some queues, and how many more there are.
pub(crate) fn say(observer: &dyn Observer, queues: &[RenamedQueue]) {
    for queue in queues.iter().take(TOLD) {
        observer.note(&note(queue));
    }
    if let Some(more) = queues.len().checked_sub(TOLD).filter(|more| *more > 0) {
        let verb = if more == 1 { "was" } else { "were" };
        let queues = count(more as u64, "more queue");
        let message =
            format!("{queues} {verb} seen with several names; `queuestat locations` lists them");
        observer.note(&message);
    }
}

/// What there is to say of a queue, with the lines that make it one location.
pub(crate) fn note(queue: &RenamedQueue) -> String {
    format!("{}\n{}", sentence(queue), lines(queue))
}

fn sentence(queue: &RenamedQueue) -> String {
    let two = queue.names.len() == 2;
    let last = queue.names.len().saturating_sub(1);
    // The oldest ones are passed over if there are too many.
    let first = queue.names.len().saturating_sub(NAMES);
    let mut parts: Vec<String> = Vec::new();
    if first > 0 {
        parts.push(count(first as u64, "older name"));
    }
    for (at, name) in queue.names.iter().enumerate().skip(first) {
        let dates = name.dates.map(|(from, to)| match at {
            at if at == last => format!(" (since {from})"),
            _ if two => format!(" (until {to})"),
            _ if from == to => format!(" ({from})"),
            _ => format!(" ({from} to {to})"),
        });
        parts.push(format!("`{}`{}", logged(&name.name), dates.unwrap_or_default()));
    }
    let newest = parts.pop().unwrap_or_default();
    format!(
        "queue `{}` of `{}` was seen as {} and {newest}. If it is one place, two lines make it one location:",
        logged(&queue.queue),
        logged(&queue.organization),
        parts.join(", "),
    )
}

/// The two lines of configuration.
pub(crate) fn lines(queue: &RenamedQueue) -> String {
    let name = queue.names.last().map_or("", |name| &name.name);
    let name = if name.chars().count() > LONGEST { shown(name, LONGEST) } else { name.to_owned() };
    format!("  [queues.{}]\n  name = {}", toml_text(&queue.queue), toml_text(&name))
}

/// Which locations were called otherwise before, and which are called otherwise now.
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

    fn queue(names: &[(&str, Option<(&str, &str)>)]) -> RenamedQueue {
        let name = |(name, dates): &(&str, Option<(&str, &str)>)| NameOfQueue {
            name: (*name).to_owned(),
            dates: dates.map(|(a, b)| (a.parse().unwrap(), b.parse().unwrap())),
        };
        RenamedQueue {
            organization: "Org".into(),
            queue: "q\"1\\".into(),
            names: names.iter().map(name).collect(),
        }
    }

    #[test]
    fn the_note_names_dates_and_lines() {
        let old = ("Old", Some(("2021-01-01", "2021-03-02")));
        let new = ("The \"new\" one", Some(("2021-03-03", "2021-05-01")));
        assert_eq!(
            note(&queue(&[old, new])),
            "queue `q\"1\\` of `Org` was seen as `Old` (until 2021-03-02) and `The \"new\" one` (since 2021-03-03). \
             If it is one place, two lines make it one location:\n  [queues.\"q\\\"1\\\\\"]\n  name = \"The \\\"new\\\" one\""
        );
        let two = queue(&[("A", None), ("B", None)]);
        assert!(note(&two).contains("was seen as `A` and `B`. If"), "{}", note(&two));
        let many = queue(&[
            ("A", None),
            ("B", None),
            ("C", Some(("2021-01-01", "2021-01-01"))),
            ("D", Some(("2021-01-01", "2021-01-04"))),
            ("E", None),
            ("F", Some(("2021-02-01", "2021-02-02"))),
        ]);
        let expected = "was seen as 2 older names, `C` (2021-01-01), `D` (2021-01-01 to 2021-01-04), `E` and `F` (since 2021-02-01). If";
        assert!(note(&many).contains(expected), "{}", note(&many));
    }

    #[test]
    fn renames_point_both_ways() {
        let queues = [queue(&[("A", None), ("B", None), ("C", None)])];
        let renames = Renames::of(&queues);
        assert_eq!(renames.from[&("Org", "C")], BTreeSet::from(["A", "B"]));
        assert_eq!(renames.to[&("Org", "A")], BTreeSet::from(["C"]));
        assert!(!renames.from.contains_key(&("Org", "B")));
    }
}
