//! Single tickets as files for other programs: CSV, JSON lines, Parquet, Arrow, workbooks.
//!
//! All of them have the same columns in the same order. There is nothing personal among them: no name, no number, no text of a
//! visitor.

mod column;
mod frame;
mod text;
mod workbook;

pub use column::{COLUMNS, Column, Kind, Value, What};
pub use frame::{to_arrow, to_parquet};
pub use text::{to_csv, to_json_lines};
pub use workbook::{MOST_ROWS, to_workbook};

use crate::dataframe::{Place, Single, Singles};

/// What is written.
#[derive(Debug, Clone)]
pub struct Sheet<'a> {
    what: What,
    columns: Vec<&'static Column>,
    tickets: &'a Singles,
    groups: &'a [String],
}

impl<'a> Sheet<'a> {
    /// One of some tickets; `groups` are those of the places by their index, empty without one.
    #[must_use]
    pub fn new(what: What, tickets: &'a Singles, groups: &'a [String]) -> Self {
        Self { what, columns: what.columns(), tickets, groups }
    }

    /// The rows, in order.
    fn rows(&self) -> impl Iterator<Item = Row<'a>> {
        let Self { what, tickets, groups, .. } = *self;
        let rows = tickets.rows.iter().filter(move |one| what.has(one));
        rows.map(move |ticket| Row { ticket, tickets, groups })
    }

    /// Number of rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.tickets.rows.iter().filter(|one| self.what.has(one)).count()
    }
}

/// A ticket, with what its codes stand for.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    ticket: &'a Single,
    tickets: &'a Singles,
    groups: &'a [String],
}

impl<'a> Row<'a> {
    fn place(self) -> Option<&'a Place> {
        self.tickets.places.get(self.ticket.place as usize)
    }

    fn group(self) -> Option<&'a str> {
        let group = self.groups.get(self.ticket.place as usize)?;
        (!group.is_empty()).then_some(group.as_str())
    }
}
