//! The law of encodings that the fuzz target `encodings` and the replay of its corpus hold, for any bytes.
//!
//! A file in UTF-16 has the records of the same text in UTF-8, in the same places, in whatever steps it is read.

use super::archive::{Ending, Kind, Limits, Piece, PlainLine, Sink, go_on, read_records};
use super::held;

/// What was found: kind, line, offset, length, bytes.
type Seen = (Kind, u64, u64, u64, Vec<u8>);

#[derive(Default)]
struct Notes(Vec<Seen>);

impl Sink for Notes {
    fn plain(&mut self, bytes: &[u8], line: PlainLine) -> bool {
        let text = &bytes[line.at.clone()];
        let good = serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok();
        if good {
            let length = text.len() as u64;
            self.0.push((Kind::Value, line.spot.line, line.spot.offset, length, text.to_vec()));
        }
        good
    }

    fn piece(&mut self, bytes: &[u8], piece: Piece) {
        let Piece { kind, line, offset, length, at, .. } = piece;
        // The bytes of what is skipped are at hand by chance.
        let is_read = matches!(kind, Kind::Value | Kind::NoValue | Kind::Saved { .. });
        let text = if is_read { bytes[at].to_vec() } else { Vec::new() };
        self.0.push((kind, line, offset, length, text));
    }
}

fn read(bytes: &[u8], step: usize) -> (Vec<Seen>, Ending) {
    let mut notes = Notes::default();
    let limits = Limits { line: 1 << 12, ..Limits::default() };
    let ending = read_records(&held::file(bytes, step), limits, go_on, &mut notes).unwrap();
    (notes.0, ending)
}

/// Reads bytes as UTF-16 in both orders and holds the law. The first byte says in which steps. How many records were found.
///
/// # Panics
/// If it is broken.
pub(crate) fn hold(bytes: &[u8]) -> usize {
    let Some((first, rest)) = bytes.split_first() else { return 0 };
    let step = usize::from(*first).max(1);
    let (pairs, odd) = rest.as_chunks::<2>();
    let mut found = 0;
    for big in [false, true] {
        let mark: [u8; 2] = if big { [0xfe, 0xff] } else { [0xff, 0xfe] };
        let unit = |pair: &[u8; 2]| {
            if big { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) }
        };
        let mut text: String = char::decode_utf16(pairs.iter().map(unit))
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        // Half a unit at the end shows that the file was cut there: nothing stands for it, and on a line of its own an open quote.
        if !odd.is_empty() && (text.is_empty() || text.ends_with('\n')) {
            text.push('"');
        }
        let wide = [&mark[..], rest].concat();
        let (expected, Ending { compression, .. }) = read(text.as_bytes(), usize::MAX);
        // A second mark is one of UTF-8 there, and what looks like a compression is one.
        let is_plain = text.chars().next().is_none_or(|c| c != '\u{feff}');
        for step in if first & 1 == 0 { [step] } else { [usize::MAX] } {
            let (seen, ending) = read(&wide, step);
            assert_eq!(ending.stored, wide.len() as u64);
            if is_plain && ending.compression == compression {
                assert_eq!(seen, expected, "{big} {}", wide.escape_ascii());
            }
            found += seen.len();
        }
    }
    found
}
