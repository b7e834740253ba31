//! How many visits each location has on each day, what happens in them, and when their webhooks arrive.

use std::sync::Arc;

use chrono::{Datelike, Days};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::calendar::DAY_MS;

use super::Recipe;
use super::course::Course;
use super::places::{Place, day_weight};
use super::rng::Rng;
use super::text::date;
use super::visit::{Day, Era, Step, Visit, visit};

/// Most days that a booking is made ahead. The events of a day are complete once the visits this far ahead are planned.
pub(super) const AHEAD: u32 = 11;

/// Visits of a location and day are made in lots of this size, each with its own stream of random numbers.
const LOT: u64 = 4_096;

/// An event waiting for the file of its day.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) received: i64,
    pub(super) at: i64,
    pub(super) step: Step,
    pub(super) visit: Arc<Visit>,
}

/// The visits of an archive, not made yet.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    recipe: &'a Recipe,
    places: &'a [Place],
    course: Course<'a>,
    /// Visits of each (day, place).
    counts: Vec<u64>,
}

impl<'a> Plan<'a> {
    /// Divides the tickets among days and locations.
    pub(super) fn new(recipe: &'a Recipe, places: &'a [Place]) -> Self {
        let weights: Vec<f64> = (0..recipe.days)
            .flat_map(|day| places.iter().map(move |place| weight(recipe, place, day)))
            .collect();
        Self {
            recipe,
            places,
            course: Course::new(recipe),
            counts: shares(recipe.tickets, &weights),
        }
    }

    /// The events of all visits of a day, in no particular order, and the number of visits.
    pub(super) fn day(&self, day: u32) -> (Vec<Pending>, u64) {
        let begin = usize::try_from(day).unwrap_or(0) * self.places.len();
        let counts = self.counts.get(begin..begin + self.places.len()).unwrap_or_default();
        let lots: Vec<(usize, u64, u64)> = counts
            .iter()
            .enumerate()
            .flat_map(|(place, count)| {
                (0..count.div_ceil(LOT)).map(move |lot| (place, lot, LOT.min(count - lot * LOT)))
            })
            .collect();
        let drawn: Vec<Vec<Pending>> =
            lots.into_par_iter().map(|(place, lot, n)| self.lot(day, place, lot, n)).collect();
        (drawn.into_iter().flatten().collect(), counts.iter().sum())
    }

    fn lot(&self, day: u32, at: usize, lot: u64, visits: u64) -> Vec<Pending> {
        let Some(place) = self.places.get(at) else { return Vec::new() };
        let common = Day {
            midnight: midnight(self.recipe, day),
            era: self.era(day, at),
            load: 0.5 + 0.5 * weight(self.recipe, place, day) / place.weight,
            today: self.course.day(day, at),
            faults: self.recipe.faults,
        };
        let mut rng = Rng::of(self.recipe.seed, &[u64::from(day), at as u64, lot]);
        let mut pending = Vec::new();
        for _ in 0..visits {
            let (visit, events) = visit(place, at, common, &mut rng);
            let visit = Arc::new(visit);
            let mut latest = i64::MIN;
            for (at, step) in events {
                let mut send = |received| {
                    pending.push(Pending { received, at, step, visit: Arc::clone(&visit) });
                };
                // Archived a moment after it was sent, and after what was sent before it.
                let received = (at + 40 + rng.lognormal_ms(0.004, 0.8)).max(latest + 1);
                latest = received;
                if !common.faults {
                    send(received);
                } else if rng.chance(0.006) {
                    // Tried again until the archive answered.
                    send(received + rng.lognormal_ms(12.0, 1.2));
                } else if rng.chance(0.003) {
                    // Sent once more within three days.
                    send(received);
                    send(received + rng.millis(3 * DAY_MS.unsigned_abs()));
                } else {
                    send(received);
                }
            }
        }
        pending
    }

    /// The payload version of a location and day: versions follow each other, and not all locations change on the same day.
    fn era(&self, day: u32, place: usize) -> Era {
        if !self.recipe.eras {
            return Era::Listed;
        }
        let days = u64::from(self.recipe.days);
        let late = if days >= 12 { place as u64 % 3 } else { 0 };
        match u64::from(day).saturating_sub(late) * 4 / days {
            0 => Era::Text,
            1 => Era::Object,
            2 => Era::Timed,
            _ => Era::Listed,
        }
    }
}

/// How many visits a location has on a day, relative to others. No two Tuesdays are alike.
fn weight(recipe: &Recipe, place: &Place, day: u32) -> f64 {
    let weekday = date(midnight(recipe, day).div_euclid(DAY_MS)).weekday().number_from_monday();
    let mood = Rng::of(recipe.seed, &[u64::from(day), u64::MAX]).unit();
    place.weight * day_weight(place, weekday) * (0.75 + 0.5 * mood)
}

/// Divides `total` by weights: each share is right to within one, and their sum exactly.
fn shares(total: u64, weights: &[f64]) -> Vec<u64> {
    let sum = weights.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let last = weights.iter().rposition(|weight| *weight > 0.0).unwrap_or(0);
    let (mut passed, mut given) = (0.0, 0);
    let share = |(at, weight): (usize, &f64)| {
        passed += weight;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a share of the number of tickets"
        )]
        let until =
            if at >= last { total } else { ((passed / sum * total as f64) as u64).min(total) };
        let n = until.saturating_sub(given);
        given += n;
        n
    };
    weights.iter().enumerate().map(share).collect()
}

/// Local midnight of a day, as wall-clock milliseconds.
pub(super) fn midnight(recipe: &Recipe, day: u32) -> i64 {
    let date = recipe.first_day.checked_add_days(Days::new(u64::from(day))).unwrap_or_default();
    date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_and_closed_days_stay_empty() {
        assert_eq!(shares(10, &[1.0, 0.0, 1.0, 0.0]), [5, 0, 5, 0]);
        assert_eq!(shares(3, &[0.0, 0.0]), [3, 0]);
        for total in [1, 7, 999, 12_345] {
            let weights: Vec<f64> = (0..50).map(|n| f64::from(n % 7) / 3.0).collect();
            let shares = shares(total, &weights);
            assert_eq!(shares.iter().sum::<u64>(), total);
            for (share, weight) in shares.iter().zip(&weights) {
                assert!(*weight > 0.0 || *share == 0);
            }
        }
    }
}
