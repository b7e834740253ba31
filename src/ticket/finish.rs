//! Finishes a fold: names, zones and outcomes are settled, everything is sorted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use foldhash::fast::RandomState;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use unicode_normalization::UnicodeNormalization;

use crate::calendar::Zone;

use super::anomaly::Anomaly;
use super::delivery::BOOKING;
use super::facts::Facts;
use super::fold::{Fold, Span};
use super::heading::{Heading, HeadingId, Headings};
use super::join::{CancelledBy, Joined};
use super::location::{Directory, Origin};
use super::names::{NameId, Names};
use super::order::OrderKey;
use super::outcome::Outcome;
use super::set::{Location, Ticket, TicketSet, view};

/// What tickets of one organization, queue and own name have in common.
struct KindOfPlace<'a> {
    organization: &'a str,
    name: &'a str,
    origin: Origin,
    queue: &'a str,
    tickets: u64,
    /// Place of the location, once they are numbered.
    place: usize,
}

/// Display names of one queue: the newest, and each once.
#[derive(Default)]
struct QueueNames {
    newest: Option<(OrderKey, NameId)>,
    all: BTreeSet<NameId>,
}

/// Names of queues by organization and queue.
type Queues = HashMap<(NameId, NameId), QueueNames, RandomState>;

/// Counters by organization.
type Counts = HashMap<(NameId, Anomaly), u64, RandomState>;

/// Queues and their numbers of tickets by location: by organization and name, before they are numbered.
type Places<'a> = BTreeMap<(&'a str, &'a str), BTreeMap<&'a str, u64>>;

impl Fold {
    /// Finishes the tickets: names, zones and outcomes are settled, everything is sorted.
    #[must_use]
    pub fn finish(self, directory: &Directory) -> TicketSet {
        let Self { headings, shards, spans } = self;
        let (shards, newest): (Vec<_>, Vec<_>) =
            shards.into_iter().map(super::shard::Shard::into_parts).unzip();
        let queues = queue_names(&headings, &newest);
        let Headings { names, list: headings, .. } = headings;
        let resolve = |organization: NameId, queue: Option<NameId>, own: Option<NameId>| {
            let of_queue = queue
                .and_then(|queue| queues.get(&(organization, queue))?.newest)
                .map(|(_, name)| name);
            let text = |id: Option<NameId>| id.map(|id| names.get(id));
            directory.resolve(text(queue), text(own), text(of_queue))
        };
        // Few combinations of organization, queue and own name stand for many tickets: each is resolved once.
        let mut known: HashMap<_, usize, RandomState> = HashMap::default();
        let mut kinds: Vec<KindOfPlace<'_>> = Vec::new();
        for joined in shards.iter().flatten() {
            let (organization, queue, own) = key_of(joined);
            let at = *known.entry((organization, queue, own)).or_insert_with(|| {
                let (name, origin) = resolve(organization, queue, own);
                let queue = queue.map_or("", |q| names.get(q));
                let organization = names.get(organization);
                kinds.push(KindOfPlace { organization, name, origin, queue, tickets: 0, place: 0 });
                kinds.len() - 1
            });
            if let Some(kind) = kinds.get_mut(at) {
                kind.tickets += 1;
            }
        }
        let mut places: Places<'_> = BTreeMap::new();
        for kind in &kinds {
            let queues = places.entry((kind.organization, kind.name)).or_default();
            *queues.entry(kind.queue).or_default() += kind.tickets;
        }
        let locations = locations(&places, directory);
        let numbers: HashMap<(&str, &str), usize> =
            places.keys().enumerate().map(|(at, key)| (*key, at)).collect();
        for kind in &mut kinds {
            kind.place = numbers.get(&(kind.organization, kind.name)).copied().unwrap_or(0);
        }

        let booking = std::str::from_utf8(BOOKING).ok().and_then(|name| names.find(name));
        let finish = |tickets: &Vec<Joined>| {
            let mut counts = Counts::default();
            let mut found = Vec::with_capacity(tickets.len());
            for joined in tickets {
                let kind = known.get(&key_of(joined)).and_then(|at| kinds.get(*at));
                let place = kind.and_then(|kind| Some((kind, locations.get(kind.place)?)));
                let Some((kind, place)) = place else {
                    found.push(None);
                    continue;
                };
                let ticket = view(joined, kind.place, place.zone, booking);
                let of_place = match kind.origin {
                    Origin::Known => None,
                    Origin::Queue => Some(Anomaly::LocationFromQueue),
                    Origin::Unknown => Some(Anomaly::LocationUnknown),
                };
                for anomaly in odd(&ticket, joined).chain(of_place) {
                    *counts.entry((joined.organization, anomaly)).or_default() += 1;
                }
                found.push(u32::try_from(kind.place).ok());
            }
            (found, counts)
        };
        let (placed, counts): (Vec<Vec<Option<u32>>>, Vec<Counts>) =
            shards.par_iter().map(finish).unzip();
        let mut anomalies = name_anomalies(&names, &queues, &locations);
        for ((organization, anomaly), count) in counts.iter().flatten() {
            let key = (names.get(*organization).to_owned(), *anomaly, String::new());
            *anomalies.entry(key).or_default() += count;
        }
        let file_spans = file_spans(&spans, &names, &headings, |heading| {
            let (name, _) = resolve(heading.organization, heading.queue, heading.location);
            let at = numbers.get(&(names.get(heading.organization), name));
            at.and_then(|at| locations.get(*at)).map_or_else(
                || directory.zone(name, heading.queue.map(|q| names.get(q)).into_iter()).0,
                |place| place.zone,
            )
        });
        drop(numbers);
        drop(places);
        drop(known);
        drop(kinds);
        let types: BTreeMap<&str, NameId> = headings
            .iter()
            .filter_map(|heading| heading.ticket_type)
            .map(|id| (names.get(id), id))
            .collect();
        let types = types.into_values().collect();
        let shards = shards.into_iter().zip(placed).collect();
        TicketSet { locations, types, shards, booking, anomalies, file_spans, names }
    }
}

/// What decides a ticket's location: organization, queue and own name.
fn key_of(joined: &Joined) -> (NameId, Option<NameId>, Option<NameId>) {
    (joined.organization, joined.values.queue, joined.values.location)
}

/// Names of the queues that were seen, from the newest key of each heading in each shard.
fn queue_names(headings: &Headings, newest: &[Vec<OrderKey>]) -> Queues {
    let mut queues = Queues::default();
    for (at, heading) in headings.list.iter().enumerate() {
        let (Some(queue), Some(location)) = (heading.queue, heading.location) else { continue };
        let key = newest.iter().filter_map(|keys| keys.get(at)).max().copied();
        let Some(key) = key.filter(|key| *key != OrderKey::default()) else { continue };
        let names = queues.entry((heading.organization, queue)).or_default();
        names.all.insert(location);
        names.newest = names.newest.max(Some((key, location)));
    }
    queues
}

fn locations(places: &Places<'_>, directory: &Directory) -> Vec<Location> {
    places
        .iter()
        .map(|((organization, name), queues)| {
            let mut by_size: Vec<_> =
                queues.iter().map(|(queue, n)| (u64::MAX - n, *queue)).collect();
            by_size.sort_unstable();
            let queues = || by_size.iter().map(|(_, queue)| *queue);
            let (zone, zone_is_chosen) = directory.zone(name, queues());
            Location {
                organization: (*organization).to_owned(),
                name: (*name).to_owned(),
                zone,
                zone_is_chosen,
                target_ms: directory.target_ms(name, queues()),
            }
        })
        .collect()
}

/// What is odd about one ticket, its times apart (those need the waits).
fn odd(ticket: &Ticket, joined: &Joined) -> impl Iterator<Item = Anomaly> {
    let facts = ticket.facts;
    let served = ticket.outcome == Outcome::Served;
    let cancelled = facts.any(Facts::CANCELLED_BY_CUSTOMER.with(Facts::CANCELLED_BY_STAFF));
    let cancelled_at = joined.rejected_at.get().or_else(|| {
        let by = [CancelledBy::Customer, CancelledBy::Staff];
        by.into_iter().filter_map(|by| joined.cancel_received(by)).min()
    });
    let served_first = matches!((ticket.checked_in_at, cancelled_at), (Some(served), Some(cancel)) if served < cancel);
    [
        (Outcome::conflicting(facts), Anomaly::ConflictingOutcomes),
        (facts.any(Facts::FEEDBACK) && !facts.any(Facts::OTHER_EVENT), Anomaly::FeedbackOnlyTicket),
        (served && cancelled && !served_first, Anomaly::ServedAfterCancel),
        (
            served && facts.any(Facts::CHECKED_IN) && !facts.any(Facts::CALLED),
            Anomaly::CheckInWithoutCall,
        ),
    ]
    .into_iter()
    .filter_map(|(is_odd, anomaly)| is_odd.then_some(anomaly))
}

fn name_anomalies(
    names: &Names,
    queues: &Queues,
    locations: &[Location],
) -> BTreeMap<(String, Anomaly, String), u64> {
    let mut anomalies = BTreeMap::new();
    for ((organization, queue), of_queue) in queues {
        if of_queue.all.len() > 1 {
            let key = (
                names.get(*organization).to_owned(),
                Anomaly::QueueWithSeveralNames,
                names.get(*queue).to_owned(),
            );
            anomalies.insert(key, 1);
        }
    }
    let mut alike: BTreeMap<(&str, String), BTreeSet<&str>> = BTreeMap::new();
    for place in locations {
        let skeleton: String =
            place.name.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
        alike.entry((&place.organization, skeleton)).or_default().insert(&place.name);
    }
    for ((organization, _), group) in alike.iter().filter(|(_, group)| group.len() > 1) {
        for name in group {
            let key = (
                (*organization).to_owned(),
                Anomaly::NamesThatDifferOnlyByCaseOrSpace,
                (*name).to_owned(),
            );
            anomalies.insert(key, 1);
        }
    }
    anomalies
}

fn file_spans(
    spans: &HashMap<(u32, HeadingId), Span, RandomState>,
    names: &Names,
    headings: &[Heading],
    zone_of: impl Fn(&Heading) -> Zone,
) -> BTreeMap<(u32, String), Option<(NaiveDate, NaiveDate)>> {
    let mut dates: BTreeMap<(u32, String), Option<(NaiveDate, NaiveDate)>> = BTreeMap::new();
    for ((file, id), span) in spans {
        let Some(heading) = headings.get(id.index()) else { continue };
        let zone = zone_of(heading);
        let entry = dates.entry((*file, names.get(heading.organization).to_owned())).or_default();
        let instants = span.instants.into_iter().flat_map(|(a, b)| [a, b]);
        let walls = span.wall_clocks.into_iter().flat_map(|(a, b)| [a, b]);
        let instants = instants.chain(walls.filter_map(|wall| zone.resolve_wall_clock(wall)));
        for date in instants.filter_map(|at| zone.local(at)).map(|local| local.date) {
            *entry = Some(entry.map_or((date, date), |(a, b)| (a.min(date), b.max(date))));
        }
    }
    dates
}
