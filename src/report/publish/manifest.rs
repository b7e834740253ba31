//! The manifest: a report's list of files with sizes and hashes. It says what queuestat wrote and may delete again.
//!
//! ```text
//! queuestat manifest 2 0.1.0 18
//! 99aa06d3014798d86001c324468d497f 1204 charts/wait.svg
//! ```
//!
//! The first line holds the version of the format, the version of queuestat, and the number of files, by which a torn
//! list is recognised. Each further line holds an xxh3-128 hash, a size and a path. In version 1 the first line ended
//! after the version of the format.

use std::collections::BTreeMap;
use std::fmt::Write;

use xxhash_rust::xxh3::xxh3_128;

/// Name of the manifest in its folder. Its writer holds it locked from the first staged file on, so whoever can lock it
/// may clean up the folder.
pub const MANIFEST: &str = ".queuestat-manifest";

const OLD_HEADER: &str = "queuestat manifest 1";
const HEADER: &str = "queuestat manifest 2 ";

/// Files by relative path: hash (xxh3-128) and size.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest(BTreeMap<String, (u128, u64)>);

impl Manifest {
    /// Adds a file; returns false if it is listed already, or if a file and a folder would have the same path.
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) -> bool {
        let in_a_file =
            name.match_indices('/').any(|(at, _)| self.0.contains_key(name.split_at(at).0));
        if in_a_file || self.has_below(name) {
            return false;
        }
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

    /// The size of a listed file.
    pub(super) fn size_of(&self, name: &str) -> Option<u64> {
        self.0.get(name).map(|(_, size)| *size)
    }

    /// Whether the file is listed with the hash and size of these bytes.
    pub(super) fn matches(&self, name: &str, bytes: &[u8]) -> bool {
        self.0.get(name) == Some(&fingerprint(bytes))
    }

    /// Whether a file below this folder is listed.
    pub(super) fn has_below(&self, folder: &str) -> bool {
        let below = format!("{folder}/");
        self.0.range(below.clone()..).next().is_some_and(|(name, _)| name.starts_with(&below))
    }

    pub(super) fn to_text(&self) -> String {
        let mut text = format!("{HEADER}{} {}\n", env!("CARGO_PKG_VERSION"), self.len());
        for (name, (hash, size)) in &self.0 {
            // Writing to a String cannot fail.
            let _written = writeln!(text, "{hash:032x} {size} {name}");
        }
        text
    }

    /// Parses a list; `None` if it is torn, has an unknown version, or names a file outside its folder.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let header = lines.next()?;
        let files: Option<usize> = match header.strip_prefix(HEADER) {
            Some(rest) => Some(rest.split_once(' ')?.1.parse().ok()?),
            None if header == OLD_HEADER => None,
            None => return None,
        };
        let entry = |line: &str| {
            let mut parts = line.splitn(3, ' ');
            let hash = u128::from_str_radix(parts.next()?, 16).ok()?;
            let size = parts.next()?.parse().ok()?;
            let name = parts.next().filter(|name| is_plain(name))?;
            Some((name.to_owned(), (hash, size)))
        };
        let manifest = lines.map(entry).collect::<Option<_>>().map(Self)?;
        (files.is_none() || files == Some(manifest.len())).then_some(manifest)
    }
}

/// Whether a name leads to a file below the folder and nowhere else, on every system.
pub(super) fn is_plain(name: &str) -> bool {
    name != MANIFEST
        && !name.contains(|c: char| c == '\\' || c.is_control())
        && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

fn fingerprint(bytes: &[u8]) -> (u128, u64) {
    (xxh3_128(bytes), u64::try_from(bytes.len()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_whole_or_not_at_all() {
        let mut list = Manifest::default();
        assert!(list.add("a b/c.svg", b"1") && list.add("x", b"22") && list.add("a b.svg", b""));
        assert!(!list.add("x", b"") && !list.add("x/y", b"") && !list.add("a b", b""));
        let text = list.to_text();
        assert_eq!(Manifest::parse(&text), Some(list));
        for end in 0..text.len() {
            assert_eq!(Manifest::parse(&text[..end]), None, "{end}");
        }
        let (_, files) = text.split_once('\n').unwrap();
        assert!(Manifest::parse(&format!("{OLD_HEADER}\n{files}")).is_some());
        assert!(Manifest::parse("queuestat manifest 3 9 0\n").is_none());
    }

    #[test]
    fn names_that_lead_elsewhere() {
        for name in [
            "", "/", "/a", "a/", "a//b", ".", "./a", "a/.", "..", "../a", "a/../b", "a\\b", "a\nb",
            "a\0", MANIFEST,
        ] {
            assert!(!is_plain(name), "{name:?}");
        }
        for name in ["a", "charts/a-1.svg", "...", "a b", ".a"] {
            assert!(is_plain(name), "{name:?}");
        }
    }
}
