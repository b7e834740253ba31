//! Figures of earlier weeks that a night changes, against what was published before: nobody should be surprised by a report that
//! is not what it was.
//!
//! Tickets and ratings of each organization and week are compared, for the weeks before the last two: late lines of those are
//! usual. An organization of which nothing was published before has nothing that could change. Names, zones and the like
//! change old figures too when somebody changes them in the configuration; that is said in one sentence, not week by week.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use crate::calendar::{WeekStart, week_end};
use crate::metric::{PeriodSums, Rules};
use crate::night::{About, Chronicle, Merged, Period, StateError, sums_in};
use crate::report::text::logged;
use crate::store::Generation;

use super::words::count;

/// Weeks that are named one by one.
const NAMED: usize = 5;

/// What is compared of the tickets of an organization and week.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Sum {
    tickets: u64,
    /// Ratings by value, that of 1 first; without zeros at the end.
    ratings: Vec<u64>,
}

impl Sum {
    fn add(&mut self, other: &Self) {
        self.tickets += other.tickets;
        if self.ratings.len() < other.ratings.len() {
            self.ratings.resize(other.ratings.len(), 0);
        }
        for (mine, n) in self.ratings.iter_mut().zip(&other.ratings) {
            *mine += n;
        }
    }

    fn part(&self, rules: Rules) -> WeekFigures {
        let ratings: u64 = self.ratings.iter().sum();
        let shown = (!rules.hide(ratings)).then_some(ratings);
        let stars: u64 = (1..).zip(&self.ratings).map(|(value, n): (u64, &u64)| value * n).sum();
        #[expect(clippy::cast_precision_loss, reason = "counts of ratings")]
        let mean = shown.filter(|n| *n > 0).map(|n| stars as f64 / n as f64);
        WeekFigures { tickets: self.tickets, ratings: shown, rating_mean: mean }
    }
}

/// By organization and first day of the week, and by location.
type Weeks = BTreeMap<(String, NaiveDate), BTreeMap<String, Sum>>;

/// The sums of periods by week, as far as they are wanted.
fn weeks<'m>(
    periods: impl Iterator<Item = &'m PeriodSums>,
    starts_on: WeekStart,
    is_wanted: impl Fn(&str, NaiveDate) -> bool,
) -> Weeks {
    let mut weeks = Weeks::new();
    for ((organization, location), day, tally) in periods.flat_map(PeriodSums::days) {
        let date = NaiveDate::from_epoch_days(day);
        let Some(first) = date.map(|date| starts_on.first_of(date)) else { continue };
        if is_wanted(organization, first) {
            let week = weeks.entry((organization.clone(), first)).or_default();
            let ratings = tally.ratings.clone();
            week.entry(location.clone()).or_default().add(&Sum { tickets: tally.tickets, ratings });
        }
    }
    weeks
}

/// All locations of a week together.
fn total(locations: Option<&BTreeMap<String, Sum>>) -> Sum {
    let mut sum = Sum::default();
    locations.into_iter().flat_map(BTreeMap::values).for_each(|location| sum.add(location));
    sum
}

/// The organizations and weeks of which two sums differ.
fn differing(a: &Weeks, b: &Weeks) -> BTreeSet<(String, NaiveDate)> {
    let keys: BTreeSet<&(String, NaiveDate)> = a.keys().chain(b.keys()).collect();
    keys.into_iter().filter(|key| total(a.get(*key)) != total(b.get(*key))).cloned().collect()
}

/// The figures of a week.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct WeekFigures {
    /// Tickets of any outcome.
    pub tickets: u64,
    /// Ratings; `None` if there are so few that they are hidden.
    pub ratings: Option<u64>,
    /// Mean rating; `None` without any, or if they are hidden.
    pub rating_mean: Option<f64>,
}

/// A week of an organization whose figures changed.
#[derive(Debug, Clone, PartialEq)]
pub struct RestatedWeek {
    /// The organization.
    pub organization: String,
    /// First day of the week.
    pub first: NaiveDate,
    /// Number of locations whose figures changed.
    pub locations: u64,
    /// As published before.
    pub before: WeekFigures,
    /// As published now.
    pub after: WeekFigures,
}

/// The weeks before the last two whose figures changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Restated {
    /// The weeks, by organization and day.
    pub weeks: Vec<RestatedWeek>,
    /// Whether the configuration changed too.
    pub is_configured: bool,
    /// Whether it changed weeks of which nothing new came, so that it is the cause, and the weeks are only counted.
    pub by_configuration: bool,
}

/// What was published before.
pub(crate) struct Published {
    pub(crate) generation: Generation,
    /// Whether it was made with another configuration.
    pub(crate) other_configuration: bool,
}

/// The earlier weeks that tonight changes. `base` is the generation it continues, `through` the last whole day.
pub(crate) fn restated(
    (published, base): (&Published, Option<&Generation>),
    (merged, chronicle): (&Merged, &mut Chronicle),
    through: NaiveDate,
    rules: Rules,
) -> Result<Restated, StateError> {
    let old = &published.generation;
    let changed = chronicle.changed_periods(old, base)?;
    let starts_on = rules.week_starts_on;
    let begin =
        starts_on.first_of(through).checked_sub_days(Days::new(7)).unwrap_or(NaiveDate::MIN);
    let owners = About::read(old).unwrap_or_default().data_through;
    let is_early = |owner: &str, first: NaiveDate| first < begin && owners.contains_key(owner);
    // Periods after those weeks cannot matter.
    let last = begin.pred_opt().unwrap_or(begin);
    let mut before = BTreeMap::new();
    for period in changed.into_iter().filter(|period| period.may_touch(None, Some(last))) {
        if let Some(sums) = sums_in(old, period)? {
            before.insert(period, sums);
        }
    }
    if before.is_empty() {
        return Ok(Restated::default());
    }
    let changed: BTreeSet<Period> = before.keys().copied().collect();
    // Periods made tonight need no generation to be read from, least of all the one before a rebuild.
    chronicle.load_sums(base, |period| changed.contains(&period))?;
    let touched: BTreeSet<Period> = merged.touched().collect();
    let pair = |wanted: &dyn Fn(Period) -> bool| {
        let before =
            before.iter().filter(|(period, _)| wanted(**period)).flat_map(|(_, sums)| sums);
        let after = chronicle.sums(|period| changed.contains(&period) && wanted(period));
        (weeks(before, starts_on, is_early), weeks(after, starts_on, is_early))
    };
    let (mut was, mut is) = pair(&|_| true);
    let found = differing(&was, &is);
    let (untouched_was, untouched_is) = pair(&|period| !touched.contains(&period));
    let is_configured = published.other_configuration && !found.is_empty();
    let by_configuration = is_configured && !differing(&untouched_was, &untouched_is).is_empty();
    // A week may lie in two periods, of which one did not change.
    let touches = |period: Period| {
        !changed.contains(&period)
            && found.iter().any(|(_, first)| period.may_touch(Some(*first), week_end(*first)))
    };
    if !found.is_empty() {
        chronicle.load_sums(base, touches)?;
    }
    let is_found = |owner: &str, first| found.contains(&(owner.to_owned(), first));
    for (key, locations) in weeks(chronicle.sums(touches), starts_on, is_found) {
        for (location, sum) in locations {
            for all in [&mut was, &mut is] {
                let week = all.entry(key.clone()).or_default();
                week.entry(location.clone()).or_default().add(&sum);
            }
        }
    }
    let week = |key: &(String, NaiveDate)| {
        let (a, b) = (was.get(key), is.get(key));
        let names: BTreeSet<&String> =
            [a, b].into_iter().flatten().flat_map(BTreeMap::keys).collect();
        let at = |all: Option<&BTreeMap<String, Sum>>, name: &String| {
            all.and_then(|all| all.get(name)).cloned().unwrap_or_default()
        };
        let locations = names.into_iter().filter(|name| at(a, name) != at(b, name)).count() as u64;
        let (before, after) = (total(a).part(rules), total(b).part(rules));
        RestatedWeek { organization: key.0.clone(), first: key.1, locations, before, after }
    };
    Ok(Restated { weeks: found.iter().map(week).collect(), is_configured, by_configuration })
}

impl RestatedWeek {
    /// What changed, such as `tickets 3 → 4, ratings 1 → 2, mean rating 5.00 → 3.00`.
    #[must_use]
    pub fn change(&self) -> String {
        let Self { before, after, .. } = self;
        let number = |n: Option<u64>| n.map_or_else(|| "hidden".to_owned(), |n| n.to_string());
        let mean = |mean: Option<f64>| mean.map_or_else(|| "–".to_owned(), |m| format!("{m:.2}"));
        let pairs = [
            ("tickets", before.tickets.to_string(), after.tickets.to_string()),
            ("ratings", number(before.ratings), number(after.ratings)),
            ("mean rating", mean(before.rating_mean), mean(after.rating_mean)),
        ];
        let changed = pairs.into_iter().filter(|(_, a, b)| a != b);
        let changed: Vec<String> =
            changed.map(|(name, a, b)| format!("{name} {a} → {b}")).collect();
        if changed.is_empty() { "ratings changed".to_owned() } else { changed.join(", ") }
    }
}

impl Restated {
    /// One sentence on all of them.
    pub(super) fn words(&self) -> String {
        let n = count(self.weeks.len() as u64, "earlier week");
        if self.by_configuration {
            return format!("the configuration changed, and with it the figures of {n}");
        }
        let word = |week: &RestatedWeek| {
            format!("`{}`, week of {}: {}", logged(&week.organization), week.first, week.change())
        };
        let mut words: Vec<String> = self.weeks.iter().take(NAMED).map(word).collect();
        if let Some(more) = self.weeks.len().checked_sub(NAMED).filter(|more| *more > 0) {
            words.push(format!("and {more} more, which `run.json` lists"));
        }
        let also = if self.is_configured { "; the configuration changed too" } else { "" };
        format!("figures of {n} changed: {}{also}", words.join("; "))
    }

    /// The list in `run.json`.
    pub(super) fn as_json(&self) -> Value {
        let week = |week: &RestatedWeek| {
            json!({
                "organization": week.organization,
                "week_from": week.first.to_string(),
                "locations": week.locations,
                "tickets_before": week.before.tickets,
                "tickets_after": week.after.tickets,
                "ratings_before": week.before.ratings,
                "ratings_after": week.after.ratings,
                "rating_mean_before": week.before.rating_mean,
                "rating_mean_after": week.after.rating_mean,
            })
        };
        let listed = self.weeks.iter().filter(|_| !self.by_configuration);
        listed.map(week).collect()
    }
}

#[cfg(test)]
#[path = "restated_tests.rs"]
mod tests;
