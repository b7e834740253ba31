//! The full weeks behind the small lines of key figures.
//!
//! A week is full if visits were served on or before its first day and on or after its last; weekdays on which nobody is
//! ever served do not count. The week in which an archive begins, the current week, and weeks with nothing but bookings
//! made ahead are left out.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate};

use crate::calendar::WeekStart;
use crate::report::model::{Figures, OrganizationReport, Section};

/// Number of weeks in a sparkline.
const SHOWN: u64 = 26;

/// First and last day with a served visit, at any location.
pub(super) fn served_days(report: &OrganizationReport) -> Option<(NaiveDate, NaiveDate)> {
    let mut days = report
        .all
        .daily
        .iter()
        .filter(|(_, figures)| figures.served > 0)
        .filter_map(|(date, _)| *date);
    let first = days.next()?;
    Some((first, days.next_back().unwrap_or(first)))
}

/// The first and last day that full weeks may span: the days with service, and the closed weekdays around them.
pub(super) fn covered_days(report: &OrganizationReport) -> Option<(NaiveDate, NaiveDate)> {
    let (mut first, mut last) = served_days(report)?;
    // In less than two weeks, a closed weekday looks the same as a missing day.
    if (last - first).num_days() < 13 {
        return Some((first, last));
    }
    let open: BTreeSet<u32> = report
        .all
        .daily
        .iter()
        .filter(|(_, figures)| figures.served > 0)
        .filter_map(|(date, _)| date.map(|date| date.weekday().num_days_from_monday()))
        .collect();
    let is_closed = |date: &NaiveDate| !open.contains(&date.weekday().num_days_from_monday());
    // At least one weekday is open, so both end within a week.
    while let Some(before) = first.pred_opt().filter(is_closed) {
        first = before;
    }
    while let Some(after) = last.succ_opt().filter(is_closed) {
        last = after;
    }
    Some((first, last))
}

/// The full weeks of a section, as a small line in a key figure shows them.
pub(super) struct Weeks<'a> {
    /// Oldest first; `None` for one without a ticket here.
    shown: Vec<Option<&'a Figures>>,
}

impl<'a> Weeks<'a> {
    /// The full weeks of a section within these days; `None` if there are fewer than two with tickets, or the last has none.
    pub(super) fn of(
        section: &'a Section,
        starts_on: WeekStart,
        days: Option<(NaiveDate, NaiveDate)>,
    ) -> Option<Self> {
        let (first, through) = days?;
        let row = |begin: NaiveDate| {
            let row = section.weekly.iter().find(|(first, _)| *first == Some(begin));
            row.map(|(_, figures)| figures)
        };
        let after = through.checked_add_days(Days::new(1))?;
        let newest = starts_on.first_of(after).checked_sub_days(Days::new(7))?;
        let begins: Vec<NaiveDate> = (0..SHOWN)
            .map_while(|weeks| newest.checked_sub_days(Days::new(7 * weeks)))
            .take_while(|begin| *begin >= first)
            .collect();
        row(*begins.first()?)?;
        let shown: Vec<Option<&Figures>> = begins.iter().rev().map(|begin| row(*begin)).collect();
        (shown.iter().flatten().count() > 1).then_some(Self { shown })
    }

    /// The value of each full week, oldest first.
    pub(super) fn values(&self, of: fn(&Figures) -> Option<f64>) -> Vec<Option<f64>> {
        self.shown.iter().map(|figures| figures.and_then(of)).collect()
    }
}

/// The number of tickets, as a value to compare.
#[expect(clippy::cast_precision_loss, reason = "counts of tickets")]
pub(super) fn tickets(f: &Figures) -> Option<f64> {
    Some(f.tickets as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso_weeks(section: &Section, days: Option<(NaiveDate, NaiveDate)>) -> Option<Weeks<'_>> {
        Weeks::of(section, WeekStart::default(), days)
    }

    fn week(tickets: u64, wait: f64) -> Figures {
        Figures { tickets, wait_p50_s: Some(wait), lost_rate: Some(0.2), ..Figures::default() }
    }

    fn section(weeks: &[(u32, Figures)]) -> Section {
        let name = |n: &u32| NaiveDate::from_isoywd_opt(2021, *n, chrono::Weekday::Mon);
        let weekly = weeks.iter().map(|(n, figures)| (name(n), figures.clone())).collect();
        Section { weekly, ..Section::default() }
    }

    fn days(first: &str, through: &str) -> Option<(NaiveDate, NaiveDate)> {
        Some((first.parse().unwrap(), through.parse().unwrap()))
    }

    #[test]
    fn the_last_full_week_against_those_before() {
        let section = section(&[
            (9, week(100, 300.0)),
            (10, week(120, 360.0)),
            (11, week(99, 390.0)),
            (12, week(3, 10.0)),
        ]);
        // 2021-03-24 is a Wednesday of week 12, so week 11 is the last full one; 2021-03-01 is the Monday of week 9.
        let weeks = iso_weeks(&section, days("2021-03-01", "2021-03-24")).unwrap();
        assert_eq!(weeks.values(tickets), [Some(100.0), Some(120.0), Some(99.0)]);
        let to_sunday = iso_weeks(&section, days("2021-03-01", "2021-03-28")).unwrap();
        assert_eq!(to_sunday.values(tickets).last(), Some(&Some(3.0)));
        assert!(iso_weeks(&section, days("2021-03-01", "2021-03-08")).is_none());
        assert!(iso_weeks(&section, None).is_none());
    }

    #[test]
    fn weeks_may_begin_on_another_day() {
        let starts_on = WeekStart::parse("Sunday").unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let weekly = vec![
            (day("2021-02-28"), week(100, 300.0)),
            (day("2021-03-07"), week(103, 300.0)),
            (day("2021-03-14"), week(1, 300.0)),
        ];
        let section = Section { weekly, ..Section::default() };
        // Saturday 13 March ends the second week.
        let weeks = Weeks::of(&section, starts_on, days("2021-02-28", "2021-03-13")).unwrap();
        assert_eq!(weeks.values(tickets), [Some(100.0), Some(103.0)]);
        // A day less on either side, and there is only one full week.
        assert!(Weeks::of(&section, starts_on, days("2021-03-01", "2021-03-13")).is_none());
        assert!(Weeks::of(&section, starts_on, days("2021-02-28", "2021-03-12")).is_none());
    }

    #[test]
    fn a_week_that_begins_in_the_middle_is_no_week() {
        let section =
            section(&[(9, week(5, 300.0)), (10, week(120, 360.0)), (11, week(99, 390.0))]);
        // The archive begins on a Thursday: week 9 has three days only.
        let weeks = iso_weeks(&section, days("2021-03-04", "2021-03-21")).unwrap();
        assert_eq!(weeks.values(tickets), [Some(120.0), Some(99.0)]);
    }

    #[test]
    fn bookings_made_ahead_are_no_visits() {
        let day = |text: &str, served| {
            (text.parse().ok(), Figures { tickets: 3, served, ..Figures::default() })
        };
        let mut report = OrganizationReport::default();
        assert_eq!(served_days(&report), None);
        report.all.daily = vec![
            (None, Figures { served: 5, ..Figures::default() }),
            day("2021-03-01", 0),
            day("2021-03-02", 3),
            day("2021-03-21", 2),
            day("2021-05-30", 0),
        ];
        assert_eq!(served_days(&report), days("2021-03-02", "2021-03-21"));
        // Open on Tuesdays and Sundays only.
        assert_eq!(covered_days(&report), days("2021-03-01", "2021-03-22"));
        report.all.daily.truncate(3);
        assert_eq!(covered_days(&report), days("2021-03-02", "2021-03-02"));
    }
}
