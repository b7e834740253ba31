//! One visit: when the visitor comes, how long the wait is, how it ends, and which webhooks report it.

use crate::calendar::{DAY_MS, HOUR_MS, SECOND_MS};

use super::course::{MOST_LOST, Shift, Today};
use super::mood::rating;
use super::places::{Place, hour_weight};
use super::rng::Rng;

const MINUTE_MS: i64 = 60 * SECOND_MS;

/// Share of bookings that are cancelled before they begin to wait,
const CANCELLED_BOOKINGS: f64 = 0.165;
/// and that of those whom the customer cancels; staff cancel the others.
const CUSTOMERS_CANCEL: f64 = 0.125;
/// Share of the others who give up.
const GIVE_UP: f64 = 0.08;
/// Share of those in the queue who do not come when called.
const NO_SHOW: f64 = 0.06;

/// Type of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    WalkIn,
    Booking,
    Manual,
}

/// A webhook of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Created,
    Confirmed,
    Updated,
    Activated,
    Called,
    Retry,
    Fulfilled,
    Completed,
    Cancelled,
    CancelledByStaff,
    Removed,
    /// Status `rejected` with an undocumented event type.
    Reassigned,
    Feedback,
    FeedbackAgain,
}

/// Payload version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Era {
    /// Until January 2021: location as text, `bookingRemoved`, no `calledAt`.
    Text,
    /// Location as an object.
    Object,
    /// With `calledAt`, `completedAt`, `rejectedAt` and registration data as an object.
    Timed,
    /// With the organization's title, registration data as an array, `activatedAt`.
    Listed,
}

/// An oddity that a careful reader counts: the record is valid, but one field or fact is odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Oddity {
    CreatedInWords,
    CreatedWithOffset,
    CreatedWithoutMillis,
    YearOne,
    Year1900,
    FarFuture,
    ZonelessBooking,
    RatingAsText,
    RatingAsFloat,
    RatingZero,
    RatingSix,
    RatingInWords,
    RatingNull,
    UnknownStatus,
    NegativeWait,
    DayLongWait,
    /// Only the rating was archived.
    OnlyFeedback,
    /// Cancelled by the customer and then by staff.
    TwoEnds,
    /// Served although the customer had cancelled.
    ServedAfterCancel,
}

/// All oddities, to choose from.
pub(super) const ODDITIES: [Oddity; 19] = [
    Oddity::CreatedInWords,
    Oddity::CreatedWithOffset,
    Oddity::CreatedWithoutMillis,
    Oddity::YearOne,
    Oddity::Year1900,
    Oddity::FarFuture,
    Oddity::ZonelessBooking,
    Oddity::RatingAsText,
    Oddity::RatingAsFloat,
    Oddity::RatingZero,
    Oddity::RatingSix,
    Oddity::RatingInWords,
    Oddity::RatingNull,
    Oddity::UnknownStatus,
    Oddity::NegativeWait,
    Oddity::DayLongWait,
    Oddity::OnlyFeedback,
    Oddity::TwoEnds,
    Oddity::ServedAfterCancel,
];

/// Everything about a visit that its webhooks show. Times are UTC milliseconds.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    pub(super) place: usize,
    pub(super) id: [u64; 2],
    pub(super) kind: Kind,
    pub(super) era: Era,
    pub(super) created: i64,
    pub(super) slot: Option<i64>,
    /// The slot before it was moved.
    pub(super) first_slot: Option<i64>,
    pub(super) activated: Option<i64>,
    pub(super) called: Option<i64>,
    pub(super) called_again: Option<i64>,
    pub(super) checked_in: Option<i64>,
    pub(super) completed: Option<i64>,
    pub(super) rejected: Option<i64>,
    pub(super) people: u32,
    pub(super) rating: Option<u8>,
    pub(super) oddity: Option<Oddity>,
    pub(super) label: u64,
}

/// The webhooks of a visit with their times, in the order they were sent.
pub(super) type Events = Vec<(i64, Step)>;

/// What all visits to a location on one day have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day {
    /// Local midnight, as wall-clock milliseconds.
    pub(super) midnight: i64,
    pub(super) era: Era,
    /// The load: 1 on a usual day.
    pub(super) load: f64,
    /// How the day differs from the usual.
    pub(super) today: Today,
    pub(super) faults: bool,
}

/// Makes a visit to a location on a day.
pub(super) fn visit(place: &Place, at: usize, day: Day, rng: &mut Rng) -> (Visit, Events) {
    let hour = hour(rng);
    let wall = day.midnight + i64::from(hour) * HOUR_MS + rng.millis(3_600_000);
    let arrival = place.zone.resolve_wall_clock(wall).unwrap_or(wall);
    let draw = rng.unit();
    let kind = if draw < 0.60 {
        Kind::WalkIn
    } else if draw < 0.93 {
        Kind::Booking
    } else {
        Kind::Manual
    };
    let mut visit = Visit {
        place: at,
        id: [rng.next(), rng.next()],
        kind,
        era: day.era,
        created: arrival,
        slot: None,
        first_slot: None,
        activated: None,
        called: None,
        called_again: None,
        checked_in: None,
        completed: None,
        rejected: None,
        people: 1 + rng.poisson(0.6).min(9),
        rating: None,
        oddity: None,
        label: 1 + rng.below(99),
    };
    if day.faults && rng.chance(0.035) {
        let drawn = usize::try_from(rng.below(ODDITIES.len() as u64)).unwrap_or(0);
        visit.oddity = ODDITIES.get(drawn).copied();
    }
    let mut events = Events::with_capacity(7);
    let entered = if kind == Kind::Booking {
        book(&mut visit, &mut events, (arrival, day.today), rng)
    } else {
        events.push((arrival, Step::Created));
        Some(arrival)
    };
    if let Some(entered) = entered {
        let load = hour_weight(hour) * day.load * if kind == Kind::Booking { 0.6 } else { 1.0 };
        queue_up(&mut visit, &mut events, place, (entered, load, day.today), rng);
    }
    if visit.oddity == Some(Oddity::OnlyFeedback) && visit.rating.is_some() {
        events.retain(|(_, step)| *step == Step::Feedback);
    }
    (visit, events)
}

fn hour(rng: &mut Rng) -> u8 {
    let total: f64 = (0..24).map(hour_weight).sum();
    let mut left = rng.unit() * total;
    for hour in 0..24 {
        left -= hour_weight(hour);
        if left < 0.0 {
            return hour;
        }
    }
    12
}

/// The instant at a given share of the way from one to another.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a share of days")]
fn between(from: i64, to: i64, share: f64) -> i64 {
    from + ((to - from) as f64 * share) as i64
}

/// Ends a ticket unserved.
fn lose(visit: &mut Visit, events: &mut Events, at: i64, step: Step) {
    visit.rejected = Some(at);
    events.push((at, step));
}

/// Books ahead. Returns when the visitor joins the queue; `None` if the booking is cancelled before.
fn book(
    visit: &mut Visit,
    events: &mut Events,
    (arrival, today): (i64, Today),
    rng: &mut Rng,
) -> Option<i64> {
    let slot = arrival - arrival.rem_euclid(30 * MINUTE_MS);
    let lead = rng.lognormal_ms(60.0 * 20.0, 1.1) + rng.millis(20) * 9 * HOUR_MS;
    let created = slot - lead.clamp(20 * MINUTE_MS, 9 * DAY_MS + 20 * HOUR_MS);
    visit.slot = Some(slot);
    visit.created = created;
    events.push((created, Step::Confirmed));
    if rng.chance(0.10) {
        // Moved: to a later day if the first slot was still ahead, else to an earlier one.
        let sooner = slot - DAY_MS;
        let first = if sooner > created + HOUR_MS { sooner } else { slot + DAY_MS };
        visit.first_slot = Some(first);
        events.push((between(created, first.min(slot), 0.3), Step::Updated));
    }
    let draw = rng.unit();
    let cancelled = today.cancellation.lost(CANCELLED_BOOKINGS);
    if draw < CUSTOMERS_CANCEL * (cancelled / CANCELLED_BOOKINGS) {
        // One in ten cancels only after the slot has begun.
        let at = if rng.chance(0.1) {
            slot + 4 * MINUTE_MS
        } else {
            between(created, slot, 0.4 + 0.6 * rng.unit())
        };
        lose(visit, events, at, Step::Cancelled);
        if visit.oddity == Some(Oddity::TwoEnds) {
            events.push((at + MINUTE_MS, Step::CancelledByStaff));
        }
        return None;
    }
    if draw < cancelled {
        let at = between(created, slot, 0.5 + 0.5 * rng.unit());
        lose(visit, events, at, Step::CancelledByStaff);
        return None;
    }
    let activated = (slot - rng.millis(10) * MINUTE_MS).max(created);
    visit.activated = Some(activated);
    events.push((activated, Step::Activated));
    Some(activated)
}

/// Waits, is called, and is served or lost.
fn queue_up(
    visit: &mut Visit,
    events: &mut Events,
    place: &Place,
    (entered, load, today): (i64, f64, Today),
    rng: &mut Rng,
) {
    let wait = rng.lognormal_ms(place.wait * (0.3 + 0.45 * load) * today.wait, 0.75);
    let called = entered + wait;
    let booked = visit.kind == Kind::Booking;
    let gives_up = if booked { 0.0 } else { today.cancellation.lost(GIVE_UP) };
    let no_show = today.no_show.lost(NO_SHOW).min(MOST_LOST - gives_up);
    let draw = rng.unit();
    if draw < gives_up {
        return lose(visit, events, entered + wait / 2, Step::Cancelled);
    }
    if draw < gives_up + 0.02 {
        return lose(visit, events, entered + wait / 3, Step::Removed);
    }
    if draw < gives_up + 0.026 {
        return lose(visit, events, called, Step::Reassigned);
    }
    if draw > 0.995 {
        // Nobody ever closed it.
        return;
    }
    if visit.oddity == Some(Oddity::ServedAfterCancel) {
        events.push((entered + wait / 2, Step::Cancelled));
    }
    visit.called = Some(called);
    events.push((called, Step::Called));
    let mut reached = called;
    if rng.chance(0.07) {
        let retry = called + 3 * MINUTE_MS;
        reached = retry + rng.lognormal_ms(2.0, 0.5);
        visit.called_again = Some(reached);
        events.push((retry, Step::Retry));
        events.push((reached, Step::Called));
    }
    if draw < gives_up + (0.026 + no_show) {
        return lose(visit, events, reached + 5 * MINUTE_MS, Step::Removed);
    }
    let check_in = match visit.oddity {
        Some(Oddity::NegativeWait) => entered - 40 * MINUTE_MS,
        Some(Oddity::DayLongWait) => reached + 26 * HOUR_MS,
        _ => reached + rng.millis(90_000),
    };
    visit.checked_in = Some(check_in);
    let told = check_in.max(reached);
    events.push((told, Step::Fulfilled));
    let done = told + rng.lognormal_ms(6.5, 0.6);
    if place.serving && rng.chance(0.95) {
        visit.completed = Some(done);
        events.push((done, Step::Completed));
    }
    rate(visit, events, (wait, done, today.csat), rng);
}

/// Perhaps rates the visit: the longer the wait, the worse.
fn rate(
    visit: &mut Visit,
    events: &mut Events,
    (wait, done, csat): (i64, i64, Shift),
    rng: &mut Rng,
) {
    let wanted = matches!(
        visit.oddity,
        Some(
            Oddity::RatingAsText
                | Oddity::RatingAsFloat
                | Oddity::RatingZero
                | Oddity::RatingSix
                | Oddity::RatingInWords
                | Oddity::RatingNull
                | Oddity::OnlyFeedback
        )
    );
    if !wanted && !rng.chance(0.36) {
        return;
    }
    #[expect(clippy::cast_precision_loss, reason = "minutes of a wait")]
    let minutes = wait as f64 / 60_000.0;
    visit.rating = Some(rating(minutes, csat, visit.id, rng));
    // Most rate at once, some within a week, a few after months.
    let late = match rng.below(1_000) {
        0..4 => DAY_MS * (30 + rng.millis(70)),
        4..54 => DAY_MS * (1 + rng.millis(6)),
        _ => 0,
    };
    let at = done + rng.lognormal_ms(15.0, 1.0) + late;
    events.push((at, Step::Feedback));
    if rng.chance(0.08) {
        events.push((at + 2 * MINUTE_MS, Step::FeedbackAgain));
    }
}
