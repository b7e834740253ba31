//! The weekly course of places: what is judged when it is asked what changed.
//!
//! It reaches back before the window, as far as the rule looks, and holds only what the rule needs: counts, and the waits of a
//! week as an exact histogram, so that periods can be added one after the other and thrown away.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{Days, NaiveDate};
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

use crate::calendar::{WeekStart, week_end};
use crate::dataframe::{LocationColumn, TicketFrame};
use crate::statistics::histogram::Histogram;
use crate::statistics::quantile::{P50, at_rank, position};
use crate::statistics::ranks;
use crate::statistics::what_changed::{HISTORY, LEAST_WAITS, Measure, Week, half_width_of_waits};
use crate::ticket::Outcome;

use super::error::MetricError;
use super::group::quantile;
use super::organization::{OrganizationSums, PeriodSums};
use super::row::{Row, by_place};
use super::sums::LocationSums;
use super::tally::{Tally, Times};

/// A share of tickets or ratings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    /// Cancelled tickets of closed ones.
    Cancellation,
    /// Ratings of satisfied customers.
    Csat,
    /// No-shows of closed tickets.
    NoShow,
    /// Served within the target, of those who entered the queue.
    WithinTarget,
}

/// One week of a place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WeekSums {
    /// Bit n is set if anybody came on the n-th day of the week, from 0.
    open: u8,
    /// Ratings by value, that of 1 first.
    ratings: Vec<u64>,
    cancelled: u64,
    no_show: u64,
    closed: u64,
    offered: u64,
    within: u64,
    /// Headline waits, seconds.
    waits: Histogram,
}

impl WeekSums {
    /// The sums of some days of the week; each with the bit of [`open`](Self::open) that it sets.
    fn of(days: &[(u8, &Tally)]) -> Self {
        let mut sum = Self::default();
        for (open, tally) in days {
            sum.add_counts(&Self::counts(tally, *open));
        }
        sum.waits = Histogram::sum(days.iter().map(|(_, tally)| &tally.waits));
        sum
    }

    /// All but the waits.
    fn counts(tally: &Tally, open: u8) -> Self {
        let cancelled = [Outcome::CancelledByCustomer, Outcome::CancelledByStaff];
        Self {
            open,
            ratings: tally.ratings.clone(),
            cancelled: cancelled.map(|outcome| tally.outcome(outcome)).iter().sum(),
            no_show: tally.outcome(Outcome::NoShow),
            closed: tally.closed(),
            offered: tally.offered,
            within: tally.within,
            waits: Histogram::default(),
        }
    }

    fn merge(&mut self, other: &Self) {
        self.add_counts(other);
        self.waits.merge(&other.waits);
    }

    fn add_counts(&mut self, other: &Self) {
        let Self { open, ratings, cancelled, no_show, closed, offered, within, waits: _ } = other;
        self.open |= open;
        self.cancelled += cancelled;
        self.no_show += no_show;
        self.closed += closed;
        self.offered += offered;
        self.within += within;
        if self.ratings.len() < ratings.len() {
            self.ratings.resize(ratings.len(), 0);
        }
        self.ratings.iter_mut().zip(ratings).for_each(|(mine, theirs)| *mine += theirs);
    }

    fn sum(all: &[&Self]) -> Self {
        let mut sum = Self::default();
        for one in all {
            sum.add_counts(one);
        }
        sum.waits = Histogram::sum(all.iter().map(|one| &one.waits));
        sum
    }

    /// Hits and trials of a share; `satisfied_from` is the lowest rating of a satisfied customer.
    fn share(&self, share: Share, satisfied_from: usize) -> (u64, u64) {
        match share {
            Share::Cancellation => (self.cancelled, self.closed),
            Share::Csat => (
                self.ratings.iter().skip(satisfied_from.saturating_sub(1)).sum(),
                self.ratings.iter().sum(),
            ),
            Share::NoShow => (self.no_show, self.closed),
            Share::WithinTarget => (self.within, self.offered),
        }
    }

    /// What the rule looks at; `satisfied_from` is the lowest rating of a satisfied customer.
    fn week(&self, measure: Measure, satisfied_from: usize) -> Option<Week> {
        let share = |share| {
            let (hits, n) = self.share(share, satisfied_from);
            (n > 0).then_some(Week::Share { hits, n })
        };
        match measure {
            Measure::Csat => share(Share::Csat),
            Measure::Cancellation => share(Share::Cancellation),
            Measure::NoShow => share(Share::NoShow),
            Measure::Wait => {
                let n = self.waits.len();
                let (low, high) = ranks::of_median(n).filter(|_| n >= LEAST_WAITS)?;
                let places = [position(n, P50), at_rank(low), at_rank(high)];
                let spread = self.waits.spread_at(places)?;
                let half_width = half_width_of_waits(quantile(spread, 1), quantile(spread, 2));
                Some(Week::Wait { median_s: quantile(spread, 0), half_width, n })
            }
        }
    }
}

/// The first day of the week of a day, both as days since 1970, and the bit of the day if anybody came.
fn week_of(starts_on: WeekStart, day: i32, tally: &Tally) -> Option<(i32, u8)> {
    let first = starts_on.first_of(NaiveDate::from_epoch_days(day)?).to_epoch_days();
    Some((first, u8::from(tally.came > 0) << (day - first).clamp(0, 6)))
}

/// The weeks of places, by organization and location. Courses of different tickets can be merged, in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Courses {
    #[serde(skip)]
    starts_on: WeekStart,
    /// By the first day of the week, days since 1970.
    pub(super) of: BTreeMap<(String, String), BTreeMap<i32, WeekSums>>,
}

impl Courses {
    /// No week of anybody yet; weeks begin on that day.
    #[must_use]
    pub fn new(starts_on: WeekStart) -> Self {
        Self { starts_on, of: BTreeMap::new() }
    }

    /// The courses of organizations whose sums reach back far enough.
    #[must_use]
    pub fn of(starts_on: WeekStart, all: &[OrganizationSums]) -> Self {
        let places =
            all.iter().flat_map(|OrganizationSums { organization, locations, sums, .. }| {
                let there = locations.iter().zip(sums);
                there.filter_map(move |(location, sums)| {
                    Some((organization, location, sums.as_ref()?))
                })
            });
        let weeks = |(organization, location, sums): (&String, &LocationColumn, &LocationSums)| {
            let mut weeks: BTreeMap<i32, Vec<(u8, &Tally)>> = BTreeMap::new();
            for (day, tally) in sums.dated() {
                if let Some((first, open)) = week_of(starts_on, day, tally) {
                    weeks.entry(first).or_default().push((open, tally));
                }
            }
            let weeks = weeks.into_iter().map(|(first, days)| (first, WeekSums::of(&days)));
            ((organization.clone(), location.name.clone()), weeks.collect::<Vec<_>>())
        };
        let of: Vec<_> = places.collect::<Vec<_>>().into_par_iter().map(weeks).collect();
        let mut courses = Self::new(starts_on);
        for (place, weeks) in of {
            for (first, sums) in weeks {
                courses.add_week(&place, first, sums);
            }
        }
        courses
    }

    /// The courses of the places of a frame.
    ///
    /// # Errors
    /// [`MetricError`] if a column is missing.
    pub fn of_frame(starts_on: WeekStart, frame: &TicketFrame) -> Result<Self, MetricError> {
        let mut courses = Self::new(starts_on);
        let rows = by_place(&frame.rows, frame.locations.len())?;
        let mut times = Times::default();
        for rows in rows.chunk_by(|a, b| a.place == b.place) {
            let location = rows.first().and_then(|row| frame.locations.get(row.place as usize));
            let Some(location) = location else { continue };
            let place = (frame.organization.clone(), location.name.clone());
            let mut days: BTreeMap<i32, Vec<&Row>> = BTreeMap::new();
            for row in rows {
                if let Some(day) = row.day {
                    days.entry(day).or_default().push(row);
                }
            }
            for (day, rows) in days {
                courses.add_day(&place, day, &Tally::with(rows.into_iter(), &mut times));
            }
        }
        Ok(courses)
    }

    /// The courses of the places of a period.
    #[must_use]
    pub fn of_period(starts_on: WeekStart, period: &PeriodSums) -> Self {
        let mut courses = Self::new(starts_on);
        for (place, day, tally) in period.days() {
            courses.add_day(place, day, tally);
        }
        courses
    }

    /// Adds the tickets of a place on a day, given as days since 1970.
    fn add_day(&mut self, place: &(String, String), day: i32, tally: &Tally) {
        if let Some((first, open)) = week_of(self.starts_on, day, tally) {
            self.add_week(place, first, WeekSums::of(&[(open, tally)]));
        }
    }

    fn add_week(&mut self, place: &(String, String), first: i32, sums: WeekSums) {
        if !self.of.contains_key(place) {
            self.of.insert(place.clone(), BTreeMap::new());
        }
        let Some(weeks) = self.of.get_mut(place) else { return };
        match weeks.entry(first) {
            Entry::Vacant(free) => {
                free.insert(sums);
            }
            Entry::Occupied(mut there) => there.get_mut().merge(&sums),
        }
    }

    /// Adds courses of other tickets, with weeks that begin on the same day.
    pub fn merge(&mut self, other: Self) {
        for (place, weeks) in other.of {
            for (first, sums) in weeks {
                self.add_week(&place, first, sums);
            }
        }
    }

    /// The whole weeks of some places of an organization up to the week that begins on `last`; the rule looks at no earlier
    /// ones. The week in which an archive begins is whole only if no weekday before its first visit is ever open.
    pub(super) fn until<'c>(
        &'c self,
        organization: &str,
        places: &[&str],
        last: NaiveDate,
    ) -> Span<'c> {
        let last = last.to_epoch_days();
        let begin = history_begin(last);
        let weeks: Vec<Option<&'c BTreeMap<i32, WeekSums>>> = places
            .iter()
            .map(|place| self.of.get(&(organization.to_owned(), (*place).to_owned())))
            .collect();
        let mut open: BTreeMap<i32, u8> = BTreeMap::new();
        for (first, sums) in weeks.iter().flatten().flat_map(|weeks| weeks.range(begin..=last)) {
            *open.entry(*first).or_default() |= sums.open;
        }
        let firsts: Vec<i32> = first_whole(&open).map_or_else(Vec::new, |first| {
            (begin..=last).step_by(7).filter(|week| *week >= first).collect()
        });
        let of = |weeks: &Option<&'c BTreeMap<i32, WeekSums>>| {
            firsts.iter().map(|first| weeks.and_then(|weeks| weeks.get(first))).collect()
        };
        let of_all = |first: &i32| {
            let there: Vec<&WeekSums> =
                weeks.iter().flatten().filter_map(|weeks| weeks.get(first)).collect();
            (!there.is_empty()).then(|| WeekSums::sum(&there))
        };
        Span {
            last,
            all: firsts.iter().map(of_all).collect(),
            places: weeks.iter().map(of).collect(),
        }
    }
}

/// Whole weeks of some places, oldest first, all ending with the same week.
pub(super) struct Span<'c> {
    /// First day of the last of them, days since 1970.
    last: i32,
    all: Vec<Option<WeekSums>>,
    places: Vec<Vec<Option<&'c WeekSums>>>,
}

impl Span<'_> {
    /// What the rule looks at; `satisfied_from` is the lowest rating of a satisfied customer.
    pub(super) fn looked_at(&self, satisfied_from: usize) -> Looked {
        let of = |measure: Measure| {
            let week = |week: Option<&WeekSums>| week?.week(measure, satisfied_from);
            // From the week on in which a place opened, with or without a value of this measure.
            let of = |weeks: &Vec<Option<&WeekSums>>| {
                weeks.iter().skip_while(|one| one.is_none()).map(|one| week(*one)).collect()
            };
            LookedAt {
                measure,
                places: self.places.par_iter().map(of).collect(),
                all: self.all.iter().map(|one| week(one.as_ref())).collect(),
            }
        };
        Measure::ALL.map(of)
    }

    /// Hits and trials of a share of a place in each week that begins on `since` or later and has a ticket, oldest first.
    pub(super) fn shares(
        &self,
        place: usize,
        share: Share,
        (from, since): (usize, Option<NaiveDate>),
    ) -> Vec<(u64, u64)> {
        let weeks = self.places.get(place).map_or(&[][..], Vec::as_slice);
        let firsts = (0..).map(|ago| self.last - 7 * ago);
        let mut shares: Vec<(u64, u64)> = weeks
            .iter()
            .rev()
            .zip(firsts)
            .take_while(|(_, first)| since.is_none_or(|since| since.to_epoch_days() <= *first))
            .filter_map(|(week, _)| Some((*week)?.share(share, from)))
            .collect();
        shares.reverse();
        shares
    }
}

/// The whole weeks of a measure, oldest first.
pub(super) struct LookedAt {
    pub(super) measure: Measure,
    /// Of each place, from the one on in which it opened.
    pub(super) places: Vec<Vec<Option<Week>>>,
    /// Of all places together.
    pub(super) all: Vec<Option<Week>>,
}

/// One for each measure.
pub(super) type Looked = [LookedAt; Measure::ALL.len()];

/// The first day of the first whole week, of the weekdays on which anybody came in each week.
pub(super) fn first_whole(open: &BTreeMap<i32, u8>) -> Option<i32> {
    let mut weeks = open.iter().filter(|(_, days)| **days != 0);
    let (first, days) = weeks.next()?;
    let later = weeks.fold(None, |all, (_, days)| Some(all.unwrap_or(0) | days));
    let missing = days.trailing_zeros();
    let is_closed = later.is_some_and(|later: u8| later.trailing_zeros() >= missing);
    Some(if missing == 0 || is_closed { *first } else { first + 7 })
}

/// The first day of the earliest week that is looked at. One more than the rule judges, so that a week in which the loaded days
/// happen to begin is never taken for the first of the archive.
pub(super) fn history_begin(last: i32) -> i32 {
    last - 7 * i32::try_from(HISTORY).unwrap_or(0)
}

/// The first day of the last whole week of a window that ends with `to`: no later than the last day that is `whole` everywhere,
/// and than the week in which anybody was seen last. Ratings may come long after the last visit, and weeks of nothing but ratings are
/// none.
#[must_use]
pub fn last_week(
    (whole, last_seen): (Option<NaiveDate>, Option<NaiveDate>),
    to: Option<NaiveDate>,
    starts_on: WeekStart,
) -> Option<NaiveDate> {
    let seen = last_seen.and_then(|last| week_end(starts_on.first_of(last)));
    let last = [to, seen].into_iter().flatten().fold(whole?, NaiveDate::min);
    starts_on.first_of(last.succ_opt()?).checked_sub_days(Days::new(7))
}

/// The first day that is looked at when the last whole week begins on `last`.
#[must_use]
pub fn history_from(last: NaiveDate) -> NaiveDate {
    NaiveDate::from_epoch_days(history_begin(last.to_epoch_days())).unwrap_or(last)
}

#[cfg(test)]
#[path = "course_tests.rs"]
mod tests;
