//! Reads the lines of one file into a fold and an account.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use crate::archive::{Line, LineKind};
use crate::ticket::Fold;
use crate::webhook::{self, Reject};

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
    seen: HashSet<u128, RandomState>,
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
        self.account.lines += 1;
        self.account.byte_order_marks += u64::from(line.bom);
        if let LineKind::TooLong { length } = line.kind {
            self.reject(line, length, Reject::LineTooLong);
            return;
        }
        if line.bytes.trim_ascii().is_empty() {
            self.account.blank += 1;
            return;
        }
        let length = u64::try_from(line.bytes.len()).unwrap_or(u64::MAX);
        match webhook::decode(line.bytes, self.settings) {
            Ok(decoded) => {
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
                self.fold.push(&decoded.snapshot, self.number, line.number);
            }
            // The begin of an object is never a complete one, so only a line that is no JSON can be torn.
            Err(Reject::NotJson) if line.kind == LineKind::Unterminated => match self.tail {
                Tail::Defer => self.account.deferred += 1,
                Tail::Reject => self.reject(line, length, Reject::TruncatedTail),
            },
            Err(reason) => self.reject(line, length, reason),
        }
    }

    fn reject(&mut self, line: &Line<'_>, length: u64, reason: Reject) {
        let place = RejectedLine { line: line.number, offset: line.offset, length, reason };
        self.account.reject(place);
    }
}
