//! The clock of a place: its zones, the time at which its days begin, and what follows for every instant.
//!
//! The days of a place with a start at 05:00 begin when the wall clock shows 05:00. So a day has 23 or 25 hours when the
//! clocks change, and never "24 hours from five hours after midnight". The date of an instant is that of the newest day
//! which has begun: it never goes back, even where the wall clock does.
//!
//! ```text
//! wall clock     Fri 22:30    Sat 01:30    Sat 04:59    Sat 05:00
//! date           Friday       Friday       Friday       Saturday       with days from 05:00
//! hour           22           1            4            5              always as the wall clock shows it
//! ```
//!
//! A place that moves to another zone lives by the new one from the moment at which the named day begins there. On the day
//! of the move, the clock jumps like one that is changed: the days around it are shorter by the difference (moved east), or
//! longer (moved west; the hours that come twice count in the hour that they show). A day that such a jump skips as a whole
//! has no instant.

use std::sync::{Mutex, PoisonError};

use chrono::{NaiveDate, NaiveDateTime};

use super::zone::{Local, Zone};
use super::zones::{DayStart, Zones};
use super::{DAY_MS, HOUR_MS, iso_weekday};

/// The clock of a place. Copying and comparing it costs next to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Clock(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    /// One zone, and days that begin at midnight: nearly every place.
    Plain(Zone),
    /// Anything else.
    Own(&'static Own),
}

/// The clocks that are not plain. There are as many as the configuration names, so they live until the program ends.
static CLOCKS: Mutex<Vec<&'static Own>> = Mutex::new(Vec::new());

/// A clock with its own start of the day, or with several zones.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Own {
    zones: Zones,
    day_start: DayStart,
    /// In the order of time; at least one.
    spans: Vec<Span>,
}

/// The time in which a zone is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Span {
    /// Its first instant, UTC milliseconds.
    begin: i64,
    /// Its first date, days since 1970.
    first: i64,
    zone: Zone,
}

impl From<Zone> for Clock {
    fn from(zone: Zone) -> Self {
        Self(Kind::Plain(zone))
    }
}

impl Clock {
    /// Coordinated universal time, with days from midnight.
    pub const UTC: Self = Self(Kind::Plain(Zone::UTC));

    /// The clock of a place with these zones, whose days begin at `day_start`.
    #[must_use]
    pub fn new(zones: &Zones, day_start: DayStart) -> Self {
        if zones.later.is_empty() && day_start == DayStart::MIDNIGHT {
            return zones.first.into();
        }
        let mut known = CLOCKS.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |own: &&&'static Own| own.zones == *zones && own.day_start == day_start;
        if let Some(own) = known.iter().find(same) {
            return Self(Kind::Own(own));
        }
        let own: &'static Own = Box::leak(Box::new(Own::new(zones.clone(), day_start)));
        known.push(own);
        Self(Kind::Own(own))
    }

    /// The zones with their dates: `Europe/London, from 2021-02-15 Europe/Athens`.
    #[must_use]
    pub fn zones(self) -> Zones {
        match self.0 {
            Kind::Plain(zone) => zone.into(),
            Kind::Own(own) => own.zones.clone(),
        }
    }

    /// The time at which its days begin.
    #[must_use]
    pub fn day_start(self) -> DayStart {
        match self.0 {
            Kind::Plain(_) => DayStart::MIDNIGHT,
            Kind::Own(own) => own.day_start,
        }
    }

    /// The zone in force at an instant.
    #[must_use]
    pub fn zone_at(self, instant_ms: i64) -> Zone {
        match self.0 {
            Kind::Plain(zone) => zone,
            Kind::Own(own) => own.span_at(instant_ms).0.zone,
        }
    }

    /// Date, hour and weekday of an instant; `None` outside the years the calendar covers. The hour is the one that the wall
    /// clock shows, the weekday that of the date.
    #[must_use]
    pub fn local(self, instant_ms: i64) -> Option<Local> {
        match self.0 {
            Kind::Plain(zone) => zone.local(instant_ms),
            Kind::Own(own) => own.local(instant_ms),
        }
    }

    /// Date and time on the wall clock at an instant; `None` outside the years the calendar covers. The date is that of the
    /// calendar on the wall, whenever the days of the place begin.
    #[must_use]
    pub fn wall_clock(self, instant_ms: i64) -> Option<NaiveDateTime> {
        self.zone_at(instant_ms).wall_clock(instant_ms)
    }

    /// The instant of a wall-clock time, given as milliseconds since 1970 of that wall clock, in the zone in force on its
    /// date; gaps and ambiguous times as in [`Zone::resolve_wall_clock`].
    #[must_use]
    pub fn resolve_wall_clock(self, wall_ms: i64) -> Option<i64> {
        match self.0 {
            Kind::Plain(zone) => zone.resolve_wall_clock(wall_ms),
            Kind::Own(own) => {
                let day = wall_ms.checked_sub(own.day_start.ms())?.div_euclid(DAY_MS);
                own.span_of(day).zone.resolve_wall_clock(wall_ms)
            }
        }
    }

    /// The instant at which a date begins. A date that a move skips begins with the one after it.
    #[must_use]
    pub fn start_of(self, date: NaiveDate) -> Option<i64> {
        match self.0 {
            Kind::Plain(zone) => zone.start_of(date),
            Kind::Own(own) => own.start_of(i64::from(date.to_epoch_days())),
        }
    }

    /// Splits `[from_ms, to_ms)` at the starts of local hours and days, and passes on each piece with its date, weekday and
    /// hour; as [`Zone::each_local_hour`].
    pub fn each_local_hour(self, from_ms: i64, to_ms: i64, mut piece: impl FnMut(Local, i64, i64)) {
        match self.0 {
            Kind::Plain(zone) => zone.each_local_hour(from_ms, to_ms, piece),
            Kind::Own(own) => own.each_local_hour(from_ms, to_ms, &mut piece),
        }
    }

    /// The UTC offset of a whole UTC day (days since 1970), if it is the same at every instant of it and date and hour
    /// follow from it by plain arithmetic.
    pub(super) fn offset_of(self, day: i64) -> Option<i64> {
        let begin = day.checked_mul(DAY_MS)?;
        let last = begin.checked_add(DAY_MS - 1)?;
        let (zone, begin) = match self.0 {
            Kind::Plain(zone) => (zone, begin),
            // After the clocks went back, its date does not follow from the wall clock until that has caught up. Around a
            // move neither.
            Kind::Own(own) => {
                let before = begin.checked_sub(DAY_MS)?;
                let (span, next) = own.span_at(before);
                let is_near = next.is_some_and(|next| next.begin <= last.saturating_add(DAY_MS));
                (Some(span.zone).filter(|_| !is_near)?, before)
            }
        };
        // No zone has ever changed and changed back within a day. On days with a change, every instant is looked up.
        let offset = zone.offset_at(begin)?;
        (zone.offset_at(last)? == offset).then_some(offset)
    }
}

impl Own {
    fn new(zones: Zones, day_start: DayStart) -> Self {
        let mut spans = vec![Span { begin: i64::MIN, first: i64::MIN, zone: zones.first }];
        let mut latest = i64::MIN;
        for (date, zone) in &zones.later {
            let first = i64::from(date.to_epoch_days());
            let begin = zone.first_showing(first * DAY_MS + day_start.ms()).unwrap_or(i64::MAX);
            // Dates of the same week in zones a day apart could change places.
            latest = latest.max(begin);
            spans.push(Span { begin: latest, first, zone: *zone });
        }
        Self { zones, day_start, spans }
    }

    /// The span of an instant, and the one after it.
    fn span_at(&self, instant: i64) -> (Span, Option<Span>) {
        self.nth(self.spans.partition_point(|span| span.begin <= instant))
    }

    /// The span of a date, days since 1970.
    fn span_of(&self, day: i64) -> Span {
        self.nth(self.spans.partition_point(|span| span.first <= day)).0
    }

    /// The last of the first `count` spans, and the one after it.
    fn nth(&self, count: usize) -> (Span, Option<Span>) {
        let first = Span { begin: i64::MIN, first: i64::MIN, zone: self.zones.first };
        let span = self.spans.get(count.saturating_sub(1)).copied().unwrap_or(first);
        (span, self.spans.get(count).copied())
    }

    fn local(&self, instant: i64) -> Option<Local> {
        let (span, next) = self.span_at(instant);
        let wall = instant.checked_add(span.zone.offset_at(instant)?)?;
        let shown = (wall - self.day_start.ms()).div_euclid(DAY_MS);
        // Where the wall clock goes back over the start of a day, the day has begun all the same.
        let begun = span.zone.first_showing((shown + 1) * DAY_MS + self.day_start.ms());
        let day = shown + i64::from(begun.is_some_and(|begun| begun <= instant));
        // The old zone may be more than a day ahead of the new one.
        let day = next.map_or(day, |next| day.min(next.first)).max(span.first);
        let day = i32::try_from(day).ok()?;
        Some(Local {
            date: NaiveDate::from_epoch_days(day)?,
            hour: u8::try_from(wall.rem_euclid(DAY_MS) / HOUR_MS).ok()?,
            weekday: u8::try_from(iso_weekday(day)).ok()?,
        })
    }

    /// The first instant whose date is not before `day`, days since 1970.
    fn start_of(&self, day: i64) -> Option<i64> {
        let mut start = None;
        let nexts = self.spans.iter().skip(1).map(Some).chain([None]);
        for (span, next) in self.spans.iter().zip(nexts) {
            if next.is_some_and(|next| day > next.first) {
                continue;
            }
            let shows = span.zone.first_showing(day.checked_mul(DAY_MS)? + self.day_start.ms());
            start = shows.map(|shows| shows.max(span.begin));
            if next.is_none_or(|next| start.is_some_and(|start| start < next.begin)) {
                break;
            }
        }
        start
    }

    fn each_local_hour(&self, from: i64, to: i64, piece: &mut impl FnMut(Local, i64, i64)) {
        let mut at = from;
        while at < to {
            let (span, next) = self.span_at(at);
            let end = next.map_or(to, |next| next.begin.min(to));
            span.zone.each_local_hour(at, end, |_, mut at, end| {
                while at < end {
                    let Some(here) = self.local(at) else { return };
                    let tomorrow = i64::from(here.date.to_epoch_days()) + 1;
                    let cut = self.start_of(tomorrow).filter(|cut| at < *cut && *cut < end);
                    let cut = cut.unwrap_or(end);
                    piece(here, at, cut);
                    at = cut;
                }
            });
            at = end;
        }
    }
}

#[cfg(test)]
#[path = "clock_tests.rs"]
mod tests;
