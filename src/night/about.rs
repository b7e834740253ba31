//! What a generation is about, for a person who chooses one: when it was made, and of what.
//!
//! Nothing is decided by it. A generation without it, of an older version, is as good as any other.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::store::Generation;

/// Name of the blob.
pub(super) const ABOUT: &str = "about.json";

/// What the night that made a generation did. Fields of a later version are passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    /// The instant of the run, UTC milliseconds.
    pub as_of: i64,
    /// How many files were treated how, such as `new` and `grown`.
    pub files: BTreeMap<String, u64>,
    /// Number of records that were read in that night.
    pub records: u64,
    /// Number of tickets of all nights.
    pub tickets: u64,
    /// The newest instant at which anything happened, by organization, UTC milliseconds; empty if it was not looked for.
    pub data_through: BTreeMap<String, i64>,
}

impl About {
    /// That of a night; `tally` says how many files were treated how.
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

    /// That of a generation; `None` if it has none that can be read.
    #[must_use]
    pub fn read(from: &Generation) -> Option<Self> {
        from.size(ABOUT)?;
        serde_json::from_slice(&from.read(ABOUT).ok()?).ok()
    }

    /// The newest instant at which anything happened in any organization.
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
