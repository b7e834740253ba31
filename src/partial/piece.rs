//! The frame of every piece: its format, its kind, and what it was made with.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::error::PartError;
use super::format::FORMAT;

/// A kind of piece.
pub trait Piece: Serialize + DeserializeOwned {
    /// Its name in the file.
    const KIND: &'static str;
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Framed<T> {
    format: u32,
    kind: String,
    made_from: String,
    content: T,
}

/// The digest by which pieces name a file that they were made with.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    format!("{:032x}", xxh3_128(bytes))
}

/// Encodes a piece as one line of JSON. `made_from` is the digest of the file that it was made with.
///
/// # Errors
/// [`PartError::Json`]: an internal error.
pub fn to_bytes<T: Piece>(made_from: &str, content: &T) -> Result<Vec<u8>, PartError> {
    let (kind, made_from) = (T::KIND.to_owned(), made_from.to_owned());
    let mut bytes = serde_json::to_vec(&Framed { format: FORMAT, kind, made_from, content })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Decodes what [`to_bytes`] wrote; returns what it was made with, and the content.
///
/// # Errors
/// [`PartError`] if the bytes are of another format or kind, or damaged.
pub fn of_bytes<T: Piece>(bytes: &[u8]) -> Result<(String, T), PartError> {
    /// What every format has.
    #[derive(Deserialize)]
    struct Head {
        format: u32,
        kind: String,
    }
    let head: Head = serde_json::from_slice(bytes)?;
    if head.format != FORMAT {
        return Err(PartError::Format(i64::from(head.format)));
    }
    if head.kind != T::KIND {
        return Err(PartError::Kind { found: head.kind, wanted: T::KIND });
    }
    let framed: Framed<T> = serde_json::from_slice(bytes)?;
    Ok((framed.made_from, framed.content))
}
