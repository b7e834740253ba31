//! The account of what was read: per file and in total.

use std::collections::BTreeMap;

use crate::archive::Form;
use crate::webhook::{Measure, Reject, Shape};

use super::days::Days;
use super::ratings::Ratings;

/// Rejected lines that are listed for each file; any more are only counted.
pub(super) const REMEMBERED: usize = 1_000;

/// A record that could not be used: where it is and why, never what it says.
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
    /// The compressed data end too early; nothing in the file was used.
    Truncated,
    /// The compressed data are damaged; nothing in the file was used.
    Corrupt,
    /// It expands beyond the caps; nothing in the file was used.
    TooLarge,
    /// It is compressed more than three times; nothing in the file was used.
    TooDeep,
    /// It could not be opened.
    Unreadable(std::io::ErrorKind),
    /// It was taken back in this run: only its number is left, so that the numbers of the files after it stay.
    TakenBack,
}

impl FileState {
    /// What happened, in words; `None` for a complete file.
    #[must_use]
    pub fn words(self) -> Option<String> {
        match self {
            Self::Complete | Self::TakenBack => None,
            Self::Truncated => {
                Some("the compressed data end too early; nothing of it was used".into())
            }
            Self::Corrupt => Some("the compressed data are damaged; nothing of it was used".into()),
            Self::TooLarge => Some("it expands beyond all reason; nothing of it was used".into()),
            Self::TooDeep => {
                Some("it is compressed more than three times: undo one compression; nothing of it was used".into())
            }
            Self::Unreadable(std::io::ErrorKind::StaleNetworkFileHandle) => {
                Some("it was replaced while it was read; the next run reads it".into())
            }
            Self::Unreadable(kind) => Some(format!("it cannot be opened ({kind})")),
        }
    }
}

/// Number of odd but accepted records by organization, counter and detail.
pub type Oddities = BTreeMap<(String, Measure, String), u64>;

/// The account of one file: `records = blank + accepted + duplicate + rejected + other + deferred`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileAccount {
    /// Path relative to the input it was found in.
    pub name: String,
    /// Size as stored, bytes.
    pub bytes: u64,
    /// Size after decompression, bytes.
    pub decompressed: u64,
    /// Records read.
    pub records: u64,
    /// Blank records.
    pub blank: u64,
    /// Records that became a snapshot.
    pub accepted: u64,
    /// Records whose payload occurred earlier in this file.
    pub duplicate: u64,
    /// Records that could not be used, by reason (in the order of [`Reject::ALL`]).
    pub rejected: [u64; Reject::ALL.len()],
    /// Records without a webhook, in an archive that holds other records too.
    pub other: u64,
    /// Unfinished last records that may still be being written: left for a later run.
    pub deferred: u64,
    /// Size of these, bytes.
    pub deferred_bytes: u64,
    /// Records by form, in the order of [`Form::ALL`]; those that are not a whole value have none.
    pub forms: [u64; Form::ALL.len()],
    /// Records with a byte order mark in front.
    pub byte_order_marks: u64,
    /// How reading ended.
    pub state: FileState,
    /// Where the compressed data are damaged, if they are: stored bytes before that place.
    pub broken_at: Option<u64>,
    /// Whether there are stray bytes after the compressed data.
    pub trailing_garbage: bool,
    /// Whether it expands more than 200 times.
    pub suspicious_ratio: bool,
    /// Odd but accepted records.
    pub oddities: Oddities,
    /// The file holds a time too far in the future for this run: the earliest run, UTC milliseconds, that would accept
    /// one. `None` if it holds no such time.
    pub in_range_from: Option<i64>,
    /// Whether its tickets have a service date.
    pub days: Days,
    /// How many of its ratings lie on the scale, by organization.
    pub ratings: BTreeMap<String, Ratings>,
    /// Where the records hold their webhooks and receive times, with counts. Not kept from night to night.
    pub shapes: BTreeMap<Shape, u64>,
    /// Number of records with a time beside them: before the object on its line, or in a column. It is the receive time of those
    /// that have none themselves. Not kept from night to night.
    pub timed_beside: u64,
    /// Key paths of the first record without a webhook: names only. Not kept from night to night.
    pub keys: Vec<String>,
    /// The first rejected records.
    pub rejects: Vec<RejectedRecord>,
}

impl FileAccount {
    /// Number of rejected records.
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

    /// Why nothing in it was used, with the place; `None` for a file that was read.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        let words = self.state.words()?;
        Some(match self.broken_at {
            Some(_) if self.state == FileState::TooDeep => words,
            Some(at) => format!("{words} (after {at} of {} stored bytes)", self.bytes),
            None => words,
        })
    }

    /// Whether every record is in exactly one counter.
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
    /// Size as stored, bytes.
    pub bytes: u64,
    /// Size after decompression, bytes.
    pub decompressed: u64,
    /// Records read.
    pub records: u64,
    /// Blank records.
    pub blank: u64,
    /// Records that became a snapshot.
    pub accepted: u64,
    /// Records whose payload occurred earlier in the same file.
    pub duplicate: u64,
    /// Records that could not be used.
    pub rejected: u64,
    /// Records without a webhook, in an archive that holds other records too.
    pub other: u64,
    /// Unfinished last records that were left for a later run.
    pub deferred: u64,
    /// Files of which nothing could be used.
    pub files_left_out: u64,
}

impl Account {
    /// Sums over all files.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let files = self.files.iter().filter(|file| file.state != FileState::TakenBack);
        files.fold(Totals::default(), |sum, file| Totals {
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
