//! How files are to be read, and which.

use std::ops::ControlFlow;

use crate::archive::{Candidate, Limits};
use crate::webhook;

/// How files are to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How lines are to be read; its `as_of` also decides whether a file may still be being written.
    pub webhook: webhook::Settings,
    /// Caps.
    pub limits: Limits,
    /// A file changed less than this before the run may still be being written, milliseconds.
    pub settle_ms: i64,
    /// The archive holds records of other things too: those without a webhook are counted, not rejected.
    pub ignore_others: bool,
}

/// A file to read, with its place among all files that count.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'a> {
    /// The file.
    pub file: &'a Candidate,
    /// Its number in file order.
    pub number: u32,
}

/// Hears of the stored bytes read since it was last called, and says whether to go on; called from several threads, at
/// least once a file and every few megabytes of it.
pub type Progress<'a> = &'a (dyn Fn(u64) -> ControlFlow<()> + Sync);

/// Whether a last record that a file ends inside is left for a later run: the file was changed shortly before the run, or
/// after it. What has no time of change (standard input) is over.
#[must_use]
pub fn may_grow(file: &Candidate, as_of: i64, settle_ms: i64) -> bool {
    file.modified_ms.is_some_and(|at| as_of - at < settle_ms)
}
