//! The fields of `data.position`, in every payload version.

use crate::calendar::HOUR_MS;

use super::event::{Event, kind_names};
use super::text::{TimeForm, escape, field, hex, offset, push, time_field};
use super::visit::{Era, Kind, Oddity, Step};

/// Writes the fields of a position, without its braces.
pub(super) fn position(out: &mut String, event: &Event<'_>) {
    let visit = event.visit;
    out.push_str("\"id\":\"");
    id(out, visit.id);
    let status = match visit.oddity {
        Some(Oddity::UnknownStatus) => "floating",
        _ => status(event.step),
    };
    let priority = if visit.kind == Kind::Booking { 100 } else { 0 };
    push(out, format_args!("\",\"status\":\"{status}\",\"priority\":{priority}"));
    location(out, event);
    let (letter, kind) = kind_names(visit.kind);
    if matches!(event.step, Step::Confirmed | Step::Updated) {
        out.push_str(",\"label\":\"\"");
    } else {
        push(out, format_args!(",\"label\":\"{letter}{}\"", visit.label));
    }
    field(out, "locale", event.place.language);
    field(out, "type", kind);
    field(out, "queue", &event.place.queue);
    times(out, event);
    contact(out, event);
    if visit.kind == Kind::Booking {
        push(out, format_args!(",\"numberOfPeople\":{}", visit.people));
        booking(out, event);
    }
    if visit.era <= Era::Object && visit.id[0].is_multiple_of(2) {
        // JSON in a string, so escaped once more.
        out.push_str(",\"QRCodeCheckInPositionId\":\"{\\\"type\\\":\\\"check-in-position\\\",\\\"positionId\\\":\\\"");
        id(out, visit.id);
        out.push_str("\\\"}\"");
    }
    if visit.era == Era::Listed && visit.id[0].is_multiple_of(11) {
        out.push_str(",\"tags\":[{\"id\":\"member\",\"color\":\"#0051ba\",\"title\":{\"en\":\"Member\",\"sv\":\"Medlem\"}}]");
    }
    if matches!(event.step, Step::Feedback | Step::FeedbackAgain) {
        feedback(out, event);
    }
}

/// A version 4 UUID.
fn id(out: &mut String, [a, b]: [u64; 2]) {
    hex(out, a >> 32, 8);
    out.push('-');
    hex(out, a >> 16, 4);
    out.push_str("-4");
    hex(out, a, 3);
    out.push_str("-8");
    hex(out, b >> 52, 3);
    out.push('-');
    hex(out, b, 12);
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

fn location(out: &mut String, event: &Event<'_>) {
    let (visit, place) = (event.visit, event.place);
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let nameless = (visit.id[0] % 1_000) as f64 / 1_000.0 < place.nameless;
    if nameless {
        out.push_str(",\"location\":null");
        return;
    }
    let name = if event.renamed { place.renamed.as_ref() } else { None }.unwrap_or(&place.name);
    if visit.era == Era::Text {
        out.push_str(",\"location\":\"");
        escape(out, name);
        out.push('"');
        return;
    }
    out.push_str(",\"location\":{\"locationName\":\"");
    escape(out, name);
    out.push('"');
    if visit.era == Era::Listed {
        push(out, format_args!(",\"organizationTitle\":\"{} (title)\"", event.organization));
    }
    out.push('}');
}

fn times(out: &mut String, event: &Event<'_>) {
    let visit = event.visit;
    let known = |time: Option<i64>| time.filter(|time| *time <= event.at);
    let maybe = |out: &mut String, name: &str, time: Option<i64>| {
        if let Some(time) = time {
            time_field(out, name, time, TimeForm::Millis);
        }
    };
    match visit.oddity {
        Some(Oddity::CreatedInWords) => field(out, "createdAt", "yesterday"),
        Some(Oddity::CreatedWithOffset) => {
            time_field(out, "createdAt", visit.created, TimeForm::NanosAndOffset);
        }
        Some(Oddity::CreatedWithoutMillis) => {
            time_field(out, "createdAt", visit.created, TimeForm::Seconds);
        }
        _ => time_field(out, "createdAt", visit.created, TimeForm::Millis),
    }
    let checked_in = matches!(
        event.step,
        Step::Fulfilled | Step::Completed | Step::Feedback | Step::FeedbackAgain
    );
    // After the activation, this field holds the start of the slot; elsewhere it means the check-in.
    let fulfilled = if event.step == Step::Activated { visit.slot } else { visit.checked_in };
    maybe(out, "fulfilledAt", fulfilled.filter(|_| checked_in || event.step == Step::Activated));
    let activated = known(visit.activated).filter(|_| visit.era == Era::Listed);
    maybe(out, "activatedAt", activated);
    let rejected = known(visit.rejected).filter(|_| visit.era >= Era::Timed);
    maybe(out, "rejectedAt", rejected);
    if visit.era >= Era::Timed {
        maybe(out, "calledAt", known(visit.called_again).or_else(|| known(visit.called)));
        maybe(out, "completedAt", known(visit.completed));
        if visit.called_again.is_some()
            && known(visit.called).is_some()
            && event.step != Step::Called
        {
            out.push_str(",\"retryCount\":1");
        }
    } else if event.step == Step::Called {
        out.push_str(",\"extraStatus\":\"goToEntrance\"");
    }
    // Only if the field is not there yet: a duplicate key is another fault.
    match visit.oddity {
        Some(Oddity::YearOne) => field(out, "leaveAt", "0001-01-01T00:00:00Z"),
        Some(Oddity::Year1900) if rejected.is_none() => {
            field(out, "rejectedAt", "1900-01-01T00:00:00Z");
        }
        Some(Oddity::FarFuture) if activated.is_none() => {
            field(out, "activatedAt", "2099-01-01T00:00:00Z");
        }
        _ => {}
    }
}

/// Notification, staff, desk and registration data: invented; queuestat reads only the category.
fn contact(out: &mut String, event: &Event<'_>) {
    let visit = event.visit;
    let number = visit.id[0] % 10_000;
    match visit.id[1] % 5 {
        0 => out.push_str(",\"notification\":{\"type\":\"applePass\",\"settings\":{\"passTypeIdentifier\":\"pass.org.example\",\"devices\":[]}}"),
        1 => push(out, format_args!(",\"notification\":{{\"type\":\"email\",\"settings\":{{\"recipient\":\"name{number}@example.org\"}}}}")),
        // Absent after a removal, as documented.
        _ if event.step == Step::Removed => {}
        _ => out.push_str(",\"notification\":{\"type\":\"phoneNumber\",\"settings\":{\"from\":\"\",\"to\":\"+4600000000\",\"recipient\":\"\"}}"),
    }
    match visit.era {
        Era::Text | Era::Object => out.push_str(",\"station\":null"),
        Era::Timed => out.push_str(
            ",\"servedBy\":{},\"station\":{\"id\":\"259a8de4\",\"label\":\"C2\"},\"registrationData\":{\"phone\":{\"value\":\"+4600000000\"}}",
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

fn booking(out: &mut String, event: &Event<'_>) {
    let visit = event.visit;
    // Until it is moved, the first slot.
    let slot =
        if event.step == Step::Confirmed { visit.first_slot.or(visit.slot) } else { visit.slot };
    let Some(start) = slot else { return };
    let end = start + HOUR_MS / 2;
    let (form, ahead) = match visit.oddity {
        Some(Oddity::ZonelessBooking) => (TimeForm::Wall, offset(event.place.zone, start)),
        _ => (TimeForm::Seconds, 0),
    };
    let mut inside = String::with_capacity(64);
    time_field(&mut inside, "start", start + ahead, form);
    time_field(&mut inside, "end", end + ahead, form);
    push(out, format_args!(",\"booking\":{{{}", inside.trim_start_matches(',')));
    if visit.era == Era::Timed {
        out.push_str(",\"virtualAppointment\":{\"isEnabled\":false}");
    }
    out.push('}');
    time_field(out, "bookingReminderAt", start - HOUR_MS / 2, TimeForm::Seconds);
}

fn feedback(out: &mut String, event: &Event<'_>) {
    let Some(rating) = event.visit.rating else { return };
    let rating = if event.step == Step::FeedbackAgain { (rating + 1).min(5) } else { rating };
    out.push_str(",\"feedback\":{\"rating\":");
    match event.visit.oddity {
        Some(Oddity::RatingAsText) => push(out, format_args!("\"{rating}\"")),
        Some(Oddity::RatingAsFloat) => push(out, format_args!("{rating}.0")),
        Some(Oddity::RatingZero) => out.push('0'),
        Some(Oddity::RatingSix) => out.push('6'),
        Some(Oddity::RatingInWords) => out.push_str("\"good\""),
        Some(Oddity::RatingNull) => out.push_str("null"),
        _ => push(out, format_args!("{rating}")),
    }
    let message = match (event.place.language, rating) {
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
