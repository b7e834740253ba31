//! Finds values that only the order of files decided.
//!
//! Of several webhooks with the same newest time and rank, the one in the last file wins. That is counted if another
//! file has a different value:
//!
//! ```text
//! file  1   2   3        newest   decided by the order of files
//!       a   a   a          a        no
//!       a   b   a          a        yes: b, had file 2 been the last one
//! ```
//!
//! Two values are enough to tell, whatever comes later: the value with the smallest first file, and of all other values
//! the one with the smallest first file. If the newest value differs from the first of them, the order of files
//! decided; else it did if the second stands in an earlier file than the newest.

use super::names::NameId;
use super::values::{Values, each};

/// Up to two values of each field, each with the smallest file that has it at the time and rank of the newest value.
/// Fields are bits, as in [`Values::present`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Contests {
    /// Fields with a first value.
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

    /// Notes another file with the same value.
    fn lower(&mut self, at: usize, file: u32) {
        if let Some(mine) = self.files.get_mut(at) {
            *mine = file.min(*mine);
        }
    }
}

impl Contests {
    /// The fields with a value.
    pub(super) fn fields(&self) -> u8 {
        self.fields
    }

    /// Adds the value that a file has for a field.
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

    /// Forgets some fields: a newer value came.
    pub(super) fn forget(&mut self, fields: u8) {
        self.fields &= !fields;
        self.split &= !fields;
    }

    /// The file kept for a field, if there is just one value and it equals the newest.
    pub(super) fn agreed(&self, (at, bit): (usize, u8), newest: &Values) -> Option<u32> {
        let agrees = self.fields & !self.split & self.first.values.same(newest) & bit != 0;
        agrees.then(|| self.first.file(at))
    }

    /// Whether an earlier file than that of the newest value has another value for a field.
    pub(super) fn is_decided(&self, (at, bit): (usize, u8), newest: &Values, file: u32) -> bool {
        if self.fields & bit == 0 {
            return false;
        }
        if self.first.values.same(newest) & bit == 0 {
            return self.first.file(at) < file;
        }
        self.split & bit != 0 && self.second.file(at) < file
    }

    /// Everything kept: the field, the file, and values of which only that field counts.
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
