//! Compares the last full week with the weeks before it.
//!
//! A week is full if visits were served on or before its first day and on or after its last; weekdays on which nobody is
//! ever served do not count. The week in which an archive begins, the current week, and weeks with nothing but bookings
//! made ahead are left out.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate};

use crate::calendar::WeekStart;
use crate::report::chart::duration;
use crate::report::model::{FEW, Figures, OrganizationReport, Section};
use crate::report::text::{grouped, week, week_of_year};

/// Number of weeks that a week is compared with.
const BEFORE: u64 = 4;

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

/// The last full week of a section, and the weeks before it.
pub(super) struct Weeks<'a> {
    starts_on: WeekStart,
    /// First day of the last full week.
    first: NaiveDate,
    last: &'a Figures,
    /// Those of up to four weeks before it that had tickets here.
    before: Vec<&'a Figures>,
    /// How many full weeks they were taken from.
    of: usize,
    /// All full weeks of the sparkline, oldest first.
    shown: Vec<Option<&'a Figures>>,
}

impl<'a> Weeks<'a> {
    /// The full weeks of a section within these days; `None` if there are fewer than two.
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
        let last = row(*begins.first()?)?;
        let compared: Vec<_> = begins.iter().skip(1).take(usize::try_from(BEFORE).ok()?).collect();
        let before: Vec<&Figures> = compared.iter().filter_map(|begin| row(**begin)).collect();
        (!before.is_empty()).then(|| Self {
            starts_on,
            first: newest,
            last,
            before,
            of: compared.len(),
            shown: begins.iter().rev().map(|begin| row(*begin)).collect(),
        })
    }

    /// The value of each full week, oldest first.
    pub(super) fn values(&self, of: fn(&Figures) -> Option<f64>) -> Vec<Option<f64>> {
        self.shown.iter().map(|figures| figures.and_then(of)).collect()
    }

    /// The value of the last week minus the mean of the weeks before.
    fn difference(&self, of: impl Fn(&Figures) -> Option<f64>) -> Option<f64> {
        let earlier: Vec<f64> = self.before.iter().filter_map(|figures| of(figures)).collect();
        if earlier.is_empty() {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "at most four weeks")]
        let mean = earlier.iter().sum::<f64>() / earlier.len() as f64;
        Some(of(self.last)? - mean)
    }

    /// The change of a value, as text; `n` is its sample size in the last week, and `show` formats the difference.
    pub(super) fn change(
        &self,
        of: fn(&Figures) -> Option<f64>,
        n: fn(&Figures) -> u64,
        show: fn(f64) -> String,
    ) -> Option<String> {
        self.difference(of).map(|d| {
            let difference = show(d).replace('-', "−");
            let week = week_of_year(self.starts_on, self.first);
            let few = if n(self.last) < FEW { " (few)" } else { "" };
            format!("{week}: {difference} vs before{few}")
        })
    }

    /// What changed, as a sentence.
    pub(super) fn sentence(&self) -> Option<String> {
        let difference = self.difference(tickets)?;
        let mut parts = vec![match rounded(difference) {
            0 => "about as many tickets".to_owned(),
            n => {
                let more = if difference < 0.0 { "fewer" } else { "more" };
                format!("{} {more} ticket{}", grouped(n), if n == 1 { "" } else { "s" })
            }
        }];
        if let Some(wait) = self.difference(|f| f.wait_p50_s).filter(|d| d.abs() >= 0.5) {
            let longer = if wait < 0.0 { "shorter" } else { "longer" };
            parts.push(format!("a median wait {} {longer}", duration(wait.abs())));
        }
        if let Some(lost) = self.difference(|f| f.lost_rate).filter(|d| d.abs() >= 0.0005) {
            let higher = if lost < 0.0 { "lower" } else { "higher" };
            parts.push(format!("a share of lost visits {:.1} points {higher}", lost.abs() * 100.0));
        }
        let last = parts.pop()?;
        let list = if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) };
        let than = match (self.before.len(), self.of) {
            (1, 1) => "the week before".to_owned(),
            (n, of) if n == of => format!("the mean of the {n} weeks before"),
            (1, of) => format!("the only one of the {of} weeks before that had tickets"),
            (n, of) => format!("the mean of the {n} of the {of} weeks before that had tickets"),
        };
        let article = if self.starts_on.is_iso() { "" } else { "the " };
        let week = week(self.starts_on, self.first);
        Some(format!("What changed: {article}{week} had {list}, compared with {than}."))
    }
}

/// The number of tickets, as a value to compare.
#[expect(clippy::cast_precision_loss, reason = "counts of tickets")]
pub(super) fn tickets(f: &Figures) -> Option<f64> {
    Some(f.tickets as f64)
}

/// A difference of counts, rounded and without its sign.
fn rounded(difference: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of tickets"
    )]
    let whole = difference.abs().round() as u64;
    whole
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
        assert_eq!(
            weeks.sentence().unwrap(),
            "What changed: 2021 week 11 had 11 fewer tickets and a median wait 1 min longer, compared with the mean of the 2 weeks before."
        );
        assert_eq!(weeks.values(tickets), [Some(100.0), Some(120.0), Some(99.0)]);
        let to_sunday = iso_weeks(&section, days("2021-03-01", "2021-03-28")).unwrap();
        assert_eq!(to_sunday.first, "2021-03-22".parse().unwrap());
        assert!(iso_weeks(&section, days("2021-03-01", "2021-03-08")).is_none());
        assert!(iso_weeks(&section, None).is_none());
    }

    #[test]
    fn weeks_that_begin_on_another_day_are_named_by_it() {
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
        assert_eq!(
            weeks.sentence().unwrap(),
            "What changed: the week of 7 March 2021 had 3 more tickets, compared with the week before."
        );
        let change = weeks.change(tickets, |_| 99, |d| format!("{d:+.0}"));
        assert_eq!(change.as_deref(), Some("week of 7 March: +3 vs before"));
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
        assert!(weeks.sentence().unwrap().contains("21 fewer tickets"));
        assert!(weeks.sentence().unwrap().ends_with("with the week before."));
    }

    #[test]
    fn only_the_four_weeks_before_count() {
        let section = section(&[
            (1, week(1_000, 300.0)),
            (2, week(1_000, 300.0)),
            (7, week(50, 300.0)),
            (9, week(50, 300.0)),
            (11, week(51, 300.0)),
        ]);
        let weeks = iso_weeks(&section, days("2021-01-04", "2021-03-21")).unwrap();
        assert_eq!(
            weeks.sentence().unwrap(),
            "What changed: 2021 week 11 had 1 more ticket, compared with the mean of the 2 of the 4 weeks before that had tickets."
        );
        assert_eq!(weeks.values(tickets).len(), 11);
        let few = weeks.change(tickets, |_| 9, |d| format!("{d:+.0}"));
        assert_eq!(few.as_deref(), Some("week 11: +1 vs before (few)"));
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
