//! What follows from one ticket: its local day, its waits, and whether it counts for the target.

use crate::calendar::{DAY_MS, HOUR_MS, Local, LocalTimes, SECOND_MS};
use crate::ticket::{Location, Outcome, Ticket};

/// Where the headline wait ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WaitEnd {
    /// At the valid check-in, which every payload version carries.
    #[default]
    CheckIn,
    /// At the first call.
    Call,
}

/// How waits are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitRules {
    /// Where the headline wait ends.
    pub ends_at: WaitEnd,
    /// Waits and service times above this are not believed, milliseconds.
    pub max_ms: i64,
    /// The instant of the run, UTC milliseconds: open tickets are in line until then.
    pub as_of: i64,
}

/// A span of time between two instants of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interval {
    /// One of the instants is not known.
    Unknown,
    /// Whole seconds, rounded down.
    Seconds(i64),
    /// It ended before it began and counts as 0 (bookings only).
    Early,
    /// Below zero, left out.
    Negative,
    /// Longer than is believed, left out.
    Implausible,
}

impl Interval {
    /// The seconds to use, if any.
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
    /// In the denominator of the target.
    pub offered: bool,
    /// Served within the target.
    pub within: bool,
    /// Came: it entered the queue, or was called or checked in; not a booking still ahead at the instant of the run, or
    /// one that was cancelled before it began.
    pub came: bool,
    /// Band of the lead time of a cancelled booking: its place in [`LEAD_BANDS`].
    pub lead_band: Option<u32>,
    /// Time in line, UTC milliseconds, end excluded.
    pub in_line: Option<(i64, i64)>,
    /// Of a ticket whose end is not known: the last instant, UTC milliseconds, for which a run believes it to be in
    /// line.
    pub open_until: Option<i64>,
}

/// Derives what follows from a ticket at its location.
#[must_use]
pub fn derive(
    ticket: &Ticket,
    location: &Location,
    rules: WaitRules,
    times: &mut LocalTimes,
) -> Derived {
    let service_instant = ticket.booking_start.filter(|_| ticket.is_booking).or(ticket.created_at);
    let arrival = service_instant.and_then(|at| times.of(location.zone, at));
    let entered = queue_entered_at(ticket);
    let check_in_wait = interval(entered, ticket.checked_in_at, ticket.is_booking, rules.max_ms);
    let call_wait = interval(entered, ticket.first_called_at, ticket.is_booking, rules.max_ms);
    let wait = match rules.ends_at {
        WaitEnd::CheckIn => check_in_wait,
        WaitEnd::Call => call_wait,
    };
    let offered = offered(ticket, entered);
    let left = left_line_at(ticket);
    let quick = wait.seconds().is_some_and(|s| s * SECOND_MS <= location.target_ms);
    Derived {
        arrival,
        queue_entered_at: entered,
        wait,
        check_in_wait,
        call_wait,
        service: interval(ticket.checked_in_at, ticket.completed_at, false, rules.max_ms),
        offered,
        came: came(ticket, entered, rules.as_of),
        within: offered && ticket.outcome == Outcome::Served && quick,
        lead_band: lead_band(ticket),
        in_line: in_line(entered, left.unwrap_or(rules.as_of)),
        open_until: entered.filter(|_| left.is_none()).map(|entered| entered + DAY_MS),
    }
}

/// A walk-in enters when it is created; a booking when it is activated, else when its slot starts, but not before it
/// was made.
fn queue_entered_at(ticket: &Ticket) -> Option<i64> {
    if !ticket.is_booking {
        return ticket.created_at;
    }
    let ready = ticket.activated_at.or(ticket.booking_start)?;
    Some(ticket.created_at.map_or(ready, |created| created.max(ready)))
}

/// The interval between two instants. A booking may be early; a walk-in's clocks may differ by 2 s.
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

/// Closed tickets that entered the queue.
fn offered(ticket: &Ticket, entered: Option<i64>) -> bool {
    match ticket.outcome {
        Outcome::Served | Outcome::NoShow | Outcome::Removed => entered.is_some(),
        Outcome::CancelledByCustomer | Outcome::CancelledByStaff => {
            !ticket.is_booking
                || matches!((ticket.closed_at, entered), (Some(closed), Some(at)) if closed > at)
        }
        Outcome::Rejected | Outcome::Lapsed | Outcome::Open => false,
    }
}

/// Whether a visit began (`came` in the definitions). A cancelled booking that does not tell when it was closed has not
/// come: it may have been cancelled long before.
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

/// Bands of the time between a cancellation and the start of the slot.
pub const LEAD_BANDS: [&str; 6] = ["after start", "< 1 h", "1–24 h", "1–7 d", "> 7 d", "unknown"];

/// Band of the time between a cancellation and the start of the slot.
fn lead_band(ticket: &Ticket) -> Option<u32> {
    let cancelled =
        matches!(ticket.outcome, Outcome::CancelledByCustomer | Outcome::CancelledByStaff);
    if !cancelled || !ticket.is_booking {
        return None;
    }
    let (Some(start), Some(closed)) = (ticket.booking_start, ticket.closed_at) else {
        return Some(5);
    };
    Some(match start - closed {
        lead if lead < 0 => 0,
        lead if lead < HOUR_MS => 1,
        lead if lead < DAY_MS => 2,
        lead if lead <= 7 * DAY_MS => 3,
        _ => 4,
    })
}

/// The first sign that a ticket left the line.
fn left_line_at(ticket: &Ticket) -> Option<i64> {
    let ends =
        [ticket.first_called_at, ticket.checked_in_at, ticket.completed_at, ticket.closed_at];
    ends.into_iter().flatten().min()
}

/// From entering the queue to leaving the line. A ticket whose end is not known is in line until the instant of the run,
/// but a time in line of more than 24 hours is not believed and left out.
fn in_line(entered: Option<i64>, left: i64) -> Option<(i64, i64)> {
    let entered = entered?;
    (entered < left && left - entered <= DAY_MS).then_some((entered, left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals() {
        let of = |ms: i64, booking: bool| interval(Some(0), Some(ms), booking, DAY_MS);
        for (ms, booking, expected) in [
            (0, false, Interval::Seconds(0)),
            (1_999, false, Interval::Seconds(1)),
            (-1, false, Interval::Seconds(0)),
            (-2_000, false, Interval::Seconds(0)),
            (-2_001, false, Interval::Negative),
            (-1, true, Interval::Early),
            (-9_000_000, true, Interval::Early),
            (DAY_MS, false, Interval::Seconds(86_400)),
            (DAY_MS + 1, true, Interval::Implausible),
        ] {
            assert_eq!(of(ms, booking), expected, "{ms} {booking}");
        }
        assert_eq!(interval(None, Some(1), false, DAY_MS), Interval::Unknown);
    }
}
