//! The reference decoder: reads records with `serde_json` and a search alone. It decides what the fast decoder is not
//! certain of; both give the same result for every record.

use std::borrow::Cow;

use super::assemble::assemble;
use super::decoded::Decoded;
use super::embedded::is_json;
use super::payload::{Outer, typed};
use super::receive::{self, Picked, Received};
use super::reject::Reject;
use super::search::{Hook, Place, Search};
use super::settings::Settings;
use super::snapshot::Text;
use super::timestamp::Range;

/// Decodes one record with `serde_json` alone. [`Decoder`] gives the same result for every record, only faster.
///
/// [`Decoder`]: super::Decoder
pub fn decode_by_reference(
    record: &[u8],
    received: Option<i64>,
    settings: &Settings,
    mut found: impl FnMut(&Result<Decoded<'_>, Reject>),
) {
    let mut search = match search(record, settings) {
        Ok(search) => search,
        Err(reason) => return found(&Err(reason)),
    };
    for hook in search.hooks() {
        let received =
            picked(record, &mut search, hook, settings).finish(received, Range::of(settings));
        found(&decode(record, &search, hook, received, settings));
    }
    for _ in 0..search.lost() {
        found(&Err(Reject::NotJson));
    }
}

/// Finds the webhooks of a record, at least one.
///
/// # Errors
/// The reason why there is none.
pub(super) fn search<'a>(record: &'a [u8], settings: &Settings) -> Result<Search<'a>, Reject> {
    let text = repaired(record);
    if !is_json(text.as_bytes()) {
        return Err(Reject::NotJson);
    }
    let search = Search::new(text, settings.payload.as_ref());
    if search.is_empty() { Err(Reject::NoWebhook) } else { Ok(search) }
}

/// A record as text; bytes that are not UTF-8 are replaced.
fn repaired(record: &[u8]) -> Cow<'_, str> {
    // Nearly every record is UTF-8, and to check that is faster than to look for what is not.
    std::str::from_utf8(record).map_or_else(|_| String::from_utf8_lossy(record), Cow::Borrowed)
}

/// The receive time of a webhook, by the pointer if there is one.
pub(super) fn picked(
    record: &[u8],
    search: &mut Search<'_>,
    hook: Hook,
    settings: &Settings,
) -> Picked<Place> {
    let limits = Range::of(settings);
    let Some(pointer) = &settings.received_at else { return search.received(hook, limits) };
    let mut picked = Picked::NOTHING;
    let text = repaired(record);
    if let Some(at) = pointer.find(text.as_bytes()) {
        picked.offer(receive::said(text.as_bytes(), at, limits), Place::default());
    }
    picked
}

/// Decodes a webhook that was found.
///
/// # Errors
/// The first reason, in the order of [`Reject::ALL`], why it cannot be used.
pub(super) fn decode<'s>(
    record: &[u8],
    search: &'s Search<'_>,
    hook: Hook,
    received: Received,
    settings: &Settings,
) -> Result<Decoded<'s>, Reject> {
    let payload = search.payload(hook);
    let outer: Outer<'_> = typed(payload.as_bytes())?;
    let decoded = assemble(&outer.fields()?, payload.as_bytes(), received, settings)?;
    // Text that was repaired is fine as long as no needed field is affected.
    let Some(payload_hash) = search.broken(hook, record) else { return Ok(decoded) };
    let touched = |text: &Text<'_>| text.contains(char::REPLACEMENT_CHARACTER);
    let snapshot = decoded.snapshot;
    let texts = [&snapshot.ticket_type, &snapshot.queue, &snapshot.location, &snapshot.category];
    if touched(&snapshot.organization)
        || texts.into_iter().any(|text| text.as_ref().is_some_and(touched))
    {
        return Err(Reject::BadUtf8);
    }
    Ok(Decoded { snapshot, payload_hash, message: None })
}
