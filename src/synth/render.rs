//! Writes one event of a visit as a line of JSON: the frame of the payload, and simple envelopes.

use super::event::Event;
use super::fields::position;
use super::text::{TimeForm, escape, push, time};
use super::visit::{Era, Step};

/// How [`Envelope::Mixed`](super::envelope::Envelope::Mixed) wraps a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wrap {
    /// 0 = raw payload, else 1 to 5: the key of the payload.
    pub(super) key: u8,
    /// Whether the payload is JSON text in a string.
    pub(super) as_text: bool,
    /// 0 to 4: key and form of the time of receipt.
    pub(super) time: u8,
}

impl Wrap {
    pub(super) const RAW: Self = Self { key: 0, as_text: false, time: 0 };
}

const PAYLOAD_KEYS: [&str; 5] = ["body", "payload", "event", "webhook", "detail"];

/// Writes the line of an event, without a line end, padded to about `line_bytes`.
pub(super) fn line(out: &mut String, event: &Event<'_>, wrap: Wrap, line_bytes: Option<usize>) {
    let begin = out.len();
    let Some(key) = PAYLOAD_KEYS.get(usize::from(wrap.key).wrapping_sub(1)) else {
        payload(out, event, line_bytes.map(|n| begin + n));
        return;
    };
    let received = event.received;
    match wrap.time {
        0 => wrapped_time(out, "receivedAt", received),
        1 => push(out, format_args!("{{\"received_at\":{}", received.div_euclid(1_000))),
        2 => push(out, format_args!("{{\"timestamp\":{received}")),
        3 => push(out, format_args!("{{\"time\":\"{}\"", received.div_euclid(1_000))),
        _ => wrapped_time(out, "@timestamp", received),
    }
    push(out, format_args!(",\"source\":\"webhook\",\"{key}\":"));
    if wrap.as_text {
        // Escapes make the text longer, so leave room for them.
        let room = line_bytes.map(|n| n - n / 8);
        let mut inner = String::with_capacity(room.unwrap_or(0).max(1_024));
        payload(&mut inner, event, room);
        out.push('"');
        escape(out, &inner);
        out.push('"');
    } else {
        payload(out, event, line_bytes.map(|n| begin + n));
    }
    out.push('}');
}

fn wrapped_time(out: &mut String, name: &str, at: i64) {
    out.push_str("{\"");
    out.push_str(name);
    out.push_str("\":\"");
    time(out, at, TimeForm::Millis);
    out.push('"');
}

/// The `type` of a payload.
fn event_name(step: Step, era: Era) -> &'static str {
    match step {
        Step::Created => "positionCreated",
        Step::Confirmed => "bookingConfirmation",
        Step::Updated => "bookingUpdated",
        Step::Activated => "bookingActivated",
        Step::Called => "positionCalled",
        Step::Retry => "positionRetry",
        Step::Fulfilled => "positionFulfilled",
        Step::Completed => "positionCompleted",
        Step::Cancelled => "positionCancelled",
        Step::CancelledByStaff => "positionCancelledByStaff",
        Step::Removed if era == Era::Text => "bookingRemoved",
        Step::Removed => "positionRemoved",
        Step::Reassigned => "positionReassigned",
        Step::Feedback | Step::FeedbackAgain => "feedbackReceived",
    }
}

/// The text to the customer; absent with feedback and updates.
fn message(out: &mut String, event: &Event<'_>) {
    let text = match (event.step, event.place.language) {
        (Step::Feedback | Step::FeedbackAgain | Step::Updated, _) => return,
        (Step::Called, "ar") => "دورك الآن",
        (Step::Called, "sv") => "Det är din tur. Se https://example.org/q",
        (Step::Called, _) => "It is your turn. See https://example.org/q",
        (Step::Removed, "sv") => "Din plats är borttagen. Ta gärna en ny: https://example.org/q",
        (Step::Removed, "ar") => "تم إلغاء دورك",
        (Step::Removed, _) => "Your position was cancelled. Take a new one: https://example.org/q",
        _ => {
            out.push_str("\"message\":null,");
            return;
        }
    };
    out.push_str("\"message\":\"");
    out.push_str(text);
    out.push_str("\",");
}

/// Writes the webhook itself, padded to end at about `end`.
pub(super) fn payload(out: &mut String, event: &Event<'_>, end: Option<usize>) {
    out.push('{');
    message(out, event);
    out.push_str("\"data\":{\"position\":{");
    position(out, event);
    if let Some(end) = end {
        pad(out, end);
    }
    out.push_str("}},\"type\":\"");
    out.push_str(event_name(event.step, event.visit.era));
    out.push_str("\",\"organization\":\"");
    out.push_str(event.organization);
    out.push_str("\"}");
}

/// Pads up to where the line is to end, with what would be tags and custom data in a real archive.
fn pad(out: &mut String, end: usize) {
    const FILLER: &str = "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod ";
    // Room for what follows, and for the key of the padding itself.
    let Some(mut left) = end.checked_sub(out.len() + 60 + 24) else { return };
    out.push_str(",\"customData\":{\"note\":\"");
    while left > 0 {
        let part = FILLER.get(..left.min(FILLER.len())).unwrap_or(FILLER);
        out.push_str(part);
        left -= part.len();
    }
    out.push_str("\"}");
}
