//! Instants, zones and local days: the only place that knows what a local date is.
//!
//! Instants are UTC milliseconds since 1970 (`i64`). Local dates, hours and weeks come from an IANA zone of the
//! compiled-in database, never from the host: the same lines give the same days on every machine. A day is never
//! "86,400 seconds": it has 23 or 25 hours when the clocks change. What the days of a place are is its [`Clock`]'s to say.

mod clock;
mod local_times;
mod week;
mod zone;
mod zones;

use chrono::{DateTime, Datelike};

pub use clock::Clock;
pub use local_times::LocalTimes;
pub use week::{WEEKDAYS, WeekStart, iso_weekday, week_end, weekday_name};
pub use zone::{Local, UnknownZone, Zone};
pub use zones::{DatedZone, DayStart, Zones, ZonesError};

/// The release of the IANA time-zone database that is compiled in: `2025b`.
pub const TIME_ZONES: &str = chrono_tz::IANA_TZDB_VERSION;
/// Milliseconds of one second.
pub const SECOND_MS: i64 = 1_000;
/// Milliseconds of one hour.
pub const HOUR_MS: i64 = 3_600 * SECOND_MS;
/// Milliseconds of 24 hours (a duration, not a local day).
pub const DAY_MS: i64 = 24 * HOUR_MS;
/// 2010-01-01T00:00:00Z, UTC milliseconds: earlier times are not believed unless the configuration says so.
pub const DEFAULT_EARLIEST_MS: i64 = 1_262_304_000_000;
/// 2015-01-01T00:00:00Z, UTC milliseconds: no webhook of this product is older.
pub const PRODUCT_BEGAN_MS: i64 = 1_420_070_400_000;

/// Milliseconds since 1970 of a civil date and time read as UTC; `None` if there is no such day or time.
///
/// Second 60 (a leap second) is the first instant of the next minute.
#[must_use]
pub fn civil_ms(date: (i32, u32, u32), time: (u32, u32, u32), millis: u32) -> Option<i64> {
    let (hour, minute, second) = time;
    if second > 60 || millis > 999 {
        return None;
    }
    if hour > 23 || minute > 59 {
        return None;
    }
    let time = i64::from(hour) * HOUR_MS
        + i64::from(minute) * 60 * SECOND_MS
        + i64::from(second) * SECOND_MS
        + i64::from(millis);
    Some(days_of(date)? * DAY_MS + time)
}

/// Days from 1970-01-01 to a date of the years 0 to 9999; `None` if there is no such day.
///
/// Months are counted from March, so that a leap day is the last day of the year (H. Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms"). This runs five times a line; with chrono's own checks it would take half as long again.
fn days_of((year, month, day): (i32, u32, u32)) -> Option<i64> {
    if !(0..=9_999).contains(&year) || !(1..=12).contains(&month) || day == 0 {
        return None;
    }
    let (year, month, day) = (i64::from(year), i64::from(month), i64::from(day));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if day > length {
        return None;
    }
    let (from_march, year) = if month > 2 { (month - 3, year) } else { (month + 9, year - 1) };
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    let before = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 719,468 days lie between 1 March of the year 0 and 1 January 1970.
    Some(before + day_of_year - 719_468)
}

/// Milliseconds since 1970 of `Mon, 01 Mar 2021 09:00:00 GMT` (RFC 2822), the form of mails and HTTP headers.
#[must_use]
pub fn rfc2822_ms(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc2822(text).ok().map(|at| at.timestamp_millis())
}

/// UTC year of an instant; `None` outside the years the calendar covers.
#[must_use]
pub fn year_of(instant_ms: i64) -> Option<i32> {
    DateTime::from_timestamp_millis(instant_ms).map(|at| at.year())
}

/// `2021-01-11T14:48:24.479Z` of an instant.
#[must_use]
pub fn rfc3339(instant_ms: i64) -> String {
    DateTime::from_timestamp_millis(instant_ms).map_or_else(
        || format!("{instant_ms} ms"),
        |at| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn ms(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
    }

    #[test]
    fn every_day_has_its_number() {
        for year in 0..=9_999 {
            for month in 0..=13 {
                for day in [0, 1, 2, 27, 28, 29, 30, 31, 32] {
                    let expected = NaiveDate::from_ymd_opt(year, month, day);
                    let expected =
                        expected.map(|date| i64::from(date.num_days_from_ce()) - 719_163);
                    assert_eq!(days_of((year, month, day)), expected, "{year}-{month}-{day}");
                }
            }
        }
    }

    #[test]
    fn civil_times_are_checked() {
        assert_eq!(
            civil_ms((2021, 1, 11), (14, 48, 24), 479),
            Some(ms("2021-01-11T14:48:24.479Z"))
        );
        assert_eq!(civil_ms((2021, 2, 29), (0, 0, 0), 0), None);
        assert_eq!(civil_ms((2021, 2, 28), (24, 0, 0), 0), None);
        assert_eq!(civil_ms((2016, 12, 31), (23, 59, 60), 0), Some(ms("2017-01-01T00:00:00Z")));
    }
}
