//! Waits, arrivals and the line by hour: what is drawn is what the section says.

use super::*;
use crate::report::model::{LocationReport, OrganizationReport, Section};
use proptest::prelude::*;

fn hour(hour: u8, tickets: u64, (waits, p50, p90): (u64, f64, f64), line: (f64, u64)) -> HourOfDay {
    HourOfDay {
        hour,
        tickets,
        waits,
        wait_p50_s: (waits > 0).then_some(p50),
        wait_p90_s: (waits > 0).then_some(p90),
        line_mean: Some(line.0),
        line_max: line.1,
        open_days: 20,
    }
}

fn place(hours: Vec<HourOfDay>, open_days: u64) -> LocationReport {
    let hours = hours.into_iter().map(|hour| HourOfDay { open_days, ..hour });
    let section = Section { hours: hours.collect(), ..Section::default() };
    LocationReport { target_minutes: 10.0, section, ..LocationReport::default() }
}

fn titles(hours: Vec<HourOfDay>, open_days: u64) -> Vec<String> {
    let (report, place) = (OrganizationReport::default(), place(hours, open_days));
    let all = figures(&Scope::location(&report, &place)).unwrap();
    all.into_iter().map(|figure| figure.words.title).collect()
}

fn day(n: u8) -> Vec<HourOfDay> {
    let of =
        |at: u8| hour(9 + at, 40, (30, 500.0 + f64::from(at % 4), 900.0), (0.3 * f64::from(at), 7));
    (0..n).map(of).collect()
}

#[test]
fn the_longest_hours_are_named() {
    // 12:00 and 16:00 are equal: the first.
    assert_eq!(
        titles(day(8), 20),
        [
            "Longest between 12:00 and 13:00: half wait 8 min 23 s or more",
            "The line is longest between 16:00 and 17:00: 2.1 tickets on average, 7 at most",
        ]
    );
    assert_eq!(
        titles(day(5), 20)[0],
        "Only 5 hours of the day with 10 waits or more: too few to compare"
    );
    assert_eq!(
        titles(day(8), 9)[1],
        "Line over 9 open days: 2.1 tickets on average in its longest hour, 7 at most"
    );
    let mut calm = day(8);
    for hour in &mut calm {
        hour.line_mean = hour.line_mean.map(|mean| mean / 10.0);
    }
    assert_eq!(
        titles(calm, 20)[1],
        "Hardly ever a line: 7 tickets at most, and 0.2 on average even between 16:00 and 17:00"
    );
}

#[test]
fn what_too_few_waits_or_no_line_leave_out() {
    let few: Vec<_> = (8..18).map(|at| hour(at, 9, (9, 60.0, 90.0), (0.0, 0))).collect();
    assert!(titles(few, 20).is_empty());
    assert!(titles(Vec::new(), 20).is_empty());
    // Lines of several places add up to nothing.
    let mut report = OrganizationReport::default();
    report.all.hours = day(8);
    let ids: Vec<&str> =
        figures(&Scope::overview(&report)).unwrap().iter().map(|figure| figure.words.id).collect();
    assert_eq!(ids, ["wait-by-hour"]);
}

#[test]
fn the_table_has_what_is_plotted() {
    let report = OrganizationReport::default();
    let mut hours = day(7);
    hours[1].waits = 9;
    hours[2].waits = 35;
    hours[3].waits = 36;
    hours.remove(4);
    let place = place(hours, 20);
    let all = figures(&Scope::location(&report, &place)).unwrap();
    let text = |cell: &Cell| match cell {
        Cell::Text(text) | Cell::Number(text) => text.clone(),
        Cell::Missing => "-".to_owned(),
    };
    let rows: Vec<Vec<String>> =
        all[0].table.rows.iter().map(|row| row.iter().map(text).collect()).collect();
    assert_eq!(rows[0], ["09:00 to 10:00", "8.3", "-", "30", "2.0", "40"]);
    assert_eq!(rows[1][1..4], ["-", "-", "9"]);
    assert_eq!(rows[2][1..4], ["8.4", "-", "35"]);
    assert_eq!(rows[3][1..4], ["8.4", "15.0", "36"]);
    // An hour in which nothing happened.
    assert_eq!(rows[4], ["13:00 to 14:00", "-", "-", "0", "0.0", "0"]);
    let line: Vec<String> = all[1].table.rows[4].iter().map(text).collect();
    assert_eq!(line, ["13:00 to 14:00", "0.0", "0"]);
}

#[test]
fn hours_stand_in_the_order_of_the_day() {
    let mut report = OrganizationReport::default();
    report.all.hours = [0, 1, 22, 23].map(|at| hour(at, 5, (20, 60.0, 90.0), (0.0, 0))).to_vec();
    let scope = Scope { first_hour: 5, ..Scope::overview(&report) };
    let hours: Vec<u8> = Day::of(&scope, |hour| hour.tickets > 0)
        .unwrap()
        .hours
        .iter()
        .map(|hour| hour.hour)
        .collect();
    assert_eq!(hours, [22, 23, 0, 1]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_hours_can_be_read(
        hours in prop::collection::btree_map(0_u8..24, (0_u64..90_000, 0_u64..60, 0.0..9_000.0_f64, 0.0..90.0_f64, 0_u64..200), 1..24),
        first in 0_u8..24,
        open_days in 0_u64..40,
    ) {
        let hours = hours.into_iter().map(|(at, (tickets, waits, wait, mean, most))| {
            hour(at, tickets, (waits, wait, wait * 2.0), (mean.min(count(most)), most))
        });
        let (report, place) = (OrganizationReport::default(), place(hours.collect(), open_days));
        let scope = Scope { first_hour: first, ..Scope::location(&report, &place) };
        for figure in figures(&scope).unwrap() {
            super::super::tests::check(&figure);
        }
    }
}
