//! The ledger: every file that was read, its content at that time, and its account.
//!
//! A file's id never changes and is never reused; kept tickets name files by it. Rejected lines are listed by position,
//! length and reason, never with their text.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::archive::{Candidate, Discovery, Form, Known, Skipped};
use crate::ingest::{Days, FileAccount, FileState, Ratings, Settings};
use crate::partial::{OddityRows, QuarantineRows, RejectedRows, UnknownName, put_back, rows_of};
use crate::webhook::Reject;

use super::looked_at::LookedAt;
use super::seen::Seen;
use super::told::Told;

/// Format of the state; no other one is read.
const FORMAT: u32 = 7;
/// To be raised when lines are decoded differently; the state is then rebuilt.
const MEANING: u32 = 3;

/// The settings that kept tickets depend on, besides the lines.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Meaning {
    version: u32,
    payload: Option<String>,
    received_at: Option<String>,
    /// Times before this were rejected, UTC milliseconds.
    #[serde(default)]
    earliest: i64,
    /// Whether records without a webhook were counted as something else and not rejected.
    #[serde(default)]
    ignore_others: bool,
    #[serde(default)] // The best rating, if it is not 5.
    scale: Option<u8>,
}

impl Meaning {
    /// The part of the settings that tickets depend on.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        let Settings { webhook, ignore_others, .. } = settings;
        let text = |pointer: &Option<_>| pointer.as_ref().map(|pointer| format!("{pointer:?}"));
        Self {
            version: MEANING,
            payload: text(&webhook.payload),
            received_at: text(&webhook.received_at),
            earliest: webhook.earliest,
            ignore_others: *ignore_others,
            scale: Some(webhook.scale.top()).filter(|top| *top != 5),
        }
    }
}

impl Meaning {
    /// Whether tickets that were read by other settings have the same figures by these: ratings have the same scale, and the same
    /// times are believed. Where in a record the webhook is looked for does not matter any more.
    #[must_use]
    pub fn has_same_figures(&self, other: &Self) -> bool {
        (self.scale, self.earliest) == (other.scale, other.earliest)
    }
}

/// The content of a file when it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Hash of the decompressed bytes.
    pub hash: String,
    /// Number of decompressed bytes.
    pub length: u64,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its id, which never changes.
    pub id: u32,
    /// Size in bytes as stored, when it was last looked at.
    pub size: u64,
    /// Time of its last change when it was last looked at, UTC milliseconds.
    pub modified_ms: Option<i64>,
    /// `ETag` of the object that it was, if it was one.
    pub tag: Option<String>,
    /// Whether it must be looked at again even if size and time are unchanged.
    pub unsure: bool,
    /// The instant of the run that judged its times, UTC milliseconds.
    pub as_of: i64,
    /// Its content, as far as it was read.
    pub content: Content,
    /// Its account, which also holds its name.
    pub account: FileAccount,
}

/// Every file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    /// The settings that the tickets were read with.
    pub meaning: Meaning,
    /// The instant of the last run, or that of the newest thing it knows of if that is later; UTC milliseconds.
    pub as_of: i64,
    /// The next id.
    pub next_id: u32,
    /// The files, by id.
    pub files: BTreeMap<u32, Row>,
    /// Ids of files that are gone, and the id of a file with the same content.
    pub same_as: BTreeMap<u32, u32>,
    /// Ids of files that have to be read again, because the order of files has changed, and could not be.
    pub overdue: BTreeSet<u32>,
    /// What else was looked at and need not be opened again while it is unchanged.
    pub looked_at: LookedAt,
    /// Ids of the files of each root, by its name, if there are several.
    pub roots: BTreeMap<String, BTreeSet<u32>>,
    /// When silences of parts were told.
    pub told: Told,
}

/// Why a ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// It is not a ledger.
    #[error("it is not a ledger")]
    Shape(#[from] serde_json::Error),
    /// It has an older format: the archive must be read again.
    #[error("it has format {format}; this version of queuestat writes format {FORMAT}")]
    Older {
        /// Its format.
        format: u32,
        /// Names of the files in it.
        files: Vec<String>,
    },
    /// It has a newer format.
    #[error("it has format {0}; this version of queuestat reads format {FORMAT}")]
    Format(u32),
    /// It names a counter or reason that this version does not know.
    #[error("it names a counter that this version of queuestat does not know")]
    Unknown,
}

impl From<UnknownName> for LedgerError {
    fn from(_: UnknownName) -> Self {
        Self::Unknown
    }
}

impl Row {
    /// What showed of it when it was last looked at.
    #[must_use]
    pub(super) fn seen(&self) -> Seen<'_> {
        Seen { size: self.size, modified_ms: self.modified_ms, tag: self.tag.as_deref() }
    }

    /// Whether lines of it were left for later.
    #[must_use]
    pub fn deferred(&self) -> bool {
        self.account.deferred > 0
    }

    /// Whether its last line was rejected as cut off.
    #[must_use]
    pub fn torn(&self) -> bool {
        let at = Reject::ALL.iter().position(|reason| *reason == Reject::TruncatedTail);
        at.and_then(|at| self.account.rejected.get(at)).is_some_and(|n| *n > 0)
    }

    /// Whether a run at `as_of` (UTC milliseconds) accepts a time in it that was too far in the future when it was
    /// read.
    #[must_use]
    pub fn is_believed_more(&self, as_of: i64) -> bool {
        self.as_of < as_of && self.account.in_range_from.is_some_and(|from| from <= as_of)
    }
}

impl Ledger {
    /// What is known of a file, if its size and time are unchanged. `row` is its row, if it has one; `exclude` holds
    /// tonight's patterns.
    #[must_use]
    pub fn known(&self, file: &Candidate, row: Option<&Row>, exclude: &[String]) -> Known {
        if row.is_some_and(|row| !row.unsure && row.seen().is_same(file)) {
            return Known::Archive;
        }
        self.looked_at.known(file, exclude)
    }

    /// Remembers what was looked at tonight; returns skipped files that were not reported before.
    pub fn remember(&mut self, found: &Discovery, exclude: &[String], as_of: i64) -> Vec<Skipped> {
        self.looked_at.remember(found, exclude, as_of)
    }

    /// Encodes it.
    ///
    /// # Errors
    /// [`LedgerError`]: an internal error.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LedgerError> {
        let kept = Kept {
            format: FORMAT,
            meaning: self.meaning.clone(),
            as_of: self.as_of,
            next_id: self.next_id,
            files: self.files.values().map(KeptRow::of).collect(),
            same_as: self.same_as.clone(),
            overdue: self.overdue.clone(),
            looked_at: self.looked_at.clone(),
            roots: self.roots.clone(),
            told: self.told.clone(),
        };
        let mut bytes = serde_json::to_vec(&kept)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Decodes what [`Ledger::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`LedgerError`] if the bytes are anything else.
    pub fn of_bytes(bytes: &[u8]) -> Result<Self, LedgerError> {
        #[derive(Deserialize)]
        struct Head {
            format: u32,
        }
        /// What every format has.
        #[derive(Deserialize)]
        struct Known {
            files: Vec<KnownFile>,
        }
        #[derive(Deserialize)]
        struct KnownFile {
            path: String,
        }
        let head: Head = serde_json::from_slice(bytes)?;
        if head.format < FORMAT {
            let known: Known = serde_json::from_slice(bytes)?;
            let files = known.files.into_iter().map(|file| file.path).collect();
            return Err(LedgerError::Older { format: head.format, files });
        }
        if head.format != FORMAT {
            return Err(LedgerError::Format(head.format));
        }
        let kept: Kept = serde_json::from_slice(bytes)?;
        let rows = kept.files.into_iter().map(|row| Ok((row.id, row.row()?)));
        Ok(Self {
            meaning: kept.meaning,
            as_of: kept.as_of,
            next_id: kept.next_id,
            files: rows.collect::<Result<_, LedgerError>>()?,
            same_as: kept.same_as,
            overdue: kept.overdue,
            looked_at: kept.looked_at,
            roots: kept.roots,
            told: kept.told,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    format: u32,
    meaning: Meaning,
    as_of: i64,
    next_id: u32,
    files: Vec<KeptRow>,
    same_as: BTreeMap<u32, u32>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    overdue: BTreeSet<u32>,
    #[serde(default)]
    looked_at: LookedAt,
    #[serde(default)]
    roots: BTreeMap<String, BTreeSet<u32>>,
    #[serde(default)]
    told: Told,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptRow {
    id: u32,
    path: String,
    size: u64,
    modified_ms: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tag: Option<String>,
    unsure: bool,
    as_of: i64,
    content: Content,
    bytes: u64,
    decompressed: u64,
    records: u64,
    blank: u64,
    accepted: u64,
    duplicate: u64,
    other: u64,
    deferred: u64,
    deferred_bytes: u64,
    /// Records by form, in the order of [`Form::ALL`].
    forms: [u64; Form::ALL.len()],
    byte_order_marks: u64,
    trailing_garbage: bool,
    suspicious_ratio: bool,
    rejected: RejectedRows,
    oddities: OddityRows,
    in_range_from: Option<i64>,
    #[serde(default)]
    days: Days,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    ratings: BTreeMap<String, Ratings>,
    quarantine: QuarantineRows,
}

impl KeptRow {
    fn of(row: &Row) -> Self {
        let file = &row.account;
        let (rejected, oddities, quarantine) = rows_of(file);
        Self {
            id: row.id,
            path: file.name.clone(),
            size: row.size,
            modified_ms: row.modified_ms,
            tag: row.tag.clone(),
            unsure: row.unsure,
            as_of: row.as_of,
            content: row.content.clone(),
            bytes: file.bytes,
            decompressed: file.decompressed,
            records: file.records,
            blank: file.blank,
            accepted: file.accepted,
            duplicate: file.duplicate,
            other: file.other,
            deferred: file.deferred,
            deferred_bytes: file.deferred_bytes,
            forms: file.forms,
            byte_order_marks: file.byte_order_marks,
            trailing_garbage: file.trailing_garbage,
            suspicious_ratio: file.suspicious_ratio,
            rejected,
            oddities,
            in_range_from: file.in_range_from,
            days: file.days.clone(),
            ratings: file.ratings.clone(),
            quarantine,
        }
    }

    fn row(self) -> Result<Row, LedgerError> {
        let mut account = FileAccount {
            name: self.path,
            bytes: self.bytes,
            decompressed: self.decompressed,
            records: self.records,
            blank: self.blank,
            accepted: self.accepted,
            duplicate: self.duplicate,
            other: self.other,
            deferred: self.deferred,
            deferred_bytes: self.deferred_bytes,
            forms: self.forms,
            byte_order_marks: self.byte_order_marks,
            trailing_garbage: self.trailing_garbage,
            suspicious_ratio: self.suspicious_ratio,
            in_range_from: self.in_range_from,
            days: self.days,
            ratings: self.ratings,
            state: FileState::Complete,
            ..FileAccount::default()
        };
        put_back(&mut account, (self.rejected, self.oddities, self.quarantine))?;
        Ok(Row {
            id: self.id,
            size: self.size,
            modified_ms: self.modified_ms,
            tag: self.tag,
            unsure: self.unsure,
            as_of: self.as_of,
            content: self.content,
            account,
        })
    }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
