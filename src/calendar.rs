//! Instants, zones and local days: the only place that knows what a local date is.
//!
//! Instants are UTC milliseconds since 1970 (`i64`). Local dates, hours and weeks come from an IANA zone of the
//! compiled-in database, never from the host: the same lines give the same days on every machine. A day is never
//! "86,400 seconds": it has 23 or 25 hours when the clocks change.

mod week;

use std::collections::HashMap;

use chrono::{
    DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, Offset, TimeZone, Timelike,
};
use chrono_tz::Tz;
use foldhash::fast::RandomState;

pub use week::{WEEKDAYS, WeekStart, iso_weekday, week_end, weekday_name};

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

/// An IANA time zone, such as `Europe/Stockholm`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Zone(Tz);

/// A name that is not an IANA time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone `{name}`")]
pub struct UnknownZone {
    /// The name as given.
    pub name: String,
}

/// Local date, hour and weekday of an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Local {
    /// Local date.
    pub date: NaiveDate,
    /// Local hour, 0 to 23.
    pub hour: u8,
    /// ISO weekday, 1 = Monday to 7 = Sunday.
    pub weekday: u8,
}

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// Looks up a zone by its IANA name, spelled as in the database (case matters).
    ///
    /// # Errors
    /// [`UnknownZone`] if the database has no such name.
    pub fn parse(name: &str) -> Result<Self, UnknownZone> {
        name.parse::<Tz>().map(Self).map_err(|_| UnknownZone { name: name.to_owned() })
    }

    /// IANA name of the zone.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The zone whose name is closest to `name` by `distance` (smaller is closer): for "did you mean …?".
    #[must_use]
    pub fn nearest(name: &str, distance: impl Fn(&str, &str) -> usize) -> Option<&'static str> {
        let wanted = name.to_ascii_lowercase();
        chrono_tz::TZ_VARIANTS
            .iter()
            .map(|zone| (distance(&wanted, &zone.name().to_ascii_lowercase()), zone.name()))
            .min()
            .filter(|(distance, _)| *distance <= 4)
            .map(|(_, name)| name)
    }

    /// Local date, hour and weekday of an instant; `None` outside the years the calendar covers.
    #[must_use]
    pub fn local(self, instant_ms: i64) -> Option<Local> {
        let local = DateTime::from_timestamp_millis(instant_ms)?.with_timezone(&self.0);
        Some(Local {
            date: local.date_naive(),
            hour: u8::try_from(local.hour()).ok()?,
            weekday: u8::try_from(local.weekday().number_from_monday()).ok()?,
        })
    }

    /// Local date and time of an instant; `None` outside the years the calendar covers.
    #[must_use]
    pub fn wall_clock(self, instant_ms: i64) -> Option<NaiveDateTime> {
        Some(DateTime::from_timestamp_millis(instant_ms)?.with_timezone(&self.0).naive_local())
    }

    /// UTC offset in force at an instant, milliseconds east of UTC.
    fn offset_at(self, instant_ms: i64) -> Option<i64> {
        let at = DateTime::from_timestamp_millis(instant_ms)?.with_timezone(&self.0);
        Some(i64::from(at.offset().fix().local_minus_utc()) * SECOND_MS)
    }

    /// The instant of a local wall-clock time, given as milliseconds since 1970 of that wall clock.
    ///
    /// A time in a daylight-saving gap moves forward by the length of the gap; an ambiguous one takes the first.
    #[must_use]
    pub fn resolve_wall_clock(self, wall_ms: i64) -> Option<i64> {
        let wall = DateTime::from_timestamp_millis(wall_ms)?.naive_utc();
        match self.0.from_local_datetime(&wall) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.timestamp_millis()),
            // In the gap, the offset from before still holds: reading the wall clock with it lands
            // after the gap, moved by exactly its length.
            LocalResult::None => self.offset_before(wall).map(|offset| wall_ms - offset),
        }
    }

    /// UTC offset (milliseconds east of UTC) in force before the gap that `wall` falls into.
    fn offset_before(self, wall: NaiveDateTime) -> Option<i64> {
        let earlier = wall - chrono::TimeDelta::hours(25);
        let at = self.0.from_local_datetime(&earlier).earliest()?;
        Some(earlier.and_utc().timestamp_millis() - at.timestamp_millis())
    }

    /// The instant at which a local date begins.
    #[must_use]
    pub fn start_of(self, date: NaiveDate) -> Option<i64> {
        self.resolve_wall_clock(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis())
    }

    /// Splits `[from_ms, to_ms)` at the starts of local hours and passes on each piece with its weekday and hour.
    ///
    /// Exposure and queue length are added up from these pieces. An hour that a clock change repeats comes twice, one that
    /// it skips never.
    pub fn each_local_hour(self, from_ms: i64, to_ms: i64, mut piece: impl FnMut(Local, i64, i64)) {
        let mut at = from_ms;
        while at < to_ms {
            let Some(local) = DateTime::from_timestamp_millis(at).map(|t| t.with_timezone(&self.0))
            else {
                return;
            };
            let Some(here) = self.local(at) else { return };
            let into_hour = i64::from(local.minute()) * 60 * SECOND_MS
                + i64::from(local.second()) * SECOND_MS
                + at.rem_euclid(SECOND_MS);
            let mut end = (at + HOUR_MS - into_hour).min(to_ms);
            // Zones that shift by half an hour (Lord Howe) change their offset inside a local hour.
            if self.local(end - 1).is_none_or(|last| last.hour != here.hour) {
                end = (at + HOUR_MS / 2 - into_hour.rem_euclid(HOUR_MS / 2)).min(to_ms);
            }
            piece(here, at, end);
            at = end;
        }
    }
}

/// Converts many instants to local time and looks up the offset only once a day.
#[derive(Debug, Default)]
pub struct LocalTimes(HashMap<(Zone, i64), Option<i64>, RandomState>);

impl LocalTimes {
    /// As [`Zone::local`].
    pub fn of(&mut self, zone: Zone, instant_ms: i64) -> Option<Local> {
        let day = instant_ms.div_euclid(DAY_MS);
        let offset = self.0.entry((zone, day)).or_insert_with(|| {
            let begin = day.checked_mul(DAY_MS)?;
            let offset = zone.offset_at(begin)?;
            // No zone has ever changed and changed back within a day. On days with a change, every instant is looked up.
            (zone.offset_at(begin.checked_add(DAY_MS - 1)?)? == offset).then_some(offset)
        });
        let Some(offset) = *offset else { return zone.local(instant_ms) };
        let wall = instant_ms.checked_add(offset)?;
        let day = wall.div_euclid(DAY_MS);
        Some(Local {
            date: NaiveDate::from_epoch_days(i32::try_from(day).ok()?)?,
            hour: u8::try_from(wall.rem_euclid(DAY_MS) / HOUR_MS).ok()?,
            // 1970-01-01 was a Thursday.
            weekday: u8::try_from((day + 3).rem_euclid(7) + 1).ok()?,
        })
    }
}

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

    fn ms(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
    }

    fn wall(text: &str) -> i64 {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap().and_utc().timestamp_millis()
    }

    #[test]
    fn local_days_follow_the_clock_change() {
        let zone = Zone::parse("Europe/Stockholm").unwrap();
        let before = zone.local(ms("2021-03-27T23:30:00Z")).unwrap();
        assert_eq!((before.date.to_string().as_str(), before.hour), ("2021-03-28", 0));
        assert_eq!(zone.local(ms("2021-03-28T01:00:00Z")).unwrap().hour, 3);
        let length = |day: &str, next: &str| {
            zone.start_of(next.parse().unwrap()).unwrap()
                - zone.start_of(day.parse().unwrap()).unwrap()
        };
        assert_eq!(length("2021-03-28", "2021-03-29"), 23 * HOUR_MS);
        assert_eq!(length("2021-10-31", "2021-11-01"), 25 * HOUR_MS);
    }

    #[test]
    fn wall_clock_in_a_gap_moves_on_and_an_ambiguous_one_takes_the_first() {
        let zone = Zone::parse("Europe/Stockholm").unwrap();
        let gap = zone.resolve_wall_clock(wall("2021-03-28 02:30")).unwrap();
        assert_eq!(gap, ms("2021-03-28T03:30:00+02:00"));
        let twice = zone.resolve_wall_clock(wall("2021-10-31 02:30")).unwrap();
        assert_eq!(twice, ms("2021-10-31T02:30:00+02:00"));
        let plain = zone.resolve_wall_clock(wall("2021-06-01 09:00")).unwrap();
        assert_eq!(plain, ms("2021-06-01T07:00:00Z"));
    }

    #[test]
    fn remembered_offsets_give_the_same_local_times() {
        let mut times = LocalTimes::default();
        for name in
            ["Europe/Stockholm", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"]
        {
            let zone = Zone::parse(name).unwrap();
            // Steps that meet every quarter of an hour and most minutes of three years, changes of the clock included.
            for at in (ms("2019-12-30T00:00:00Z")..ms("2023-01-02T00:00:00Z")).step_by(461_777) {
                assert_eq!(times.of(zone, at), zone.local(at), "{name} {at}");
            }
            for at in [-1, 0, i64::MAX, i64::MIN, DEFAULT_EARLIEST_MS - 1] {
                assert_eq!(times.of(zone, at), zone.local(at), "{name} {at}");
            }
        }
    }

    #[test]
    fn hours_cut_a_span_without_a_remainder() {
        for name in ["Europe/Stockholm", "Asia/Riyadh", "Asia/Kathmandu", "Australia/Lord_Howe"] {
            let zone = Zone::parse(name).unwrap();
            for (from, to) in [
                ("2021-03-27T22:17:03.250Z", "2021-03-29T05:00:00.001Z"),
                ("2021-10-02T10:00:00Z", "2021-10-03T20:00:00Z"),
                ("2021-04-03T10:00:00Z", "2021-04-04T20:00:00Z"),
            ] {
                let (mut at, mut pieces) = (ms(from), 0);
                zone.each_local_hour(ms(from), ms(to), |local, start, end| {
                    assert_eq!(start, at);
                    assert_eq!(zone.local(end - 1).unwrap().hour, local.hour, "{name} {from}");
                    assert_eq!(zone.local(start).unwrap(), local);
                    at = end;
                    pieces += 1;
                });
                assert_eq!(at, ms(to));
                assert!(pieces > 20);
            }
        }
    }

    #[test]
    fn unknown_zones_are_named_and_a_near_one_is_offered() {
        let error = Zone::parse("Europe/Stokholm").unwrap_err();
        assert_eq!(error.to_string(), "unknown time zone `Europe/Stokholm`");
        let near = Zone::nearest("Europe/Stokholm", |a, b| {
            usize::from(a != b) + a.len().abs_diff(b.len())
        });
        assert!(near.is_some());
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
