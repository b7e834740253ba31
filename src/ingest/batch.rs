//! Batches: consecutive records of a file, decoded and sorted by shard.

use crate::archive::Form;
use crate::ticket::{Delivery, SHARDS};
use crate::webhook::Oddity;

use super::account::RejectedRecord;
use super::trace::Traced;

/// What to do with an unfinished record at the end of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// The file may still be being written: leave the record for the next run.
    Defer,
    /// Nobody will finish it: reject it.
    Reject,
}

/// Something odd about a delivery of a batch.
#[derive(Debug)]
pub(super) struct Odd {
    /// Index of the delivery in [`Part::deliveries`].
    pub(super) at: usize,
    pub(super) organization: String,
    pub(super) oddity: Oddity,
}

/// Deliveries of one shard, in file order.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) deliveries: Vec<Delivery>,
    /// In the order of the deliveries.
    pub(super) odd: Vec<Odd>,
}

impl Part {
    /// Empties it but keeps its memory.
    pub(super) fn clear(&mut self) {
        self.deliveries.clear();
        self.odd.clear();
    }
}

/// Consecutive records of a file, decoded. Records and lines are numbered from the first one.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) records: u64,
    /// Lines in this batch, to number those of the next one; 0 if line numbers already count from the start of the file.
    pub(super) lines: u64,
    pub(super) blank: u64,
    pub(super) other: u64,
    pub(super) deferred: u64,
    pub(super) deferred_bytes: u64,
    /// Key paths of the first record without a webhook.
    pub(super) keys: Vec<String>,
    /// Records by [`Form`].
    pub(super) forms: [u64; Form::ALL.len()],
    pub(super) byte_order_marks: u64,
    /// Records with a receive time beside them.
    pub(super) timed_beside: u64,
    pub(super) rejects: Vec<RejectedRecord>,
    /// Records that are watched for.
    pub(super) traced: Vec<Traced>,
    pub(super) parts: [Part; SHARDS],
}

impl Batch {
    /// Empties it but keeps its memory.
    pub(super) fn clear(&mut self) {
        (self.records, self.lines, self.blank, self.other) = (0, 0, 0, 0);
        (self.deferred, self.deferred_bytes, self.byte_order_marks) = (0, 0, 0);
        self.timed_beside = 0;
        self.forms = Default::default();
        self.keys.clear();
        self.rejects.clear();
        self.traced.clear();
        for part in &mut self.parts {
            part.clear();
        }
    }
}
