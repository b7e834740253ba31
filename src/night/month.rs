//! Months, by which kept tickets are filed.

use std::fmt;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate};

use crate::calendar::DAY_MS;

/// A month (UTC), or the month `unknown` of tickets without a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Option<(i32, u32)>);

/// Name of the month of tickets without a time.
const UNKNOWN: &str = "unknown";

impl Month {
    /// The month of an instant in UTC milliseconds.
    #[must_use]
    pub fn of(instant: Option<i64>) -> Self {
        let at = instant.and_then(DateTime::from_timestamp_millis);
        Self(at.map(|at| (at.year(), at.month())))
    }

    /// The month of a local date.
    #[must_use]
    pub fn of_date(date: Option<NaiveDate>) -> Self {
        Self(date.map(|date| (date.year(), date.month())))
    }

    /// Whether it is not the month `unknown`.
    #[must_use]
    pub fn is_known(self) -> bool {
        self.0.is_some()
    }

    /// Parses a month as [`Month`] prints it; `None` for anything else.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        if name == UNKNOWN {
            return Some(Self(None));
        }
        let (year, month) = name.rsplit_once('-')?;
        let date = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)?;
        let found = Self(Some((date.year(), date.month())));
        (found.to_string() == name).then_some(found)
    }

    /// Its first instant and that of the next month, UTC milliseconds; `None` for the month `unknown`.
    pub(super) fn span(self) -> Option<(i64, i64)> {
        let (year, month) = self.0?;
        let first = NaiveDate::from_ymd_opt(year, month, 1)?;
        let instant = |date: NaiveDate| i64::from(date.to_epoch_days()) * DAY_MS;
        Some((instant(first), instant(first.checked_add_months(Months::new(1))?)))
    }

    /// Whether its tickets can have a local service date between `from` and `to`, both included. Local dates differ
    /// from UTC dates by at most a day.
    #[must_use]
    pub fn may_touch(self, from: Option<NaiveDate>, to: Option<NaiveDate>) -> bool {
        let Some((year, month)) = self.0 else { return from.is_none() && to.is_none() };
        let of = |date: NaiveDate| (date.year(), date.month());
        let one = Days::new(1);
        let from = from.map(|from| of(from.checked_sub_days(one).unwrap_or(from)));
        let to = to.map(|to| of(to.checked_add_days(one).unwrap_or(to)));
        from.is_none_or(|from| from <= (year, month)) && to.is_none_or(|to| (year, month) <= to)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((year, month)) => write!(f, "{year:04}-{month:02}"),
            None => f.write_str(UNKNOWN),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_windows() {
        let march = Month::of(Some(1_616_000_000_000));
        assert_eq!(march.to_string(), "2021-03");
        for month in [march, Month::of(None)] {
            assert_eq!(Month::parse(&month.to_string()), Some(month));
        }
        let (from, to) = march.span().unwrap();
        let month = |at: i64| Month::of(Some(at)).to_string();
        assert_eq!(
            [from - 1, from, to - 1, to].map(month),
            ["2021-02", "2021-03", "2021-03", "2021-04"]
        );
        for bad in ["2021-3", "2021-13", "2021", "", "unknown-01", "+2021-03"] {
            assert_eq!(Month::parse(bad), None, "{bad}");
        }
        let date = |text: &str| Some(text.parse().unwrap());
        for (from, to, expected) in [
            ("2021-03-10", "2021-03-12", true),
            ("2021-04-01", "2021-04-30", true),
            ("2021-04-02", "2021-04-30", false),
            ("2021-02-01", "2021-02-28", true),
            ("2021-02-01", "2021-02-27", false),
        ] {
            assert_eq!(march.may_touch(date(from), date(to)), expected, "{from} {to}");
        }
        assert!(march.may_touch(None, None) && Month::of(None).may_touch(None, None));
        assert!(!Month::of(None).may_touch(date("2021-03-01"), None));
    }
}
