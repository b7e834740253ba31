//! A table on its way out: named columns of a kind, and rows that are handed over one by one.
//!
//! Whoever writes CSV, a workbook or a dataframe asks for the rows; none of them is kept twice. Rows are made from typed
//! values, not from a dataframe: a summary row has 44 columns of three types, and a frame of them would only be taken
//! apart again.

use chrono::NaiveDate;

use super::section::LocationSection;

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
    /// A share, a mean or seconds.
    Number(f64),
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

/// Receives the cells of one row after the other.
pub type Sink<'s> = dyn FnMut(&[Cell<'_>]) + 's;

/// Hands over rows.
type Rows<'t> = dyn Fn(&mut Sink<'_>) + Send + Sync + 't;

/// A sorted table.
pub struct Table<'t> {
    /// The file's name: `daily.csv`.
    pub file: &'static str,
    /// The columns in order, and how each is printed.
    pub columns: Vec<(&'static str, Kind)>,
    rows: Box<Rows<'t>>,
}

impl<'t> Table<'t> {
    /// A table whose rows come in the order they are to have, with a cell for each column.
    pub(super) fn new(
        file: &'static str,
        columns: Vec<(&'static str, Kind)>,
        rows: impl Fn(&mut Sink<'_>) + Send + Sync + 't,
    ) -> Self {
        Self { file, columns, rows: Box::new(rows) }
    }

    /// A table of rows by location: `rows` hands over what follows the three columns that name the location.
    pub(super) fn by_location(
        file: &'static str,
        (organization, locations): (&'t str, &'t [LocationSection]),
        columns: Vec<(&'static str, Kind)>,
        rows: impl Fn(&LocationSection, &mut Sink<'_>) + Send + Sync + 't,
    ) -> Self {
        let keys =
            [("organization", Kind::Text), ("location", Kind::Text), ("location_id", Kind::Text)];
        let columns: Vec<_> = keys.into_iter().chain(columns).collect();
        Self::new(file, columns, move |sink| {
            let mut row = Vec::new();
            for location in locations {
                let keys = [organization, &location.name, &location.id].map(Cell::Text);
                rows(location, &mut |rest| {
                    row.clear();
                    row.extend(keys);
                    // A cell lives as long as this call.
                    let mut whole = row.clone();
                    whole.extend_from_slice(rest);
                    sink(&whole);
                });
            }
        })
    }

    /// Hands over every row.
    pub fn rows(&self, sink: &mut Sink<'_>) {
        (self.rows)(sink);
    }

    /// Number of rows.
    #[must_use]
    pub fn height(&self) -> u64 {
        let mut height = 0;
        self.rows(&mut |_| height += 1);
        height
    }
}
