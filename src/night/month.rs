//! Months, as people count what is lost or forgotten.

use std::fmt;

use chrono::{Datelike, NaiveDate};

/// A month, or that of tickets without a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Option<(i32, u32)>);

impl Month {
    /// The month of a date.
    #[must_use]
    pub fn of_date(date: Option<NaiveDate>) -> Self {
        Self(date.map(|date| (date.year(), date.month())))
    }

    /// The month of the name of a part of a state: `2021-03-11`, or `2021-03` as older versions named it.
    pub(super) fn of_name(name: &str) -> Self {
        let day = name.parse().or_else(|_| format!("{name}-01").parse());
        Self::of_date(day.ok())
    }

    /// Whether there is a date.
    #[must_use]
    pub fn is_known(self) -> bool {
        self.0.is_some()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((year, month)) => write!(f, "{year:04}-{month:02}"),
            None => f.write_str("unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_of_names() {
        for (name, month) in
            [("2021-03-11", "2021-03"), ("2021-03", "2021-03"), ("unknown", "unknown")]
        {
            assert_eq!(Month::of_name(name).to_string(), month);
        }
        assert!(!Month::of_date(None).is_known());
    }
}
