//! Which weeks are full, and what stands in their lines.

use super::*;
use crate::statistics::what_changed::Measure;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn served_on(days: &[&str]) -> OrganizationReport {
    let mut report = OrganizationReport::default();
    let served = Figures { tickets: 3, served: 3, ..Figures::default() };
    report.all.daily = days.iter().map(|date| (Some(day(date)), served.clone())).collect();
    report
}

fn shown(report: &OrganizationReport) -> Vec<String> {
    let weeks = FullWeeks::of(report, None).map(FullWeeks::shown).unwrap_or_default();
    weeks.iter().map(ToString::to_string).collect()
}

#[test]
fn the_running_week_and_the_one_in_which_an_archive_begins_are_not_full() {
    // 2021-03-01 is a Monday, 2021-03-24 a Wednesday.
    let mut report = served_on(&["2021-03-01", "2021-03-07", "2021-03-24"]);
    report.last_whole = Some(day("2021-03-23"));
    assert_eq!(shown(&report), ["2021-03-01", "2021-03-08", "2021-03-15"]);
    // The data reach further than the last visit, as where a booking was cancelled in advance.
    report.last_whole = Some(day("2021-04-28"));
    assert_eq!(shown(&report).last().unwrap(), "2021-03-15");
    report.all.daily.push((Some(day("2021-03-28")), Figures { walk_ins: 1, ..Figures::default() }));
    assert_eq!(shown(&report).last().unwrap(), "2021-03-22");
    // The archive begins on a Thursday.
    let mut report = served_on(&["2021-03-04", "2021-03-24"]);
    report.last_whole = Some(day("2021-03-23"));
    assert_eq!(shown(&report), ["2021-03-08", "2021-03-15"]);
    let weeks = FullWeeks::of(&report, None).unwrap();
    assert_eq!(weeks.words(), "2 full weeks, 8 March 2021 to 21 March 2021");
    assert!(weeks.has(day("2021-03-15")) && !weeks.has(day("2021-03-22")));
    assert!(!weeks.has(day("2021-03-01")));
    report.last_whole = None;
    assert_eq!(FullWeeks::of(&report, None), None);
    assert_eq!(FullWeeks::of(&OrganizationReport::default(), None), None);
}

#[test]
fn weeks_lie_in_the_window() {
    let mut report = served_on(&["2021-03-01", "2021-04-30"]);
    report.last_whole = Some(day("2021-04-29"));
    report.from = Some(day("2021-03-09"));
    report.to = Some(day("2021-03-28"));
    assert_eq!(shown(&report), ["2021-03-15", "2021-03-22"]);
    // Of a window that begins with a holiday, weeks before it say that the archive is older.
    let mut report = served_on(&["2021-03-09", "2021-03-15", "2021-04-30"]);
    report.last_whole = Some(day("2021-03-21"));
    report.from = Some(day("2021-03-08"));
    assert_eq!(shown(&report), ["2021-03-15"]);
    report.all.control = vec![crate::report::model::ControlRow {
        measure: Measure::Wait,
        from: day("2021-03-01"),
        value: 1.0,
        n: 10,
        limits: None,
        signal: None,
        complete: true,
    }];
    assert_eq!(shown(&report), ["2021-03-08", "2021-03-15"]);
}

#[test]
fn weeks_may_begin_on_another_day() {
    let mut report = served_on(&["2021-02-28", "2021-03-13"]);
    report.week_starts_on = WeekStart::parse("Sunday").unwrap();
    report.last_whole = Some(day("2021-03-13"));
    assert_eq!(shown(&report), ["2021-02-28", "2021-03-07"]);
    report.last_whole = Some(day("2021-03-12"));
    assert_eq!(shown(&report), ["2021-02-28"]);
}

#[test]
fn at_most_so_many_are_shown_and_a_week_without_a_ticket_is_a_gap() {
    let mut report = served_on(&["2020-01-06", "2021-03-24"]);
    report.last_whole = Some(day("2021-03-21"));
    assert_eq!(shown(&report).len(), SHOWN);
    let week = |first: &str, tickets| (Some(day(first)), Figures { tickets, ..Figures::default() });
    let weekly = vec![week("2021-03-01", 5), week("2021-03-15", 7), week("2021-03-22", 9)];
    let section = Section { weekly, ..Section::default() };
    let values = FullWeeks::of(&report, None).unwrap().values(&section, tickets);
    assert_eq!(values[SHOWN - 3..], [Some(5.0), None, Some(7.0)]);
}

#[test]
fn bookings_made_ahead_are_no_visits() {
    let row = |text: &str, served| {
        (Some(day(text)), Figures { tickets: 3, open: 3 - served, served, ..Figures::default() })
    };
    let mut report = OrganizationReport::default();
    assert_eq!(served_days(&report), None);
    report.all.daily = vec![
        (None, Figures { served: 5, ..Figures::default() }),
        row("2021-03-01", 0),
        row("2021-03-02", 3),
        row("2021-03-21", 2),
        row("2021-05-30", 0),
    ];
    assert_eq!(served_days(&report), Some((day("2021-03-02"), day("2021-03-21"))));
    // Open on Tuesdays and Sundays only.
    let span = |first, last| Some((day(first), day(last)));
    assert_eq!(covered(&report), span("2021-03-01", "2021-03-22"));
    report.all.daily.truncate(3);
    assert_eq!(covered(&report), span("2021-03-02", "2021-03-02"));
    // Nobody was served, and who came without a booking was there.
    report.all.daily[2].1 = Figures { tickets: 2, walk_ins: 1, ..Figures::default() };
    assert_eq!(covered(&report), span("2021-03-02", "2021-03-02"));
    report.all.daily[2].1.walk_ins = 0;
    assert_eq!(covered(&report), None);
}
