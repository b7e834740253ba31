//! The law that the fuzz target and the replay of its corpus hold: both decoders say the same of every record.
//!
//! Included by path from both, beside a `webhook` module, so that what is compared is written down once.

use std::cell::RefCell;
use std::sync::LazyLock;

use super::webhook::{Decoded, Decoder, Reject, Scale, Settings, Snapshot, decode_by_reference};

/// Everything a decoder says of a record.
pub(crate) type Said = Vec<Result<(Snapshot<'static>, u64), Reject>>;

/// Notes what a decoder says.
fn said(decode: impl FnOnce(&mut dyn FnMut(&Result<Decoded<'_>, Reject>))) -> Said {
    let mut said = Vec::new();
    decode(&mut |result| {
        let decoded = result.as_ref().map_err(|reason| *reason);
        said.push(decoded.map(|it| (it.snapshot.clone().into_owned(), it.payload_hash)));
    });
    said
}

/// Records with a gap: members of the outer object, members of the position, a value nobody needs, a value that is needed,
/// members of an envelope, members of the payload in one, an element beside a webhook, a member around a string that holds
/// one, a string beside base64 that holds one, a receive time.
const FRAMES: [(&str, &str); 10] = [
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
    ("[", r#",{"data":{"position":{"id":"7"}},"type":"positionCreated","organization":"o"}]"#),
    (
        "{",
        r#","a":"{\"ts\":1610376504,\"data\":{\"position\":{\"id\":\"7\"}},\"type\":\"t\",\"organization\":\"o\"}","time":1}"#,
    ),
    (
        r#"{"a":"eyJkYXRhIjp7InBvc2l0aW9uIjp7ImlkIjoiNyJ9fSwidHlwZSI6InQiLCJvcmdhbml6YXRpb24iOiJvIn0=","b":""#,
        r#"","ts":1610376504}"#,
    ),
    (
        r#"{"a":{"data":{"position":{"id":"7"}},"type":"t","organization":"o"},"timestamp":"#,
        r#","b":{"time":"2021-01-11T14:48:24Z"}}"#,
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
    scale: Scale::FIVE,
});

thread_local! {
    /// A decoder that has learned from every line before, so that what was learned from one meets another.
    static LEARNED: RefCell<Decoder<'static>> = RefCell::new(Decoder::new(&SETTINGS));
}

/// What both decoders say of a record, as of 2021-06-01 and without pointers.
///
/// # Panics
/// If they do not say the same, whether the fast one has seen other records before or not, this one among them.
pub(crate) fn agree(line: &[u8]) -> Said {
    let reference = said(|found| decode_by_reference(line, None, &SETTINGS, found));
    let mut decoder = Decoder::new(&SETTINGS);
    for time in ["first", "second"] {
        let fast = said(|found| decoder.decode(line, None, found));
        assert_eq!(fast, reference, "{time}: {}", line.escape_ascii());
    }
    let learned =
        LEARNED.with_borrow_mut(|learned| said(|found| learned.decode(line, None, found)));
    assert_eq!(learned, reference, "after other lines: {}", line.escape_ascii());
    reference
}
