//! The local times of many instants, with one look-up of the offset a day.

use std::collections::HashMap;

use chrono::NaiveDate;
use foldhash::fast::RandomState;

use super::{Clock, DAY_MS, HOUR_MS, Local};

/// Converts many instants to local time, and looks up offsets and ends of days only once a day.
#[derive(Debug, Default)]
pub struct LocalTimes {
    /// By clock and UTC day.
    offsets: HashMap<(Clock, i64), Option<i64>, RandomState>,
    /// The last offset that was asked for: neighbouring tickets often share clock and day.
    last: Option<((Clock, i64), Option<i64>)>,
    /// By clock and local date.
    ends: HashMap<(Clock, NaiveDate), Option<i64>, RandomState>,
}

impl LocalTimes {
    /// As [`Clock::local`].
    pub fn of(&mut self, clock: Clock, instant_ms: i64) -> Option<Local> {
        let day = instant_ms.div_euclid(DAY_MS);
        let Some(offset) = self.offset_of((clock, day)) else { return clock.local(instant_ms) };
        let wall = instant_ms.checked_add(offset)?;
        let day = wall.checked_sub(clock.day_start().ms())?.div_euclid(DAY_MS);
        Some(Local {
            date: NaiveDate::from_epoch_days(i32::try_from(day).ok()?)?,
            hour: u8::try_from(wall.rem_euclid(DAY_MS) / HOUR_MS).ok()?,
            // 1970-01-01 was a Thursday.
            weekday: u8::try_from((day + 3).rem_euclid(7) + 1).ok()?,
        })
    }

    /// As [`Clock::offset_of`].
    fn offset_of(&mut self, key: (Clock, i64)) -> Option<i64> {
        match self.last {
            Some((last, offset)) if last == key => offset,
            _ => {
                let offset = self.offsets.entry(key).or_insert_with(|| key.0.offset_of(key.1));
                self.last = Some((key, *offset));
                *offset
            }
        }
    }

    /// The instant at which a local date ends and the next begins, UTC milliseconds; `None` outside the years the calendar
    /// covers.
    pub fn end_of(&mut self, clock: Clock, date: NaiveDate) -> Option<i64> {
        let end = self.ends.entry((clock, date));
        *end.or_insert_with(|| date.succ_opt().and_then(|next| clock.start_of(next)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{DEFAULT_EARLIEST_MS, DatedZone, DayStart, Zone, Zones};
    use chrono::DateTime;

    fn ms(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
    }

    fn zone(name: &str) -> Zone {
        Zone::parse(name).unwrap()
    }

    #[test]
    fn remembered_offsets_give_the_same_local_times() {
        let mut times = LocalTimes::default();
        let names =
            ["Europe/Stockholm", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"];
        let mut clocks: Vec<Clock> = names.map(|name| zone(name).into()).to_vec();
        for start in ["02:30", "05:00", "12:00"] {
            let start = DayStart::parse(start).unwrap();
            clocks.extend(names.map(|name| Clock::new(&zone(name).into(), start)));
            let moved = |from: &str, zone| DatedZone { from: from.parse().ok(), until: None, zone };
            let zones = Zones::of(&[
                moved("", zone("Pacific/Kiritimati")),
                moved("2020-10-25", zone("Pacific/Pago_Pago")),
                moved("2021-03-28", zone("Europe/Stockholm")),
            ]);
            clocks.push(Clock::new(&zones.unwrap(), start));
        }
        for clock in clocks {
            // Steps that meet every quarter of an hour and most minutes of three years, changes of the clock included.
            for at in (ms("2019-12-30T00:00:00Z")..ms("2023-01-02T00:00:00Z")).step_by(461_777) {
                assert_eq!(times.of(clock, at), clock.local(at), "{clock:?} {at}");
            }
            for at in [-1, 0, i64::MAX, i64::MIN, DEFAULT_EARLIEST_MS - 1] {
                assert_eq!(times.of(clock, at), clock.local(at), "{clock:?} {at}");
            }
        }
    }
}
