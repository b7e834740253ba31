//! What was read and what was not, in numbers and in words.

use std::collections::BTreeMap;
use std::fmt;

use crate::ingest::Totals;

use super::words::{bytes, count, grouped};

/// What was read and what was not. Shown, it is
/// `6,412 records from 58 files (1.9 MB): 6,390 accepted, 12 repeated, 10 rejected; 1 file skipped: 1 PNG`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadCounts {
    /// The account of all files together.
    pub totals: Totals,
    /// Files that were skipped, by kind; those that are always skipped in silence do not count.
    pub skipped: BTreeMap<String, u64>,
}

impl ReadCounts {
    /// `; 3 files skipped: 2 Parquet, 1 PNG`, or nothing.
    #[must_use]
    pub fn skipped_words(&self) -> String {
        let all: u64 = self.skipped.values().sum();
        if all == 0 {
            return String::new();
        }
        let mut kinds: Vec<(&String, &u64)> = self.skipped.iter().collect();
        kinds.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        let kinds: Vec<String> =
            kinds.iter().map(|(kind, n)| format!("{} {kind}", grouped(**n))).collect();
        format!("; {} skipped: {}", count(all, "file"), kinds.join(", "))
    }
}

impl fmt::Display for ReadCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = &self.totals;
        let mut parts = vec![format!("{} accepted", grouped(t.accepted))];
        for (n, what) in [
            (t.duplicate, "repeated"),
            (t.rejected, "rejected"),
            (t.other, "of other things"),
            (t.deferred, "deferred (still being written)"),
            (t.blank, "blank"),
        ] {
            if n > 0 {
                parts.push(format!("{} {what}", grouped(n)));
            }
        }
        write!(
            f,
            "{} from {} ({}): {}{}",
            count(t.records, "record"),
            count(t.files, "file"),
            bytes(t.bytes),
            parts.join(", "),
            self.skipped_words()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_there_is_told_and_the_most_first() {
        let totals = Totals {
            files: 2,
            bytes: 1_500,
            records: 1_012,
            accepted: 1_000,
            rejected: 12,
            ..Totals::default()
        };
        let skipped = [("PNG", 1), ("ELF", 1), ("Parquet", 2)];
        let skipped = skipped.map(|(kind, n)| (kind.to_owned(), n)).into();
        assert_eq!(
            ReadCounts { totals, skipped }.to_string(),
            "1,012 records from 2 files (1.5 kB): 1,000 accepted, 12 rejected; \
             4 files skipped: 2 Parquet, 1 ELF, 1 PNG"
        );
        assert_eq!(
            ReadCounts::default().to_string(),
            "0 records from 0 files (0 bytes): 0 accepted"
        );
    }
}
