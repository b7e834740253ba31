//! The values of a table, and how a column of them is printed.

use chrono::NaiveDate;

/// How a column is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text: always quoted, made inert for spreadsheets.
    Text,
    /// A local date, quoted like text.
    Date,
    /// A whole number.
    Count,
    /// A share between 0 and 1: 4 decimals.
    Share,
    /// A mean: 4 decimals.
    Mean,
    /// Seconds: 2 decimals.
    Seconds,
    /// A share, seconds or a whole number, by the row: as each says itself.
    Amount,
    /// `true` or `false`.
    Truth,
}

/// A value of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Not known: never the same as 0.
    Missing,
    /// Text as archived.
    Text(&'a str),
    /// A date.
    Date(NaiveDate),
    /// A whole number.
    Count(u64),
    /// A whole number that may be below 0, in a column that also has others.
    Whole(i64),
    /// A share, a mean or seconds.
    Number(f64),
    /// Seconds in a column that also has shares: 2 decimals.
    Seconds(f64),
    /// Yes or no.
    Truth(bool),
}

impl<'a> Cell<'a> {
    /// A text, if there is one.
    #[must_use]
    pub fn text(text: Option<&'a str>) -> Self {
        text.map_or(Cell::Missing, Cell::Text)
    }

    /// A date, if it is known.
    #[must_use]
    pub fn date(date: Option<NaiveDate>) -> Self {
        date.map_or(Cell::Missing, Cell::Date)
    }

    /// A count, if it is known.
    #[must_use]
    pub fn count(count: Option<u64>) -> Self {
        count.map_or(Cell::Missing, Cell::Count)
    }

    /// A number, if it is known.
    #[must_use]
    pub fn number(number: Option<f64>) -> Self {
        number.map_or(Cell::Missing, Cell::Number)
    }
}
