//! The hours of the week and the line as plain loops, for the oracle: nothing here calls the program's own arithmetic.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use queuestat::ticket::{Outcome, Ticket};

use crate::naive::{NOW, entered, local, local_at, outcome_of, quantile, rate, wait};

/// The rows of `hourly.csv`.
///
/// The line second by second is too slow; minute pieces of every ticket are exact enough to be exact: all borders of
/// hours are whole minutes, so each ticket's time is cut at them.
pub(crate) fn hourly(groups: &BTreeMap<String, Vec<Ticket>>) -> Vec<(String, String)> {
    let date = |ms: i64| local_at(ms).0;
    let cell = |ms: i64| {
        let (_, weekday, hour) = local_at(ms);
        (weekday, hour)
    };
    // How long each hour of a day is, minute by minute.
    let mut lengths: BTreeMap<NaiveDate, BTreeMap<(u32, u32), i64>> = BTreeMap::new();
    let mut length_of = |day: NaiveDate| {
        let hours = lengths.entry(day).or_insert_with(|| {
            let near = day.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_millis();
            let minutes = (near - 54_000_000..near + 144_000_000).step_by(60_000);
            let mut hours = BTreeMap::new();
            for minute in minutes.filter(|minute| date(*minute) == day) {
                *hours.entry(cell(minute)).or_default() += 60_000;
            }
            hours
        });
        hours.clone()
    };
    let mut rows = Vec::new();
    for (id, tickets) in groups {
        // Means are over the days on which at least one ticket came.
        let open: BTreeSet<NaiveDate> =
            tickets.iter().filter(|t| came(t)).filter_map(local).map(|l| l.0).collect();
        let mut exposure: BTreeMap<(u32, u32), i64> = BTreeMap::new();
        for day in &open {
            for (cell, ms) in length_of(*day) {
                *exposure.entry(cell).or_default() += ms;
            }
        }
        let spans: Vec<(i64, i64)> = tickets.iter().filter_map(span).collect();
        let begin = spans.iter().map(|s| s.0).min().unwrap_or(0).div_euclid(3_600_000) * 3_600_000;
        let end = spans.iter().map(|s| s.1).max().unwrap_or(0);
        let mut in_line: BTreeMap<(u32, u32), i64> = BTreeMap::new();
        let mut most: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        for (from, to) in &spans {
            let mut at = *from;
            while at < *to {
                let next = (at - at.rem_euclid(60_000) + 60_000).min(*to);
                if open.contains(&date(at)) {
                    *in_line.entry(cell(at)).or_default() += next - at;
                }
                at = next;
            }
        }
        // The number in line is largest just after somebody came, or just after an hour or a day began.
        let hours = (begin..end).step_by(1_800_000);
        for at in spans.iter().map(|s| s.0).chain(hours).filter(|at| (begin..end).contains(at)) {
            let n = spans.iter().filter(|(from, to)| *from <= at && at < *to).count();
            let most = most.entry(cell(at)).or_default();
            *most = n.max(*most);
        }
        let arrivals =
            |c: (u32, u32)| tickets.iter().filter(move |t| local(t).map(|l| (l.1, l.2)) == Some(c));
        let cells: BTreeSet<(u32, u32)> = tickets
            .iter()
            .filter_map(local)
            .map(|l| (l.1, l.2))
            .chain(most.iter().filter(|(_, most)| **most > 0).map(|(cell, _)| *cell))
            .collect();
        for c in cells {
            let waits: Vec<i64> = arrivals(c).filter_map(wait).collect();
            let mean = rate(
                usize::try_from(in_line.get(&c).copied().unwrap_or(0)).unwrap(),
                usize::try_from(exposure.get(&c).copied().unwrap_or(0)).unwrap(),
            );
            let days = open.iter().filter(|day| day.weekday().number_from_monday() == c.0).count();
            rows.push((
                id.clone(),
                format!(
                    "{},{},{},{},{},{},{mean},{},{days}",
                    c.0,
                    c.1,
                    arrivals(c).count(),
                    waits.len(),
                    quantile(&waits, 0.5),
                    quantile(&waits, 0.9),
                    most.get(&c).copied().unwrap_or(0)
                ),
            ));
        }
    }
    rows
}

/// A ticket whose end has no time is in no line, unless its day is that of the run.
fn span(t: &Ticket) -> Option<(i64, i64)> {
    let from = entered(t)?;
    let ends = [t.first_called_at, t.checked_in_at, t.completed_at, t.closed_at];
    let today = local_at(NOW).0;
    let is_today = outcome_of(t) == Outcome::Open && local(t).is_some_and(|l| l.0 == today);
    let to = ends.into_iter().flatten().min().or(is_today.then_some(NOW))?;
    (from < to && to - from <= 86_400_000).then_some((from, to))
}

/// Entered the queue, or was called, checked in or closed after it had entered.
fn came(t: &Ticket) -> bool {
    let cancelled = matches!(t.outcome, Outcome::CancelledByCustomer | Outcome::CancelledByStaff);
    let attended = [t.first_called_at, t.checked_in_at, t.completed_at].iter().any(Option::is_some);
    attended
        || t.outcome == Outcome::Served
        || entered(t).is_some_and(|entered| match t.closed_at {
            Some(closed) => !t.is_booking || closed >= entered,
            None => entered <= NOW && !(t.is_booking && cancelled),
        })
}
