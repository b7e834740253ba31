//! What an export holds: which columns, of which tickets.

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
        let Self { what, tickets, groups, messages, .. } = *self;
        let rows = tickets.rows.iter().enumerate().filter(move |(_, one)| what.has(one));
        rows.map(move |(at, ticket)| Row { ticket, tickets, groups, message: messages.get(at) })
    }

    /// Number of rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.tickets.rows.iter().filter(|one| self.what.has(one)).count()
    }
}
