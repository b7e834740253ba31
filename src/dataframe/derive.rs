//! Derives from one ticket its local date and hour, its waits, and whether it counts for the target.

use crate::calendar::{DAY_MS, HOUR_MS, Local, LocalTimes, SECOND_MS};
use crate::ticket::{Bursts, End, Facts, Location, Outcome, Ticket};

/// Where the headline wait ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WaitEnd {
    /// At the valid check-in, which every payload version carries.
    #[default]
    CheckIn,
    /// At the first call.
    Call,
}

/// How waits are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitRules {
    /// Where the headline wait ends.
    pub ends_at: WaitEnd,
    /// Waits and service times above this are left out as implausible, milliseconds.
    pub max_ms: i64,
    /// The instant of the run, UTC milliseconds. Open tickets of that day are in line until then; tickets lapse a day
    /// after their service date.
    pub as_of: i64,
    /// Whether to leave out waits that end at a check-in of a burst, and service times that begin or end in a burst.
    pub leave_out_bursts: bool,
}

/// A span of time between two instants of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interval {
    /// One of the instants is not known.
    Unknown,
    /// Whole seconds, rounded down.
    Seconds(i64),
    /// Negative, which counts as 0 (bookings only).
    Early,
    /// Negative, left out.
    Negative,
    /// Longer than the limit, left out.
    Implausible,
}

impl Interval {
    /// The seconds that count; `None` if it is unknown or left out.
    #[must_use]
    pub const fn seconds(self) -> Option<i64> {
        match self {
            Self::Seconds(seconds) => Some(seconds),
            Self::Early => Some(0),
            Self::Unknown | Self::Negative | Self::Implausible => None,
        }
    }
}

/// Everything derived from one ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Derived {
    /// Local arrival: start of the slot of a booking, else creation.
    pub arrival: Option<Local>,
    /// The outcome at the instant of the run: that of the ticket, or lapsed.
    pub outcome: Outcome,
    /// When it entered the queue, UTC milliseconds.
    pub queue_entered_at: Option<i64>,
    /// Headline wait.
    pub wait: Interval,
    /// Wait to the check-in.
    pub check_in_wait: Interval,
    /// Wait to the first call.
    pub call_wait: Interval,
    /// Check-in to check-out.
    pub service: Interval,
    /// How long a ticket that was not served stood in the queue until it ended, or until now if it is open, whole seconds;
    /// `None` if it was served, was never in the queue, or nobody knows when it ended.
    pub left_s: Option<i64>,
    /// Whether it counts in the denominator of the share served within the target.
    pub offered: bool,
    /// Whether it was served within the target.
    pub within: bool,
    /// Whether the visitor came: the ticket entered the queue, or was called or checked in. Not a booking still ahead
    /// at the instant of the run, or cancelled before it began.
    pub came: bool,
    /// Band of the lead time of a cancelled booking: the index in [`LEAD_BANDS`].
    pub lead_band: Option<u32>,
    /// Time in line, UTC milliseconds, end excluded.
    pub in_line: Option<(i64, i64)>,
    /// Whether it entered the queue and left it at an unknown time, so that it counts in no line.
    pub line_end_unknown: bool,
    /// The last instant, UTC milliseconds, at which the instant of the run may matter; all runs after it derive the
    /// same. `None` if it never matters.
    pub open_until: Option<i64>,
}

/// Derives everything from a ticket at its location; `times` caches local times.
#[must_use]
pub fn derive(
    ticket: &Ticket,
    location: &Location,
    rules: WaitRules,
    times: &mut LocalTimes,
) -> Derived {
    let service_instant = ticket.booking_start.filter(|_| ticket.is_booking).or(ticket.created_at);
    let arrival = service_instant.and_then(|at| times.of(location.clock, at));
    let entered = queue_entered_at(ticket);
    let check_in_wait = interval(entered, ticket.checked_in_at, ticket.is_booking, rules.max_ms);
    let call_wait = interval(entered, ticket.first_called_at, ticket.is_booking, rules.max_ms);
    let wait = match rules.ends_at {
        WaitEnd::CheckIn => check_in_wait,
        WaitEnd::Call => call_wait,
    };
    // Looked up only for tickets without an end.
    let is_open = ticket.outcome == Outcome::Open;
    let day = arrival.filter(|_| is_open).map(|local| local.date);
    let lapses_at = day.and_then(|date| times.end_of(location.clock, date)).map(|at| at + DAY_MS);
    let outcome = match lapses_at {
        Some(at) if at <= rules.as_of && can_lapse(ticket, location) => Outcome::Lapsed,
        _ => ticket.outcome,
    };
    let offered = offered(ticket, outcome, entered);
    let mut is_today = || {
        let today = times.of(location.clock, rules.as_of).map(|local| local.date);
        today.is_some() && today == arrival.map(|local| local.date)
    };
    let still = (outcome == Outcome::Open && is_today()).then_some(rules.as_of);
    let left = left_line_at(ticket).or(still);
    // Since its call nobody knows whether it will be served.
    let open_until_now = still.map(|now| left.map_or(now, |left| left.min(now)));
    let quick = wait.seconds().is_some_and(|s| s * SECOND_MS <= location.target_ms);
    Derived {
        arrival,
        outcome,
        queue_entered_at: entered,
        wait,
        check_in_wait,
        call_wait,
        service: interval(ticket.checked_in_at, ticket.completed_at, false, rules.max_ms),
        left_s: left_after(ticket, outcome, (entered, open_until_now), rules.max_ms).seconds(),
        offered,
        came: came(ticket, entered, rules.as_of),
        within: offered && ticket.outcome == Outcome::Served && quick,
        lead_band: band_of(ticket),
        in_line: in_line(entered, left),
        line_end_unknown: left.is_none() && entered.is_some_and(|entered| entered <= rules.as_of),
        open_until: open_until(ticket, entered, lapses_at),
    }
}

impl Derived {
    /// Leaves out what the bursts of its location would make, if the rules say so; returns whether its check-in and its
    /// check-out belong to bursts.
    pub fn leave_out_bursts(
        &mut self,
        ticket: &Ticket,
        bursts: &Bursts,
        rules: WaitRules,
    ) -> [bool; 2] {
        let check_in = bursts.has(ticket.location, End::CheckIn, ticket.checked_in_at);
        let check_out = bursts.has(ticket.location, End::CheckOut, ticket.completed_at);
        if rules.leave_out_bursts {
            self.without_bursts(rules.ends_at, check_in, check_out);
        }
        [check_in, check_out]
    }

    /// Leaves out what bursts would make: a check-in in a burst ends no wait, and a check-in or check-out in a burst
    /// makes no service time. The outcome stays, but the ticket no longer counts as served within the target.
    pub(super) fn without_bursts(&mut self, ends_at: WaitEnd, check_in: bool, check_out: bool) {
        if check_in {
            self.check_in_wait = Interval::Unknown;
            if ends_at == WaitEnd::CheckIn {
                self.wait = Interval::Unknown;
                self.within = false;
            }
        }
        if check_in || check_out {
            self.service = Interval::Unknown;
        }
    }
}

/// Whether a ticket can lapse: never called, without an end, at a location whose check-ins are archived.
fn can_lapse(ticket: &Ticket, location: &Location) -> bool {
    ticket.outcome == Outcome::Open && !ticket.facts.any(Facts::CALLED) && location.has_check_ins
}

/// The last instant at which the instant of the run may matter. Until a ticket enters the queue, the visitor may not
/// have come; until its day is over, it may be in line; a day later it may lapse.
fn open_until(ticket: &Ticket, entered: Option<i64>, lapses_at: Option<i64>) -> Option<i64> {
    if ticket.outcome == Outcome::Open {
        return entered.max(lapses_at);
    }
    entered.filter(|_| left_line_at(ticket).is_none())
}

/// When a ticket enters the queue: a walk-in when it is created; a booking when it is activated, else when its slot
/// starts, but never before it was created.
fn queue_entered_at(ticket: &Ticket) -> Option<i64> {
    if !ticket.is_booking {
        return ticket.created_at;
    }
    let ready = ticket.activated_at.or(ticket.booking_start)?;
    Some(ticket.created_at.map_or(ready, |created| created.max(ready)))
}

/// The interval between two instants, UTC milliseconds. `may_be_early` is for bookings, which may be served early; else
/// up to 2 s below zero count as 0, because clocks differ. Above `max_ms` it is implausible.
#[must_use]
pub fn interval(from: Option<i64>, to: Option<i64>, may_be_early: bool, max_ms: i64) -> Interval {
    let (Some(from), Some(to)) = (from, to) else {
        return Interval::Unknown;
    };
    match to - from {
        ms if ms > max_ms => Interval::Implausible,
        ms if ms >= 0 => Interval::Seconds(ms / SECOND_MS),
        _ if may_be_early => Interval::Early,
        ms if ms >= -2 * SECOND_MS => Interval::Seconds(0),
        _ => Interval::Negative,
    }
}

/// How long a ticket that was not served stood in the queue: a no-show until its first call, when it was seen that nobody was
/// there, or else until its end; one that was cancelled, removed or rejected until its end; an open one, on the local day of
/// the run alone, until the first call or the run, whichever is earlier (`open_until`, `None` on other days). Unknown of a ticket that ended before it entered, and of one that lapsed: nobody knows when that visitor went.
fn left_after(
    ticket: &Ticket,
    outcome: Outcome,
    (entered, open_until): (Option<i64>, Option<i64>),
    max_ms: i64,
) -> Interval {
    // A booking that ended before it began never stood in the queue, while a called one was only called early.
    let queued = |end: Option<i64>| {
        let ended = end.filter(|end| !ticket.is_booking || entered.is_some_and(|at| *end > at));
        interval(entered, ended, false, max_ms)
    };
    match outcome {
        Outcome::NoShow if ticket.first_called_at.is_some() => {
            interval(entered, ticket.first_called_at, ticket.is_booking, max_ms)
        }
        Outcome::NoShow
        | Outcome::CancelledByCustomer
        | Outcome::CancelledByStaff
        | Outcome::Removed
        | Outcome::Rejected => queued(ticket.closed_at),
        Outcome::Open => queued(open_until),
        Outcome::Served | Outcome::Lapsed => Interval::Unknown,
    }
}

/// Whether a ticket is closed and had entered the queue.
fn offered(ticket: &Ticket, outcome: Outcome, entered: Option<i64>) -> bool {
    match outcome {
        Outcome::Served | Outcome::NoShow | Outcome::Removed | Outcome::Lapsed => entered.is_some(),
        Outcome::CancelledByCustomer | Outcome::CancelledByStaff => {
            let later = |at| ticket.closed_at.is_some_and(|closed| closed > at);
            entered.is_some_and(|at| !ticket.is_booking || later(at))
        }
        Outcome::Rejected | Outcome::Open => false,
    }
}

/// Whether the visitor came (`came` in the definitions). A booking that was cancelled at an unknown time does not
/// count: it may have been cancelled long before. A lapsed ticket counts if it entered the queue, because the passing
/// of time must not change whether a visitor came.
fn came(ticket: &Ticket, entered: Option<i64>, as_of: i64) -> bool {
    let attended = [ticket.first_called_at, ticket.checked_in_at, ticket.completed_at];
    if attended.into_iter().flatten().next().is_some() || ticket.outcome == Outcome::Served {
        return true;
    }
    let cancelled =
        matches!(ticket.outcome, Outcome::CancelledByCustomer | Outcome::CancelledByStaff);
    entered.is_some_and(|entered| match ticket.closed_at {
        Some(closed) => closed >= entered || !ticket.is_booking,
        None => entered <= as_of && !(cancelled && ticket.is_booking),
    })
}

/// A band of lead times. The lead time is the time from a cancellation to the start of the slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeadBand {
    /// Label in the CSV file.
    pub label: &'static str,
    /// Label on pages.
    pub words: &'static str,
    /// Why the lead time is unknown; `None` if it is known.
    pub unknown_because: Option<&'static str>,
}

/// A band of known lead times.
const fn known(label: &'static str, words: &'static str) -> LeadBand {
    LeadBand { label, words, unknown_because: None }
}

/// The bands of lead times.
pub const LEAD_BANDS: [LeadBand; 7] = [
    known("after_start", "after the start"),
    known("under_1h", "under 1 h"),
    known("1h_to_24h", "1 to 24 h"),
    known("1d_to_7d", "1 to 7 days"),
    known("over_7d", "over 7 days"),
    LeadBand {
        label: "unknown",
        words: "unknown (no time of the cancellation)",
        unknown_because: Some("no_closing_time"),
    },
    LeadBand {
        label: "unknown",
        words: "unknown (no start of the slot)",
        unknown_because: Some("no_booking_start"),
    },
];

/// The band at an index of [`LEAD_BANDS`]; `None` if there is none.
#[must_use]
pub fn lead_band(place: u8) -> Option<&'static LeadBand> {
    LEAD_BANDS.get(usize::from(place))
}

/// Index of the band of a cancelled booking; `None` for other tickets.
fn band_of(ticket: &Ticket) -> Option<u32> {
    let cancelled =
        matches!(ticket.outcome, Outcome::CancelledByCustomer | Outcome::CancelledByStaff);
    if !cancelled || !ticket.is_booking {
        return None;
    }
    let Some(closed) = ticket.closed_at else { return Some(5) };
    let Some(start) = ticket.booking_start else { return Some(6) };
    Some(match start - closed {
        lead if lead < 0 => 0,
        lead if lead < HOUR_MS => 1,
        lead if lead < DAY_MS => 2,
        lead if lead <= 7 * DAY_MS => 3,
        _ => 4,
    })
}

/// When a ticket left the line: its first call, check-in, check-out or end.
fn left_line_at(ticket: &Ticket) -> Option<i64> {
    let ends =
        [ticket.first_called_at, ticket.checked_in_at, ticket.completed_at, ticket.closed_at];
    ends.into_iter().flatten().min()
}

/// The time from entering the queue to leaving it; more than 24 hours is implausible and left out.
fn in_line(entered: Option<i64>, left: Option<i64>) -> Option<(i64, i64)> {
    let (entered, left) = (entered?, left?);
    (entered < left && left - entered <= DAY_MS).then_some((entered, left))
}

#[cfg(test)]
#[path = "derive_tests.rs"]
mod tests;
