//! The finished tickets: sorted, each with its outcome and location.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use foldhash::fast::RandomState;
use rayon::slice::ParallelSliceMut;
use unicode_normalization::UnicodeNormalization;

use crate::calendar::Zone;
use crate::webhook::{BookingTime, Rating, TicketId};

use super::anomaly::Anomaly;
use super::facts::Facts;
use super::fold::{BOOKING, Fold, Span, SpanKey};
use super::join::Joined;
use super::location::{Directory, Origin};
use super::names::{NameId, Names};
use super::outcome::Outcome;

/// One visit, joined from all its webhooks. Times are UTC milliseconds, `None` = unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Id within the organization.
    pub id: TicketId,
    /// Place of its location in [`TicketSet::locations`].
    pub location: usize,
    /// Queue.
    pub queue: Option<NameId>,
    /// Type as sent: `anonymous`, `booking`, `manual`, …
    pub ticket_type: Option<NameId>,
    /// Service chosen at registration.
    pub category: Option<NameId>,
    /// Booked for a slot.
    pub is_booking: bool,
    /// What was seen of it.
    pub facts: Facts,
    /// How it ended.
    pub outcome: Outcome,
    /// Made.
    pub created_at: Option<i64>,
    /// Activated.
    pub activated_at: Option<i64>,
    /// Called for the first time.
    pub first_called_at: Option<i64>,
    /// Called for the last time.
    pub last_called_at: Option<i64>,
    /// Valid check-in.
    pub checked_in_at: Option<i64>,
    /// Checked out.
    pub completed_at: Option<i64>,
    /// End of a ticket that was not served.
    pub closed_at: Option<i64>,
    /// Start of the slot.
    pub booking_start: Option<i64>,
    /// End of the slot.
    pub booking_end: Option<i64>,
    /// Size of the party; 1 where none was sent.
    pub people: u32,
    /// Times it was called and not found.
    pub retries: u32,
    /// Rating of the visit.
    pub rating: Option<Rating>,
}

/// A location of an organization.
#[derive(Debug, Clone, PartialEq)]
pub struct Location {
    /// Organization.
    pub organization: String,
    /// Display name.
    pub name: String,
    /// Zone of its local days.
    pub zone: Zone,
    /// Whether anybody chose the zone (else it is UTC for want of one).
    pub zone_is_chosen: bool,
    /// Target of the wait, milliseconds.
    pub target_ms: i64,
}

/// All tickets of an archive.
#[derive(Debug, Clone, Default)]
pub struct TicketSet {
    /// Names that the numbers stand for.
    pub names: Names,
    /// Locations, by organization and name.
    pub locations: Vec<Location>,
    /// Tickets, by location and id.
    pub tickets: Vec<Ticket>,
    /// Counters by organization; the detail is a queue or location name, or empty.
    pub anomalies: BTreeMap<(String, Anomaly, String), u64>,
    /// Organizations seen in each file (by number) with the first and last local service date.
    pub file_spans: BTreeMap<(u32, String), Option<(NaiveDate, NaiveDate)>>,
}

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

/// Queues and their numbers of tickets by location: by organization and name, before they are numbered.
type Places<'a> = BTreeMap<(&'a str, &'a str), BTreeMap<&'a str, u64>>;

impl Fold {
    /// Finishes the tickets: names, zones and outcomes are settled, everything is sorted.
    #[must_use]
    pub fn finish(self, directory: &Directory) -> TicketSet {
        let Self { names, tickets, queues, spans } = self;
        let queue_name = |organization: NameId, queue: Option<NameId>| {
            queues.get(&(organization, queue?)).and_then(|q| q.newest.get())
        };
        let resolve = |organization: NameId, queue: Option<NameId>, own: Option<NameId>| {
            let text = |id: Option<NameId>| id.map(|id| names.get(id));
            directory.resolve(text(queue), text(own), text(queue_name(organization, queue)))
        };
        // Few combinations of organization, queue and own name stand for many tickets: each is resolved once.
        let mut known: HashMap<_, usize, RandomState> = HashMap::default();
        let mut kinds: Vec<KindOfPlace<'_>> = Vec::new();
        for (&(organization, _), joined) in &tickets {
            let (queue, own) = (joined.queue.get(), joined.location.get());
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

        let mut counts: HashMap<(NameId, Anomaly), u64, RandomState> = HashMap::default();
        let mut finished = Vec::with_capacity(tickets.len());
        for ((organization, id), joined) in &tickets {
            let at = known.get(&(*organization, joined.queue.get(), joined.location.get()));
            let Some(kind) = at.and_then(|at| kinds.get(*at)) else { continue };
            let Some(place) = locations.get(kind.place) else { continue };
            let is_booking = joined.ticket_type.get().is_some_and(|t| names.get(t) == BOOKING);
            let ticket = finish_ticket(*id, joined, kind.place, place.zone, is_booking);
            let of_place = match kind.origin {
                Origin::Known => None,
                Origin::Queue => Some(Anomaly::LocationFromQueue),
                Origin::Unknown => Some(Anomaly::LocationUnknown),
            };
            for anomaly in odd(&ticket, joined).chain(of_place) {
                *counts.entry((*organization, anomaly)).or_default() += 1;
            }
            finished.push(ticket);
        }
        let mut anomalies = name_anomalies(&names, &queues, &locations);
        for ((organization, anomaly), count) in counts {
            anomalies.insert((names.get(organization).to_owned(), anomaly, String::new()), count);
        }
        drop(known);
        drop(kinds);
        finished.par_sort_unstable_by_key(|t| (t.location, t.id));
        let file_spans = file_spans(&spans, &names, |key| {
            let (name, _) = resolve(key.organization, key.queue, key.location);
            let at = numbers.get(&(names.get(key.organization), name));
            at.and_then(|at| locations.get(*at)).map_or_else(
                || directory.zone(name, key.queue.map(|q| names.get(q)).into_iter()).0,
                |place| place.zone,
            )
        });
        drop(numbers);
        drop(places);
        TicketSet { locations, tickets: finished, anomalies, file_spans, names }
    }
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

fn finish_ticket(
    id: TicketId,
    joined: &Joined,
    location: usize,
    zone: Zone,
    is_booking: bool,
) -> Ticket {
    let instant = |time: Option<BookingTime>| match time? {
        BookingTime::Instant(at) => Some(at),
        BookingTime::WallClock(wall) => zone.resolve_wall_clock(wall),
    };
    let outcome = Outcome::of(joined.facts);
    let event_received = match outcome {
        Outcome::Served | Outcome::Rejected | Outcome::Open => None,
        Outcome::CancelledByCustomer => joined.customer_cancel_received.get(),
        Outcome::CancelledByStaff => joined.staff_cancel_received.get(),
        Outcome::NoShow | Outcome::Removed => joined.removal_received.get(),
    };
    let lost = outcome != Outcome::Served && outcome != Outcome::Open;
    Ticket {
        id,
        location,
        queue: joined.queue.get(),
        ticket_type: joined.ticket_type.get(),
        category: joined.category.get(),
        is_booking,
        facts: joined.facts,
        outcome,
        created_at: joined.created_at.get(),
        activated_at: joined.activated_at.get(),
        first_called_at: joined.first_called_at.get(),
        last_called_at: joined.last_called_at.get(),
        checked_in_at: joined.checked_in_at.get(),
        completed_at: joined.completed_at.get(),
        closed_at: joined.rejected_at.get().or(event_received).filter(|_| lost),
        booking_start: instant(joined.booking_start.get()),
        booking_end: instant(joined.booking_end.get()),
        people: joined.people.get().unwrap_or(1),
        retries: joined.retries.get().and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
        rating: joined.rating.get(),
    }
}

/// What is odd about one ticket, its times apart (those need the waits).
fn odd(ticket: &Ticket, joined: &Joined) -> impl Iterator<Item = Anomaly> {
    let facts = ticket.facts;
    let served = ticket.outcome == Outcome::Served;
    let cancelled = facts.any(Facts::CANCELLED_BY_CUSTOMER.with(Facts::CANCELLED_BY_STAFF));
    let cancelled_at = joined.rejected_at.get().or_else(|| {
        let received = [joined.customer_cancel_received, joined.staff_cancel_received];
        received.into_iter().filter_map(super::order::Earliest::get).min()
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
    queues: &HashMap<(NameId, NameId), super::fold::QueueNames, RandomState>,
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
    spans: &HashMap<(u32, SpanKey), Span, RandomState>,
    names: &Names,
    zone_of: impl Fn(&SpanKey) -> Zone,
) -> BTreeMap<(u32, String), Option<(NaiveDate, NaiveDate)>> {
    let mut dates: BTreeMap<(u32, String), Option<(NaiveDate, NaiveDate)>> = BTreeMap::new();
    for ((file, key), span) in spans {
        let zone = zone_of(key);
        let entry = dates.entry((*file, names.get(key.organization).to_owned())).or_default();
        let instants = span.instants.into_iter().flat_map(|(a, b)| [a, b]);
        let walls = span.wall_clocks.into_iter().flat_map(|(a, b)| [a, b]);
        let instants = instants.chain(walls.filter_map(|wall| zone.resolve_wall_clock(wall)));
        for date in instants.filter_map(|at| zone.local(at)).map(|local| local.date) {
            *entry = Some(entry.map_or((date, date), |(a, b)| (a.min(date), b.max(date))));
        }
    }
    dates
}

impl TicketSet {
    /// Leaves only some locations (by their place in the list) and their tickets.
    pub fn keep_locations(&mut self, keep: impl Fn(usize) -> bool) {
        let mut places = Vec::with_capacity(self.locations.len());
        let mut next = 0;
        for at in 0..self.locations.len() {
            places.push(keep(at).then_some(next));
            next += usize::from(keep(at));
        }
        let mut at = 0..;
        self.locations.retain(|_| at.next().is_some_and(&keep));
        self.tickets.retain_mut(|ticket| match places.get(ticket.location).copied().flatten() {
            Some(place) => {
                ticket.location = place;
                true
            }
            None => false,
        });
    }
}
