//! The full weeks of a report: those that key figures, panels over time and tables show.
//!
//! A week is full if it lies in the window, is over when the data end, and lies between the first and the last visit: the week
//! in which an archive begins says too little, and so do one that is not over and those with nothing but bookings made ahead.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate};

use crate::calendar::{WeekStart, week_end};

use super::model::{Figures, LocationReport, OrganizationReport, Section};
use super::text::{counted, days};

/// Full weeks that are shown at most, the newest ones.
pub const SHOWN: usize = 24;

/// First and last day with a served visit, at any location.
#[must_use]
pub fn served_days(report: &OrganizationReport) -> Option<(NaiveDate, NaiveDate)> {
    let served = report.all.daily.iter().filter(|(_, figures)| figures.served > 0);
    let mut days = served.filter_map(|(date, _)| *date);
    let first = days.next()?;
    Some((first, days.next_back().unwrap_or(first)))
}

/// The days on which visits are known to have been made: somebody was served, came without a booking, or was called. What is
/// booked ahead, or was and is cancelled, says nothing of its day.
fn visited(report: &OrganizationReport) -> impl DoubleEndedIterator<Item = NaiveDate> + '_ {
    let came = |f: &Figures| f.served + f.walk_ins + f.no_show > 0;
    let daily = report.all.daily.iter();
    daily.filter(move |(_, figures)| came(figures)).filter_map(|(date, _)| *date)
}

/// The first and last day that full weeks may hold: those with visits, and the closed weekdays around them; `None` without a
/// visit.
fn covered(report: &OrganizationReport) -> Option<(NaiveDate, NaiveDate)> {
    let mut days = visited(report);
    let mut first = days.next()?;
    let mut last = days.next_back().unwrap_or(first);
    // What is known of weeks before the window says that the archive began before it.
    let is_older = report.all.control.iter().any(|row| row.from < first);
    // In less than two weeks, a closed weekday looks the same as a missing day.
    if (last - first).num_days() >= 13 {
        let open: BTreeSet<u32> =
            visited(report).map(|date| date.weekday().num_days_from_monday()).collect();
        let is_closed = |date: &NaiveDate| !open.contains(&date.weekday().num_days_from_monday());
        // At least one weekday is open, so both end within a week.
        while let Some(before) = first.pred_opt().filter(is_closed) {
            first = before;
        }
        while let Some(after) = last.succ_opt().filter(is_closed) {
            last = after;
        }
    }
    Some((report.from.filter(|_| is_older).unwrap_or(first), last))
}

/// The full weeks of a report, or of one of its locations: never none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FullWeeks {
    /// First day of the oldest.
    first: NaiveDate,
    /// First day of the newest.
    last: NaiveDate,
}

impl FullWeeks {
    /// Those of a location, or of all together.
    #[must_use]
    pub fn of(report: &OrganizationReport, location: Option<&LocationReport>) -> Option<Self> {
        let (begin, last) = covered(report)?;
        let whole = location.map_or(report.last_whole, |location| location.last_whole)?;
        let begin = report.from.map_or(begin, |from| begin.max(from));
        let end = report.to.map_or(whole, |to| whole.min(to)).min(last);
        Self::within(report.week_starts_on, (begin, end))
    }

    /// The weeks that lie within some days, both included.
    fn within(starts_on: WeekStart, (begin, end): (NaiveDate, NaiveDate)) -> Option<Self> {
        let first = starts_on.first_of(begin);
        let first = if first < begin { first.checked_add_days(Days::new(7))? } else { first };
        let after = end.checked_add_days(Days::new(1))?;
        let last = starts_on.first_of(after).checked_sub_days(Days::new(7))?;
        (first <= last).then_some(Self { first, last })
    }

    /// Whether the week that begins on a day is full.
    #[must_use]
    pub fn has(self, first: NaiveDate) -> bool {
        (self.first..=self.last).contains(&first)
    }

    /// First day of the week after the newest.
    #[must_use]
    pub fn running(self) -> Option<NaiveDate> {
        self.last.checked_add_days(Days::new(7))
    }

    /// First days of those that are shown, oldest first.
    #[must_use]
    pub fn shown(self) -> Vec<NaiveDate> {
        let ago = |weeks: u64| self.last.checked_sub_days(Days::new(7 * weeks));
        let mut weeks: Vec<NaiveDate> =
            (0..SHOWN as u64).map_while(ago).take_while(|first| *first >= self.first).collect();
        weeks.reverse();
        weeks
    }

    /// Those that are shown, in words: `24 full weeks, 12 October 2020 to 28 March 2021`.
    #[must_use]
    pub fn words(self) -> String {
        let shown = self.shown();
        let ends = shown.first().zip(shown.last());
        let span = ends.map_or_else(String::new, |(first, last)| {
            days(*first, week_end(*last).unwrap_or(*last))
        });
        format!("{}, {span}", counted(shown.len() as u64, "full week"))
    }

    /// The value of each full week of a section that is shown, oldest first; `None` where there is none.
    #[must_use]
    pub fn values(self, section: &Section, of: fn(&Figures) -> Option<f64>) -> Vec<Option<f64>> {
        let value = |begin: NaiveDate| {
            let row = section.weekly.iter().find(|(first, _)| *first == Some(begin));
            row.and_then(|(_, figures)| of(figures))
        };
        self.shown().into_iter().map(value).collect()
    }
}

/// The number of tickets, as a value to compare.
#[expect(clippy::cast_precision_loss, reason = "counts of tickets")]
#[must_use]
pub fn tickets(f: &Figures) -> Option<f64> {
    Some(f.tickets as f64)
}

#[cfg(test)]
#[path = "weeks_tests.rs"]
mod tests;
