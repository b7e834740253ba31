//! A row of an export.

use crate::dataframe::{Place, Single, Singles};

/// A ticket, with what its codes stand for.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    pub(super) ticket: &'a Single,
    pub(super) tickets: &'a Singles,
    pub(super) groups: &'a [String],
    /// What the customer wrote, masked; of an export of comments only.
    pub(super) message: Option<&'a String>,
}

impl<'a> Row<'a> {
    pub(super) fn place(self) -> Option<&'a Place> {
        self.tickets.places.get(self.ticket.place as usize)
    }

    pub(super) fn group(self) -> Option<&'a str> {
        let group = self.groups.get(self.ticket.place as usize)?;
        (!group.is_empty()).then_some(group.as_str())
    }
}
