//! What the tests of this floor share: decoding to values that can be compared.

use crate::calendar::DEFAULT_EARLIEST_MS;

use super::{Decoded, Decoder, Reject, Scale, Settings, Snapshot, decode_by_reference};

/// Everything a decoder says of a webhook.
pub(super) type Said = Result<(Snapshot<'static>, u64), Reject>;

/// As of 2021-06-01, without pointers.
pub(super) fn settings() -> Settings {
    Settings {
        as_of: 1_622_505_600_000,
        earliest: DEFAULT_EARLIEST_MS,
        payload: None,
        received_at: None,
        scale: Scale::FIVE,
    }
}

fn words(result: &Result<Decoded<'_>, Reject>) -> Said {
    let decoded = result.as_ref().map_err(|reason| *reason)?;
    Ok((decoded.snapshot.clone().into_owned(), decoded.payload_hash))
}

/// What a decoder says of a record.
pub(super) fn said(decoder: &mut Decoder<'_>, record: &[u8], received: Option<i64>) -> Vec<Said> {
    let mut said = Vec::new();
    decoder.decode(record, received, |result| said.push(words(result)));
    said
}

/// What a decoder says that has seen no other record.
pub(super) fn fresh(record: &[u8], settings: &Settings) -> Vec<Said> {
    said(&mut Decoder::new(settings), record, None)
}

/// What the reference decoder says.
pub(super) fn referee(record: &[u8], settings: &Settings, received: Option<i64>) -> Vec<Said> {
    let mut said = Vec::new();
    decode_by_reference(record, received, settings, |result| said.push(words(result)));
    said
}

thread_local! {
    /// A decoder that has learned everything that was ever shown to it, broken records too.
    static LEARNED: std::cell::RefCell<Decoder<'static>> =
        std::cell::RefCell::new(Decoder::new(Box::leak(Box::new(settings()))));
}

/// Asserts that all decoders say the same of a record, whatever they have seen before; hands back what.
pub(super) fn same(record: &[u8], received: Option<i64>) -> Vec<Said> {
    let settings = settings();
    let expected = referee(record, &settings, received);
    assert!(!expected.is_empty());
    let text = record.escape_ascii();
    let mut decoder = Decoder::new(&settings);
    assert_eq!(said(&mut decoder, record, received), expected, "{text}");
    assert_eq!(said(&mut decoder, record, received), expected, "again: {text}");
    LEARNED.with_borrow_mut(|decoder| {
        assert_eq!(said(decoder, record, received), expected, "learned: {text}");
    });
    expected
}
