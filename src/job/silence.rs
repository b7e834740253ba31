//! Finds silent organizations: those whose feed died, not those that are closed.
//!
//! What *happened* to tickets counts (`data_through`), not what is planned: bookings ahead do not hide a dead feed. An
//! organization is silent if both hold:
//!
//! - its open days since then add up to `gates.silent_days` or more. Days that the configuration closes do not count, nor
//!   do weekdays on which nobody came in the four weeks before;
//! - the gap is unusual: it is longer than the second longest of the eight weeks before. (The longest may have been an
//!   outage itself.)
//!
//! It stays silent until data come, or until the configuration says that it is closed or gone.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Weekday};

use crate::calendar::{Clock, DAY_MS, Zone};
use crate::ticket::Location;

use super::closed::ClosedDays;
use super::notice::{Silent, SilentLocation, SilentRoot};
use super::plan::Plan;
use super::shared_clock::shared_clock;
use super::visits::{DailyVisits, before};

/// Who and what is silent at the instant of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Silences {
    pub(crate) organizations: Vec<Silent>,
    /// Locations of the others.
    pub(crate) locations: Vec<SilentLocation>,
    /// Of several inputs of the archive.
    pub(crate) roots: Vec<SilentRoot>,
}

/// Days before the last event that tell the closed weekdays.
pub(super) const WEEKDAYS: u64 = 28;
/// Days before the last event that tell the usual gaps.
pub(super) const GAPS: u64 = 56;

/// The clock of an organization: that of its locations if they share one, else the default.
pub(crate) fn clock_of(organization: &str, locations: &[Location], default: Clock) -> Clock {
    let mine = locations.iter().filter(|location| location.organization == organization);
    shared_clock(mine.map(|location| location.clock)).unwrap_or(default)
}

/// Open days without anything new that make it silent; 0 = never.
pub(super) fn limit(plan: &Plan, organization: &str) -> i64 {
    i64::from(plan.silent_days.get(organization).copied().unwrap_or(plan.gates.silent_days))
}

/// The spans of days whose visits are needed to judge the organizations that may be silent, both ends included. `through` has
/// the organizations, and when anything happened last.
pub(crate) fn spans<'t>(
    plan: &Plan,
    through: impl Iterator<Item = (&'t String, &'t i64)>,
) -> Vec<(NaiveDate, NaiveDate)> {
    let quiet = through.filter(|(name, since)| {
        let limit = limit(plan, name);
        limit > 0 && plan.waits.as_of - **since >= limit * DAY_MS
    });
    // A local day may lie a day before or after the UTC day.
    let span = |(_, since): (&String, &i64)| {
        let last = Zone::UTC.local(*since)?.date.succ_opt()?;
        Some((before(last, GAPS + 2), last))
    };
    quiet.filter_map(span).collect()
}

/// The organizations that are silent at the instant of the run; `visits` hold those of the [`spans`].
pub(crate) fn judge(
    plan: &Plan,
    through: &BTreeMap<String, i64>,
    locations: &[Location],
    visits: &DailyVisits,
) -> Vec<Silent> {
    let one = |(organization, since): (&String, &i64)| {
        judge_one(plan, (organization, *since), locations, visits)
    };
    through.iter().filter_map(one).collect()
}

/// An organization, if it is silent since an instant.
pub(super) fn judge_one(
    plan: &Plan,
    (organization, since): (&str, i64),
    locations: &[Location],
    visits: &DailyVisits,
) -> Option<Silent> {
    let limit = limit(plan, organization);
    if limit == 0 {
        return None;
    }
    let clock = clock_of(organization, locations, plan.default_clock());
    let last = clock.local(since)?.date;
    let places = locations.iter().filter(|place| place.organization == *organization);
    let places = places.map(|place| place.name.as_str()).collect();
    let rhythm = Rhythm::of((organization, places), last, &plan.closed, visits);
    let open_ms = rhythm.open_ms(clock, since, plan.waits.as_of);
    let missed = rhythm.open_days(last, clock.local(plan.waits.as_of).map(|local| local.date));
    let all = days_between(last, clock.local(plan.waits.as_of).map(|local| local.date));
    if open_ms < limit * DAY_MS || missed <= rhythm.usual_gap || all <= rhythm.usual_days {
        return None;
    }
    let (zone, open_days) = (clock.zone_at(since), u64::try_from(open_ms / DAY_MS).unwrap_or(0));
    Some(Silent { organization: organization.to_owned(), since, zone, open_days })
}

/// When an organization, or some of its locations, are open.
pub(super) struct Rhythm<'a> {
    organization: &'a str,
    /// Its locations: on a day on which each of them is closed, so is the organization.
    places: Vec<&'a str>,
    closed: &'a ClosedDays,
    /// Weekdays on which nobody comes, 1 = Monday.
    shut: BTreeSet<u32>,
    /// The longest usual gap, open days.
    usual_gap: i64,
    /// The same in all days: a place that opens every fifth day does so whatever the weekday.
    usual_days: i64,
}

impl<'a> Rhythm<'a> {
    /// The rhythm of the weeks before the day of the last event.
    fn of(
        (organization, places): (&'a str, Vec<&'a str>),
        last: NaiveDate,
        closed: &'a ClosedDays,
        visits: &DailyVisits,
    ) -> Self {
        let days = visits.days(organization, (before(last, GAPS - 1), last));
        Self::on((organization, places), last, closed, &days)
    }

    /// The rhythm of some days up to the last one on which anybody came.
    pub(super) fn on(
        (organization, places): (&'a str, Vec<&'a str>),
        last: NaiveDate,
        closed: &'a ClosedDays,
        days: &BTreeSet<NaiveDate>,
    ) -> Self {
        let mut rhythm = Self {
            organization,
            places,
            closed,
            shut: BTreeSet::new(),
            usual_gap: 0,
            usual_days: 0,
        };
        let Some(first) = days.first().copied() else { return rhythm };
        let learnt_from = before(last, WEEKDAYS - 1).max(first);
        let number = |weekday: Weekday| weekday.number_from_monday();
        for weekday in 1..=7 {
            let seen = learnt_from.iter_days().take_while(|day| *day <= last);
            let of_weekday = || seen.clone().filter(|day| number(day.weekday()) == weekday);
            // A single day may be chance, and holidays tell nothing.
            let asked = of_weekday().filter(|day| !rhythm.is_closed(*day)).count();
            if asked >= 2 && !of_weekday().any(|day| days.contains(&day)) {
                rhythm.shut.insert(weekday);
            }
        }
        let pairs = || days.iter().zip(days.iter().skip(1));
        let second = |gaps: &mut Vec<i64>| {
            gaps.sort_unstable();
            gaps.iter().rev().nth(1).copied().unwrap_or(0)
        };
        rhythm.usual_gap =
            second(&mut pairs().map(|(a, b)| rhythm.open_days(*a, Some(*b))).collect());
        rhythm.usual_days = second(&mut pairs().map(|(a, b)| days_between(*a, Some(*b))).collect());
        rhythm
    }

    pub(super) fn is_open(&self, day: NaiveDate) -> bool {
        !self.shut.contains(&day.weekday().number_from_monday()) && !self.is_closed(day)
    }

    /// Whether the configuration says that it is closed.
    fn is_closed(&self, day: NaiveDate) -> bool {
        let mut places = self.places.iter();
        let each = |name: &&str| self.closed.location(self.organization, name, day);
        self.closed.organization(self.organization, day)
            || !self.places.is_empty() && places.all(each)
    }

    /// Open days between two days, both excluded.
    pub(super) fn open_days(&self, last: NaiveDate, next: Option<NaiveDate>) -> i64 {
        let Some(next) = next else { return 0 };
        let between = last.iter_days().skip(1).take_while(|day| *day < next);
        i64::try_from(between.filter(|day| self.is_open(*day)).count()).unwrap_or(i64::MAX)
    }

    /// Time between two instants that lies on open days, milliseconds.
    fn open_ms(&self, clock: Clock, since: i64, until: i64) -> i64 {
        let Some(first) = clock.local(since).map(|local| local.date) else { return 0 };
        let mut sum = 0;
        for day in first.iter_days() {
            let begin = clock.start_of(day).unwrap_or(i64::MAX);
            if begin >= until {
                break;
            }
            let end = day.succ_opt().and_then(|next| clock.start_of(next)).unwrap_or(i64::MAX);
            // Something happened on the first day, so it was open.
            if day == first || self.is_open(day) {
                sum += end.min(until) - begin.max(since);
            }
        }
        sum
    }
}

/// Days between two days, both excluded.
fn days_between(last: NaiveDate, next: Option<NaiveDate>) -> i64 {
    next.map_or(0, |next| (next - last).num_days() - 1)
}

#[cfg(test)]
#[path = "silence_tests.rs"]
mod tests;
