//! Which files to read, and how.

use std::ops::ControlFlow;

use crate::archive::{Candidate, Limits};
use crate::webhook;

/// How to read files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How to read records; its `as_of` also decides whether a file may still be being written.
    pub webhook: webhook::Settings,
    /// Caps on lines, files and expansion.
    pub limits: Limits,
    /// A file that changed less than this before the run may still be being written, milliseconds.
    pub settle_ms: i64,
    /// Whether the archive also holds records of other things: those without a webhook are counted, not rejected.
    pub ignore_others: bool,
}

/// A file to read, with its number among all files.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'a> {
    /// The file.
    pub file: &'a Candidate,
    /// Its number in file order.
    pub number: u32,
}

/// Called with the stored bytes read since the last call; says whether to go on. Called from several threads, at least
/// once for each file and every few megabytes.
pub type Progress<'a> = &'a (dyn Fn(u64) -> ControlFlow<()> + Sync);

/// Whether an unfinished record at the end of a file is left for a later run, because the file changed within `settle_ms`
/// before the run or later. Standard input, which has no modification time, does not grow.
#[must_use]
pub fn may_grow(file: &Candidate, as_of: i64, settle_ms: i64) -> bool {
    file.modified_ms.is_some_and(|at| as_of - at < settle_ms)
}
