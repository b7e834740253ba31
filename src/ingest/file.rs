//! Reads the lines of one file into a fold and an account.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use crate::archive::{Line, LineKind};
use crate::ticket::Fold;
use crate::webhook::{self, Decoded, Reject};

use super::account::{FileAccount, RejectedLine};

/// What to do with an unterminated last line that is no complete webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// The file may still be being written: leave the line for the next run.
    Defer,
    /// Nobody will finish it.
    Reject,
}

/// One file being read.
pub(super) struct Reader<'a> {
    settings: &'a webhook::Settings,
    number: u32,
    tail: Tail,
    seen: HashSet<u128, BuildHasherDefault<AsItIs>>,
    pub(super) fold: Fold,
    pub(super) account: FileAccount,
}

impl<'a> Reader<'a> {
    /// A reader of the file with this number in path order.
    pub(super) fn new(settings: &'a webhook::Settings, number: u32, tail: Tail) -> Self {
        Self {
            settings,
            number,
            tail,
            seen: HashSet::default(),
            fold: Fold::default(),
            account: FileAccount::default(),
        }
    }

    /// Takes in one line; it ends in exactly one counter.
    pub(super) fn line(&mut self, line: &Line<'_>) {
        let outcome = outcome(line, self.settings);
        self.take(line, outcome);
    }

    /// Takes in a line that was decoded elsewhere; lines come in the order of the file.
    pub(super) fn take(&mut self, line: &Line<'_>, outcome: Outcome<'_>) {
        self.account.lines += 1;
        self.account.byte_order_marks += u64::from(line.bom);
        let length = u64::try_from(line.bytes.len()).unwrap_or(u64::MAX);
        match outcome {
            Outcome::Blank => self.account.blank += 1,
            Outcome::TooLong(length) => self.reject(line, length, Reject::LineTooLong),
            Outcome::Decoded(decoded) => self.accept(&decoded, line.number),
            // The begin of an object is never a complete one, so only a line that is no JSON can be torn.
            Outcome::Rejected(Reject::NotJson) if line.kind == LineKind::Unterminated => {
                match self.tail {
                    Tail::Defer => self.account.deferred += 1,
                    Tail::Reject => self.reject(line, length, Reject::TruncatedTail),
                }
            }
            Outcome::Rejected(reason) => self.reject(line, length, reason),
        }
    }

    fn accept(&mut self, decoded: &Decoded<'_>, number: u64) {
        // A repeated payload changes nothing, not even the receive time of its envelope.
        if !self.seen.insert(decoded.payload_hash) {
            self.account.duplicate += 1;
            return;
        }
        self.account.accepted += 1;
        for odd in &decoded.snapshot.oddities {
            let organization = decoded.snapshot.organization.to_string();
            let key = (organization, odd.measure, odd.detail.to_string());
            *self.account.oddities.entry(key).or_default() += 1;
        }
        self.fold.push(&decoded.snapshot, self.number, number);
    }

    fn reject(&mut self, line: &Line<'_>, length: u64, reason: Reject) {
        let place = RejectedLine { line: line.number, offset: line.offset, length, reason };
        self.account.reject(place);
    }
}

/// Hashes a payload's hash by taking its lower half: it is as random as can be.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, hash: u128) {
        #[expect(clippy::cast_possible_truncation, reason = "the lower half is wanted")]
        let low = hash as u64;
        self.0 = low;
    }
}

/// What a line turned out to be.
pub(super) enum Outcome<'a> {
    Blank,
    TooLong(u64),
    Decoded(Box<Decoded<'a>>),
    Rejected(Reject),
}

/// Decodes a line; needs nothing but the line, so any thread can do it.
pub(super) fn outcome<'a>(line: &Line<'a>, settings: &webhook::Settings) -> Outcome<'a> {
    if let LineKind::TooLong { length } = line.kind {
        return Outcome::TooLong(length);
    }
    if line.bytes.trim_ascii().is_empty() {
        return Outcome::Blank;
    }
    match webhook::decode(line.bytes, settings) {
        Ok(decoded) => Outcome::Decoded(Box::new(decoded)),
        Err(reason) => Outcome::Rejected(reason),
    }
}
