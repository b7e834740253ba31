//! Folds the batches of one file, in file order, into tickets and an account.
//!
//! Batches are decoded in any order. When its turn comes, a batch is counted and its parts are queued for their shards, so
//! "earlier in the same file" and line numbers mean the same as with one thread. Each shard's queue is then folded by one
//! thread, nearly always the same one: its data stay in that core's cache, and locks are rarely contended.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ticket::{Delivery, Happened, HeadingId, Headings, NameId, SHARDS, Shard, Spans};
use crate::webhook::{Reject, Shape};

use super::account::{FileAccount, Oddities, REMEMBERED, RejectedRecord};
use super::batch::{Batch, Part, Tail};
use super::days::Days;
use super::ratings::Ratings;
use super::trace::Traced;
use super::turns::InOrder;

/// One file being read.
pub(super) struct Reading {
    /// Number of the file in file order.
    number: u32,
    /// The instant that the run is made for, UTC milliseconds.
    as_of: i64,
    pub(super) tail: Tail,
    account: InOrder<Counting, Batch>,
    lanes: Vec<Lane>,
    spans: Mutex<Spans>,
    shapes: Mutex<BTreeMap<Shape, u64>>,
    /// Emptied batches, kept to reuse their memory.
    spare: Mutex<Vec<Batch>>,
}

/// What was counted so far.
#[derive(Default)]
struct Counting {
    account: FileAccount,
    /// Lines before the current batch.
    lines: u64,
    /// Records that are watched for.
    traced: Vec<Traced>,
}

/// The parts of batches that wait to be folded into one shard, in file order.
#[derive(Default)]
struct Lane {
    queue: Mutex<Queue>,
    shard: Mutex<FileShard>,
}

#[derive(Default)]
struct Queue {
    /// Parts, each with the number of records before its batch.
    waiting: VecDeque<(u64, Part)>,
    /// Folded parts, kept to reuse their memory.
    spare: Vec<Part>,
}

/// Parts that may wait in a lane; with more, any thread that comes by folds them.
const MOST_WAITING: usize = 16;

/// What a file holds, once it has been read.
pub(super) struct ReadFile {
    pub(super) account: FileAccount,
    pub(super) shards: Vec<Shard>,
    pub(super) spans: Spans,
    /// Records that are watched for.
    pub(super) traced: Vec<Traced>,
}

/// The tickets of one shard in one file.
#[derive(Default)]
struct FileShard {
    shard: Shard,
    seen: Seen,
    /// Indices of the tickets of the current deliveries.
    places: Vec<usize>,
    accepted: u64,
    duplicate: u64,
    oddities: Oddities,
    in_range_from: Option<i64>,
    days: Days,
    /// Number of ratings on the scale, by organization.
    rated: BTreeMap<NameId, u64>,
    /// Ratings beyond the scale, by organization.
    beyond: BTreeMap<String, Ratings>,
    happened: Heard,
}

/// When things happened.
#[derive(Default)]
struct Heard {
    /// The newest instant by heading, at most that of the run; `i64::MIN` = none.
    newest: Vec<i64>,
    /// The earliest instant after that of the run; once it has passed, the file is read again.
    next: Option<i64>,
}

/// The payload hashes of each ticket in one file, as linked lists: finds repeated payloads.
#[derive(Default)]
struct Seen {
    /// By index of the ticket.
    last: Vec<Last>,
    /// Hash of each payload.
    hashes: Vec<u64>,
    /// The number of the same ticket's payload before each. A list of its own: in pairs, a third as much again would be
    /// padding, 16 MB in four million lines.
    before: Vec<u32>,
}

/// The last payload of a ticket in a file.
#[derive(Debug, Clone, Copy, Default)]
struct Last {
    /// Its number; 0 = none.
    number: u32,
    /// A bit for each hash of the ticket, chosen by the hash: a payload whose bit is not set is new, and the list, whose
    /// entries are far apart, need not be followed.
    marks: u32,
}

impl Reading {
    /// Begins a file, numbered in file order, in a run that is made for the instant `as_of`.
    pub(super) fn new(number: u32, as_of: i64, tail: Tail) -> Self {
        Self {
            number,
            as_of,
            tail,
            account: InOrder::new(Counting::default()),
            lanes: (0..SHARDS).map(|_| Lane::default()).collect(),
            spans: Mutex::default(),
            shapes: Mutex::default(),
            spare: Mutex::default(),
        }
    }

    /// Takes in a batch, numbered from 0 in file order, as soon as all before it have arrived, and leaves an empty one in
    /// its place; false if reading was called off. Then folds what waits in this thread's lanes (threads count from 0).
    pub(super) fn fold(
        &self,
        number: u64,
        batch: &mut Batch,
        (thread, threads): (usize, usize),
    ) -> bool {
        let empty = lock(&self.spare).pop().unwrap_or_default();
        let full = std::mem::replace(batch, empty);
        let goes_on = self.account.bring(number, full, |account, batch| self.take(account, batch));
        for (at, lane) in self.lanes.iter().enumerate() {
            if at % threads.max(1) == thread || lock(&lane.queue).waiting.len() > MOST_WAITING {
                lane.fold(self.number, self.as_of);
            }
        }
        goes_on
    }

    /// Counts a batch whose turn it is and queues its parts in their lanes.
    fn take(&self, counting: &mut Counting, mut batch: Batch) {
        let Counting { account, lines, traced } = counting;
        let base = account.records;
        account.records += batch.records;
        account.blank += batch.blank;
        account.other += batch.other;
        account.deferred += batch.deferred;
        account.deferred_bytes += batch.deferred_bytes;
        for (mine, more) in account.forms.iter_mut().zip(batch.forms) {
            *mine += more;
        }
        if account.keys.is_empty() {
            account.keys.append(&mut batch.keys);
        }
        account.byte_order_marks += batch.byte_order_marks;
        account.timed_beside += batch.timed_beside;
        for line in &batch.rejects {
            account.reject(RejectedRecord { line: *lines + line.line, ..*line });
        }
        for one in batch.traced.drain(..) {
            traced.push(Traced { file: self.number, line: *lines + one.line, ..one });
        }
        *lines += batch.lines;
        for (lane, part) in self.lanes.iter().zip(&mut batch.parts) {
            if !part.deliveries.is_empty() {
                let mut queue = lock(&lane.queue);
                let spare = queue.spare.pop().unwrap_or_default();
                queue.waiting.push_back((base, std::mem::replace(part, spare)));
            }
        }
        batch.clear();
        lock(&self.spare).push(batch);
    }

    /// Adds a thread's spans and the shapes of the records it decoded.
    pub(super) fn add(&self, spans: &Spans, shapes: Vec<(Shape, u64)>) {
        lock(&self.spans).merge(spans);
        let mut all = lock(&self.shapes);
        for (shape, records) in shapes {
            *all.entry(shape).or_default() += records;
        }
    }

    /// Calls reading off: a batch will never arrive, and nobody must wait for it forever.
    pub(super) fn call_off(&self) {
        self.account.call_off();
    }

    /// Folds the rest and returns what the file holds; `headings` are those of its deliveries.
    pub(super) fn finish(self, headings: &Mutex<Headings>) -> ReadFile {
        let Counting { mut account, traced, .. } = self.account.into_inner();
        let mut spans = self.spans.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut shards = Vec::with_capacity(SHARDS);
        let mut rated: BTreeMap<NameId, u64> = BTreeMap::new();
        for lane in self.lanes {
            lane.fold(self.number, self.as_of);
            let shard = lane.shard.into_inner().unwrap_or_else(PoisonError::into_inner);
            account.accepted += shard.accepted;
            account.duplicate += shard.duplicate;
            for (key, count) in shard.oddities {
                *account.oddities.entry(key).or_default() += count;
            }
            let from = [account.in_range_from, shard.in_range_from, shard.happened.next];
            account.in_range_from = from.into_iter().flatten().min();
            account.days.merge(shard.days);
            for (organization, n) in shard.rated {
                *rated.entry(organization).or_default() += n;
            }
            for (organization, beyond) in shard.beyond {
                account.ratings.entry(organization).or_default().merge(beyond);
            }
            for (at, happened) in shard.happened.newest.into_iter().enumerate() {
                if let Some(heading) = HeadingId::of_index(at).filter(|_| happened != i64::MIN) {
                    spans.happened(heading, happened);
                }
            }
            shards.push(shard.shard);
        }
        let headings = lock(headings);
        for (organization, good) in rated {
            let name = headings.name(organization).to_owned();
            account.ratings.entry(name).or_default().merge(Ratings { good, ..Ratings::default() });
        }
        let booking = headings.booking();
        drop(headings);
        account.days.count(&shards, booking);
        account.shapes = self.shapes.into_inner().unwrap_or_else(PoisonError::into_inner);
        ReadFile { account, shards, spans, traced }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Lane {
    /// Folds the parts that wait.
    fn fold(&self, file: u32, as_of: i64) {
        // Parts are taken out only while the shard is locked, so they are folded in order.
        let mut shard = lock(&self.shard);
        loop {
            let next = lock(&self.queue).waiting.pop_front();
            let Some((base, mut part)) = next else { return };
            shard.fold(&part, (file, base), as_of);
            part.clear();
            lock(&self.queue).spare.push(part);
        }
    }
}

impl FileShard {
    fn fold(&mut self, part: &Part, (file, base): (u32, u64), as_of: i64) {
        let mut odd = part.odd.iter().peekable();
        // All indices first: each look-up waits for memory, and these waits overlap.
        self.places.clear();
        self.places.extend(part.deliveries.iter().map(|delivery| self.shard.place(delivery)));
        for (at, (delivery, place)) in part.deliveries.iter().zip(&self.places).enumerate() {
            let place = *place;
            // A repeated payload changes nothing, not even the receive time of its envelope.
            let is_new = self.seen.is_new(place, delivery);
            if is_new {
                self.accepted += 1;
                self.shard.join(place, delivery, file, base);
                self.happened.note(delivery.heading(), delivery.happened(as_of));
                if let Some(organization) = delivery.rated() {
                    *self.rated.entry(organization).or_default() += 1;
                }
            } else {
                self.duplicate += 1;
            }
            while let Some(found) = odd.next_if(|odd| odd.at == at) {
                if is_new {
                    let oddity = &found.oddity;
                    let detail = oddity.detail.to_string();
                    let key = (found.organization.clone(), oddity.measure, detail);
                    *self.oddities.entry(key).or_default() += 1;
                    let from = [self.in_range_from, oddity.in_range_from];
                    self.in_range_from = from.into_iter().flatten().min();
                    self.days.note(oddity);
                    if oddity.beyond_scale.is_some() {
                        self.beyond.entry(found.organization.clone()).or_default().note(oddity);
                    }
                }
            }
        }
    }
}

impl Heard {
    fn note(&mut self, heading: HeadingId, happened: Happened) {
        if let Some(at) = happened.newest {
            if self.newest.len() <= heading.index() {
                self.newest.resize(heading.index() + 1, i64::MIN);
            }
            if let Some(newest) = self.newest.get_mut(heading.index()) {
                *newest = at.max(*newest);
            }
        }
        if happened.next.is_some() {
            self.next = [self.next, happened.next].into_iter().flatten().min();
        }
    }
}

impl Seen {
    /// Whether a payload is new for the ticket at this index; if so, notes it.
    fn is_new(&mut self, place: usize, delivery: &Delivery) -> bool {
        if self.last.len() <= place {
            self.last.resize(place + 1, Last::default());
        }
        let Some(last) = self.last.get_mut(place) else { return true };
        let mark = 1_u32 << (delivery.payload_hash % 32);
        let mut number = if last.marks & mark == 0 { 0 } else { last.number };
        last.marks |= mark;
        while let Some(at) = (number as usize).checked_sub(1)
            && let Some((hash, before)) = self.hashes.get(at).zip(self.before.get(at))
        {
            if *hash == delivery.payload_hash {
                return false;
            }
            number = *before;
        }
        self.hashes.push(delivery.payload_hash);
        self.before.push(last.number);
        // A shard with 2^32 payloads in one file would need more lines than a file may have bytes.
        last.number = u32::try_from(self.hashes.len()).unwrap_or(u32::MAX);
        true
    }
}

impl FileAccount {
    fn reject(&mut self, line: RejectedRecord) {
        let at = Reject::ALL.iter().position(|reason| *reason == line.reason);
        if let Some(count) = at.and_then(|at| self.rejected.get_mut(at)) {
            *count += 1;
        }
        if self.rejects.len() < REMEMBERED {
            self.rejects.push(line);
        }
    }
}
