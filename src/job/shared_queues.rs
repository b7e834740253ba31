//! Notes on queues that several organizations have, with the lines of configuration that make these one history.
//!
//! A tenant that was renamed counts as two until the configuration says that it is one. That is no error, so the exit code
//! stays; a night tells it once, when it is new.

use std::collections::{BTreeMap, BTreeSet};

use crate::night::History;
use crate::report::text::{logged, shown};
use crate::ticket::{Fold, NameOfQueue, Rows, SharedQueues};

use super::notice::Notice;
use super::plan::Plan;
use super::toml_text::toml_text;
use super::words::count;

/// Groups of organizations that are told one by one in a run.
const TOLD: usize = 5;
/// Queues that are named.
const NAMED: usize = 3;
/// Longest name in the lines of configuration, graphemes.
const LONGEST: usize = 200;

/// The organizations of each queue that several had before a night.
pub(crate) type Before = BTreeMap<String, BTreeSet<String>>;

/// The queues that several organizations had before a night, as tonight's configuration joins them.
pub(crate) fn before(plan: &Plan, history: &History) -> Before {
    let headings = history.names().headings.clone();
    let names = Fold::import(Rows { headings, spans: Vec::new() }).unite(&plan.directory);
    let mut before = Before::new();
    for shared in names.shared_queues(&plan.directory) {
        let organizations: BTreeSet<String> =
            shared.organizations.into_iter().map(|one| one.name).collect();
        before.extend(shared.queues.into_iter().map(|queue| (queue, organizations.clone())));
    }
    before
}

/// Those that are new tonight.
pub(crate) fn tonight(plan: &Plan, before: &Before, names: &Fold) -> Vec<SharedQueues> {
    let mut now = names.shared_queues(&plan.directory);
    now.retain(|shared| {
        let knows = |known: &BTreeSet<String>| {
            shared.organizations.iter().all(|one| known.contains(&one.name))
        };
        !shared.queues.iter().any(|queue| before.get(queue).is_some_and(knows))
    });
    now
}

/// Notes on the first groups, and how many more there are.
pub(crate) fn notes(all: &[SharedQueues]) -> Vec<Notice> {
    let first = all.iter().take(TOLD).cloned();
    let mut notes: Vec<Notice> = first.map(Notice::SharedQueues).collect();
    if let Some(more) = all.len().checked_sub(TOLD).filter(|more| *more > 0) {
        notes.push(Notice::MoreSharedQueues { more: more as u64 });
    }
    notes
}

/// What to tell about organizations with the same queues.
pub(crate) fn note(shared: &SharedQueues) -> String {
    let SharedQueues { organizations, queues } = shared;
    let first: Vec<String> =
        queues.iter().take(NAMED).map(|queue| format!("`{}`", logged(queue))).collect();
    let queues = match queues.len() {
        1 => format!("queue {} was", first.concat()),
        n if n <= NAMED => format!("queues {} were", first.join(", ")),
        n => format!("{} ({}, …) were", count(n as u64, "queue"), first.join(", ")),
    };
    let last = organizations.len().saturating_sub(1);
    let named = |(at, one): (usize, &NameOfQueue)| {
        let dates = one.dates.map(|(from, to)| match at {
            at if at == last => format!(" (since {from})"),
            _ => format!(" (until {to})"),
        });
        format!("`{}`{}", logged(&one.name), dates.unwrap_or_default())
    };
    let mut names: Vec<String> = organizations.iter().enumerate().map(named).collect();
    let newest = names.pop().unwrap_or_default();
    let lines = if organizations.len() == 2 { "two lines make" } else { "these lines make" };
    let cut = |name: &str| {
        let is_long = name.chars().count() > LONGEST;
        toml_text(&if is_long { shown(name, LONGEST) } else { name.to_owned() })
    };
    let into = organizations.last().map(|one| cut(&one.name)).unwrap_or_default();
    let older = organizations.iter().take(last);
    let sections = older
        .map(|one| format!("\n  [organizations.{}]\n  name = {into}", cut(&one.name)))
        .collect::<String>();
    format!(
        "{queues} seen in the organizations {} and {newest}. If that is one organization with a new name, {lines} it one \
         history:{sections}",
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(organizations: &[(&str, &str, &str)], queues: &[&str]) -> SharedQueues {
        let one = |(name, from, to): &(&str, &str, &str)| NameOfQueue {
            name: (*name).to_owned(),
            dates: Some((from.parse().unwrap(), to.parse().unwrap())),
        };
        SharedQueues {
            organizations: organizations.iter().map(one).collect(),
            queues: queues.iter().map(|queue| (*queue).to_owned()).collect(),
        }
    }

    #[test]
    fn the_note_names_dates_and_lines() {
        let old = ("Old", "2021-01-01", "2021-03-02");
        let new = ("The \"new\" one", "2021-03-03", "2021-05-01");
        assert_eq!(
            note(&shared(&[old, new], &["q"])),
            "queue `q` was seen in the organizations `Old` (until 2021-03-02) and `The \"new\" one` (since 2021-03-03). If \
             that is one organization with a new name, two lines make it one history:\n  [organizations.\"Old\"]\n  \
             name = \"The \\\"new\\\" one\""
        );
        let oldest = ("Oldest", "2020-01-01", "2020-03-02");
        let three = note(&shared(&[oldest, old, new], &["a", "b", "c", "d"]));
        assert!(
            three
                .starts_with("4 queues (`a`, `b`, `c`, …) were seen in the organizations `Oldest`")
        );
        assert_eq!(three.matches("\n  name = \"The").count(), 2, "{three}");
        let two = note(&shared(&[old, new], &["a", "b"]));
        assert!(two.starts_with("queues `a`, `b` were seen"), "{two}");
    }
}
