//! Decodes lines into batches; needs nothing but the lines, so any thread can do it.

use std::sync::{Mutex, PoisonError};

use crate::archive::{Block, Line, LineKind};
use crate::ticket::{Delivery, HeadingCache, Headings, NameId, SHARDS, Spans, shard_of};
use crate::webhook::{self, Decoded, Decoder, Oddity, Reject};

use super::account::RejectedLine;

/// What to do with an unterminated last line that is no complete webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// The file may still be being written: leave the line for the next run.
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

/// What neighbouring lines of a file turned out to be; their numbers count from the first of them.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) lines: u64,
    pub(super) blank: u64,
    pub(super) deferred: u64,
    pub(super) byte_order_marks: u64,
    pub(super) rejects: Vec<RejectedLine>,
    pub(super) parts: [Part; SHARDS],
}

impl Batch {
    /// Empties it, and keeps its memory.
    pub(super) fn clear(&mut self) {
        (self.lines, self.blank, self.deferred, self.byte_order_marks) = (0, 0, 0, 0);
        self.rejects.clear();
        for part in &mut self.parts {
            part.clear();
        }
    }
}

/// What a thread needs to decode lines. It gets better with use, so it goes from file to file.
pub(super) struct Tools<'s> {
    decoder: Decoder<'s>,
    headings: HeadingCache<'s>,
    pub(super) batch: Batch,
    pub(super) buffer: Block,
}

/// Tools that no thread uses at the moment.
pub(super) struct Bench<'s> {
    settings: &'s webhook::Settings,
    headings: &'s Mutex<Headings>,
    free: Mutex<Vec<Tools<'s>>>,
}

impl<'s> Bench<'s> {
    pub(super) fn new(settings: &'s webhook::Settings, headings: &'s Mutex<Headings>) -> Self {
        Self { settings, headings, free: Mutex::new(Vec::new()) }
    }

    /// The type of bookings, if one was seen.
    pub(super) fn booking(&self) -> Option<NameId> {
        self.headings.lock().unwrap_or_else(PoisonError::into_inner).booking()
    }

    /// Takes tools; [`Bench::put_back`] them.
    pub(super) fn take(&self) -> Tools<'s> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| Tools {
            decoder: Decoder::new(self.settings),
            headings: HeadingCache::new(self.headings),
            batch: Batch::default(),
            buffer: Block::default(),
        })
    }

    pub(super) fn put_back(&self, tools: Tools<'s>) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(tools);
    }
}

impl Tools<'_> {
    /// Decodes a line into the batch; it ends in exactly one place.
    pub(super) fn line(&mut self, line: &Line<'_>, tail: Tail, spans: &mut Spans) {
        let batch = &mut self.batch;
        batch.lines += 1;
        batch.byte_order_marks += u64::from(line.bom);
        if let LineKind::TooLong { length } = line.kind {
            return reject(batch, line, length, Reject::LineTooLong);
        }
        if line.bytes.iter().all(u8::is_ascii_whitespace) {
            batch.blank += 1;
            return;
        }
        let length = u64::try_from(line.bytes.len()).unwrap_or(u64::MAX);
        let Self { decoder, headings, batch, .. } = self;
        let mut first = true;
        decoder.decode(line.bytes, None, |found| {
            // Each further webhook counts as a line.
            batch.lines += u64::from(!std::mem::take(&mut first));
            // By reference: what was decoded is large.
            match &found {
                Ok(decoded) => deliver(batch, headings, decoded, spans),
                // The begin of an object is never a complete one, so only a line that is no JSON can be torn.
                Err(Reject::NotJson) if line.kind == LineKind::Unterminated => match tail {
                    Tail::Defer => batch.deferred += 1,
                    Tail::Reject => reject(batch, line, length, Reject::TruncatedTail),
                },
                Err(reason) => reject(batch, line, length, *reason),
            }
        });
    }
}

fn deliver(
    batch: &mut Batch,
    headings: &mut HeadingCache<'_>,
    decoded: &Decoded<'_>,
    spans: &mut Spans,
) {
    let delivery = Delivery::of(decoded, batch.lines, headings);
    spans.offer(&delivery);
    let Some(part) = batch.parts.get_mut(shard_of(&delivery)) else { return };
    for oddity in &decoded.snapshot.oddities {
        part.odd.push(Odd {
            at: part.deliveries.len(),
            organization: decoded.snapshot.organization.to_string(),
            oddity: oddity.clone(),
        });
    }
    part.deliveries.push(delivery);
}

fn reject(batch: &mut Batch, line: &Line<'_>, length: u64, reason: Reject) {
    let line = RejectedLine { line: batch.lines, offset: line.offset, length, reason };
    batch.rejects.push(line);
}
