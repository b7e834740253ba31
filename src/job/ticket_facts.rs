//! What a joined ticket holds and what follows from it, each with the rule that gave it.

use crate::calendar::rfc3339;
use crate::dataframe::{Derived, Interval, WaitEnd};
use crate::ticket::{Location, Outcome, Ticket, TicketSet};

use super::plan::Plan;

/// What a joined ticket holds: name, value, and the rule that chose it among the records of the ticket. What is not known is
/// left out.
pub(crate) fn joined(
    ticket: &Ticket,
    set: &TicketSet,
) -> Vec<(&'static str, String, &'static str)> {
    let at = |at: Option<i64>| at.map(rfc3339);
    let named = |id: Option<_>| id.map(|id| set.names.get(id).to_owned());
    let location = set.locations.get(ticket.location).map(|location| location.name.clone());
    let all = [
        ("created_at", at(ticket.created_at), "the earliest of its records"),
        ("activated_at", at(ticket.activated_at), "the earliest"),
        ("first_called_at", at(ticket.first_called_at), "the earliest"),
        ("last_called_at", at(ticket.last_called_at), "the latest"),
        ("checked_in_at", at(ticket.checked_in_at), "the earliest that is a check-in"),
        ("completed_at", at(ticket.completed_at), "the earliest"),
        ("closed_at", at(ticket.closed_at), "when it ended without being served"),
        ("retries", Some(ticket.retries.to_string()), "the largest"),
        ("location", location, "the newest, by the name that the configuration gives it"),
        ("queue", named(ticket.queue), "the newest"),
        ("type", named(ticket.ticket_type), "the newest"),
        ("category", named(ticket.category), "the newest"),
        ("booking_start", at(ticket.booking_start), "the newest"),
        ("booking_end", at(ticket.booking_end), "the newest"),
        ("people", Some(ticket.people.to_string()), "the newest; 1 where none was sent"),
        ("rating", ticket.rating.map(|one| one.stars().to_string()), "the newest"),
    ];
    all.into_iter().filter_map(|(name, value, why)| Some((name, value?, why))).collect()
}

/// What the ticket became: name, value, and the rule that gave it. `before` is what was derived of it before bursts were left
/// out.
pub(crate) fn facts(
    ticket: &Ticket,
    location: &Location,
    (before, derived): (&Derived, &Derived),
    plan: &Plan,
) -> Vec<(&'static str, String, String)> {
    let at = |at: Option<i64>| at.map_or_else(|| "unknown".to_owned(), rfc3339);
    let text = |text: &str| text.to_owned();
    let date = derived
        .arrival
        .map_or_else(|| text("unknown"), |local| format!("{}, hour {}", local.date, local.hour));
    let why_date = if ticket.is_booking && ticket.booking_start.is_some() {
        "local day of the start of the slot"
    } else {
        "local day of the creation"
    };
    let why_entered = if !ticket.is_booking {
        "a walk-in enters when it is created"
    } else if ticket.activated_at.is_some() {
        "a booking enters when it is activated, never before it is created"
    } else {
        "a booking that was not activated enters when its slot starts"
    };
    let headline = match plan.waits.ends_at {
        WaitEnd::CheckIn => "from entering the queue to the check-in",
        WaitEnd::Call => "from entering the queue to the first call",
    };
    let within = if derived.within { "yes" } else { "no" };
    let target = location.target_ms / 60_000;
    vec![
        ("outcome", text(derived.outcome.name()), text(why_outcome(derived.outcome))),
        ("service date", date, text(why_date)),
        ("entered the queue", at(derived.queue_entered_at), text(why_entered)),
        ("wait", seconds(before.wait, derived.wait), text(headline)),
        (
            "wait to the first call",
            seconds(before.call_wait, derived.call_wait),
            text("from entering the queue to the first call"),
        ),
        (
            "service time",
            seconds(before.service, derived.service),
            text("from the check-in to the check-out"),
        ),
        (
            "within the target",
            text(within),
            format!(
                "served, and the wait is at most {target} min; counted only if it entered the queue and ended"
            ),
        ),
        (
            "rating",
            ticket.rating.map_or_else(|| text("none"), |rating| rating.stars().to_string()),
            text("the newest feedback with a usable rating"),
        ),
    ]
}

/// An interval in words, of what it was before bursts were left out and of what it is now.
fn seconds(before: Interval, now: Interval) -> String {
    match now {
        Interval::Unknown if before != now => {
            "left out: five tickets or more share the second (`wait.leave_out_bursts`)".to_owned()
        }
        Interval::Unknown => "unknown: one of the two times is missing".to_owned(),
        Interval::Seconds(seconds) => format!("{seconds} s"),
        Interval::Early => "0 s: served before it was due".to_owned(),
        Interval::Negative => "left out: it ends before it begins".to_owned(),
        Interval::Implausible => "left out: longer than `wait.max_hours`".to_owned(),
    }
}

fn why_outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Served => "checked in or completed; this goes before everything else",
        Outcome::CancelledByCustomer => "positionCancelled was seen, and no check-in",
        Outcome::CancelledByStaff => {
            "positionCancelledByStaff was seen, and neither a check-in nor a cancellation by the customer"
        }
        Outcome::NoShow => "removed after it had been called",
        Outcome::Removed => "removed, and never called",
        Outcome::Rejected => "status rejected, and no event that says why",
        Outcome::Lapsed => {
            "never called, no end, and its day was over 24 hours before the instant of the run"
        }
        Outcome::Open => "no end was seen",
    }
}
