//! The clocks that the oracle goes by, for itself and for the program.

use chrono::NaiveDate;
use queuestat::calendar::{DatedZone, DayStart, Zone, Zones};

use crate::naive::{NaiveClock, STOCKHOLM};

/// The clocks of the checks: as usual, of a place open past midnight, and of one that moves in a night, not on the hour.
pub(crate) fn clocks() -> [NaiveClock; 3] {
    let athens = (NaiveDate::from_ymd_opt(2021, 3, 15).unwrap(), chrono_tz::Europe::Athens);
    let moved = NaiveClock { moved: Some(athens), begins: 630, ..STOCKHOLM };
    [STOCKHOLM, NaiveClock { begins: 300, ..STOCKHOLM }, moved]
}

/// The same clock as the program has it.
pub(crate) fn clock_of(naive: NaiveClock) -> (Zones, DayStart) {
    let zone = |zone: chrono_tz::Tz| Zone::parse(zone.name()).unwrap();
    let dated = |from: Option<NaiveDate>, tz| DatedZone { from, until: None, zone: zone(tz) };
    let later = naive.moved.map(|(from, tz)| dated(Some(from), tz));
    let all: Vec<DatedZone> = later.into_iter().chain([dated(None, naive.zone)]).collect();
    let start = format!("{:02}:{:02}", naive.begins / 60, naive.begins % 60);
    (Zones::of(&all).unwrap(), DayStart::parse(&start).unwrap())
}
