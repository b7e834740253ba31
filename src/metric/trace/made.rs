//! How a number of a table came about: the tickets behind it, or the figures that it is made of.

use chrono::NaiveDate;

use crate::metric::behind::{Behind, Counted};
use crate::metric::cell::{Cell, Kind};

/// How a number came about.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Made {
    /// How such numbers are computed.
    pub formula: String,
    /// The same with the numbers of this one; where there is no value, why.
    pub calculation: String,
    /// What it rests on: names and numbers.
    pub counts: Vec<(&'static str, u64)>,
    /// What the values of the tickets are: a column of an export, or `in_line_ms` or `in_queue_s`; `None` if they are only
    /// counted.
    pub values_are: Option<&'static str>,
    /// The tickets that count, in order; their places are those among all single tickets.
    pub tickets: Vec<Counted>,
    /// What a mark at a ticket or at a part means; `None` for those of summary figures.
    pub marked: Option<&'static str>,
    /// The figures that it is made of, in order.
    pub parts: Vec<Part>,
    /// How many of the parts are not listed.
    pub parts_left_out: u64,
}

/// A figure that another one is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What it is, in a few words.
    pub name: String,
    /// Its value, and how it is printed.
    pub value: (Cell<'static>, Kind),
    /// Tickets, ratings or waits that it rests on.
    pub n: Option<u64>,
    /// Whether it is set apart.
    pub is_marked: bool,
    /// How it is traced itself.
    pub way: PartWay,
}

/// How a part is traced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartWay {
    /// As a cell of a table.
    Cell {
        /// The table's file.
        file: &'static str,
        /// The column.
        column: &'static str,
        /// The cells that tell the row.
        row: Vec<(&'static str, String)>,
    },
    /// As a measure of the tickets of some days.
    Measure {
        /// Name of the measure.
        measure: &'static str,
        /// The organization, for a part of all of its locations.
        organization: Option<String>,
        /// Id of the location.
        location: Option<String>,
        /// First and last service date.
        days: (NaiveDate, NaiveDate),
    },
    /// It is a record of the archive.
    Record {
        /// Its file.
        path: String,
        /// Its line, from 1.
        line: u64,
    },
    /// It is a file of the archive, or a setting.
    End,
}

impl Made {
    /// What a figure of some tickets is made of; `picked` are their places among all.
    pub(super) fn of(behind: Behind, picked: &[usize], formula: impl Into<String>) -> Self {
        let Behind { counts, calculation, column, tickets, .. } = behind;
        let placed = |one: Counted| Some(Counted { at: *picked.get(one.at)?, ..one });
        Self {
            formula: formula.into(),
            calculation,
            counts,
            values_are: column,
            tickets: tickets.into_iter().filter_map(placed).collect(),
            ..Self::default()
        }
    }
}
