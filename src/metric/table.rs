//! A table on its way out: named columns of a kind, and rows that are handed over one by one.
//!
//! Whoever writes CSV, a workbook or a dataframe asks for the rows; none of them is kept twice. Rows are made from typed
//! values, not from a dataframe: a summary row has 48 columns of three types, and a frame of them would only be taken
//! apart again.

use super::cell::{Cell, Kind};

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
    #[must_use]
    pub fn new(
        file: &'static str,
        columns: Vec<(&'static str, Kind)>,
        rows: impl Fn(&mut Sink<'_>) + Send + Sync + 't,
    ) -> Self {
        Self { file, columns, rows: Box::new(rows) }
    }

    /// Hands over every row.
    pub fn rows(&self, sink: &mut Sink<'_>) {
        (self.rows)(sink);
    }
}
