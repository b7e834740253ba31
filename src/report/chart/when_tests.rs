//! Heat maps: every cell, its printed value and its step.

use super::*;
use crate::report::model::{OrganizationReport, Section};
use proptest::prelude::*;

fn cell(
    weekday: u8,
    hour: u8,
    tickets: u64,
    (open_days, waits, median): (u64, u64, f64),
) -> HourCell {
    HourCell {
        weekday,
        hour,
        tickets,
        waits,
        wait_p50_s: (waits > 0).then_some(median),
        wait_p90_s: None,
        line_mean: None,
        line_max: 0,
        open_days,
    }
}

fn report(hourly: Vec<HourCell>) -> OrganizationReport {
    OrganizationReport { all: Section { hourly, ..Section::default() }, ..Default::default() }
}

fn maps(report: &OrganizationReport, target: Option<f64>) -> Vec<(Words, HeatMap)> {
    let scope = Scope { target_minutes: target, ..Scope::overview(report) };
    [arrivals(&scope), waits(&scope)].into_iter().flatten().collect()
}

#[test]
fn hours_follow_each_other_as_they_do_in_a_day_of_the_place() {
    let cell = |hour, tickets| cell(5, hour, tickets, (1, 0, 0.0));
    let bar = [cell(1, 3), cell(4, 0), cell(22, 1), cell(23, 2)];
    assert_eq!(hours_of(&bar, 5), [22, 23, 0, 1]);
    assert_eq!(hours_of(&bar, 0), (1..=23).collect::<Vec<u8>>());
    assert_eq!(hours_of(&[cell(4, 0)], 5), [0_u8; 0]);
}

#[test]
fn means_closed_days_and_days_too_few() {
    let report = report(vec![
        cell(1, 9, 22, (4, 0, 0.0)),
        cell(1, 11, 9, (4, 0, 0.0)),
        // Open on three days: no mean, though these are more.
        cell(2, 10, 300, (3, 0, 0.0)),
        // A booking that was cancelled, on a weekday without an open day.
        cell(7, 10, 1, (0, 0, 0.0)),
    ]);
    let [(words, map)] = &maps(&report, None)[..] else { panic!() };
    assert_eq!(words.title, "Busiest: Monday 09:00 to 10:00, 5.5 tickets an hour");
    assert!(words.caption.contains("fewer than 4 open days"));
    assert_eq!(map.hours, [9, 10, 11]);
    assert_eq!(map.rows[0], Some(vec![Some(5.5), Some(0.0), Some(2.25)]));
    assert_eq!(map.rows[1], Some(vec![None; 3]));
    assert!(map.rows[2..].iter().all(Option::is_none));
    let table = map.table();
    assert_eq!(table.rows[0][1..], ["5.5", "0.0", "2.2"].map(|n| Cell::Number(n.to_owned())));
    assert_eq!(table.rows[6][1..], [const { Cell::Missing }; 3]);
    let drawn = figures(&Scope::overview(&report)).unwrap();
    assert!(drawn[0].drawings[0].elements.contains(">closed<"));
}

#[test]
fn weekdays_outside_of_a_short_window_are_left_out() {
    let cells = |day| (0..8).map(move |h| cell(day, 8 + h, 9, (4, 10, 60.0)));
    let mut report = report(cells(2).chain(cells(4)).collect());
    let weekdays = |report: &OrganizationReport| maps(report, None)[0].1.weekdays.clone();
    assert_eq!(weekdays(&report), [1, 2, 3, 4, 5, 6, 7]);
    // From a Tuesday to a Thursday: the Wednesday between was closed.
    report.first_date = "2021-03-02".parse().ok();
    report.last_date = "2021-03-04".parse().ok();
    assert_eq!(weekdays(&report), [2, 3, 4]);
    let drawn = figures(&Scope::overview(&report)).unwrap();
    assert_eq!(drawn[0].drawings[0].elements.matches(">closed<").count(), 1);
    assert_eq!(drawn[0].table.rows.len(), 3);
    // What is asked for counts, not what was found; and of it what the data reach.
    report.from = "2021-03-01".parse().ok();
    report.to = "2021-03-31".parse().ok();
    assert_eq!(weekdays(&report).len(), 7);
    report.data_through = "2021-03-04T18:00:00".parse().ok();
    assert_eq!(weekdays(&report), [1, 2, 3, 4]);
}

#[test]
fn rows_stand_in_the_order_of_the_week() {
    let mut report = report(vec![cell(1, 9, 4, (4, 0, 0.0)), cell(7, 9, 8, (4, 0, 0.0))]);
    report.week_starts_on = WeekStart::parse("Sunday").unwrap();
    let [(_, map)] = &maps(&report, None)[..] else { panic!() };
    assert_eq!((map.weekdays[0], map.weekdays[1], map.weekdays[6]), (7, 1, 6));
    assert_eq!((&map.rows[0], &map.rows[1]), (&Some(vec![Some(2.0)]), &Some(vec![Some(1.0)])));
}

#[test]
fn waits_need_ten_and_a_claim_six_cells() {
    let cells = |n: u8| (0..n).map(|at| cell(1, 8 + at, 40, (4, 10, 300.0 + f64::from(at))));
    let mut five: Vec<_> = cells(5).collect();
    five.push(cell(2, 9, 40, (4, 9, 9_000.0)));
    let five = report(five);
    let title = |report: &OrganizationReport| maps(report, Some(10.0))[1].0.title.clone();
    assert_eq!(title(&five), "Only 5 hours of the week with 10 waits or more: too few to compare");
    let six = report(cells(6).collect());
    assert_eq!(title(&six), "Longest waits: Monday 13:00 to 14:00, median 5 min 5 s");
    assert_eq!(maps(&report(vec![cell(1, 8, 40, (4, 9, 60.0))]), None).len(), 1);
}

#[test]
fn the_two_darkest_steps_mean_over_target() {
    let cells = |value: f64| report((0..8).map(|h| cell(1, 8 + h, 9, (4, 10, value))).collect());
    for (minutes, target, step) in [
        (0.0, 10.0, 0),
        (4.0, 10.0, 0),
        (4.1, 10.0, 1),
        (10.0, 10.0, 3),
        (10.1, 10.0, 4),
        (15.0, 10.0, 4),
        (15.1, 10.0, 5),
        (9.0, 7.5, 4),
    ] {
        let report = cells(minutes * 60.0);
        let map = &maps(&report, Some(target))[1].1;
        assert_eq!(map.step(minutes), step, "{minutes} of {target}");
    }
    // Without a target, the steps are round, and the darkest is used.
    let map = &maps(&cells(47.0 * 60.0), None)[1].1;
    assert_eq!(map.edges, [7.5, 15.0, 22.5, 30.0, 37.5]);
    assert_eq!((map.step(0.0), map.step(7.5), map.step(47.0)), (0, 0, 5));
    assert_eq!(even_steps(1.52), [0.25, 0.5, 0.75, 1.0, 1.25]);
}

#[test]
fn numbers_in_cells() {
    assert_eq!([0.0, 0.4, 0.6, 1_234.4].map(|v| printed(v, 0)), ["0", "<1", "1", "1,234"]);
    assert_eq!([0.04, 9.96, 1_234.4].map(|v| printed(v, 1)), ["0.0", "10.0", "1,234"]);
    assert!(read("<1") > 0.0 && read("<1") < 1.0 && (read("1,234") - 1_234.0).abs() < 1e-9);
}

proptest! {
    #[test]
    fn steps_are_as_many_as_can_be(most in 0.05..9_000.0_f64) {
        let edges = even_steps(most);
        prop_assert!((3..=5).contains(&edges.len()) && *edges.last().unwrap() < most);
        prop_assert!(most <= edges[0] * 6.6 + 1e-9);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Any hours and sizes: each value is printed, and nothing overlaps.
    #[test]
    fn any_map_can_be_read(
        cells in prop::collection::btree_map((1_u8..8, 0_u8..24), (0_u64..60, 0_u64..30, 0.0..9_000.0_f64), 1..120),
        factor in prop::sample::select(vec![1_u64, 40, 900]),
        first in 0_u8..24,
        target in prop::option::of(0.5..90.0_f64),
    ) {
        let hourly = cells.iter().map(|((day, hour), (n, waits, wait))| {
            cell(*day, *hour, n * factor, (4, *waits, *wait))
        });
        let report = report(hourly.collect());
        let scope = Scope { target_minutes: target, first_hour: first, ..Scope::overview(&report) };
        let expected = maps(&report, target).len();
        let figures = figures(&scope).unwrap();
        prop_assert_eq!(figures.len(), expected);
        for figure in &figures {
            super::super::tests::check(figure);
            let cells = figure.table.rows.iter().flat_map(|row| &row[1..]);
            let values = cells.filter(|cell| matches!(cell, Cell::Number(_))).count();
            let white = "fill=\"#FEFEFE\"";
            for drawing in &figure.drawings {
                let all = drawing.elements.matches(white).count()
                    + drawing.elements.matches("fill=\"#1B1E24\"").count();
                prop_assert_eq!(all, values);
            }
        }
    }
}
