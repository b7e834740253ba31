//! The laws of compression that the fuzz target `layers` and the replay of its corpus hold, for any bytes.
//!
//! However the storage hands the bytes over, the content and its end are the same. No more comes out than the caps allow. What
//! was packed comes out as it went in; cut anywhere, it is never taken for whole. Where another reader of the same format reads
//! all of it, ours reads the same.

use std::io::{Read, Write};

use super::archive::{Compression, Digest, End, Limits, digest, go_on};
use super::held;

const LIMITS: Limits = Limits { line: 1 << 16, file: 1 << 22, ratio_warning: 100, ratio_stop: 400 };

/// Bytes that may come beyond a cap, since they are read in steps.
const SLACK: u64 = 1 << 20;

fn read(bytes: &[u8], step: usize) -> Digest {
    digest(&held::file(bytes, step), LIMITS, &[], go_on).expect("memory does not fail")
}

fn packed(kind: u8, text: &[u8]) -> Vec<u8> {
    match kind % 5 {
        0 => {
            let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            to.write_all(text).unwrap();
            to.finish().unwrap()
        }
        1 => zstd::encode_all(text, 1).unwrap(),
        2 => {
            let mut to = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            to.write_all(text).unwrap();
            to.finish().unwrap()
        }
        3 => {
            let options = lzma_rust2::XzOptions::with_preset(0);
            let mut to = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
            to.write_all(text).unwrap();
            to.finish().unwrap()
        }
        _ => {
            let mut to = lz4_flex::frame::FrameEncoder::new(Vec::new());
            to.write_all(text).unwrap();
            to.finish().unwrap()
        }
    }
}

/// Reads bytes and holds the laws. The first byte says how they are packed before, if they are, the second one in which
/// steps they are read. How the content ended.
///
/// # Panics
/// If a law is broken.
pub(crate) fn hold(bytes: &[u8]) -> Option<End> {
    let [how, step, rest @ ..] = bytes else { return None };
    let plain = bounded(rest, usize::from(*step));
    if plain.ending.end == End::Complete && !plain.ending.trailing_garbage {
        as_others_read_it(plain.ending.compression, rest, &plain.hash);
    }
    // Compressing takes time: only some of the inputs.
    if how & 7 < 5 {
        let whole = packed(*how, rest);
        let seen = bounded(&whole, usize::from(*step));
        let is_deep = matches!(seen.ending.end, End::TooDeep | End::TooLarge);
        if !is_deep {
            assert_eq!(essence(&seen), essence(&plain));
        }
        let cut = usize::from(how >> 3) * whole.len() / 32;
        if (1..whole.len()).contains(&cut) {
            let part = read(&whole[..cut], usize::MAX);
            assert!(part.ending.end != End::Complete, "cut at {cut} of {}", whole.len());
        }
    }
    Some(plain.ending.end)
}

/// Reads bytes in steps and at once.
fn bounded(bytes: &[u8], step: usize) -> Digest {
    let at_once = read(bytes, usize::MAX);
    let ending = at_once.ending;
    assert!(ending.stored <= bytes.len() as u64, "{ending:?}");
    assert!(ending.decompressed <= LIMITS.file + SLACK, "{ending:?}");
    let most = (bytes.len() as u64) * LIMITS.ratio_stop + SLACK;
    assert!(ending.decompressed <= most.max(SLACK * 2), "{ending:?}");
    assert!(ending.broken_at.is_none_or(|at| at <= bytes.len() as u64), "{ending:?}");
    assert_eq!(ending.broken_at.is_some(), ending.end != End::Complete, "{ending:?}");
    let in_steps = read(bytes, step);
    assert_eq!(essence(&in_steps), essence(&at_once), "in steps of {step}");
    at_once
}

/// How content ends, and the content if it is whole: how much comes before damage is chance, and none of it is used.
fn essence(seen: &Digest) -> (End, Option<&str>) {
    let is_whole = seen.ending.end == End::Complete;
    (seen.ending.end, is_whole.then_some(seen.hash.as_str()))
}

/// What other readers make of one layer. They stop at what ours may go on with, so only their success counts.
fn as_others_read_it(kind: Compression, bytes: &[u8], hash: &str) {
    let mut text = Vec::new();
    let most = LIMITS.file + SLACK;
    let read = match kind {
        Compression::Plain => {
            text = bytes.to_vec();
            Ok(0)
        }
        Compression::Gzip => {
            flate2::read::MultiGzDecoder::new(bytes).take(most).read_to_end(&mut text)
        }
        Compression::Zstd => {
            zstd::Decoder::new(bytes).and_then(|it| it.take(most).read_to_end(&mut text))
        }
        Compression::Bzip2 => {
            bzip2::read::MultiBzDecoder::new(bytes).take(most).read_to_end(&mut text)
        }
        // Ours are the same libraries, around which only members and frames differ.
        Compression::Xz | Compression::Lz4 => return,
    };
    let begins_another = read_layer(&text) != Compression::Plain;
    if read.is_ok() && !begins_another {
        let expected = blake3::hash(&text).to_hex().to_string();
        assert_eq!(hash, expected, "{kind:?} as another reader reads it");
    }
}

/// The compression that a text seems to have.
fn read_layer(text: &[u8]) -> Compression {
    read(text, usize::MAX).ending.compression
}
