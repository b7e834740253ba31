//! Which days are drawn, how, and what the title says of them.

use super::*;
use crate::report::fixture::report;
use crate::report::model::{Figures, OrganizationReport};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Tickets of days from 8 March 2021 on; the data end on 4 April, 18:40, and 3 April is the last whole day.
fn of(counts: &[u64]) -> OrganizationReport {
    let mut report = report("o", &["A"], 1);
    let date = |at| day("2021-03-08").checked_add_days(Days::new(at)).unwrap();
    let daily = (0..).zip(counts).filter(|(_, n)| **n > 0);
    report.all.daily = daily
        .map(|(at, n)| {
            let open = if at > 27 { n / 2 } else { 0 };
            (Some(date(at)), Figures { tickets: *n, open, ..Figures::default() })
        })
        .collect();
    report.all.daily.insert(0, (None, Figures { tickets: 1_000, ..Figures::default() }));
    report
}

fn drawn(report: &OrganizationReport) -> Option<Figure> {
    let mut figures = figures(&Scope::overview(report)).unwrap();
    figures.iter().for_each(super::super::tests::check);
    figures.pop()
}

fn title(report: &OrganizationReport) -> Option<String> {
    drawn(report).map(|figure| figure.words.title)
}

/// Four weeks, Sundays closed, the last day running; then bookings.
fn ordinary() -> Vec<u64> {
    let mut counts: Vec<u64> = (0..28).map(|at| if at % 7 == 6 { 0 } else { 20 + at }).collect();
    counts[27] = 9;
    counts[16] = 94;
    counts.extend([0, 12, 30, 0, 8]);
    counts
}

#[test]
fn days_are_over_running_or_ahead() {
    let report = of(&ordinary());
    let figure = drawn(&report).unwrap();
    assert_eq!(
        figure.words.title,
        "Busiest day: Wednesday 24 Mar, with 94 tickets; 25 are booked for 6 to 9 Apr"
    );
    let rows = &figure.table.rows;
    // 28 days less three closed Sundays; three days with bookings.
    assert_eq!(rows.len(), 28 - 3 + 3);
    let state = |at: usize| (rows[at][0].clone(), rows[at][1].clone(), rows[at][2].clone());
    let of = |a: &str, n: &str, b: &str| (Cell::text(a), Cell::Number(n.into()), Cell::text(b));
    assert_eq!(state(23), of("2021-04-03", "46", "over"));
    assert_eq!(state(24), of("2021-04-04", "9", "not over, or in part"));
    assert_eq!(state(25), of("2021-04-06", "6", "booked ahead"));
    assert!(figure.words.caption.starts_with("Gaps: 3 days without a ticket."));
    assert!(figure.words.subtitle.contains("outlined: booked ahead"));
    let wide = &figure.drawings[0].elements;
    assert!(wide.contains("data through 4 Apr, 18:40") && wide.contains(">booked ahead<"));
    let widths: Vec<f64> = figure.drawings.iter().map(|drawing| drawing.width).collect();
    assert_eq!(widths, [1_080.0, 680.0, 340.0]);
}

#[test]
fn titles_of_few_days() {
    assert_eq!(title(&of(&[])), None);
    assert_eq!(title(&of(&[5])).as_deref(), Some("Monday 8 Mar: 5 tickets"));
    assert_eq!(
        title(&of(&[5, 4, 5, 5])).as_deref(),
        Some("Busiest days: Monday 8 Mar and 2 others, with 5 tickets each")
    );
    let mut ahead = vec![0; 28];
    ahead.push(2);
    assert_eq!(title(&of(&ahead)).as_deref(), Some("1 ticket booked for 5 Apr"));
    // A day ahead on which all is cancelled has no bar.
    ahead[28] = 1;
    assert_eq!(title(&of(&ahead)), None);
    assert_eq!(range((day("2021-03-30"), day("2021-04-02"))), "30 Mar to 2 Apr");
}

#[test]
fn what_is_far_ahead_is_counted_and_not_drawn() {
    let mut counts = ordinary();
    counts.resize(100, 0);
    counts[90] = 6;
    let figure = drawn(&of(&counts)).unwrap();
    assert!(figure.words.title.ends_with("25 are booked for 6 to 9 Apr"));
    assert!(figure.words.caption.contains("3 more are booked for later."));
}

#[test]
fn years_are_drawn_by_week() {
    let mut report = of(&[]);
    let first = day("2019-01-01");
    let all = first.iter_days().take_while(|date| *date <= day("2021-04-10"));
    report.all.daily = all
        .map(|date| (Some(date), Figures { tickets: 10, open: 10, ..Figures::default() }))
        .collect();
    report.all.daily[100].1.tickets = 50;
    report.from = Some(first);
    let figure = drawn(&report).unwrap();
    assert_eq!(
        figure.words.title,
        "Busiest day: Thursday 11 Apr 2019, with 50 tickets; 60 are booked for 5 to 10 Apr"
    );
    let rows = &figure.table.rows;
    let of = |a: &str, n: &str, b: &str| vec![Cell::text(a), Cell::Number(n.into()), Cell::text(b)];
    // The first week began on New Year's Eve, before the window.
    assert_eq!(rows[0], of("2018-12-31 to 2019-01-06", "60", "not over, or in part"));
    assert_eq!(rows[1], of("2019-01-07 to 2019-01-13", "70", "over"));
    assert_eq!(rows[14], of("2019-04-08 to 2019-04-14", "110", "over"));
    // 118 weeks to 4 April, the one booked, and the 31 days of the narrow drawing.
    assert_eq!(rows.len(), 118 + 1 + 31);
    assert_eq!(rows[117], of("2021-03-29 to 2021-04-04", "70", "not over, or in part"));
    assert_eq!(rows[118], of("2021-04-05 to 2021-04-11", "60", "booked ahead"));
    // Weeks that begin on Sundays: what came of the last one, and what is booked in it, stand on each other.
    report.week_starts_on = WeekStart::parse("Sunday").unwrap();
    let scope = Scope::overview(&report);
    let bars = weeks(&days(&scope), &scope);
    let [came, ahead] = bars.last_chunk().unwrap();
    assert_eq!((came.first, came.tickets, came.state), (day("2021-04-04"), 10, State::Partial));
    assert_eq!((ahead.first, ahead.tickets, ahead.base), (day("2021-04-04"), 60, 10));
}
