//! The law that the fuzz target and the replay of its corpus hold: both decoders say the same of every line.
//!
//! Included by path from both, beside a `webhook` module, so that what is compared is written down once.

use std::cell::RefCell;
use std::sync::LazyLock;

use super::webhook::{Decoded, Decoder, Reject, Settings, Snapshot, decode_by_reference};

/// Everything a decoder says of a line.
pub(crate) type Said = Result<(Snapshot<'static>, u64), Reject>;

fn said(result: Result<Decoded<'_>, Reject>) -> Said {
    result.map(|decoded| (decoded.snapshot.into_owned(), decoded.payload_hash))
}

/// Lines with a gap: members of the outer object, members of the position, a value nobody needs, a value that is needed,
/// members of an envelope, members of the payload in one.
const FRAMES: [(&str, &str); 6] = [
    ("{", r#","data":{"position":{"id":"7"}},"type":"positionCreated","organization":"o"}"#),
    (r#"{"data":{"position":{"id":"7","#, r#"}},"type":"positionCreated","organization":"o"}"#),
    (
        r#"{"data":{"position":{"id":"7","note":"#,
        r#"}},"type":"positionCreated","organization":"o"}"#,
    ),
    (
        r#"{"data":{"position":{"id":"7","queue":"#,
        r#"}},"type":"positionCreated","organization":"o"}"#,
    ),
    (
        "{",
        r#","body":{"data":{"position":{"id":"7"}},"type":"positionCreated","organization":"o"}}"#,
    ),
    (
        r#"{"receivedAt":"2021-01-11T14:48:24Z","body":{"data":{"position":{"id":"7"}},"#,
        r#"},"source":"archive"}"#,
    ),
];

/// Compares what both decoders say of some bytes as a line, and as a part of a good one.
///
/// Nearly every change to a whole line breaks it, and then both decoders reject it, rightly and at once. A few bytes in a
/// frame get further: without frames, a wrongly accepted escape was not found in three million lines.
///
/// # Panics
/// If they do not say the same.
pub(crate) fn agree_within(bytes: &[u8]) -> Said {
    for (before, after) in FRAMES {
        drop(agree(&[before.as_bytes(), bytes, after.as_bytes()].concat()));
    }
    agree(bytes)
}

static SETTINGS: LazyLock<Settings> = LazyLock::new(|| Settings {
    as_of: 1_622_505_600_000,
    earliest: 1_262_304_000_000,
    payload: None,
    received_at: None,
});

thread_local! {
    /// A decoder that has learned from every line before, so that what was learned from one meets another.
    static LEARNED: RefCell<Decoder<'static>> = RefCell::new(Decoder::new(&SETTINGS));
}

/// What both decoders say of a line, as of 2021-06-01 and without pointers.
///
/// # Panics
/// If they do not say the same, whether the fast one has seen other lines before or not.
pub(crate) fn agree(line: &[u8]) -> Said {
    let reference = said(decode_by_reference(line, &SETTINGS));
    let fast = said(Decoder::new(&SETTINGS).decode(line));
    assert_eq!(fast, reference, "{}", line.escape_ascii());
    let learned = LEARNED.with_borrow_mut(|decoder| said(decoder.decode(line)));
    assert_eq!(learned, reference, "after other lines: {}", line.escape_ascii());
    fast
}
