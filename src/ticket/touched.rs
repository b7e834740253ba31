//! The files that touched a ticket, while it is joined.
//!
//! Nearly every ticket stands in one file, that of its newest values, so that nothing is to be kept. Only a ticket of
//! several files has a list of them.

use super::files::{Files, MANY};
use super::join::Joined;
use super::order::OrderKey;

impl Joined {
    /// The files that touched it, if they are not that of the head alone.
    pub(super) fn listed_files(&self) -> &[u32] {
        self.files.as_ref().map_or(&[], |files| &files.0)
    }

    /// The files that touched it.
    pub(super) fn touched_by(&self) -> impl Iterator<Item = u32> {
        let of_head = self.files.is_none() && self.head != OrderKey::default();
        self.listed_files().iter().copied().chain(of_head.then(|| self.head.file()))
    }

    /// The files that touched it and those that touched another; `None` if the head of both together tells it.
    pub(super) fn files_with(&self, other: &Self) -> Option<Files> {
        if self.files.is_none() && other.files.is_none() {
            let none = OrderKey::default();
            let is_one = self.head.file() == other.head.file();
            if self.head == none || other.head == none || is_one {
                return None;
            }
        }
        Some(Files::of(self.touched_by().chain(other.touched_by())))
    }

    /// The files that touched it and one more; `None` if its head or its list tells it.
    pub(super) fn files_and(&self, file: u32) -> Option<Files> {
        let is_known = match &self.files {
            None => self.head != OrderKey::default() && self.head.file() == file,
            Some(files) => files.0 == [MANY] || files.0.binary_search(&file).is_ok(),
        };
        (!is_known).then(|| Files::of(self.touched_by().chain([file])))
    }

    /// Sets the files that touched it, if they are others than before; the list is dropped if the head tells it.
    pub(super) fn set_files(&mut self, files: Option<Files>) {
        let Some(files) = files.or_else(|| self.files.take().map(|files| *files)) else { return };
        let is_told = self.head != OrderKey::default() && files.0 == [self.head.file()];
        self.files = (!is_told && !files.0.is_empty()).then(|| Box::new(files));
    }
}
