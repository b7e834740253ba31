//! Recognises compression and archived webhooks by their first bytes.

use std::io::{self, Read};

use super::source::Compression;

/// Stored bytes looked at in search of text: a zstd block gives none before all of it is there, and has up to 128 KiB.
const ENOUGH: u64 = 256 << 10;

/// Bytes needed to recognise a compression.
pub(super) const MAGIC: usize = 4;

/// The compression a file begins with.
pub(super) fn compression(head: &[u8]) -> Compression {
    match head {
        [0x1f, 0x8b, ..] => Compression::Gzip,
        // A frame, or a skippable frame before one.
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Compression::Zstd,
        _ => Compression::Plain,
    }
}

/// Whether a file in a folder looks like archived webhooks: its text begins with an object, or it is empty, or it is
/// called like one.
pub(super) fn looks_like_webhooks(name: &str, mut reader: impl Read) -> io::Result<bool> {
    if named_like_an_archive(name) {
        return Ok(true);
    }
    let mut head = Vec::with_capacity(4_096);
    reader.by_ref().take(4_096).read_to_end(&mut head)?;
    if head.is_empty() {
        return Ok(true);
    }
    let mut text = Vec::new();
    let head = head.as_slice();
    let unpacked = match compression(head) {
        Compression::Plain => return Ok(begins_with_object(head)),
        Compression::Gzip => flate2::read::MultiGzDecoder::new(head.chain(reader).take(ENOUGH))
            .take(1_024)
            .read_to_end(&mut text),
        Compression::Zstd => zstd::stream::read::Decoder::new(head.chain(reader).take(ENOUGH))
            .and_then(|decoder| decoder.take(1_024).read_to_end(&mut text)),
    };
    if let Err(error) = &unpacked
        && let Some(code) = error.raw_os_error()
    {
        return Err(io::Error::from_raw_os_error(code));
    }
    // The head is cut off, so an error after some text is no news.
    Ok((unpacked.is_ok() && text.is_empty()) || begins_with_object(&text))
}

fn begins_with_object(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    text.iter().find(|c| !c.is_ascii_whitespace()) == Some(&b'{')
}

fn named_like_an_archive(name: &str) -> bool {
    let plain = strip_compression(name).to_ascii_lowercase();
    [".jsonl", ".ndjson", ".json", ".log"].iter().any(|ending| plain.ends_with(ending))
}

/// A name without the suffix of its compression.
fn strip_compression(name: &str) -> &str {
    [".gz", ".gzip", ".zst", ".zstd"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or(name)
}
