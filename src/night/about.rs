//! A summary of a generation, for people who choose one to roll back to: when it was made, and from what.
//!
//! The check of the clock depends on it, nothing else. A generation of an older version may have none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::store::Generation;

/// Name of the blob.
pub(super) const ABOUT: &str = "about.json";

/// What the night that made a generation did. Fields of later versions are ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    /// The instant of the run, UTC milliseconds.
    pub as_of: i64,
    /// Number of files by treatment, such as `new` and `grown`.
    pub files: BTreeMap<String, u64>,
    /// Number of records read that night.
    pub records: u64,
    /// Number of tickets kept, of all nights.
    pub tickets: u64,
    /// The latest instant at which anything happened, by organization, UTC milliseconds; empty if it was not
    /// determined.
    pub data_through: BTreeMap<String, i64>,
}

impl About {
    /// The summary of a night; `tally` holds the number of files by treatment.
    #[must_use]
    pub fn of_night(
        as_of: i64,
        tally: &BTreeMap<&'static str, u64>,
        records: u64,
        tickets: u64,
    ) -> Self {
        let files = tally.iter().filter(|(_, n)| **n > 0);
        let files = files.map(|(kind, n)| ((*kind).to_owned(), *n)).collect();
        Self { as_of, files, records, tickets, data_through: BTreeMap::new() }
    }

    /// Reads the summary of a generation; `None` if there is none, or it cannot be read.
    #[must_use]
    pub fn read(from: &Generation) -> Option<Self> {
        from.size(ABOUT)?;
        serde_json::from_slice(&from.read(ABOUT).ok()?).ok()
    }

    /// The latest instant at which anything happened in any organization, UTC milliseconds.
    #[must_use]
    pub fn newest(&self) -> Option<i64> {
        self.data_through.values().max().copied()
    }

    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_by_other_versions() {
        let tally = BTreeMap::from([("new", 2), ("gone", 0)]);
        let mut about = About::of_night(7, &tally, 3, 4);
        about.data_through = BTreeMap::from([("a".to_owned(), 5), ("b".to_owned(), 6)]);
        assert_eq!((about.files.len(), about.newest()), (1, Some(6)));
        let bytes = about.to_bytes().unwrap();
        assert_eq!(serde_json::from_slice::<About>(&bytes).unwrap(), about);
        let other = serde_json::from_str::<About>(r#"{"as_of": 7, "mood": "good"}"#).unwrap();
        assert_eq!(other, About { as_of: 7, ..About::default() });
    }
}
