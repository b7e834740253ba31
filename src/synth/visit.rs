//! One visit: when it comes, how long it waits, how it ends, and which webhooks tell of it.

use crate::calendar::{DAY_MS, HOUR_MS, SECOND_MS};

use super::places::{Place, hour_weight};
use super::rng::Rng;

const MINUTE_MS: i64 = 60 * SECOND_MS;

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
    /// Status rejected under an event nobody documented.
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
    /// 0 = nothing odd, else which odd value it carries.
    pub(super) oddity: u8,
    pub(super) label: u32,
    pub(super) events: Vec<(i64, Step)>,
}

/// A visit at a place on a local day that begins at `midnight` (wall clock, milliseconds).
pub(super) fn visit(
    place: &Place,
    at: usize,
    midnight: i64,
    era: Era,
    faults: bool,
    rng: &mut Rng,
) -> Visit {
    let hour = hour(rng);
    let into_hour = i64::try_from(rng.below(3_600_000)).unwrap_or(0);
    let wall = midnight + i64::from(hour) * HOUR_MS + into_hour;
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
        era,
        created: arrival,
        slot: None,
        first_slot: None,
        activated: None,
        called: None,
        called_again: None,
        checked_in: None,
        completed: None,
        rejected: None,
        people: 1 + u32::try_from(rng.below(8) / 4 + rng.below(8) / 7).unwrap_or(0),
        rating: None,
        oddity: if faults && rng.chance(0.03) {
            1 + u8::try_from(rng.below(14)).unwrap_or(0)
        } else {
            0
        },
        label: 1 + u32::try_from(rng.below(99)).unwrap_or(0),
        events: Vec::with_capacity(6),
    };
    let entered = if kind == Kind::Booking {
        let Some(entered) = book(&mut visit, arrival, rng) else {
            return visit;
        };
        entered
    } else {
        visit.events.push((arrival, Step::Created));
        arrival
    };
    queue_up(&mut visit, place, entered, hour, rng);
    visit
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

/// Books ahead; the time of entering the queue, or nothing if it was cancelled before.
fn book(visit: &mut Visit, arrival: i64, rng: &mut Rng) -> Option<i64> {
    let slot = arrival - arrival.rem_euclid(30 * MINUTE_MS);
    let lead = rng.lognormal_ms(60.0 * 20.0, 1.1).min(9 * DAY_MS)
        + i64::try_from(rng.below(20)).unwrap_or(0) * 9 * HOUR_MS;
    visit.slot = Some(slot);
    visit.created = slot - lead.clamp(20 * MINUTE_MS, 9 * DAY_MS + 20 * HOUR_MS);
    visit.events.push((visit.created, Step::Confirmed));
    let middle = |share: f64, visit: &Visit| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "a share of days"
        )]
        let after = ((slot - visit.created) as f64 * share) as i64;
        visit.created + after
    };
    if rng.chance(0.10) {
        visit.first_slot = Some(slot - DAY_MS);
        visit.events.push((middle(0.3, visit), Step::Updated));
    }
    let draw = rng.unit();
    if draw < 0.13 {
        let at = if rng.chance(0.1) {
            slot + 4 * MINUTE_MS
        } else {
            middle(0.4 + 0.6 * rng.unit(), visit)
        };
        visit.rejected = Some(at);
        visit.events.push((at, Step::Cancelled));
        return None;
    }
    if draw < 0.18 {
        let at = middle(0.5 + 0.5 * rng.unit(), visit);
        visit.rejected = Some(at);
        visit.events.push((at, Step::CancelledByStaff));
        return None;
    }
    let activated = slot - i64::try_from(rng.below(10)).unwrap_or(0) * MINUTE_MS;
    visit.activated = Some(activated.max(visit.created));
    visit.events.push((activated.max(visit.created), Step::Activated));
    Some(activated.max(visit.created))
}

/// Waits, is called, and is served or lost.
fn queue_up(visit: &mut Visit, place: &Place, entered: i64, hour: u8, rng: &mut Rng) {
    let load = hour_weight(hour) * if visit.kind == Kind::Booking { 0.6 } else { 1.0 };
    let wait = rng.lognormal_ms(place.wait * (0.3 + 0.45 * load), 0.75);
    let called = entered + wait;
    let draw = rng.unit();
    if visit.kind != Kind::Booking && draw < 0.08 {
        let at = entered + wait / 2;
        visit.rejected = Some(at);
        visit.events.push((at, Step::Cancelled));
        return;
    }
    if draw < 0.11 {
        let at = entered + wait / 3;
        visit.rejected = Some(at);
        visit.events.push((at, Step::Removed));
        return;
    }
    if draw < 0.116 {
        let at = entered + wait;
        visit.rejected = Some(at);
        visit.events.push((at, Step::Reassigned));
        return;
    }
    if draw > 0.995 {
        return;
    }
    visit.called = Some(called);
    visit.events.push((called, Step::Called));
    let mut reached = called;
    if rng.chance(0.07) {
        let retry = called + 3 * MINUTE_MS;
        visit.events.push((retry, Step::Retry));
        reached = retry + rng.lognormal_ms(2.0, 0.5);
        visit.called_again = Some(reached);
        visit.events.push((reached, Step::Called));
    }
    if draw < 0.18 {
        let at = reached + 5 * MINUTE_MS;
        visit.rejected = Some(at);
        visit.events.push((at, Step::Removed));
        return;
    }
    let mut check_in = reached + i64::try_from(rng.below(90_000)).unwrap_or(0);
    match visit.oddity {
        11 => check_in = entered - 40 * MINUTE_MS,
        12 => check_in += 26 * HOUR_MS,
        _ => {}
    }
    visit.checked_in = Some(check_in);
    visit.events.push((check_in.max(reached), Step::Fulfilled));
    let mut done = check_in;
    if rng.chance(0.92) {
        done = check_in + rng.lognormal_ms(6.5, 0.6);
        visit.completed = Some(done);
        visit.events.push((done.max(reached), Step::Completed));
    }
    if rng.chance(0.37) {
        rate(visit, wait, done, rng);
    }
}

fn rate(visit: &mut Visit, wait: i64, done: i64, rng: &mut Rng) {
    #[expect(clippy::cast_precision_loss, reason = "minutes of a wait")]
    let minutes = wait as f64 / 60_000.0;
    let mood = 4.75 - 0.055 * minutes.min(50.0) + 0.85 * rng.normal();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 1 to 5"
    )]
    let rating = mood.round().clamp(1.0, 5.0) as u8;
    visit.rating = Some(rating);
    let late =
        if rng.chance(0.05) { DAY_MS * i64::try_from(1 + rng.below(6)).unwrap_or(1) } else { 0 };
    let at = done + rng.lognormal_ms(15.0, 1.0) + late;
    visit.events.push((at, Step::Feedback));
    if rng.chance(0.08) {
        visit.events.push((at + 2 * MINUTE_MS, Step::FeedbackAgain));
    }
}
