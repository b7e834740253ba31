//! Decoded records of a file that stand side by side, sorted by shard.

use crate::archive::Form;
use crate::ticket::{Delivery, SHARDS};
use crate::webhook::Oddity;

use super::account::RejectedRecord;

/// What to do with a last record that the file ends inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// The file may still be being written: leave the record for the next run.
    Defer,
    /// Nobody will finish it.
    Reject,
}

/// Something odd about a delivery of a batch.
#[derive(Debug)]
pub(super) struct Odd {
    /// Place of the delivery in its shard's list.
    pub(super) at: usize,
    pub(super) organization: String,
    pub(super) oddity: Oddity,
}

/// Deliveries of one shard, in the order of their lines.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) deliveries: Vec<Delivery>,
    /// In the order of the deliveries.
    pub(super) odd: Vec<Odd>,
}

impl Part {
    /// Empties it, and keeps its memory.
    pub(super) fn clear(&mut self) {
        self.deliveries.clear();
        self.odd.clear();
    }
}

/// What neighbouring records of a file turned out to be; their numbers count from the first of them.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) records: u64,
    /// Lines that the numbers of lines of the next batch are counted from; 0 if they are counted in the whole file.
    pub(super) lines: u64,
    pub(super) blank: u64,
    pub(super) other: u64,
    pub(super) deferred: u64,
    pub(super) deferred_bytes: u64,
    /// Keys on the way into the first record without a webhook.
    pub(super) keys: Vec<String>,
    /// Records by [`Form`].
    pub(super) forms: [u64; Form::ALL.len()],
    pub(super) byte_order_marks: u64,
    pub(super) rejects: Vec<RejectedRecord>,
    pub(super) parts: [Part; SHARDS],
}

impl Batch {
    /// Empties it, and keeps its memory.
    pub(super) fn clear(&mut self) {
        (self.records, self.lines, self.blank, self.other) = (0, 0, 0, 0);
        (self.deferred, self.deferred_bytes, self.byte_order_marks) = (0, 0, 0);
        self.forms = Default::default();
        self.keys.clear();
        self.rejects.clear();
        for part in &mut self.parts {
            part.clear();
        }
    }
}
