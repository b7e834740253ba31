//! The list of the files of a report with their sizes and hashes: what queuestat wrote, and may delete again.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use xxhash_rust::xxh3::xxh3_128;

use super::error::PublishError;

const HEADER: &str = "queuestat manifest 1";

/// Files by relative path: hash (xxh3-128) and size.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest(BTreeMap<String, (u128, u64)>);

impl Manifest {
    /// Adds a file; false if it is listed already.
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) -> bool {
        self.0.insert(name.to_owned(), fingerprint(bytes)).is_none()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn total_bytes(&self) -> u64 {
        self.0.values().map(|(_, size)| size).sum()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether a file of the folder is listed and unchanged.
    pub(super) fn matches(&self, folder: &Path, name: &str) -> Result<bool, PublishError> {
        let Some((hash, size)) = self.0.get(name) else {
            return Ok(false);
        };
        let path = folder.join(name);
        let bytes =
            std::fs::read(&path).map_err(|source| PublishError::io("read", &path, source))?;
        Ok(fingerprint(&bytes) == (*hash, *size))
    }

    pub(super) fn to_text(&self) -> String {
        let mut text = format!("{HEADER}\n");
        for (name, (hash, size)) in &self.0 {
            // Writing to a String cannot fail.
            let _written = writeln!(text, "{hash:032x} {size} {name}");
        }
        text
    }

    /// Reads a list; `None` if it is none of this version.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()? != HEADER {
            return None;
        }
        let entry = |line: &str| {
            let mut parts = line.splitn(3, ' ');
            let hash = u128::from_str_radix(parts.next()?, 16).ok()?;
            let size = parts.next()?.parse().ok()?;
            Some((parts.next()?.to_owned(), (hash, size)))
        };
        lines.map(entry).collect::<Option<_>>().map(Self)
    }
}

fn fingerprint(bytes: &[u8]) -> (u128, u64) {
    (xxh3_128(bytes), u64::try_from(bytes.len()).unwrap_or(u64::MAX))
}
