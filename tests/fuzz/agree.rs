//! The law that the fuzz target and the replay of its corpus hold: both decoders say the same of every line.
//!
//! Included by path from both, beside a `webhook` module, so that what is compared is written down once.

use super::webhook::{Decoded, Reject, Settings, Snapshot, decode, decode_by_reference};

/// Everything a decoder says of a line.
pub(crate) type Said = Result<(Snapshot<'static>, u128), Reject>;

fn said(result: Result<Decoded<'_>, Reject>) -> Said {
    result.map(|decoded| (decoded.snapshot.into_owned(), decoded.payload_hash))
}

/// What both decoders say of a line, as of 2021-06-01 and without pointers.
///
/// # Panics
/// If they do not say the same.
pub(crate) fn agree(line: &[u8]) -> Said {
    let settings = Settings { as_of: 1_622_505_600_000, payload: None, received_at: None };
    let fast = said(decode(line, &settings));
    let reference = said(decode_by_reference(line, &settings));
    assert_eq!(fast, reference, "{}", line.escape_ascii());
    fast
}
