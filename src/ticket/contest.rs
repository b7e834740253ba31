//! Whether the order of files alone decided a value.
//!
//! Of several webhooks with the time and rank of the newest one, the last file wins. That is worth a count if another
//! file said something else:
//!
//! ```text
//! file  1   2   3        newest   decided by the order of files
//!       a   a   a          a        no
//!       a   b   a          a        yes: b, had file 2 been the last one
//! ```
//!
//! Two values are enough to tell it, whatever comes later: the one whose first file is the smallest, and of the other
//! values the one whose first file is the smallest. If the newest value is not the first of them, that one was outvoted;
//! else the second, if it stands in a file before that of the newest.

use super::names::NameId;
use super::values::{Values, each};

/// Values of some fields, each with the smallest file that says so at the time and rank of the field's newest value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Contests {
    /// Fields of which anything is kept.
    fields: u8,
    first: Side,
    /// Fields with a second value.
    split: u8,
    second: Side,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Side {
    files: [u32; 7],
    values: Values,
}

impl Side {
    fn file(&self, at: usize) -> u32 {
        self.files.get(at).copied().unwrap_or_default()
    }

    fn set(&mut self, (at, bit): (usize, u8), file: u32, values: &Values) {
        if let Some(mine) = self.files.get_mut(at) {
            *mine = file;
        }
        self.values.take(values, bit);
    }

    /// A file that says the same.
    fn lower(&mut self, at: usize, file: u32) {
        if let Some(mine) = self.files.get_mut(at) {
            *mine = file.min(*mine);
        }
    }
}

impl Contests {
    /// Fields of which anything is kept.
    pub(super) fn fields(&self) -> u8 {
        self.fields
    }

    /// Takes in what a file says of a field.
    pub(super) fn offer(&mut self, field: (usize, u8), file: u32, values: &Values) {
        let (at, bit) = field;
        if self.fields & bit == 0 {
            self.fields |= bit;
            self.split &= !bit;
            self.first.set(field, file, values);
        } else if self.first.values.same(values) & bit != 0 {
            self.first.lower(at, file);
        } else if self.split & bit == 0 {
            self.split |= bit;
            self.second.set(field, file, values);
        } else if self.second.values.same(values) & bit != 0 {
            self.second.lower(at, file);
        } else if file < self.second.file(at) {
            self.second.set(field, file, values);
        }
        if self.split & bit != 0 && self.second.file(at) < self.first.file(at) {
            let (first, second) = (self.first, self.second);
            self.first.set(field, second.file(at), &second.values);
            self.second.set(field, first.file(at), &first.values);
        }
    }

    /// A newer value came for some fields.
    pub(super) fn forget(&mut self, fields: u8) {
        self.fields &= !fields;
        self.split &= !fields;
    }

    /// The only file that is kept of a field, if it says what the newest value says.
    pub(super) fn agreed(&self, (at, bit): (usize, u8), newest: &Values) -> Option<u32> {
        let agrees = self.fields & !self.split & self.first.values.same(newest) & bit != 0;
        agrees.then(|| self.first.file(at))
    }

    /// Whether another value of a field stands in a file before that of the newest.
    pub(super) fn is_decided(&self, (at, bit): (usize, u8), newest: &Values, file: u32) -> bool {
        if self.fields & bit == 0 {
            return false;
        }
        if self.first.values.same(newest) & bit == 0 {
            return self.first.file(at) < file;
        }
        self.split & bit != 0 && self.second.file(at) < file
    }

    /// What is kept: field, file, and the values of which the field counts.
    pub(super) fn all(&self) -> impl Iterator<Item = ((usize, u8), u32, &Values)> {
        let first =
            each(self.fields).map(|field| (field, self.first.file(field.0), &self.first.values));
        let second =
            each(self.split).map(|field| (field, self.second.file(field.0), &self.second.values));
        first.chain(second)
    }

    /// Renumbers the names.
    pub(super) fn renumber(&mut self, new: impl Fn(NameId) -> NameId) {
        self.first.values.renumber(&new);
        self.second.values.renumber(&new);
    }
}
