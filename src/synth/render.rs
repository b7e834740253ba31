//! One event of a visit as one line of JSON, in the payload version and envelope of its day.

use std::fmt::Write;

use chrono::{DateTime, Datelike, Timelike};

use super::places::{ORGANIZATIONS, Place};
use super::visit::{Era, Kind, Step, Visit};

/// How a line is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Envelope {
    /// 0 = raw payload, else 1 to 5: the key of the payload.
    pub(super) key: u8,
    /// Payload as JSON text in a string.
    pub(super) as_text: bool,
    /// 0 to 4: key and form of the time of receipt.
    pub(super) time: u8,
}

impl Envelope {
    pub(super) const RAW: Self = Self { key: 0, as_text: false, time: 0 };
}

const PAYLOAD_KEYS: [&str; 5] = ["body", "payload", "event", "webhook", "detail"];

/// Writes the line of an event, without line end.
pub(super) fn line(
    out: &mut String,
    visit: &Visit,
    (at, step): (i64, Step),
    place: &Place,
    renamed: bool,
    envelope: Envelope,
    line_bytes: Option<usize>,
) {
    let begin = out.len();
    let Some(key) = PAYLOAD_KEYS.get(usize::from(envelope.key).wrapping_sub(1)) else {
        payload(out, visit, (at, step), place, renamed, line_bytes.map(|n| begin + n));
        return;
    };
    // Archives receive a webhook a moment after it was sent.
    let received = at + 180;
    out.push('{');
    match envelope.time {
        0 => {
            out.push_str("\"receivedAt\":\"");
            timestamp(out, received, true);
            out.push('"');
        }
        1 => push(out, format_args!("\"received_at\":{}", received / 1_000)),
        2 => push(out, format_args!("\"timestamp\":{received}")),
        3 => push(out, format_args!("\"time\":\"{}\"", received / 1_000)),
        _ => {
            out.push_str("\"@timestamp\":\"");
            timestamp(out, received, true);
            out.push('"');
        }
    }
    push(out, format_args!(",\"source\":\"webhook\",\"{key}\":"));
    if envelope.as_text {
        let mut inner = String::with_capacity(1_024);
        payload(&mut inner, visit, (at, step), place, renamed, line_bytes);
        out.push('"');
        escape(out, &inner);
        out.push('"');
    } else {
        payload(out, visit, (at, step), place, renamed, line_bytes.map(|n| begin + n));
    }
    out.push('}');
}

/// Writing to a String cannot fail.
fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _written = out.write_fmt(text);
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
}

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

fn status(step: Step) -> &'static str {
    match step {
        Step::Confirmed | Step::Updated => "draft",
        Step::Created | Step::Activated | Step::Retry => "pending",
        Step::Called => "notified",
        Step::Fulfilled => "fulfilled",
        Step::Completed | Step::Feedback | Step::FeedbackAgain => "completed",
        Step::Cancelled | Step::CancelledByStaff | Step::Removed | Step::Reassigned => "rejected",
    }
}

fn payload(
    out: &mut String,
    visit: &Visit,
    (at, step): (i64, Step),
    place: &Place,
    renamed: bool,
    end: Option<usize>,
) {
    let message = match (step, place.language) {
        (Step::Called, "ar") => "\"دورك الآن\"",
        (Step::Called, "sv") => "\"Det är din tur. Se https://example.org/q\"",
        (Step::Called, _) => "\"It is your turn. See https://example.org/q\"",
        _ => "null",
    };
    push(out, format_args!("{{\"message\":{message},\"data\":{{\"position\":{{\"id\":\""));
    let [a, b] = visit.id;
    push(
        out,
        format_args!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            a >> 32,
            (a >> 16) & 0xffff,
            a & 0xfff,
            b >> 52,
            b & 0xffff_ffff_ffff
        ),
    );
    push(
        out,
        format_args!(
            "\",\"status\":\"{}\",\"priority\":{}",
            if visit.oddity == 10 { "floating" } else { status(step) },
            if visit.kind == Kind::Booking { 100 } else { 0 }
        ),
    );
    location(out, visit, place, renamed);
    let (letter, kind) = match visit.kind {
        Kind::WalkIn => ('A', "anonymous"),
        Kind::Booking => ('B', "booking"),
        Kind::Manual => ('M', "manual"),
    };
    if matches!(step, Step::Confirmed | Step::Updated) {
        out.push_str(",\"label\":\"\"");
    } else {
        push(out, format_args!(",\"label\":\"{letter}{}\"", visit.label));
    }
    push(
        out,
        format_args!(
            ",\"locale\":\"{}\",\"type\":\"{kind}\",\"queue\":\"{}\"",
            place.language, place.queue
        ),
    );
    times(out, visit, at, step);
    contact(out, visit);
    if visit.kind == Kind::Booking {
        push(out, format_args!(",\"numberOfPeople\":{}", visit.people));
        booking(out, visit, step, place);
    }
    if matches!(step, Step::Feedback | Step::FeedbackAgain) {
        feedback(out, visit, step, place);
    }
    if let Some(end) = end {
        // Room for what follows; the padding is what tags and custom data are in real archives.
        let tail = 60;
        let missing = end.saturating_sub(out.len() + tail);
        if missing > 24 {
            out.push_str(",\"customData\":{\"note\":\"");
            let filler = "lorem ipsum dolor sit amet consectetur adipiscing elit ";
            let mut left = missing - 24;
            while left > 0 {
                let part = filler.get(..left.min(filler.len())).unwrap_or(filler);
                out.push_str(part);
                left -= part.len();
            }
            out.push_str("\"}");
        }
    }
    let organization = ORGANIZATIONS.get(place.organization).copied().unwrap_or("org");
    push(
        out,
        format_args!(
            "}}}},\"type\":\"{}\",\"organization\":\"{organization}\"}}",
            event_name(step, visit.era)
        ),
    );
}

fn location(out: &mut String, visit: &Visit, place: &Place, renamed: bool) {
    let name = if renamed { place.renamed.as_deref().unwrap_or(&place.name) } else { &place.name };
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let nameless = (visit.id[0] % 1_000) as f64 / 1_000.0 < place.nameless;
    if nameless {
        out.push_str(",\"location\":null");
        return;
    }
    match visit.era {
        Era::Text => {
            out.push_str(",\"location\":\"");
            escape(out, name);
            out.push('"');
        }
        Era::Object | Era::Timed | Era::Listed => {
            out.push_str(",\"location\":{\"locationName\":\"");
            escape(out, name);
            out.push('"');
            if visit.era == Era::Listed {
                out.push_str(",\"organizationTitle\":\"Example\"");
            }
            out.push('}');
        }
    }
}

fn times(out: &mut String, visit: &Visit, at: i64, step: Step) {
    let mut field = |name: &str, time: Option<i64>| {
        if let Some(time) = time {
            push(out, format_args!(",\"{name}\":\""));
            timestamp(out, time, true);
            out.push('"');
        }
    };
    let known = |time: Option<i64>| time.filter(|time| *time <= at);
    match visit.oddity {
        1 => field_text(out, "createdAt", "yesterday"),
        2 => {
            // The same instant with an offset and nine digits.
            let mut text = String::new();
            timestamp(&mut text, visit.created + 3_600_000, true);
            field_text(out, "createdAt", &text.replace('Z', "000000+01:00"));
        }
        3 => {
            let mut text = String::new();
            timestamp(&mut text, visit.created, false);
            field_text(out, "createdAt", &text);
        }
        _ => field("createdAt", Some(visit.created)),
    }
    let mut field = |name: &str, time: Option<i64>| {
        if let Some(time) = time {
            push(out, format_args!(",\"{name}\":\""));
            timestamp(out, time, true);
            out.push('"');
        }
    };
    if step == Step::Activated {
        // The slot's start in a field that elsewhere means the check-in.
        field("fulfilledAt", visit.slot);
    } else if matches!(
        step,
        Step::Fulfilled | Step::Completed | Step::Feedback | Step::FeedbackAgain
    ) {
        field("fulfilledAt", visit.checked_in);
    }
    if visit.era == Era::Listed {
        field("activatedAt", known(visit.activated));
    }
    if visit.era >= Era::Timed {
        field("calledAt", known(visit.called_again).or_else(|| known(visit.called)));
        field("completedAt", known(visit.completed));
        field("rejectedAt", known(visit.rejected));
        if visit.called_again.is_some() && known(visit.called).is_some() && step != Step::Called {
            out.push_str(",\"retryCount\":1");
        }
    }
    match visit.oddity {
        4 => field_text(out, "leaveAt", "0001-01-01T00:00:00Z"),
        // Only where the field does not stand already: a key that stands twice is another fault.
        5 if visit.rejected.is_none() => field_text(out, "rejectedAt", "1900-01-01T00:00:00Z"),
        6 if visit.era != Era::Listed => field_text(out, "activatedAt", "2099-01-01T00:00:00Z"),
        _ => {}
    }
}

fn field_text(out: &mut String, name: &str, text: &str) {
    push(out, format_args!(",\"{name}\":\"{text}\""));
}

/// Notification and registration data: invented, and never read by queuestat.
fn contact(out: &mut String, visit: &Visit) {
    let number = visit.id[0] % 10_000;
    match visit.id[1] % 5 {
        0 => out.push_str(",\"notification\":{\"type\":\"applePass\",\"settings\":{\"passTypeIdentifier\":\"pass.org.example\",\"devices\":[]}}"),
        1 => push(out, format_args!(",\"notification\":{{\"type\":\"email\",\"settings\":{{\"recipient\":\"visitor{number}@example.org\"}}}}")),
        _ => push(out, format_args!(",\"notification\":{{\"type\":\"phoneNumber\",\"settings\":{{\"from\":\"\",\"to\":\"+460000{number:04}\",\"recipient\":\"\"}}}}")),
    }
    match visit.era {
        Era::Text | Era::Object => out.push_str(",\"station\":null"),
        Era::Timed => push(
            out,
            format_args!(
                ",\"servedBy\":{{}},\"station\":{{\"id\":\"259a8de4\",\"label\":\"C2\"}},\"registrationData\":{{\"phone\":{{\"value\":\"+460000{number:04}\"}}}}"
            ),
        ),
        Era::Listed => push(
            out,
            format_args!(
                ",\"servedBy\":{{\"id\":\"s7\",\"email\":\"staff@example.org\"}},\"registrationData\":[{{\"name\":\"name\",\"value\":\"Visitor {number}\",\"label\":\"Name\",\"type\":\"input\"}},{{\"name\":\"topic\",\"value\":\"{}\",\"label\":\"Topic\",\"type\":\"category\"}}]",
                if number.is_multiple_of(3) { "Returns" } else { "Advice" }
            ),
        ),
    }
}

fn booking(out: &mut String, visit: &Visit, step: Step, place: &Place) {
    let slot = if step == Step::Confirmed { visit.first_slot.or(visit.slot) } else { visit.slot };
    let Some(start) = slot else { return };
    let end = start + 1_800_000;
    out.push_str(",\"booking\":{\"start\":\"");
    if visit.oddity == 7 {
        // Wall clock of the location, without a zone.
        let local = |at: i64| place.zone.local(at).map_or(0, |l| i64::from(l.hour)) * 3_600_000;
        let wall = |at: i64| {
            let hour = at.div_euclid(3_600_000) * 3_600_000;
            let utc_hour = at.div_euclid(3_600_000).rem_euclid(24) * 3_600_000;
            hour - utc_hour + local(at) + at.rem_euclid(3_600_000)
        };
        minutes(out, wall(start));
        out.push_str("\",\"end\":\"");
        minutes(out, wall(end));
    } else {
        timestamp(out, start, false);
        out.push_str("\",\"end\":\"");
        timestamp(out, end, false);
    }
    out.push_str("\"},\"bookingReminderAt\":\"");
    timestamp(out, start - 1_800_000, false);
    out.push('"');
}

fn feedback(out: &mut String, visit: &Visit, step: Step, place: &Place) {
    let Some(rating) = visit.rating else { return };
    let rating = if step == Step::FeedbackAgain { (rating + 1).min(5) } else { rating };
    out.push_str(",\"feedback\":{\"rating\":");
    match visit.oddity {
        8 => push(out, format_args!("\"{rating}\"")),
        9 => push(out, format_args!("{rating}.0")),
        13 => out.push('6'),
        14 => out.push_str("\"good\""),
        _ => push(out, format_args!("{rating}")),
    }
    let message = match (place.language, rating) {
        (_, 3) => "",
        ("ar", 4..) => "شكرا",
        ("ar", _) => "الانتظار طويل",
        ("sv", 4..) => "Trevlig personal",
        ("sv", _) => "För lång kö",
        (_, 4..) => "Quick and friendly",
        (_, _) => "The wait was \\\"endless\\\"",
    };
    push(out, format_args!(",\"message\":\"{message}\"}}"));
}

/// `2021-01-11T14:48:24.479Z`, with or without milliseconds.
fn timestamp(out: &mut String, at: i64, millis: bool) {
    let Some(time) = DateTime::from_timestamp_millis(at) else {
        return;
    };
    push(
        out,
        format_args!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            time.year(),
            time.month(),
            time.day(),
            time.hour(),
            time.minute(),
            time.second()
        ),
    );
    if millis {
        push(out, format_args!(".{:03}", at.rem_euclid(1_000)));
    }
    out.push('Z');
}

/// `2021-01-11 14:48`.
fn minutes(out: &mut String, wall: i64) {
    let mut text = String::new();
    timestamp(&mut text, wall, false);
    out.push_str(&text.replace('T', " ").chars().take(16).collect::<String>());
}
