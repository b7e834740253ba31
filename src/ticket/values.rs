//! The values of a ticket of which the newest counts, and sets of these fields.

use super::names::NameId;
use super::order::PackedTime;

/// The newest values of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Values {
    pub(super) location: Option<NameId>,
    pub(super) queue: Option<NameId>,
    pub(super) ticket_type: Option<NameId>,
    pub(super) category: Option<NameId>,
    pub(super) start: PackedTime,
    pub(super) end: PackedTime,
    /// Size of the party; 0 = unknown.
    pub(super) people: u16,
    /// The rating, from 1; 0 = none.
    pub(super) rating: u8,
}

/// Number of fields of [`Values`].
pub(super) const FIELDS: usize = 8;
/// The fields of which the newest value counts, a bit each.
pub(super) const NEWEST: u8 = 0x7f;
/// The rating, which has a rule of its own.
pub(super) const RATING: u8 = 0x80;

/// Index and bit of each field of a set.
pub(super) fn each(fields: u8) -> impl Iterator<Item = (usize, u8)> {
    (0..FIELDS).map(|at| (at, 1_u8 << at)).filter(move |(_, bit)| fields & bit != 0)
}

impl Values {
    /// The fields that have a value, a bit each.
    pub(super) fn present(&self) -> u8 {
        !self.same(&Self::default())
    }

    /// The fields that are the same in both, a bit each.
    pub(super) fn same(&self, other: &Self) -> u8 {
        u8::from(self.location == other.location)
            | u8::from(self.queue == other.queue) << 1
            | u8::from(self.ticket_type == other.ticket_type) << 2
            | u8::from(self.category == other.category) << 3
            | u8::from(self.start == other.start) << 4
            | u8::from(self.end == other.end) << 5
            | u8::from(self.people == other.people) << 6
            | u8::from(self.rating == other.rating) << 7
    }

    /// Copies some fields of `from`.
    pub(super) fn take(&mut self, from: &Self, fields: u8) {
        let has = |bit: u8| fields & 1 << bit != 0;
        self.location = if has(0) { from.location } else { self.location };
        self.queue = if has(1) { from.queue } else { self.queue };
        self.ticket_type = if has(2) { from.ticket_type } else { self.ticket_type };
        self.category = if has(3) { from.category } else { self.category };
        self.start = if has(4) { from.start } else { self.start };
        self.end = if has(5) { from.end } else { self.end };
        self.people = if has(6) { from.people } else { self.people };
        self.rating = if has(7) { from.rating } else { self.rating };
    }

    /// Renumbers the names.
    pub(super) fn renumber(&mut self, new: impl Fn(NameId) -> NameId) {
        for name in [&mut self.location, &mut self.queue, &mut self.ticket_type, &mut self.category]
        {
            *name = name.map(&new);
        }
    }
}
