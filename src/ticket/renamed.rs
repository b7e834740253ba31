//! Finds queues that appear under several names: most likely one place that was renamed in the console.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use foldhash::fast::RandomState;

use crate::calendar::Clock;

use super::fold::{Fold, Span};
use super::location::{Directory, queue_key};
use super::names::NameId;
use super::order::OrderKey;
use super::organizations::Membership;
use super::set::Location;

/// A queue whose tickets are spread over several locations, because it appears under several names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenamedQueue {
    /// Organization.
    pub organization: String,
    /// The queue, as [`queue_key`] gives it.
    pub queue: String,
    /// The locations it appears as, two or more, ordered by the newest webhook of each; the newest is last.
    pub names: Vec<NameOfQueue>,
}

/// A location that a queue appears as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameOfQueue {
    /// Name of the location, after the mapping of the configuration.
    pub name: String,
    /// First and last local date of the name. The first is the earliest service date of the webhooks with it. The last
    /// is their latest service date, or the date of the newest webhook if that is earlier, as with bookings made ahead.
    /// `None` if none has a service date.
    pub dates: Option<(NaiveDate, NaiveDate)>,
}

/// What is known about one name of a queue.
#[derive(Default)]
struct Known {
    newest: OrderKey,
    span: Span,
}

/// Names by organization and queue.
type Queues<'a> = BTreeMap<(&'a str, Cow<'a, str>), BTreeMap<&'a str, Known>>;

impl Fold {
    /// The queues that appear as several locations, by organization and queue. Queues that the configuration names or
    /// leaves out are not listed, and names that it maps to one name count as one. `locations` are those of all tickets.
    #[must_use]
    pub fn renamed(&self, directory: &Directory, locations: &[Location]) -> Vec<RenamedQueue> {
        let mut spans: HashMap<usize, Span, RandomState> = HashMap::default();
        for ((_, heading), span) in &self.spans {
            spans.entry(heading.index()).or_default().merge(span);
        }
        let name = |id: NameId| self.headings.names.get(id);
        let mut queues = Queues::new();
        for (at, heading, newest) in self.headings_with_lines() {
            let (Some(queue), Some(own)) = (heading.queue.map(name), heading.location.map(name))
            else {
                continue;
            };
            if directory.name_of_queue(queue).is_some() {
                continue;
            }
            let (name_in_force, _) = directory.resolve(Some(queue), Some(own), None);
            let organization = directory.organization(name(heading.organization));
            if matches!(organization, Membership::Out(_))
                || directory.excludes(Some(queue), Some(own), name_in_force).is_some()
            {
                continue;
            }
            let of_queue =
                queues.entry((name(heading.organization), queue_key(queue))).or_default();
            let known = of_queue.entry(name_in_force).or_default();
            known.newest = known.newest.max(newest);
            if let Some(span) = spans.get(&at) {
                known.span.merge(span);
            }
        }
        let clocks: HashMap<(&str, &str), Clock> = locations
            .iter()
            .map(|place| ((place.organization.as_str(), place.name.as_str()), place.clock))
            .collect();
        let several = queues.into_iter().filter(|(_, names)| names.len() > 1);
        let renamed = several.map(|((organization, queue), names)| {
            let mut names: Vec<(OrderKey, &str, Span)> =
                names.into_iter().map(|(name, known)| (known.newest, name, known.span)).collect();
            names.sort_unstable_by_key(|(newest, name, _)| (*newest, *name));
            let dated = |(newest, name, span): (OrderKey, &str, Span)| {
                let clock = clocks.get(&(organization, name)).copied();
                let clock =
                    clock.unwrap_or_else(|| directory.clock(name, std::iter::once(&*queue)).0);
                let sent = clock.local(newest.time()).filter(|_| newest.time() > 0);
                let dates = span.dates(clock).map(|(first, last)| {
                    let last = sent.map_or(last, |sent| last.min(sent.date));
                    (first.min(last), last)
                });
                NameOfQueue { name: name.to_owned(), dates }
            };
            RenamedQueue {
                organization: organization.to_owned(),
                queue: queue.clone().into_owned(),
                names: names.into_iter().map(dated).collect(),
            }
        });
        renamed.collect()
    }
}
