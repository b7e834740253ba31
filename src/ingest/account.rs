//! The account of what was read: per file, and in total.

use std::collections::BTreeMap;

use crate::archive::Form;
use crate::webhook::{Measure, Reject, Shape};

use super::days::Days;
use super::ratings::Ratings;

/// Rejected lines remembered by place; beyond this many of a file only their number is kept.
pub(super) const REMEMBERED: usize = 1_000;

/// A line that could not be used: where it is and why, never what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RejectedRecord {
    /// Number of the line, from 1.
    pub line: u64,
    /// Offset of its first byte in the decompressed file.
    pub offset: u64,
    /// Length in bytes, without the line end.
    pub length: u64,
    /// Why.
    pub reason: Reject,
}

/// How reading a file ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FileState {
    /// Everything was read.
    #[default]
    Complete,
    /// The compressed data end too early; nothing of the file was used.
    Truncated,
    /// The compressed data are damaged; nothing of the file was used.
    Corrupt,
    /// It expands beyond what is believed; nothing of the file was used.
    TooLarge,
    /// It is compressed more than three times; nothing of the file was used.
    TooDeep,
    /// It could not be opened.
    Unreadable(std::io::ErrorKind),
}

impl FileState {
    /// What happened, in words; `None` for a complete file.
    #[must_use]
    pub fn words(self) -> Option<String> {
        match self {
            Self::Complete => None,
            Self::Truncated => {
                Some("the compressed data end too early; nothing of it was used".into())
            }
            Self::Corrupt => Some("the compressed data are damaged; nothing of it was used".into()),
            Self::TooLarge => Some("it expands beyond all reason; nothing of it was used".into()),
            Self::TooDeep => {
                Some("it is compressed more than three times: undo one compression; nothing of it was used".into())
            }
            Self::Unreadable(kind) => Some(format!("it cannot be opened ({kind})")),
        }
    }
}

/// Odd but accepted lines by organization, counter and detail.
pub type Oddities = BTreeMap<(String, Measure, String), u64>;

/// The account of one file: `records = blank + accepted + duplicate + rejected + other + deferred`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileAccount {
    /// Path relative to the input it was found in.
    pub name: String,
    /// Bytes as stored.
    pub bytes: u64,
    /// Bytes after decompression.
    pub decompressed: u64,
    /// Lines read.
    pub records: u64,
    /// Lines of white space.
    pub blank: u64,
    /// Lines that became a snapshot.
    pub accepted: u64,
    /// Lines whose payload stood earlier in this file.
    pub duplicate: u64,
    /// Lines that could not be used, by reason (in the order of [`Reject::ALL`]).
    pub rejected: [u64; Reject::ALL.len()],
    /// Records without a webhook in an archive that holds other records too.
    pub other: u64,
    /// Last records that the file ends inside, and that may still be being written.
    pub deferred: u64,
    /// Their bytes.
    pub deferred_bytes: u64,
    /// Records by form, in the order of [`Form::ALL`]; those that could not be cut out as a value have none.
    pub forms: [u64; Form::ALL.len()],
    /// Lines that began with a byte order mark.
    pub byte_order_marks: u64,
    /// How reading ended.
    pub state: FileState,
    /// Where it is broken, if it is: stored bytes before.
    pub broken_at: Option<u64>,
    /// Bytes behind the compressed data that belong to nothing.
    pub trailing_garbage: bool,
    /// It expands more than 200 times.
    pub suspicious_ratio: bool,
    /// Odd but accepted lines.
    pub oddities: Oddities,
    /// The first instant, UTC milliseconds, of a run that would believe a time in it that is too far ahead now; `None` if
    /// there is no such time.
    pub in_range_from: Option<i64>,
    /// Whether its tickets have days.
    pub days: Days,
    /// Whether its ratings lie on the scale, by organization.
    pub ratings: BTreeMap<String, Ratings>,
    /// Where the webhooks stand in the records, and the times of receipt. Not kept from night to night.
    pub shapes: BTreeMap<Shape, u64>,
    /// Keys on the way into the first record without a webhook: names only. Not kept from night to night.
    pub keys: Vec<String>,
    /// The first rejected records.
    pub rejects: Vec<RejectedRecord>,
}

impl FileAccount {
    /// Number of rejected lines.
    #[must_use]
    pub fn rejected_total(&self) -> u64 {
        self.rejected.iter().sum()
    }

    /// The form that most of its records have.
    #[must_use]
    pub fn form(&self) -> Option<Form> {
        let most = *self.forms.iter().max()?;
        Form::ALL
            .into_iter()
            .zip(self.forms)
            .find(|(_, n)| most > 0 && *n == most)
            .map(|(form, _)| form)
    }

    /// Why nothing of it was used, with the place; `None` for a file that was read.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        let words = self.state.words()?;
        Some(match self.broken_at {
            Some(_) if self.state == FileState::TooDeep => words,
            Some(at) => format!("{words} (after {at} of {} stored bytes)", self.bytes),
            None => words,
        })
    }

    /// Whether every line is in exactly one counter.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        self.records
            == self.blank
                + self.accepted
                + self.duplicate
                + self.rejected_total()
                + self.other
                + self.deferred
    }
}

/// The account of all files, in file order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Account {
    /// The files.
    pub files: Vec<FileAccount>,
}

/// Sums over files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Files.
    pub files: u64,
    /// Bytes as stored.
    pub bytes: u64,
    /// Bytes after decompression.
    pub decompressed: u64,
    /// Lines read.
    pub records: u64,
    /// Lines of white space.
    pub blank: u64,
    /// Lines that became a snapshot.
    pub accepted: u64,
    /// Repeated lines.
    pub duplicate: u64,
    /// Lines that could not be used.
    pub rejected: u64,
    /// Records of other things.
    pub other: u64,
    /// Records that may still be being written.
    pub deferred: u64,
    /// Files that could not be used as a whole.
    pub files_left_out: u64,
}

impl Account {
    /// Sums over all files.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.files.iter().fold(Totals::default(), |sum, file| Totals {
            files: sum.files + 1,
            bytes: sum.bytes + file.bytes,
            decompressed: sum.decompressed + file.decompressed,
            records: sum.records + file.records,
            blank: sum.blank + file.blank,
            accepted: sum.accepted + file.accepted,
            duplicate: sum.duplicate + file.duplicate,
            rejected: sum.rejected + file.rejected_total(),
            other: sum.other + file.other,
            deferred: sum.deferred + file.deferred,
            files_left_out: sum.files_left_out + u64::from(file.state != FileState::Complete),
        })
    }
}
