//! The rows of a table, held: each cell with its column, for whoever looks for one row.

use chrono::NaiveDate;

use super::cell::{Cell, Kind};
use super::table::Table;

/// A value that owns its text.
#[derive(Debug, Clone, PartialEq)]
pub enum Held {
    /// A text.
    Text(String),
    /// Anything else.
    Plain(Cell<'static>),
}

impl Held {
    fn of(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Text(text) => Self::Text(text.to_owned()),
            Cell::Missing => Self::Plain(Cell::Missing),
            Cell::Date(date) => Self::Plain(Cell::Date(date)),
            Cell::Count(count) => Self::Plain(Cell::Count(count)),
            Cell::Whole(number) => Self::Plain(Cell::Whole(number)),
            Cell::Number(number) => Self::Plain(Cell::Number(number)),
            Cell::Seconds(seconds) => Self::Plain(Cell::Seconds(seconds)),
            Cell::Truth(holds) => Self::Plain(Cell::Truth(holds)),
        }
    }

    /// As a cell.
    #[must_use]
    pub fn cell(&self) -> Cell<'_> {
        match self {
            Self::Text(text) => Cell::Text(text),
            Self::Plain(cell) => *cell,
        }
    }
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The table's file.
    pub file: &'static str,
    /// Name, kind and value of each column, in order.
    pub cells: Vec<(&'static str, Kind, Held)>,
}

impl Record {
    /// A cell by its column; `None` if there is no such column.
    #[must_use]
    pub fn get(&self, column: &str) -> Option<Cell<'_>> {
        let found = self.cells.iter().find(|(name, ..)| *name == column);
        found.map(|(_, _, held)| held.cell())
    }

    /// The text of a column, if it has one.
    #[must_use]
    pub fn text(&self, column: &str) -> Option<&str> {
        match self.get(column)? {
            Cell::Text(text) => Some(text),
            Cell::Missing
            | Cell::Date(_)
            | Cell::Count(_)
            | Cell::Whole(_)
            | Cell::Number(_)
            | Cell::Seconds(_)
            | Cell::Truth(_) => None,
        }
    }

    /// The date of a column, if it has one.
    #[must_use]
    pub fn date(&self, column: &str) -> Option<NaiveDate> {
        match self.get(column)? {
            Cell::Date(date) => Some(date),
            Cell::Missing
            | Cell::Text(_)
            | Cell::Count(_)
            | Cell::Whole(_)
            | Cell::Number(_)
            | Cell::Seconds(_)
            | Cell::Truth(_) => None,
        }
    }

    /// The whole number of a column, if it has one.
    #[must_use]
    pub fn count(&self, column: &str) -> Option<u64> {
        match self.get(column)? {
            Cell::Count(count) => Some(count),
            Cell::Missing
            | Cell::Text(_)
            | Cell::Date(_)
            | Cell::Whole(_)
            | Cell::Number(_)
            | Cell::Seconds(_)
            | Cell::Truth(_) => None,
        }
    }
}

impl Table<'_> {
    /// Its rows, held.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        let mut records = Vec::new();
        self.rows(&mut |row| {
            let named = self.columns.iter().zip(row);
            let cells = named.map(|((name, kind), cell)| (*name, *kind, Held::of(*cell)));
            records.push(Record { file: self.file, cells: cells.collect() });
        });
        records
    }
}
