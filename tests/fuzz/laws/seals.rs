//! The laws of the texts that lead to all other files of a state, which the fuzz target `seals` and the replay of its corpus
//! hold, for any bytes: behind the checksum, too.
//!
//! What is read is written as it was. What has no right checksum is not read. A name that is read leads to a file below the
//! folder of its generation.

use super::manifest::{Manifest, seal, unseal};
use super::pointer::Pointer;

const HEADERS: [&str; 2] = ["queuestat generation ", "queuestat state "];

/// What a text was taken for.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Taken {
    List,
    Pointer,
}

/// Reads bytes as they are and with a right checksum, and holds the laws. What they were taken for.
///
/// # Panics
/// If a law is broken.
pub(crate) fn hold(bytes: &[u8]) -> Vec<Taken> {
    let mut taken = each(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        taken.extend(each(seal(text.to_owned()).as_bytes()));
        for header in HEADERS {
            taken.extend(each(seal(format!("{header}1 {text}")).as_bytes()));
            taken.extend(each(seal(format!("{header}1\n{text}\n")).as_bytes()));
        }
    }
    taken
}

fn each(bytes: &[u8]) -> Vec<Taken> {
    let mut taken = Vec::new();
    let is_sealed = HEADERS.iter().any(|header| unseal(bytes, header, 1).is_ok());
    if let Ok(list) = Manifest::parse(bytes) {
        assert_eq!(list.to_text().as_bytes(), bytes);
        for (name, _) in list.blobs() {
            let is_below = name.split('/').all(|part| !matches!(part, "" | "." | ".."));
            assert!(is_below && !name.contains(['\\', '\0', ':']), "{name:?}");
        }
        taken.push(Taken::List);
    }
    if let Ok(pointer) = Pointer::parse(bytes) {
        assert_eq!(pointer.to_text().as_bytes(), bytes);
        let is_possible = pointer.current.as_ref().is_none_or(|(n, _)| *n <= pointer.highest);
        assert!(is_possible, "{pointer:?}");
        taken.push(Taken::Pointer);
    }
    assert!(is_sealed || taken.is_empty(), "read without a checksum: {}", bytes.escape_ascii());
    taken
}
