//! The manifest: a list of a generation's blobs with their sizes and checksums.
//!
//! ```text
//! queuestat generation 1 0.1.0 7 2
//! 2cf24dba… 1204 ledger.json
//! 9f86d081… 88123 tickets/2021-03.parquet
//! 486ea462…
//! ```
//!
//! The first line holds the format version, the version of queuestat, the number of the generation and the number of
//! blobs. Each line below it is a BLAKE3 checksum, a size and a name, sorted by name; the last line is the checksum of all
//! lines above. A manifest is accepted only if writing it again would give the same bytes.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use super::error::StoreError;

pub(super) const NAME: &str = "MANIFEST";
/// A second copy, in case the first cannot be read. Generations of older versions have none.
pub(super) const COPY: &str = "MANIFEST.copy";

const VERSION: u32 = 1;
const HEADER: &str = "queuestat generation ";

/// A checksum in lower-case hexadecimal digits.
pub(super) fn checksum(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// A blob as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Blob {
    pub(super) checksum: String,
    pub(super) size: u64,
}

impl Blob {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self { checksum: checksum(bytes), size: bytes.len() as u64 }
    }
}

/// The manifest of a generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) number: u64,
    /// The version of queuestat that wrote it.
    pub(super) written_by: String,
    blobs: BTreeMap<String, Blob>,
}

/// Why a versioned text cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It has another format version: this one, truncated.
    Version(String),
    /// It is damaged: what is wrong with it.
    Damaged(&'static str),
}

impl Unreadable {
    pub(super) fn at(self, path: PathBuf) -> StoreError {
        match self {
            Self::Version(found) => StoreError::UnknownVersion { path, found, known: VERSION },
            Self::Damaged(reason) => StoreError::corrupt(path, reason),
        }
    }
}

impl Manifest {
    /// An empty manifest of this format version.
    pub(super) fn new(number: u64) -> Self {
        let written_by = env!("CARGO_PKG_VERSION").to_owned();
        Self { number, written_by, blobs: BTreeMap::new() }
    }

    /// Adds a blob; false if the name is taken, leads elsewhere, or needs a folder where a blob is.
    pub(super) fn add(&mut self, name: &str, blob: Blob) -> bool {
        let in_a_blob =
            name.match_indices('/').any(|(at, _)| self.blobs.contains_key(name.split_at(at).0));
        if !is_plain(name) || in_a_blob || self.has_below(name) || self.blobs.contains_key(name) {
            return false;
        }
        self.blobs.insert(name.to_owned(), blob);
        true
    }

    /// Removes a blob from the list.
    pub(super) fn forget(&mut self, name: &str) {
        self.blobs.remove(name);
    }

    pub(super) fn get(&self, name: &str) -> Option<&Blob> {
        self.blobs.get(name)
    }

    pub(super) fn blobs(&self) -> impl Iterator<Item = (&str, &Blob)> {
        self.blobs.iter().map(|(name, blob)| (name.as_str(), blob))
    }

    /// Whether a blob lies below a folder of this name.
    pub(super) fn has_below(&self, folder: &str) -> bool {
        let below = format!("{folder}/");
        self.blobs.range(below.clone()..).next().is_some_and(|(name, _)| name.starts_with(&below))
    }

    pub(super) fn to_text(&self) -> String {
        let Self { number, written_by, blobs } = self;
        let mut text = format!("{HEADER}{VERSION} {written_by} {number} {}\n", blobs.len());
        for (name, Blob { checksum, size }) in blobs {
            // Writing to a String cannot fail.
            let _written = writeln!(text, "{checksum} {size} {name}");
        }
        seal(text)
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        let text = unseal(bytes, HEADER, VERSION)?;
        let damaged = Unreadable::Damaged("it is not the list of a generation");
        let Some(manifest) = Self::parse_lines(text) else {
            return Err(damaged);
        };
        if manifest.to_text().as_bytes() == bytes { Ok(manifest) } else { Err(damaged) }
    }

    fn parse_lines(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let mut header = lines.next()?.strip_prefix(HEADER)?.split(' ').skip(1);
        let written_by = header.next()?.to_owned();
        let number = header.next()?.parse().ok()?;
        let mut manifest = Self { number, written_by, blobs: BTreeMap::new() };
        for line in lines {
            let mut parts = line.splitn(3, ' ');
            let (checksum, size) = (parts.next()?.to_owned(), parts.next()?.parse().ok()?);
            if !manifest.add(parts.next()?, Blob { checksum, size }) {
                return None;
            }
        }
        Some(manifest)
    }
}

/// Appends the checksum of a text as its last line.
pub(super) fn seal(text: String) -> String {
    let checksum = checksum(text.as_bytes());
    text + &checksum + "\n"
}

/// The text above the checksum, if both match and the format version is `version`.
pub(super) fn unseal<'a>(
    bytes: &'a [u8],
    header: &str,
    version: u32,
) -> Result<&'a str, Unreadable> {
    let text = str::from_utf8(bytes).map_err(|_| Unreadable::Damaged("it is not text"))?;
    // The version is checked first: another version may use another checksum.
    let Some(found) = text.strip_prefix(header).and_then(|rest| rest.split([' ', '\n']).next())
    else {
        return Err(Unreadable::Damaged("it does not begin as queuestat writes it"));
    };
    if found != version.to_string() {
        let is_number = !found.is_empty() && found.bytes().all(|b| b.is_ascii_digit());
        return Err(if is_number {
            Unreadable::Version(found.chars().take(20).collect())
        } else {
            Unreadable::Damaged("it does not begin as queuestat writes it")
        });
    }
    let torn = Unreadable::Damaged("it does not match its checksum");
    let Some((above, _)) = text.strip_suffix('\n').and_then(|text| text.rsplit_once('\n')) else {
        return Err(torn);
    };
    let above = text.split_at(above.len() + 1).0;
    if seal(above.to_owned()) == text { Ok(above) } else { Err(torn) }
}

/// Whether a name leads to a file below the generation and nowhere else, on every system alike.
fn is_plain(name: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    !matches!(name, NAME | COPY)
        && name.len() <= 200
        && name
            .split('/')
            .all(|part| !matches!(part, "" | "." | "..") && part.bytes().all(is_plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_whole_or_not_at_all() {
        let mut list = Manifest::new(7);
        assert!(list.add("tickets/2021-03.parquet", Blob::of(b"1")));
        assert!(list.add("ledger.json", Blob::of(b"22")) && list.add("a-b", Blob::of(b"")));
        for taken in ["ledger.json", "ledger.json/x", "tickets"] {
            assert!(!list.add(taken, Blob::of(b"")), "{taken}");
        }
        let text = list.to_text();
        assert_eq!(Manifest::parse(text.as_bytes()), Ok(list));
        for end in 0..text.len() {
            assert!(Manifest::parse(&text.as_bytes()[..end]).is_err(), "{end}");
        }
        assert!(Manifest::parse((text.clone() + "\n").as_bytes()).is_err());
    }

    #[test]
    fn a_sealed_list_of_another_shape_is_refused() {
        let zeros = "0".repeat(64);
        for text in [
            "queuestat generation 1 0.1.0 7 1\n".to_owned(),
            "queuestat generation 1 0.1.0 07 0\n".to_owned(),
            "queuestat generation 1 0.1.0 7 0 \n".to_owned(),
            "queuestat generation 1\n".to_owned(),
            format!("queuestat generation 1 0.1.0 7 1\n{zeros} 1 ../x\n"),
            format!("queuestat generation 1 0.1.0 7 1\n{zeros} 01 x\n"),
            format!("queuestat generation 1 0.1.0 7 2\n{zeros} 1 x\n{zeros} 1 x\n"),
            format!("queuestat generation 1 0.1.0 7 2\n{zeros} 1 y\n{zeros} 1 x\n"),
        ] {
            let read = Manifest::parse(seal(text.clone()).as_bytes());
            assert!(matches!(read, Err(Unreadable::Damaged(_))), "{text}");
        }
    }

    #[test]
    fn another_version_is_told_from_damage() {
        let read = Manifest::parse(b"queuestat generation 12 whatever");
        assert_eq!(read, Err(Unreadable::Version("12".to_owned())));
        for text in ["queuestat generation x", "queuestat generation ", "", "\n", "\u{e9}"] {
            assert!(matches!(Manifest::parse(text.as_bytes()), Err(Unreadable::Damaged(_))));
        }
    }

    #[test]
    fn names_that_lead_elsewhere() {
        for name in ["", "/", "/a", "a/", "a//b", ".", "a/.", "..", "a/../b", "a\\b", "a\nb", "å"]
        {
            assert!(!is_plain(name), "{name:?}");
        }
        assert!(!is_plain(NAME) && !is_plain(COPY) && is_plain("a/MANIFEST") && is_plain("..."));
    }
}
