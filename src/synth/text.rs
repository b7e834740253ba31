//! Writes pieces of JSON text; written by hand for speed, because a gigabyte of lines goes through here.

use std::fmt::Write;

use chrono::DateTime;

use crate::calendar::{DAY_MS, HOUR_MS, SECOND_MS};

const MINUTE_MS: i64 = 60 * SECOND_MS;

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeForm {
    /// `2021-01-11T14:48:24.479Z`
    Millis,
    /// `2021-01-11T14:48:24Z`
    Seconds,
    /// `2021-01-11T15:48:24.479000000+01:00`, the same instant.
    NanosAndOffset,
    /// `2021-01-11 14:48`; the instant is a wall clock.
    Wall,
    /// `2021-01-11 14:48:24`
    BlankSeconds,
    /// `2021-01-11 14:48:24.479123+00`, as `PostgreSQL` prints.
    Postgres,
    /// `2021-01-11 14:48:24.479123 UTC`, as `BigQuery` exports.
    BigQuery,
    /// `2021-01-11T14:48:24+00:00`
    SecondsAndOffset,
    /// `2021-01-11T14:48:24.479123+00:00`, as `PostgreSQL` puts it into JSON.
    MicrosAndOffset,
    /// `2021-01-11T14:48:24.4791234Z`, as .NET prints.
    Ticks,
    /// `2021-01-11T14:48:24.479123456Z`
    Nanos,
}

/// What a recorder with a finer clock writes after the milliseconds; less than half of one, so that nobody rounds up.
pub(super) const FINER: &str = "123456";

impl TimeForm {
    /// The separator between date and time, the fraction digits of a second, and the suffix.
    const fn parts(self) -> (char, usize, &'static str) {
        match self {
            Self::Millis => ('T', 3, "Z"),
            Self::Seconds => ('T', 0, "Z"),
            Self::NanosAndOffset => ('T', 3, "000000+01:00"),
            Self::Wall | Self::BlankSeconds => (' ', 0, ""),
            Self::Postgres => (' ', 6, "+00"),
            Self::BigQuery => (' ', 6, " UTC"),
            Self::SecondsAndOffset => ('T', 0, "+00:00"),
            Self::MicrosAndOffset => ('T', 6, "+00:00"),
            Self::Ticks => ('T', 7, "Z"),
            Self::Nanos => ('T', 9, "Z"),
        }
    }
}

/// Appends formatted text; writing to a String cannot fail.
pub(super) fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _written = out.write_fmt(text);
}

/// `,"name":"text"`; the text needs no escapes.
pub(super) fn field(out: &mut String, name: &str, text: &str) {
    open(out, name);
    out.push_str(text);
    out.push('"');
}

/// `,"name":"2021-01-11T14:48:24.479Z"`
pub(super) fn time_field(out: &mut String, name: &str, at: i64, form: TimeForm) {
    open(out, name);
    time(out, at, form);
    out.push('"');
}

fn open(out: &mut String, name: &str) {
    out.push_str(",\"");
    out.push_str(name);
    out.push_str("\":\"");
}

/// Writes the inside of a JSON string. Control characters do not occur in the texts escaped here.
pub(super) fn escape(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\\']) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        out.push('\\');
        let (one, after) = special.split_at(1);
        out.push_str(one);
        rest = after;
    }
    out.push_str(rest);
}

/// Writes the last `width` hexadecimal digits, in lower case.
pub(super) fn hex(out: &mut String, number: u64, width: u32) {
    for at in (0..width).rev() {
        let digit = u32::try_from((number >> (4 * at)) & 0xf).unwrap_or(0);
        out.push(char::from_digit(digit, 16).unwrap_or('0'));
    }
}

/// Writes the last `width` decimal digits, with leading zeros.
pub(super) fn digits(out: &mut String, number: i64, width: u32) {
    let mut unit = 10_i64.pow(width - 1);
    while unit > 0 {
        let digit = u32::try_from((number / unit) % 10).unwrap_or(0);
        out.push(char::from_digit(digit, 10).unwrap_or('0'));
        unit /= 10;
    }
}

/// Writes an instant in one of the forms.
pub(super) fn time(out: &mut String, at: i64, form: TimeForm) {
    let at = if form == TimeForm::NanosAndOffset { at + HOUR_MS } else { at };
    let (year, month, day) = civil(at.div_euclid(DAY_MS));
    let in_day = at.rem_euclid(DAY_MS);
    digits(out, year, 4);
    out.push('-');
    digits(out, month, 2);
    out.push('-');
    digits(out, day, 2);
    let (between, fraction, end) = form.parts();
    out.push(between);
    digits(out, in_day / HOUR_MS, 2);
    out.push(':');
    digits(out, in_day / MINUTE_MS % 60, 2);
    if form == TimeForm::Wall {
        return;
    }
    out.push(':');
    digits(out, in_day / SECOND_MS % 60, 2);
    if fraction > 0 {
        out.push('.');
        digits(out, in_day % SECOND_MS, 3);
        out.push_str(FINER.get(..fraction - 3).unwrap_or_default());
    }
    out.push_str(end);
}

/// Year, month and day of a day since 1970 (Hinnant, "chrono-compatible low-level date algorithms").
pub(super) fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march = (5 * of_year + 2) / 153;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let year = year_of_era + shifted.div_euclid(146_097) * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * march + 2) / 5 + 1)
}

/// How far a zone's wall clock is ahead of UTC at an instant, milliseconds.
pub(super) fn offset(zone: crate::calendar::Zone, at: i64) -> i64 {
    // The calendar converts wall clocks to instants, so search for the wall clock that means `at`.
    let quarter = 15 * MINUTE_MS;
    (-48..=56)
        .map(|n| n * quarter)
        .find(|ahead| zone.resolve_wall_clock(at + ahead) == Some(at))
        .unwrap_or(0)
}

/// The date of a day since 1970, for file names.
pub(super) fn date(day: i64) -> chrono::NaiveDate {
    DateTime::from_timestamp_millis(day * DAY_MS).map(|at| at.date_naive()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Zone;

    fn written(at: i64, form: TimeForm) -> String {
        let mut text = String::new();
        time(&mut text, at, form);
        text
    }

    #[test]
    fn times() {
        let at = 1_610_376_504_479;
        assert_eq!(written(at, TimeForm::Millis), "2021-01-11T14:48:24.479Z");
        assert_eq!(written(at, TimeForm::Seconds), "2021-01-11T14:48:24Z");
        assert_eq!(written(at, TimeForm::NanosAndOffset), "2021-01-11T15:48:24.479000000+01:00");
        assert_eq!(written(at, TimeForm::Wall), "2021-01-11 14:48");
        assert_eq!(written(at, TimeForm::BlankSeconds), "2021-01-11 14:48:24");
        assert_eq!(written(at, TimeForm::Postgres), "2021-01-11 14:48:24.479123+00");
        assert_eq!(written(at, TimeForm::BigQuery), "2021-01-11 14:48:24.479123 UTC");
        assert_eq!(written(at, TimeForm::SecondsAndOffset), "2021-01-11T14:48:24+00:00");
        assert_eq!(written(at, TimeForm::MicrosAndOffset), "2021-01-11T14:48:24.479123+00:00");
        assert_eq!(written(at, TimeForm::Ticks), "2021-01-11T14:48:24.4791234Z");
        assert_eq!(written(at, TimeForm::Nanos), "2021-01-11T14:48:24.479123456Z");
        for day in (-30_000..60_000).step_by(7) {
            let text = written(day * DAY_MS, TimeForm::Wall);
            assert_eq!(text, format!("{} 00:00", date(day)), "{day}");
        }
    }

    #[test]
    fn offsets() {
        let summer = 1_626_000_000_000;
        for (zone, minutes) in
            [("Asia/Kolkata", 330), ("America/New_York", -240), ("Europe/London", 60), ("UTC", 0)]
        {
            assert_eq!(offset(Zone::parse(zone).unwrap(), summer), minutes * MINUTE_MS, "{zone}");
        }
    }

    #[test]
    fn escapes() {
        let mut text = String::new();
        escape(&mut text, r#"Leeds "Click, collect" \ é"#);
        assert_eq!(text, r#"Leeds \"Click, collect\" \\ é"#);
        let mut text = String::new();
        hex(&mut text, 0xabc_0123, 6);
        assert_eq!(text, "bc0123");
    }
}
