//! Recognises containers, archived webhooks and everything else by content.

use std::io::{self, Read};

use super::compression::{Compression, strip_compression};
use super::ending::End;
use super::kind::{self, Kind};
use super::limits::Limits;
use super::rescue::is_base64_of_json;
use super::source::Source;
use super::stored::{Raw, length};
use super::tar::is_tar;

/// What a file turned out to be, before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Something that may hold records; also when in doubt, so that reading it decides.
    Archive,
    /// A tar, plain or compressed.
    Tar,
    /// A zip.
    Zip,
    /// An empty file.
    Empty,
    /// Something else.
    Foreign(Kind),
}

/// Decompressed bytes searched for marks.
const HEAD: usize = 8 << 10;
/// Decompressed bytes searched for something like a record.
const SEARCHED: u64 = 16 << 20;

/// Looks at the content of a file.
///
/// # Errors
/// If the storage fails.
pub(super) fn look(name: &str, raw: Raw, limits: Limits) -> io::Result<Look> {
    let mut source = Source::of(raw, limits)?;
    let mut text = Vec::new();
    source.by_ref().take(HEAD as u64).read_to_end(&mut text)?;
    let ending = source.ending();
    if text.is_empty() {
        let nothing = ending.end == End::Complete && !ending.trailing_garbage;
        return Ok(if nothing { Look::Empty } else { Look::Archive });
    }
    if is_tar(&text) {
        return Ok(Look::Tar);
    }
    if let Some(kind) = kind::of(&text) {
        return Ok(Look::Foreign(kind));
    }
    if text.starts_with(b"PK\x03\x04")
        || text.starts_with(b"PK\x05\x06")
        || text.starts_with(b"PK\x07\x08PK")
    {
        let plain = ending.compression == Compression::Plain;
        return Ok(if plain { Look::Zip } else { Look::Foreign(kind::PACKED_ZIP) });
    }
    if named_like_an_archive(name) {
        return Ok(Look::Archive);
    }
    if !is_text(&text) {
        return Ok(Look::Foreign(kind::BINARY));
    }
    // Most archives show a record at once; only a text without any is searched to the limit.
    let mut searched = 0_u64;
    loop {
        if may_hold_a_record(&text) {
            return Ok(Look::Archive);
        }
        searched += length(text.len());
        // A record's start may span two pieces.
        let keep = text.len().saturating_sub(ACROSS);
        text.drain(..keep);
        let before = text.len();
        source.by_ref().take(HEAD as u64).read_to_end(&mut text)?;
        if text.len() == before {
            let whole = source.ending().end == End::Complete;
            return Ok(if whole { Look::Foreign(kind::TEXT) } else { Look::Archive });
        }
        if searched > SEARCHED {
            return Ok(Look::Foreign(kind::TEXT));
        }
    }
}

/// How far after its brace the start of a record is looked for, bytes.
const ACROSS: usize = 64;

/// Whether a record may begin anywhere in a text: an object with a key, however escaped, an array of objects, arrays or
/// strings, or a string with either of them in base64.
fn may_hold_a_record(text: &[u8]) -> bool {
    memchr::memchr3_iter(b'{', b'[', b'"', text).any(|at| {
        let rest = text.get(at + 1..).unwrap_or_default();
        // UTF-16 has zeros in between.
        let mut rest = rest.iter().take(ACROSS).filter(|c| !c.is_ascii_whitespace() && **c != 0);
        match (text.get(at), rest.next()) {
            (Some(b'{'), Some(c)) => matches!(c, b'"' | b'\'' | b'\\' | b'}'),
            (Some(b'['), Some(c)) => matches!(c, b'{' | b'[' | b'"'),
            // Most quotes begin something else, which shows at once.
            (Some(b'"'), Some(c)) if matches!(c, b'e' | b'W') => {
                let next: Vec<u8> = std::iter::once(c).chain(rest).take(32).copied().collect();
                let is_letter = |c: &u8| c.is_ascii_alphanumeric() || b"+/-_=".contains(c);
                is_base64_of_json(&next) && next.len() == 32 && next.iter().all(is_letter)
            }
            _ => false,
        }
    })
}

/// Whether bytes are text, with few control characters. Zeros are padding, or halves of UTF-16.
fn is_text(head: &[u8]) -> bool {
    let seen = head.iter().filter(|c| **c != 0).count();
    let control = |c: &&u8| c.is_ascii_control() && !c.is_ascii_whitespace();
    let odd =
        head.iter().filter(|c| **c != 0 && **c != 0x1e && **c != 0x1b).filter(control).count();
    odd * 20 <= seen && (seen > 0 || !head.is_empty())
}

fn named_like_an_archive(name: &str) -> bool {
    let mut plain = name.to_ascii_lowercase();
    for _ in 0..3 {
        plain = strip_compression(&plain).to_owned();
    }
    [".jsonl", ".ndjson", ".json", ".log"].iter().any(|ending| plain.ends_with(ending))
}

/// Whether the name alone shows that a file is of no interest: hidden, the marker of a finished job, a checksum.
pub(super) fn is_side_file(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    let lower = name.to_ascii_lowercase();
    let is_mark =
        ["_success", "_started", "_committed", "queuestat.toml", "thumbs.db", "desktop.ini"];
    let sums = [
        ".crc", ".crc32", ".md5", ".sha1", ".sha224", ".sha256", ".sha384", ".sha512", ".blake3",
        ".b3", ".sfv",
    ];
    let lists = ["md5sums", "sha1sums", "sha256sums", "sha512sums", "b2sums", "checksums"];
    let stem = lower.strip_suffix(".txt").unwrap_or(&lower);
    name.starts_with('.')
        || is_mark.contains(&lower.as_str())
        || lower.starts_with("_committed_")
        || lower.starts_with("_started_")
        || sums.iter().any(|ending| lower.ends_with(ending))
        || lists.contains(&stem)
}
