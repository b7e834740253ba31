//! The hours of the week and the line as plain loops, for the oracle: nothing here calls the program's own arithmetic.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use queuestat::metric::Table;
use queuestat::report::csv::to_csv;
use queuestat::ticket::{Outcome, Ticket};

use crate::naive::{NOW, entered, local, local_at, outcome_of, quantile, rate, wait};

/// The rows of `hourly.csv`.
pub(crate) fn hourly(groups: &BTreeMap<String, Vec<Ticket>>) -> Vec<(String, String)> {
    groups.iter().flat_map(|(id, tickets)| of(id, &[tickets], false)).collect()
}

/// Compares `hours.csv`: the hours of all weekdays together, of all locations together (without an id) and of each.
pub(crate) fn check_hours(table: &Table<'_>, groups: &BTreeMap<String, Vec<Ticket>>) {
    let all: Vec<&Vec<Ticket>> = groups.values().collect();
    let mut expected = of("", &all, true);
    expected.extend(groups.iter().flat_map(|(id, tickets)| of(id, &[tickets], true)));
    let text = String::from_utf8(to_csv(table)).unwrap();
    let got = text.lines().skip(1).map(|line| {
        // Behind the last quote stand the numbers; without a location, two empty cells before them.
        let (keys, rest) = line.split_at(line.rfind('"').unwrap());
        match rest.strip_prefix("\",,,") {
            Some(rest) => (String::new(), rest.to_owned()),
            None => (keys.rsplit('"').next().unwrap().to_owned(), rest[2..].to_owned()),
        }
    });
    let mut got: Vec<(String, String)> = got.collect();
    assert!(got.iter().any(|row| row.0.is_empty()) && got.len() > 24);
    got.sort();
    expected.sort();
    assert_eq!(got, expected, "hours");
}

/// The hours of some locations together; of each weekday, or of all (`every_day`).
///
/// The line second by second is too slow; minute pieces of every ticket are exact enough to be exact: all borders of
/// hours are whole minutes, so each ticket's time is cut at them.
fn of(id: &str, places: &[&Vec<Ticket>], every_day: bool) -> Vec<(String, String)> {
    let date = |ms: i64| local_at(ms).0;
    let of_week = |weekday: u32, hour: u32| (if every_day { 0 } else { weekday }, hour);
    let cell = |ms: i64| {
        let (_, weekday, hour) = local_at(ms);
        of_week(weekday, hour)
    };
    let tickets: Vec<&Ticket> = places.iter().copied().flatten().collect();
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
    // Means are over the days on which at least one ticket came.
    let open: BTreeSet<NaiveDate> =
        tickets.iter().copied().filter(|t| came(t)).filter_map(local).map(|l| l.0).collect();
    let mut exposure: BTreeMap<(u32, u32), i64> = BTreeMap::new();
    for day in &open {
        for (cell, ms) in length_of(*day) {
            *exposure.entry(cell).or_default() += ms;
        }
    }
    let spans: Vec<(i64, i64)> = tickets.iter().copied().filter_map(span).collect();
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
    let begins = spans.iter().map(|s| s.0).chain(hours);
    for at in begins.filter(|at| (begin..end).contains(at)) {
        // Nobody stands in the lines of two places.
        for place in places {
            let mine = place.iter().filter_map(span);
            let n = mine.filter(|(from, to)| *from <= at && at < *to).count();
            let most = most.entry(cell(at)).or_default();
            *most = n.max(*most);
        }
    }
    let arrivals = |c: (u32, u32)| {
        tickets.iter().copied().filter(move |t| local(t).map(|l| of_week(l.1, l.2)) == Some(c))
    };
    let cells: BTreeSet<(u32, u32)> = tickets
        .iter()
        .copied()
        .filter_map(local)
        .map(|l| of_week(l.1, l.2))
        .chain(most.iter().filter(|(_, most)| **most > 0).map(|(cell, _)| *cell))
        .collect();
    for c in cells {
        let waits: Vec<i64> = arrivals(c).filter_map(wait).collect();
        let mean = rate(
            usize::try_from(in_line.get(&c).copied().unwrap_or(0)).unwrap(),
            usize::try_from(exposure.get(&c).copied().unwrap_or(0)).unwrap(),
        );
        let is_one = |day: &&NaiveDate| every_day || day.weekday().number_from_monday() == c.0;
        let days = open.iter().filter(is_one).count();
        let weekday = if every_day { String::new() } else { format!("{},", c.0) };
        rows.push((
            id.to_owned(),
            format!(
                "{weekday}{},{},{},{},{},{mean},{},{days}",
                c.1,
                arrivals(c).count(),
                waits.len(),
                quantile(&waits, 0.5),
                quantile(&waits, 0.9),
                most.get(&c).copied().unwrap_or(0)
            ),
        ));
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
