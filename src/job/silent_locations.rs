//! Finds silent locations: those of which no ticket comes any more, while their organization goes on.
//!
//! A location is silent if all of these hold:
//!
//! - its tickets came on more than half of its open days in the four weeks up to the last one. Days that the configuration
//!   closes are not open, nor weekdays on which nobody came in those weeks. It must be known for two weeks, so that each
//!   weekday was met twice;
//! - none came on `silent_days` (3) of its open days since, and these days are over: of a day on which nothing at all was heard of
//!   the organization nobody knows;
//! - the organization is not silent itself. Then it is named, and not each of its locations.
//!
//! A location that closed for good must not be told for years: four weeks after it has fallen silent it no longer is. All of
//! this follows from tickets, configuration and instant, so pages are the same after one night or thirty.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::ticket::{Location, normalise};

use super::closed::ClosedDays;
use super::notice::{Silent, SilentLocation};
use super::plan::Plan;
use super::silence::{Rhythm, WEEKDAYS, limit as limit_of_organization};
use super::visits::{DailyVisits, before};

/// Open days without a ticket that make a location silent, unless the configuration says otherwise.
const LIMIT: u32 = 3;
/// Days that a location must be known for.
const KNOWN: u64 = 14;
/// Days that a silence is told for.
const MOST: u64 = 28;
/// The longest that closed days are looked back over.
const FARTHEST: u64 = 400;

/// Open days without a ticket that make it silent; 0 = never.
fn limit(plan: &Plan, location: &Location) -> u32 {
    // Who does not want to hear of an organization does not want to hear of its locations.
    if limit_of_organization(plan, &location.organization) == 0 {
        return 0;
    }
    plan.silent_locations.get(&normalise(&location.name)).copied().unwrap_or(LIMIT)
}

/// The days of a location that matter: the first one of which visits are asked for, and the current one.
fn reach(plan: &Plan, location: &Location) -> Option<(NaiveDate, NaiveDate)> {
    let limit = limit(plan, location);
    let today = location.clock.local(plan.waits.as_of)?.date;
    if limit == 0 {
        return None;
    }
    // A place may be open on one weekday only.
    let mut wanted = u64::from(limit) * 7;
    let mut day = before(today, MOST);
    for _ in 0..FARTHEST {
        if wanted == 0 {
            break;
        }
        day = day.pred_opt()?;
        wanted -= u64::from(!plan.closed.location(&location.organization, &location.name, day));
    }
    Some((before(day, WEEKDAYS), today))
}

/// The spans of days whose visits are needed, both ends included.
pub(crate) fn spans<'a>(
    plan: &'a Plan,
    locations: &'a [Location],
) -> impl Iterator<Item = (NaiveDate, NaiveDate)> + 'a {
    locations.iter().filter_map(|location| reach(plan, location))
}

/// The locations that are silent at the instant of the run; `visits` hold those of the [`spans`].
pub(crate) fn judge(
    plan: &Plan,
    through: &BTreeMap<String, i64>,
    (locations, silent): (&[Location], &[Silent]),
    visits: &DailyVisits,
) -> Vec<SilentLocation> {
    let silent: BTreeSet<&str> = silent.iter().map(|one| one.organization.as_str()).collect();
    let heard = locations.iter().filter(|place| !silent.contains(place.organization.as_str()));
    heard.filter_map(|location| judge_one(plan, through, location, visits)).collect()
}

fn judge_one(
    plan: &Plan,
    through: &BTreeMap<String, i64>,
    location: &Location,
    visits: &DailyVisits,
) -> Option<SilentLocation> {
    let (from, today) = reach(plan, location)?;
    let place = (location.organization.as_str(), location.name.as_str());
    let heard = location.clock.local(*through.get(place.0)?)?.date;
    let days = visits.days_at(place.0, place.1, (from, today));
    let (last, open_days) =
        silence(place, limit(plan, location), &plan.closed, (heard, today), &days)?;
    let (organization, location) = (place.0.to_owned(), place.1.to_owned());
    Some(SilentLocation { organization, location, last, open_days })
}

/// The day of the last ticket of a location that is silent, and its open days since. `days` are those on which tickets came;
/// of the organization something was `heard` last on that day.
fn silence(
    (organization, name): (&str, &str),
    limit: u32,
    closed: &ClosedDays,
    (heard, today): (NaiveDate, NaiveDate),
    days: &BTreeSet<NaiveDate>,
) -> Option<(NaiveDate, u64)> {
    let last = *days.last()?;
    let first = before(last, WEEKDAYS - 1).max(*days.first()?);
    if first > before(last, KNOWN - 1) {
        return None;
    }
    let rhythm = Rhythm::on((organization, vec![name]), last, closed, days);
    let open = first.iter_days().take_while(|day| *day <= last).filter(|day| rhythm.is_open(*day));
    let (with, all) =
        open.fold((0, 0), |(with, all), day| (with + u32::from(days.contains(&day)), all + 1_u32));
    if with * 2 <= all {
        return None;
    }
    // The day on which the organization was heard of last counts, if it is over.
    let end = heard.succ_opt()?.min(today);
    let missed = last.iter_days().skip(1).take_while(|day| *day < end);
    let missed: Vec<NaiveDate> = missed.filter(|day| rhythm.is_open(*day)).collect();
    let since = *missed.get(usize::try_from(limit.checked_sub(1)?).ok()?)?;
    (since >= before(today, MOST)).then_some((last, missed.len() as u64))
}

#[cfg(test)]
#[path = "silent_locations_tests.rs"]
mod tests;
