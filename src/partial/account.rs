//! Stores the account of a file that was folded, with its number.

use std::collections::BTreeMap;
use std::io::ErrorKind;

use serde::{Deserialize, Serialize};

use crate::archive::Form;
use crate::ingest::{Days, FileAccount, FileState, Ratings};

use super::names_of_counts::{
    OddityRows, QuarantineRows, RejectedRows, UnknownName, put_back, rows_of,
};

/// The account of a file. The shapes of its records are left out: no report needs them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptAccount {
    /// Its number in file order.
    pub number: u32,
    /// Path relative to the input it was found in.
    pub name: String,
    state: String,
    bytes: u64,
    decompressed: u64,
    /// Number of records.
    pub records: u64,
    blank: u64,
    accepted: u64,
    duplicate: u64,
    other: u64,
    deferred: u64,
    deferred_bytes: u64,
    forms: [u64; Form::ALL.len()],
    byte_order_marks: u64,
    broken_at: Option<u64>,
    trailing_garbage: bool,
    suspicious_ratio: bool,
    rejected: RejectedRows,
    oddities: OddityRows,
    in_range_from: Option<i64>,
    days: Days,
    ratings: BTreeMap<String, Ratings>,
    quarantine: QuarantineRows,
}

/// Names of the ways in which reading ends. The kinds of errors are those that concern one file and not the storage.
const STATES: [(&str, FileState); 11] = [
    ("complete", FileState::Complete),
    ("truncated", FileState::Truncated),
    ("corrupt", FileState::Corrupt),
    ("too_large", FileState::TooLarge),
    ("too_deep", FileState::TooDeep),
    ("taken_back", FileState::TakenBack),
    ("not_found", FileState::Unreadable(ErrorKind::NotFound)),
    ("permission_denied", FileState::Unreadable(ErrorKind::PermissionDenied)),
    ("invalid_input", FileState::Unreadable(ErrorKind::InvalidInput)),
    ("is_a_directory", FileState::Unreadable(ErrorKind::IsADirectory)),
    ("replaced", FileState::Unreadable(ErrorKind::StaleNetworkFileHandle)),
];

impl KeptAccount {
    /// The stored form of an account.
    #[must_use]
    pub fn of(number: u32, file: &FileAccount) -> Self {
        let (rejected, oddities, quarantine) = rows_of(file);
        let state = STATES.iter().find(|(_, state)| *state == file.state);
        Self {
            number,
            name: file.name.clone(),
            state: state.map_or("unreadable", |(name, _)| name).to_owned(),
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
            broken_at: file.broken_at,
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

    /// The account.
    ///
    /// # Errors
    /// [`UnknownName`] if it names a counter or a state that this version does not know.
    pub(crate) fn account(self) -> Result<FileAccount, UnknownName> {
        let state = STATES.iter().find(|(name, _)| *name == self.state);
        let mut file = FileAccount {
            name: self.name,
            state: state.map(|(_, state)| *state).ok_or(UnknownName)?,
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
            broken_at: self.broken_at,
            trailing_garbage: self.trailing_garbage,
            suspicious_ratio: self.suspicious_ratio,
            in_range_from: self.in_range_from,
            days: self.days,
            ratings: self.ratings,
            ..FileAccount::default()
        };
        put_back(&mut file, (self.rejected, self.oddities, self.quarantine))?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::{CANNOT_OPEN, RejectedRecord};
    use crate::webhook::{Measure, Reject};

    #[test]
    fn every_way_in_which_a_file_cannot_be_read_has_a_name() {
        for kind in CANNOT_OPEN {
            let file = FileAccount { state: FileState::Unreadable(kind), ..FileAccount::default() };
            let kept = KeptAccount::of(3, &file);
            assert_eq!(kept.account().unwrap().state, file.state, "{kind}");
        }
    }

    #[test]
    fn an_account_comes_back_as_it_was() {
        for (_, state) in STATES {
            let mut file = FileAccount {
                name: "a/b.jsonl".into(),
                state,
                bytes: 1,
                decompressed: 2,
                records: 3,
                blank: 4,
                accepted: 5,
                duplicate: 6,
                other: 7,
                deferred: 8,
                deferred_bytes: 9,
                byte_order_marks: 10,
                broken_at: Some(11),
                trailing_garbage: true,
                suspicious_ratio: true,
                in_range_from: Some(12),
                ..FileAccount::default()
            };
            file.rejected[8] = 13;
            file.forms[1] = 14;
            file.days.tickets = 15;
            file.ratings.insert("o".into(), Ratings { good: 16, ..Ratings::default() });
            file.oddities.insert(("o".into(), Measure::ALL[1], "d".into()), 17);
            let reason = Reject::NoType;
            file.rejects.push(RejectedRecord { line: 18, offset: 19, length: 20, reason });
            let kept = KeptAccount::of(21, &file);
            let text = serde_json::to_string(&kept).unwrap();
            let back: KeptAccount = serde_json::from_str(&text).unwrap();
            assert_eq!((back.number, back.account()), (21, Ok(file)));
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let mut kept = KeptAccount::of(1, &FileAccount::default());
        kept.rejected.insert("lost in the post".into(), 1);
        assert_eq!(kept.account(), Err(UnknownName));
        let mut kept = KeptAccount::of(1, &FileAccount::default());
        kept.state = "eaten".into();
        assert_eq!(kept.account(), Err(UnknownName));
    }
}
