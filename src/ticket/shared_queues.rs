//! Finds queues that several organizations have: most likely one organization that was renamed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::RandomState;

use super::fold::{Fold, Span};
use super::location::{Directory, queue_key};
use super::names::NameId;
use super::order::OrderKey;
use super::organizations::Membership;
use super::renamed::NameOfQueue;

/// Queues that the same organizations have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedQueues {
    /// The organizations, two or more, ordered by the newest webhook of each from these queues; the newest is last. Dates
    /// are those of the queues.
    pub organizations: Vec<NameOfQueue>,
    /// The queues, as [`queue_key`] gives them.
    pub queues: BTreeSet<String>,
}

/// What is known of an organization's queues.
#[derive(Default)]
struct Known {
    newest: OrderKey,
    span: Span,
}

/// What is known of some organizations, and the queues that they share.
type Group<'a> = (BTreeMap<&'a str, Known>, BTreeSet<String>);

impl Fold {
    /// The queues that several organizations have, by these organizations; the fold is united ([`Fold::unite`]). What the
    /// configuration leaves out does not count.
    #[must_use]
    pub fn shared_queues(&self, directory: &Directory) -> Vec<SharedQueues> {
        let mut spans: HashMap<usize, Span, RandomState> = HashMap::default();
        for ((_, heading), span) in &self.spans {
            spans.entry(heading.index()).or_default().merge(span);
        }
        let name = |id: NameId| self.headings.names.get(id);
        let mut queues: BTreeMap<String, BTreeMap<&str, Known>> = BTreeMap::new();
        for (at, heading, newest) in self.headings_with_lines() {
            let Some(queue) = heading.queue.map(name) else { continue };
            let Membership::In(organization) = directory.organization(name(heading.organization))
            else {
                continue;
            };
            let own = heading.location.map(name);
            let (in_force, _) = directory.resolve(Some(queue), own, None);
            if directory.excludes(Some(queue), own, in_force).is_some() {
                continue;
            }
            let of_queue = queues.entry(queue_key(queue).into_owned()).or_default();
            let known = of_queue.entry(organization).or_default();
            known.newest = known.newest.max(newest);
            if let Some(span) = spans.get(&at) {
                known.span.merge(span);
            }
        }
        let mut groups: BTreeMap<BTreeSet<&str>, Group<'_>> = BTreeMap::new();
        for (queue, organizations) in queues.into_iter().filter(|(_, all)| all.len() > 1) {
            let names = organizations.keys().copied().collect();
            let (known, queues) = groups.entry(names).or_default();
            queues.insert(queue);
            for (organization, one) in organizations {
                let mine = known.entry(organization).or_default();
                mine.newest = mine.newest.max(one.newest);
                mine.span.merge(&one.span);
            }
        }
        let clock = directory.default_clock();
        let group = |(known, queues): Group<'_>| {
            let mut ordered: Vec<(OrderKey, &str, Span)> =
                known.into_iter().map(|(name, one)| (one.newest, name, one.span)).collect();
            ordered.sort_unstable_by_key(|(newest, name, _)| (*newest, *name));
            let organization = |(_, name, span): (OrderKey, &str, Span)| NameOfQueue {
                name: name.to_owned(),
                dates: span.dates(clock),
            };
            let organizations = ordered.into_iter().map(organization).collect();
            SharedQueues { organizations, queues }
        };
        groups.into_values().map(group).collect()
    }
}
