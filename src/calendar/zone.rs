//! An IANA time zone: what its wall clock shows at an instant, and the instant of what it shows.

use chrono::{
    DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, Offset, TimeZone, Timelike,
};
use chrono_tz::Tz;

use super::{HOUR_MS, SECOND_MS};

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
    pub(super) fn offset_at(self, instant_ms: i64) -> Option<i64> {
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

    /// The first instant at which the wall clock shows a time or, if that falls into a gap, a later one; both in milliseconds
    /// since 1970.
    pub(super) fn first_showing(self, wall_ms: i64) -> Option<i64> {
        let wall = DateTime::from_timestamp_millis(wall_ms)?.naive_utc();
        let resolved = self.resolve_wall_clock(wall_ms)?;
        if !matches!(self.0.from_local_datetime(&wall), LocalResult::None) {
            return Some(resolved);
        }
        // The clock jumped on the way to the resolved instant, and by no more than it lies beyond the time.
        let after = self.offset_at(resolved)?;
        let (mut before, mut since) = (resolved - (resolved + after - wall_ms), resolved);
        while since - before > 1 {
            let middle = before + (since - before) / 2;
            if self.offset_at(middle)? == after { since = middle } else { before = middle }
        }
        Some(since)
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
            // Some zones change their offset inside a local hour: by half an hour (Lord Howe), or at 2:45 (Chatham).
            if self.local(end - 1).is_none_or(|last| last.hour != here.hour) {
                end = (at + HOUR_MS / 4 - into_hour.rem_euclid(HOUR_MS / 4)).min(to_ms);
            }
            piece(here, at, end);
            at = end;
        }
    }
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
    fn hours_cut_a_span_without_a_remainder() {
        for name in [
            "Europe/Stockholm",
            "Asia/Riyadh",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "Pacific/Chatham",
        ] {
            let zone = Zone::parse(name).unwrap();
            for (from, to) in [
                ("2021-03-27T22:17:03.250Z", "2021-03-29T05:00:00.001Z"),
                ("2021-10-02T10:00:00Z", "2021-10-03T20:00:00Z"),
                ("2021-04-03T10:00:00Z", "2021-04-04T20:00:00Z"),
                ("2021-09-25T10:00:00Z", "2021-09-26T20:00:00Z"),
            ] {
                let (mut at, mut pieces) = (ms(from), 0);
                zone.each_local_hour(ms(from), ms(to), |local, start, end| {
                    assert_eq!(start, at);
                    let minutes = usize::try_from(60 * SECOND_MS).unwrap();
                    for instant in (start..end).step_by(minutes).chain([end - 1]) {
                        assert_eq!(zone.local(instant).unwrap().hour, local.hour, "{name} {from}");
                    }
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
}
