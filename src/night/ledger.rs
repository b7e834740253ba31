//! The ledger: every file that was read, how far, and its account.
//!
//! A file has an id that never changes and is never used again; kept tickets name files by it. Rejected lines are listed
//! by place, length and reason, never with their text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::archive::{Candidate, Discovery, Form, Known, Skipped};
use crate::ingest::{Days, FileAccount, FileState, Ratings, RejectedRecord, Settings};
use crate::webhook::{Measure, Reject};

use super::looked_at::{LookedAt, is_same};

/// Format of the state; another one is not read.
const FORMAT: u32 = 5;
/// Raise it when a line is read in another way than before: then the state has to be made anew.
const MEANING: u32 = 3;

/// What the kept tickets depend on besides the lines.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Meaning {
    version: u32,
    payload: Option<String>,
    received_at: Option<String>,
    /// Earlier times were not believed, UTC milliseconds.
    #[serde(default)]
    earliest: i64,
    /// Records without a webhook were counted as other things.
    #[serde(default)]
    ignore_others: bool,
    #[serde(default)] // The best rating, if it is not 5.
    scale: Option<u8>,
}

impl Meaning {
    /// That of these settings.
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

/// What a file was known to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Hash of the decompressed bytes.
    pub hash: String,
    /// Number of them.
    pub length: u64,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number for ever.
    pub id: u32,
    /// Bytes as stored, when it was last looked at.
    pub size: u64,
    /// Last change, when it was last looked at.
    pub modified_ms: Option<i64>,
    /// Whether it has to be looked at again, even if size and time are the same.
    pub unsure: bool,
    /// Instant its times were judged at.
    pub as_of: i64,
    /// Content as far as it was read.
    pub content: Content,
    /// Its account; the name is that of the file.
    pub account: FileAccount,
}

/// Every file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    /// What the tickets were read with.
    pub meaning: Meaning,
    /// The latest instant that times were judged at.
    pub as_of: i64,
    /// The next id.
    pub next_id: u32,
    /// The files, by id.
    pub files: BTreeMap<u32, Row>,
    /// Ids of files that are gone, because another one has the same content.
    pub same_as: BTreeMap<u32, u32>,
    /// What is not opened again while it stays as it is.
    pub looked_at: LookedAt,
}

/// Why a ledger cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Not what a ledger looks like.
    #[error("it is no ledger")]
    Shape(#[from] serde_json::Error),
    /// Of an older format: the archive has to be read again.
    #[error("it has the format {format}; this queuestat writes {FORMAT}")]
    Older {
        /// Its format.
        format: u32,
        /// Names of the files that it knows.
        files: Vec<String>,
    },
    /// Of another format.
    #[error("it has the format {0}; this queuestat knows {FORMAT}")]
    Format(u32),
    /// It names something that this version does not know.
    #[error("it names a counter that this queuestat does not know")]
    Unknown,
}

impl Row {
    /// Lines that were left for later.
    #[must_use]
    pub fn deferred(&self) -> bool {
        self.account.deferred > 0
    }

    /// Whether its last line was rejected because nobody will finish it.
    #[must_use]
    pub fn torn(&self) -> bool {
        let at = Reject::ALL.iter().position(|reason| *reason == Reject::TruncatedTail);
        at.and_then(|at| self.account.rejected.get(at)).is_some_and(|n| *n > 0)
    }

    /// Whether a run at an instant believes a time in it that was too far ahead when it was read.
    #[must_use]
    pub fn is_believed_more(&self, as_of: i64) -> bool {
        self.as_of < as_of && self.account.in_range_from.is_some_and(|from| from <= as_of)
    }
}

impl Ledger {
    /// What is known of a file that has the size and time of before; `exclude` as it is tonight.
    #[must_use]
    pub fn known(&self, file: &Candidate, row: Option<&Row>, exclude: &[String]) -> Known {
        if row.is_some_and(|row| !row.unsure && is_same(file, row.size, row.modified_ms)) {
            return Known::Archive;
        }
        self.looked_at.known(file, exclude)
    }

    /// Keeps what was looked at tonight; returns what nobody was told of before.
    pub fn remember(&mut self, found: &Discovery, exclude: &[String], as_of: i64) -> Vec<Skipped> {
        self.looked_at.remember(found, exclude, as_of)
    }

    /// Writes it.
    ///
    /// # Errors
    /// [`LedgerError`]; a fault of the program.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LedgerError> {
        let kept = Kept {
            format: FORMAT,
            meaning: self.meaning.clone(),
            as_of: self.as_of,
            next_id: self.next_id,
            files: self.files.values().map(KeptRow::of).collect(),
            same_as: self.same_as.clone(),
            looked_at: self.looked_at.clone(),
        };
        let mut bytes = serde_json::to_vec(&kept)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads what [`Ledger::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`LedgerError`] if it is something else.
    pub fn of_bytes(bytes: &[u8]) -> Result<Self, LedgerError> {
        #[derive(Deserialize)]
        struct Head {
            format: u32,
        }
        /// What every format had.
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
            looked_at: kept.looked_at,
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
    #[serde(default)]
    looked_at: LookedAt,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptRow {
    id: u32,
    path: String,
    size: u64,
    modified_ms: Option<i64>,
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
    /// Records by form, in the order of all forms.
    forms: [u64; Form::ALL.len()],
    byte_order_marks: u64,
    trailing_garbage: bool,
    suspicious_ratio: bool,
    rejected: BTreeMap<String, u64>,
    /// Organization, counter, detail, number.
    oddities: Vec<(String, String, String, u64)>,
    in_range_from: Option<i64>,
    #[serde(default)]
    days: Days,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    ratings: BTreeMap<String, Ratings>,
    /// Line, offset, length, reason.
    quarantine: Vec<(u64, u64, u64, String)>,
}

impl KeptRow {
    fn of(row: &Row) -> Self {
        let file = &row.account;
        let rejected = Reject::ALL.iter().zip(file.rejected).filter(|(_, n)| *n > 0);
        Self {
            id: row.id,
            path: file.name.clone(),
            size: row.size,
            modified_ms: row.modified_ms,
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
            rejected: rejected.map(|(reason, n)| (reason.name().to_owned(), n)).collect(),
            oddities: file
                .oddities
                .iter()
                .map(|((organization, measure, detail), n)| {
                    (organization.clone(), measure.name().to_owned(), detail.clone(), *n)
                })
                .collect(),
            in_range_from: file.in_range_from,
            days: file.days.clone(),
            ratings: file.ratings.clone(),
            quarantine: file
                .rejects
                .iter()
                .map(|line| (line.line, line.offset, line.length, line.reason.name().to_owned()))
                .collect(),
        }
    }

    fn row(self) -> Result<Row, LedgerError> {
        let reason = |name: &str| {
            let found = Reject::ALL.into_iter().find(|reason| reason.name() == name);
            found.ok_or(LedgerError::Unknown)
        };
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
        for (name, n) in &self.rejected {
            let reason = reason(name)?;
            let at = Reject::ALL.iter().position(|one| *one == reason);
            if let Some(count) = at.and_then(|at| account.rejected.get_mut(at)) {
                *count = *n;
            }
        }
        for (organization, name, detail, n) in self.oddities {
            let measure = Measure::ALL.into_iter().find(|measure| measure.name() == name);
            let measure = measure.ok_or(LedgerError::Unknown)?;
            account.oddities.insert((organization, measure, detail), n);
        }
        for (line, offset, length, name) in self.quarantine {
            account.rejects.push(RejectedRecord { line, offset, length, reason: reason(&name)? });
        }
        Ok(Row {
            id: self.id,
            size: self.size,
            modified_ms: self.modified_ms,
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
