//! Tickets one by one, with everything that is derived of each: what an export is made of.
//!
//! A frame has no ids and no instants, because no figure needs them. Here they stay. A row takes about 200 bytes, so that the
//! tickets of all periods fit in memory once they were chosen.

use chrono::NaiveDate;

use crate::calendar::{LocalTimes, iso_weekday};
use crate::ticket::{Bursts, Location, Outcome, Ticket};

use super::derive::{Interval, LeadBand, WaitRules, derive, lead_band};
use super::frame::Settings;
use super::id_text::IdText;
use super::keep::Judged;
use super::rows::code_of;

/// An instant, UTC milliseconds, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant(i64);

impl Instant {
    /// As it is taken from a ticket.
    fn of(at: Option<i64>) -> Self {
        Self(at.unwrap_or(i64::MIN))
    }

    /// UTC milliseconds; `None` if it is not known.
    #[must_use]
    pub const fn get(self) -> Option<i64> {
        if self.0 == i64::MIN { None } else { Some(self.0) }
    }
}

/// Why a ticket has no wait although it was served, or although both ends are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoWait {
    /// It ended before it began.
    Negative,
    /// It is longer than the configured limit.
    Implausible,
    /// It ends at a check-in of a burst.
    Burst,
    /// The ticket was served, and one of the two instants is not known.
    Unknown,
}

impl NoWait {
    /// Name in exports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Negative => "negative",
            Self::Implausible => "implausible",
            Self::Burst => "burst",
            Self::Unknown => "unknown",
        }
    }
}

/// A ticket with what is derived of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of its own")]
pub struct Single {
    /// Its id; of an id that is no UUID, the hash of its text.
    pub id: [u8; 16],
    /// Index of its location in [`places`](super::Singles::places).
    pub place: u32,
    /// Index of its queue in [`queues`](super::Singles::queues); 0 = none.
    pub queue: u32,
    /// Index in [`categories`](super::Singles::categories); 0 = none.
    pub category: u32,
    /// Index in [`ticket_types`](super::Singles::ticket_types); 0 = none.
    pub ticket_type: u32,
    /// Size of the party.
    pub people: u32,
    /// How often it was called and not found.
    pub retries: u32,
    /// Days since 1970 of its local service date.
    pub service_day: Option<i32>,
    /// Local hour of its arrival.
    pub hour: Option<i32>,
    /// The outcome at the instant of the run.
    pub outcome: Outcome,
    /// From 1 on; 0 = none.
    pub rating: u8,
    /// Index in the bands of lead times, of a cancelled booking.
    band: Option<u8>,
    /// When it was created.
    pub created_at: Instant,
    /// When it was activated.
    pub activated_at: Instant,
    /// Start of its slot.
    pub booking_start: Instant,
    /// End of its slot.
    pub booking_end: Instant,
    /// When it entered the queue.
    pub queue_entered_at: Instant,
    /// When it was first called.
    pub first_called_at: Instant,
    /// When it was last called.
    pub last_called_at: Instant,
    /// When it was checked in.
    pub checked_in_at: Instant,
    /// When it was checked out.
    pub completed_at: Instant,
    /// When it ended without being served.
    pub closed_at: Instant,
    /// Headline wait, whole seconds.
    pub wait_s: Option<u32>,
    /// Why there is none.
    pub no_wait: Option<NoWait>,
    /// Wait to the first call, whole seconds.
    pub call_wait_s: Option<u32>,
    /// Service time, whole seconds.
    pub service_s: Option<u32>,
    /// How long it stood in the queue if it was not served, whole seconds.
    pub left_s: Option<u32>,
    /// Time in line, UTC milliseconds, end excluded.
    pub in_line: Option<(i64, i64)>,
    /// Booked for a slot.
    pub is_booking: bool,
    /// Booked for a slot that was moved.
    pub is_rescheduled: bool,
    /// Called more than once, or put back.
    pub is_recalled: bool,
    /// Known from feedback alone.
    pub is_feedback_only: bool,
    /// Its wait ended before it began, and counts as 0.
    pub early: bool,
    /// Counts in the denominator of the share served within the target.
    pub offered: bool,
    /// Served within the target.
    pub within: bool,
    /// The visitor came.
    pub came: bool,
}

impl Single {
    /// Its local service date.
    #[must_use]
    pub fn service_date(&self) -> Option<NaiveDate> {
        NaiveDate::from_epoch_days(self.service_day?)
    }

    /// ISO weekday of the service date, 1 = Monday.
    #[must_use]
    pub fn weekday(&self) -> Option<i32> {
        self.service_day.map(iso_weekday)
    }

    /// Band of the lead time of a cancelled booking.
    #[must_use]
    pub fn lead_band(&self) -> Option<&'static LeadBand> {
        lead_band(self.band?)
    }

    /// Its id as it is written.
    #[must_use]
    pub fn id_text(&self) -> IdText {
        IdText::of(self.id)
    }
}

impl Single {
    pub(super) fn judged(&self) -> Judged {
        Judged {
            place: self.place,
            queue: self.queue,
            category: self.category,
            ticket_type: self.ticket_type,
            outcome: code_of(self.outcome),
            day: self.service_day,
            hour: self.hour,
        }
    }
}

/// Whether a row lies in the window.
pub(super) fn is_inside(row: &Single, settings: Settings) -> bool {
    let (from, to) =
        (settings.from.map(|d| d.to_epoch_days()), settings.to.map(|d| d.to_epoch_days()));
    from.is_none_or(|from| row.service_day.is_some_and(|day| day >= from))
        && to.is_none_or(|to| row.service_day.is_some_and(|day| day <= to))
}

/// A ticket with everything that is derived of it; its texts have the given codes.
pub(super) fn single(
    ticket: &Ticket,
    location: &Location,
    [queue, category, ticket_type]: [u32; 3],
    (rules, bursts): (WaitRules, &Bursts),
    times: &mut LocalTimes,
) -> Single {
    let mut derived = derive(ticket, location, rules, times);
    let before = derived.wait;
    derived.leave_out_bursts(ticket, bursts, rules);
    let seconds = |interval: Interval| interval.seconds().map(whole);
    Single {
        id: ticket.id.0,
        place: u32::try_from(ticket.location).unwrap_or(u32::MAX),
        queue,
        category,
        ticket_type,
        people: ticket.people,
        retries: ticket.retries,
        service_day: derived.arrival.map(|local| local.date.to_epoch_days()),
        hour: derived.arrival.map(|local| i32::from(local.hour)),
        outcome: derived.outcome,
        rating: ticket.rating.map_or(0, |rating| rating.stars()),
        band: derived.lead_band.and_then(|band| u8::try_from(band).ok()),
        created_at: Instant::of(ticket.created_at),
        activated_at: Instant::of(ticket.activated_at),
        booking_start: Instant::of(ticket.booking_start),
        booking_end: Instant::of(ticket.booking_end),
        queue_entered_at: Instant::of(derived.queue_entered_at),
        first_called_at: Instant::of(ticket.first_called_at),
        last_called_at: Instant::of(ticket.last_called_at),
        checked_in_at: Instant::of(ticket.checked_in_at),
        completed_at: Instant::of(ticket.completed_at),
        closed_at: Instant::of(ticket.closed_at),
        wait_s: seconds(derived.wait),
        no_wait: no_wait(before, derived.wait, derived.outcome),
        call_wait_s: seconds(derived.call_wait),
        service_s: seconds(derived.service),
        left_s: derived.left_s.map(whole),
        in_line: derived.in_line,
        is_booking: ticket.is_booking,
        is_rescheduled: ticket.is_rescheduled,
        is_recalled: ticket.is_recalled(),
        is_feedback_only: ticket.facts.is_feedback_only(),
        early: derived.wait == Interval::Early,
        offered: derived.offered,
        within: derived.within,
        came: derived.came,
    }
}

/// Why there is no wait, of what it was before bursts were left out and of what it is now.
fn no_wait(before: Interval, now: Interval, outcome: Outcome) -> Option<NoWait> {
    match (before, now) {
        (Interval::Negative, _) => Some(NoWait::Negative),
        (Interval::Implausible, _) => Some(NoWait::Implausible),
        (Interval::Unknown, _) => (outcome == Outcome::Served).then_some(NoWait::Unknown),
        (_, Interval::Unknown) => Some(NoWait::Burst),
        (_, _) => None,
    }
}

/// Seconds of a time that is not negative and at most a year.
fn whole(seconds: i64) -> u32 {
    u32::try_from(seconds).unwrap_or(u32::MAX)
}
