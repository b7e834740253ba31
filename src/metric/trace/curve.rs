//! The columns of `curves.csv`: every ticket whose time in the queue is known, in the order of that time.

use crate::dataframe::Single;
use crate::metric::behind::{Counted, Mark};
use crate::metric::record::Record;
use crate::ticket::Outcome;

use super::ground::Ground;
use super::made::Made;

/// How a number of a curve came about; `None` for another column.
pub(super) fn curve(ground: &Ground<'_>, record: &Record, column: &str) -> Option<Made> {
    let until = record.count("minute")?.checked_mul(60)?;
    let kind = column.trim_end_matches("_low").trim_end_matches("_high");
    let is_count = column == "at_risk";
    if !is_count && !["served", "left", "no_show", "removed"].contains(&kind) {
        return None;
    }
    let known = |at: usize| {
        let one = ground.tickets.get(at)?;
        Some((at, one, in_queue(one)?))
    };
    let mut all: Vec<(usize, &Single, u32)> =
        ground.behind(record)?.into_iter().filter_map(known).collect();
    all.sort_by_key(|(at, one, seconds)| (*seconds, one.service_day, *at));
    let counted = |(at, one, seconds): &(usize, &Single, u32)| {
        let is_over = u64::from(*seconds) <= until;
        let is_part = if is_count {
            u64::from(*seconds) >= until
        } else {
            is_over && kind_of(one) == Some(kind)
        };
        let mark = if is_part { Mark::Part } else { Mark::None };
        Counted { at: *at, value: Some(*seconds), mark }
    };
    let tickets: Vec<Counted> = all.iter().map(counted).collect();
    let n = tickets.len() as u64;
    let part = tickets.iter().filter(|one| one.mark == Mark::Part).count() as u64;
    let open = all.iter().filter(|(_, one, _)| one.outcome == Outcome::Open).count() as u64;
    let (calculation, marked) = if is_count {
        (
            format!("{part} of {n} tickets stood in the queue for {until} s or longer"),
            "it stood in the queue at least that long",
        )
    } else {
        (
            format!(
                "from {part} of {n} tickets that ended so within {until} s; the {open} open ones count as long as they waited"
            ),
            "it ended so by then",
        )
    };
    Some(Made {
        calculation,
        counts: vec![("in_queue", n), ("marked", part), ("open", open)],
        values_are: Some("in_queue_s"),
        tickets,
        marked: Some(marked),
        ..Made::default()
    })
}

/// How a ticket ended, as the curves call it; `None` for one that is still open, or stands in no curve.
fn kind_of(one: &Single) -> Option<&'static str> {
    match one.outcome {
        Outcome::Served => Some("served"),
        Outcome::CancelledByCustomer => Some("left"),
        Outcome::NoShow => Some("no_show"),
        Outcome::CancelledByStaff | Outcome::Removed | Outcome::Rejected => Some("removed"),
        Outcome::Lapsed | Outcome::Open => None,
    }
}

/// How long a ticket stood in the queue, seconds, if that is known; lapsed ones have no end.
fn in_queue(one: &Single) -> Option<u32> {
    match one.outcome {
        Outcome::Served => one.wait_s,
        Outcome::Lapsed => None,
        Outcome::CancelledByCustomer
        | Outcome::CancelledByStaff
        | Outcome::NoShow
        | Outcome::Removed
        | Outcome::Rejected
        | Outcome::Open => one.left_s,
    }
}
