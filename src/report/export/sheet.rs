//! What an export holds: which columns, of which tickets.

use std::ops::Range;

use crate::dataframe::Singles;

use super::column::{Column, What};
use super::row::Row;

/// What is written.
#[derive(Debug, Clone)]
pub struct Sheet<'a> {
    pub(super) what: What,
    pub(super) columns: Vec<&'static Column>,
    pub(super) tickets: &'a Singles,
    groups: &'a [String],
    messages: &'a [String],
}

impl<'a> Sheet<'a> {
    /// One of some tickets; `groups` are those of the places by their index, empty without one.
    #[must_use]
    pub fn new(what: What, tickets: &'a Singles, groups: &'a [String]) -> Self {
        Self { what, columns: what.columns(), tickets, groups, messages: &[] }
    }

    /// One of tickets with what customers wrote: a masked message for each ticket, in the same order.
    #[must_use]
    pub fn comments(tickets: &'a Singles, groups: &'a [String], messages: &'a [String]) -> Self {
        Self { messages, ..Self::new(What::Comments, tickets, groups) }
    }

    /// The rows, in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'a>> {
        self.rows_of(0..self.tickets.len())
    }

    /// The rows of some of the tickets, by their place among all; those behind the last one are none.
    pub(super) fn rows_of(&self, places: Range<usize>) -> impl Iterator<Item = Row<'a>> + use<'a> {
        let Self { what, tickets, groups, messages, .. } = *self;
        let rows = (places.start..).zip(tickets.range(places));
        let rows = rows.filter(move |(_, one)| what.has(one));
        rows.map(move |(at, ticket)| Row { ticket, tickets, groups, message: messages.get(at) })
    }

    /// Whether it has a column of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name == name)
    }

    /// Number of rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.tickets.iter().filter(|one| self.what.has(one)).count()
    }
}
