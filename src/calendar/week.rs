//! Weeks: on which weekday they begin, which dates they span, and how they are named.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// The weekdays in English, from Monday.
pub const WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The weekday on which weeks begin. The default is Monday: then weeks are ISO weeks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WeekStart(Weekday);

impl Default for WeekStart {
    fn default() -> Self {
        Self(Weekday::Mon)
    }
}

impl WeekStart {
    /// The weekday of this English name, in letters of any case; `None` if it is none.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        name.trim().parse().ok().map(Self)
    }

    /// Every first day, from Monday.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..7).filter_map(|day| Weekday::try_from(day).ok().map(Self))
    }

    /// Whether weeks are ISO weeks.
    #[must_use]
    pub fn is_iso(self) -> bool {
        self.0 == Weekday::Mon
    }

    /// Whether a week begins on a date.
    #[must_use]
    pub fn begins_on(self, date: NaiveDate) -> bool {
        date.weekday() == self.0
    }

    /// The first day of the week of a date.
    #[must_use]
    pub fn first_of(self, date: NaiveDate) -> NaiveDate {
        let days = u64::from(date.weekday().days_since(self.0));
        date.checked_sub_days(Days::new(days)).unwrap_or(date)
    }

    /// `2021-W03`, the name of the week that begins on a date; `None` where weeks are not ISO weeks, and have no such name.
    #[must_use]
    pub fn iso_name(self, first: NaiveDate) -> Option<String> {
        let week = first.iso_week();
        self.is_iso().then(|| format!("{:04}-W{:02}", week.year(), week.week()))
    }

    /// The weekdays of a week in their order; each is an ISO number, 1 = Monday to 7 = Sunday.
    #[must_use]
    pub fn weekdays(self) -> [u8; 7] {
        let before = u8::try_from(self.0.num_days_from_monday()).unwrap_or(0);
        [0, 1, 2, 3, 4, 5, 6].map(|day| (day + before) % 7 + 1)
    }

    /// Its first and last weekday in words: `Sunday to Saturday`.
    #[must_use]
    pub fn words(self) -> String {
        let [first, .., last] = self.weekdays().map(weekday_name);
        format!("{first} to {last}")
    }
}

/// English name of an ISO weekday, 1 = Monday to 7 = Sunday; empty for any other number.
#[must_use]
pub fn weekday_name(weekday: u8) -> &'static str {
    usize::from(weekday).checked_sub(1).and_then(|at| WEEKDAYS.get(at)).copied().unwrap_or("")
}

/// The last day of the week that begins on a date; `None` outside the calendar.
#[must_use]
pub fn week_end(first: NaiveDate) -> Option<NaiveDate> {
    first.checked_add_days(Days::new(6))
}

/// ISO weekday, 1 = Monday to 7 = Sunday, of a date given as days since 1970-01-01.
#[must_use]
pub fn iso_weekday(day: i32) -> i32 {
    // 1970-01-01 was a Thursday.
    (day.rem_euclid(7) + 3) % 7 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn weeks_are_iso_weeks_unless_another_day_is_named() {
        let monday = WeekStart::default();
        let name = |text: &str| monday.iso_name(monday.first_of(date(text))).unwrap();
        for (day, week) in [
            ("2019-12-29", "2019-W52"),
            ("2019-12-30", "2020-W01"),
            ("2021-01-03", "2020-W53"),
            ("2021-01-04", "2021-W01"),
            ("2021-01-18", "2021-W03"),
        ] {
            assert_eq!(name(day), week, "{day}");
        }
        for day in (-800..800).chain([-719_162, 18_651]) {
            let date = NaiveDate::from_epoch_days(day).unwrap();
            assert_eq!(iso_weekday(day).unsigned_abs(), date.weekday().number_from_monday());
            assert_eq!(day + 1 - iso_weekday(day), monday.first_of(date).to_epoch_days());
        }
    }

    #[test]
    fn any_day_may_begin_a_week() {
        for (start, name) in WeekStart::all().zip(WEEKDAYS) {
            for spelled in
                [name.to_owned(), name.to_lowercase(), format!(" {} ", name.to_uppercase())]
            {
                assert_eq!(WeekStart::parse(&spelled), Some(start));
            }
            let days = start.weekdays();
            assert_eq!(weekday_name(days[0]), name);
            for day in -800..800 {
                let date = NaiveDate::from_epoch_days(day).unwrap();
                let first = start.first_of(date);
                assert!(
                    start.begins_on(first) && first <= date && date <= week_end(first).unwrap()
                );
                let at = usize::try_from((date - first).num_days()).unwrap();
                assert_eq!(i32::from(days[at]), iso_weekday(day));
                assert_eq!(start.iso_name(first).is_some(), name == "Monday");
            }
        }
        assert_eq!(WeekStart::parse("Sunday").unwrap().words(), "Sunday to Saturday");
        for bad in ["", "Sondag", "1", "Sunday Monday"] {
            assert_eq!(WeekStart::parse(bad), None, "{bad}");
        }
    }
}
