//! The gate against a night that brought too little: a full day with far fewer tickets than the same weekday before.
//!
//! A feed that half died looks like a quiet day, and a report of it would be believed. What is compared, so that a false
//! alarm is rare and one that is overruled stays overruled:
//!
//! - the last whole day before the run, and only in the first run after it that is kept: who was refused is refused again
//!   until somebody says `--force`, and then never for that day;
//! - only if tonight's files hold a ticket that was *created* on it. A feed that comes later has bookings for the day, and
//!   nothing of it; a shop that was closed all day has nothing either;
//! - with the smaller of the two same weekdays before, so that neither a holiday nor a rush among them is the measure, and
//!   only if that has [`ENOUGH`] tickets. So a site that has closed for good is refused for a week at most;
//! - all organizations together: one that closes is no reason to keep the report from the others;
//! - tickets by the day of their visit in the zone of the configuration, whatever the zone of the location: so each of
//!   the days compared is over everywhere.
//!
//! A first run, and one with `--rebuild`, has nothing before it, and passes.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use crate::calendar::Zone;
use crate::night::{Merged, Month};
use crate::ticket::Fold;
use crate::webhook::BookingTime;

use super::failure::{Exit, Failure};
use super::nightly_plan::NightlyPlan;
use super::words::{count, grouped};

/// A weekday with fewer tickets says nothing.
const ENOUGH: u64 = 50;

/// The day that has to be judged tonight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day(NaiveDate);

impl Day {
    /// The last whole day before the run, if it was not judged yet and tonight's tickets tell of it. `kept_as_of` is the
    /// instant of the last run that was kept.
    pub(super) fn of(night: &NightlyPlan, kept_as_of: Option<i64>, news: &Fold) -> Option<Self> {
        let (zone, through) = (night.plan.default_zone, night.through);
        let judged = zone.local(kept_as_of?)?.date.pred_opt()?;
        let (from, to) = bounds(zone, through)?;
        let is_new =
            || news.times().any(|(created, _)| created.is_some_and(|at| from <= at && at < to));
        (judged < through && is_new()).then_some(Self(through))
    }

    /// Whether tickets of a month may count.
    pub(super) fn looks_at(self, month: Month) -> bool {
        let days = days(self.0);
        month.may_touch(days.last().copied(), days.first().copied())
    }

    /// Refuses the day if it has far fewer tickets than the same weekday before; with `--force` it only says so.
    pub(super) fn judge(self, night: &NightlyPlan, merged: &Merged) -> Result<(), Failure> {
        let counts = visits(merged.tickets(), night.plan.default_zone, &days(self.0));
        let limit = night.plan.gates.refuse_fall;
        let Some(message) = fallen(self.0, &counts, limit) else { return Ok(()) };
        if night.force {
            night.plan.log.warning(&message);
            return Ok(());
        }
        Err(Failure::new(Exit::Refused, format!("{message}; nothing of tonight was kept or published")).hint(
            "if it was a quiet day, such as a public holiday, go on with --force; if the rest of it is still to come, run \
             again then; `gates.refuse_fall` sets the limit, 1.0 switches it off",
        ))
    }
}

/// A day and the same weekdays that it is compared with.
fn days(day: NaiveDate) -> Vec<NaiveDate> {
    [0, 7, 14].into_iter().filter_map(|n| day.checked_sub_days(Days::new(n))).collect()
}

/// The instants between which a day lies.
fn bounds(zone: Zone, day: NaiveDate) -> Option<(i64, i64)> {
    Some((zone.start_of(day)?, zone.start_of(day.succ_opt()?)?))
}

/// Number of tickets of some days, by the time of the visit.
fn visits<'a>(
    tickets: impl Iterator<Item = &'a Fold>,
    zone: Zone,
    days: &[NaiveDate],
) -> BTreeMap<NaiveDate, u64> {
    let bounds: Vec<(NaiveDate, (i64, i64))> =
        days.iter().filter_map(|day| Some((*day, bounds(zone, *day)?))).collect();
    let mut counts: BTreeMap<NaiveDate, u64> = days.iter().map(|day| (*day, 0)).collect();
    for (_, visit) in tickets.flat_map(Fold::times) {
        let at = match visit {
            Some(BookingTime::Instant(at)) => Some(at),
            Some(BookingTime::WallClock(wall)) => zone.resolve_wall_clock(wall),
            None => None,
        };
        let day =
            bounds.iter().find(|(_, (from, to))| at.is_some_and(|at| *from <= at && at < *to));
        if let Some(n) = day.and_then(|(day, _)| counts.get_mut(day)) {
            *n += 1;
        }
    }
    counts
}

/// What is wrong with a day, if it is: it has fewer tickets than the smaller of the two same weekdays before, by more than
/// this share.
fn fallen(day: NaiveDate, counts: &BTreeMap<NaiveDate, u64>, limit: f64) -> Option<String> {
    let of = |day: &NaiveDate| counts.get(day).copied().unwrap_or(0);
    let [day, last, before] = days(day).try_into().ok()?;
    let usual = of(&last).min(of(&before));
    if usual < ENOUGH || fall(usual, of(&day)) <= limit {
        return None;
    }
    let tickets = count(of(&day), "ticket");
    let (a, b) = (grouped(of(&last)), grouped(of(&before)));
    Some(format!("{day} has {tickets}, {last} had {a} and {before} {b}"))
}

/// By what share a number is smaller than another one.
#[expect(clippy::cast_precision_loss, reason = "a share for a threshold")]
fn fall(usual: u64, now: u64) -> f64 {
    usual.saturating_sub(now) as f64 / usual.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(counts: [u64; 3], limit: f64) -> Option<String> {
        let day = NaiveDate::from_ymd_opt(2021, 3, 31).unwrap();
        fallen(day, &days(day).into_iter().zip(counts).collect(), limit)
    }

    #[test]
    fn a_day_is_compared_with_the_smaller_of_two_weekdays() {
        for (counts, limit, is_fallen) in [
            ([20, 100, 100], 0.8, false),
            ([19, 100, 100], 0.8, true),
            ([0, 100, 100], 0.8, true),
            // A holiday, or a rush, was among them.
            ([9, 100, 5], 0.8, false),
            ([100, 100, 5_000], 0.8, false),
            // Too few to say anything.
            ([0, 49, 100], 0.8, false),
            ([0, 50, 50], 0.8, true),
            ([0, 100, 0], 0.8, false),
            // Another limit, and none.
            ([49, 100, 100], 0.5, true),
            ([0, 100, 100], 1.0, false),
            ([500, 100, 100], 0.0, false),
        ] {
            assert_eq!(message(counts, limit).is_some(), is_fallen, "{counts:?} {limit}");
        }
        let text = message([1, 1_000, 2_000], 0.8).unwrap();
        assert_eq!(text, "2021-03-31 has 1 ticket, 2021-03-24 had 1,000 and 2021-03-17 2,000");
        assert_eq!(fallen(NaiveDate::MIN, &BTreeMap::new(), 0.0), None);
    }
}
