//! The laws of times that the fuzz target `times` and the replay of its corpus hold, for any text.
//!
//! What chrono reads as RFC 3339 is read alike. A number means what its digits say, one after the other. What is read, printed
//! in every form and read again, is the same. A time in a column, before a record and in a record is the same time.

use std::borrow::Cow;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Timelike, Utc};

use super::webhook::outside::{time_of_cells, time_of_prefix};
use super::webhook::{Decoded, Reject, Scale, Settings, decode_by_reference};

/// Every time is plausible.
static SETTINGS: LazyLock<Settings> = LazyLock::new(|| Settings {
    as_of: i64::MAX,
    earliest: i64::MIN,
    payload: None,
    received_at: None,
    scale: Scale::FIVE,
});

static COLUMNS: LazyLock<[String; 1]> = LazyLock::new(|| ["received_at".to_owned()]);

/// A cell in a column of receive times, UTC milliseconds.
fn read(text: &[u8]) -> Option<i64> {
    time_of_cells(&*COLUMNS, false, &[Cow::Borrowed(text)], &SETTINGS)
}

/// A member of an envelope, as written.
fn read_in_record(json: &str) -> Option<i64> {
    let line = format!(
        "{{\"receivedAt\":{json},\"body\":{{\"data\":{{\"position\":{{\"id\":\"7\"}}}},\"type\":\"t\",\"organization\":\"o\"}}}}"
    );
    let mut found: Option<i64> = None;
    decode_by_reference(line.as_bytes(), None, &SETTINGS, &mut |said: &Result<
        Decoded<'_>,
        Reject,
    >| {
        found = said.as_ref().unwrap().snapshot.received_at;
    });
    found
}

/// Reads a text in every place and holds the laws. The time it is.
///
/// # Panics
/// If a law is broken.
pub(crate) fn hold(bytes: &[u8]) -> Option<i64> {
    let at = read(bytes);
    let text = std::str::from_utf8(bytes).ok().map(|text| text.trim_matches([' ', '\t', '\n']));
    if let Some(text) = text {
        as_chrono_reads_it(text, at);
        as_its_digits_say(text, at);
        everywhere(text, at);
    } else {
        // The name of a zone in brackets is not looked at.
        let before = bytes.split(|byte| *byte == b'[').next().unwrap_or_default();
        assert!(at.is_none() || before.is_ascii(), "no text is a time: {}", bytes.escape_ascii());
    }
    if let Some(at) = at {
        printed(at);
    }
    if let Some(before) = time_of_prefix(bytes, &SETTINGS) {
        assert!(begins_with_date(bytes), "only a date stands before a record");
        printed(before);
    }
    at
}

/// Whether a text begins with a year and a dash, perhaps in brackets, or behind the priority and the version of syslog.
fn begins_with_date(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches(|c: char| c.is_ascii_whitespace());
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
    let behind = text.strip_prefix('<').and_then(|rest| rest.split_once('>'));
    let behind = behind.filter(|(priority, _)| is_number(priority)).map(|(_, rest)| rest);
    let version = behind.and_then(|rest| rest.split_once(' '));
    let version = version.filter(|(version, _)| is_number(version)).map(|(_, rest)| rest);
    [Some(text), behind, version]
        .into_iter()
        .flatten()
        .any(|text| text.strip_prefix('[').unwrap_or(text).as_bytes().get(4) == Some(&b'-'))
}

fn as_chrono_reads_it(text: &str, at: Option<i64>) {
    let Ok(known) = DateTime::parse_from_rfc3339(text) else { return };
    let minutes = known.offset().local_minus_utc() / 60;
    let is_told = known.nanosecond() < 1_000_000_000 && text.is_ascii() && minutes.abs() <= 14 * 60;
    if !is_told {
        return;
    }
    // The years that stand for no value.
    let expected = !matches!(known.naive_local().year(), 1 | 1900);
    assert_eq!(at, expected.then_some(known.timestamp_millis()), "{text}");
}

/// Reads a plain decimal number of seconds, milliseconds, microseconds or nanoseconds digit by digit.
fn as_its_digits_say(text: &str, at: Option<i64>) {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_plain = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
    if !is_plain(whole) || !is_plain(fraction) {
        return;
    }
    let whole = whole.trim_start_matches('0');
    let milliseconds = match whole.len() {
        9..=11 => 3,
        12..=14 => 0,
        15..=17 => -3,
        18..=20 => -6,
        _ => return assert_eq!(at, None, "too small or too large: {text}"),
    };
    let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    let kept = whole.len().saturating_add_signed(milliseconds);
    let digit = |place: usize| all.get(place).map_or(0, |c| i64::from(c - b'0'));
    let size = (0..kept).fold(0, |n, place| n * 10 + digit(place));
    // A time before 1970 is rounded towards the past, as all others are; what lies below 30 digits is not looked at.
    let more = all.iter().take(30).skip(kept).any(|c| *c != b'0');
    if negative && all.len() > 30 {
        return;
    }
    let expected = if negative { -size - i64::from(more) } else { size };
    let year = DateTime::<Utc>::from_timestamp_millis(expected).map(|at| at.year());
    let is_sentinel = negative && matches!(year, Some(1 | 1900));
    assert_eq!(at, (!is_sentinel).then_some(expected), "{text}");
}

/// A time in a column is the same in a record, as text, number and in the JSON of a database, and before a record.
fn everywhere(text: &str, at: Option<i64>) {
    if !text.chars().all(|c| c.is_ascii_graphic() || c == ' ') || text.contains(['"', '\\']) {
        return;
    }
    let quoted = format!("\"{text}\"");
    assert_eq!(read_in_record(&quoted), at, "{text}");
    for object in
        [format!("{{\"$date\":{quoted}}}"), format!("{{\"$date\":{{\"$numberLong\":{quoted}}}}}")]
    {
        if at.is_some() {
            assert_eq!(read_in_record(&object), at, "{object}");
        }
    }
    if serde_json::from_str::<serde_json::Number>(text).is_ok() {
        assert_eq!(read_in_record(text), at, "{text}");
    }
    let is_word = text.len() <= 40 && text.get(4..5) == Some("-") && !text.contains([' ', ']']);
    if is_word && at.is_some() {
        for line in [
            text.to_owned(),
            format!(" {text}\tapp: "),
            format!("[{text}] "),
            format!("<13>{text} host app: "),
            format!("<134>1 {text} host app 7 - - "),
        ] {
            assert_eq!(time_of_prefix(line.as_bytes(), &SETTINGS), at, "{line}");
        }
    }
}

/// What is read, printed and read again, is the same.
fn printed(at: i64) {
    let time = DateTime::<Utc>::from_timestamp_millis(at).expect("a time of the calendar");
    if !(0..10_000).contains(&time.year()) || matches!(time.year(), 1 | 1900) {
        return;
    }
    for form in [
        "%Y-%m-%dT%H:%M:%S%.3fZ",
        "%Y-%m-%d %H:%M:%S%.6f+00",
        "%Y%m%dT%H%M%S%.3fZ",
        "%Y-%m-%dt%H:%M:%S%.9f-00:00[UTC]",
        "%Y-%m-%d %H:%M:%S%.3f +0000 UTC",
    ] {
        let text = time.format(form).to_string();
        assert_eq!(read(text.as_bytes()), Some(at), "{text}");
    }
    if (100_000_000_000..100_000_000_000_000).contains(&at) {
        assert_eq!(read(at.to_string().as_bytes()), Some(at));
        assert_eq!(read(format!("{at}000999").as_bytes()), Some(at));
    }
}
