//! `locations.csv`, `daily.csv`, `weekly.csv`: the summary columns of each group of tickets.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::NaiveDate;
use polars::prelude::Column;

use crate::calendar::{iso_week, iso_weekday};
use crate::dataframe::TicketFrame;
use crate::dataframe::column::{self, Kind};
use crate::statistics::quantile::{P50, P90, P95, in_twentieths, to_seconds};
use crate::statistics::wilson;
use crate::ticket::Outcome;

use super::groups::{Groups, Lists};
use super::table::{Group, MetricError, Table, flags, ratio, signed, unsigned};

/// How fine the groups are in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// The whole window.
    Window,
    /// Local service dates.
    Day,
    /// ISO weeks of the service date.
    Week,
}

/// Days since 1970 of a local service date; `None` = not known.
type Day = Option<i32>;

/// What the tickets of each location and service date add up to: the tickets are looked at once for it, and every coarser
/// group adds up from these. Quantiles need the values themselves, so those are kept.
#[derive(Debug)]
pub struct Daily {
    keys: Vec<(u32, Day)>,
    values: Values,
}

impl Daily {
    /// Adds up the tickets.
    ///
    /// # Errors
    /// [`MetricError`] if a column is missing.
    pub fn of(tickets: &TicketFrame) -> Result<Self, MetricError> {
        let days = signed(&tickets.rows, column::SERVICE_DAY)?;
        let places = unsigned(&tickets.rows, column::PLACE)?;
        let groups = Groups::of(places.known().zip(days.iter()).map(Some));
        let values = Values::of(tickets, &groups)?;
        Ok(Self { keys: groups.keys, values })
    }
}

/// The summary columns by group and time.
///
/// # Errors
/// [`MetricError`] if Polars refuses.
pub fn summary(
    tickets: &TicketFrame,
    daily: &Daily,
    group: Group,
    grain: Grain,
) -> Result<Table, MetricError> {
    let key = |(place, day): &(u32, Day)| {
        let place = if group == Group::Location { *place } else { 0 };
        let day = match grain {
            Grain::Window => None,
            Grain::Day => *day,
            // The Monday stands for the week.
            Grain::Week => day.map(|day| day + 1 - iso_weekday(day)),
        };
        Some((place, day))
    };
    let groups = Groups::of(daily.keys.iter().map(key));
    let mut columns = Vec::with_capacity(column::SUMMARY.len() + 1);
    let dates = groups.keys.iter().map(|(_, day)| day.and_then(NaiveDate::from_epoch_days));
    let (name, texts): (_, Vec<Option<String>>) = match grain {
        Grain::Week => (column::ISO_WEEK, dates.map(|d| d.map(iso_week)).collect()),
        Grain::Day => (column::SERVICE_DATE, dates.map(|d| d.map(|d| d.to_string())).collect()),
        Grain::Window => ("", Vec::new()),
    };
    if grain != Grain::Window {
        columns.push((name, Kind::Text, Column::new(name.into(), texts)));
    }
    columns.extend(daily.values.of_groups(&groups).into_columns());
    let places: Vec<u32> = groups.keys.iter().map(|(place, _)| *place).collect();
    Table::keyed(tickets, group, &places, columns)
}

/// Ratings by value, on the documented scale only.
const STARS: [&str; 5] = ["rating_1", "rating_2", "rating_3", "rating_4", "rating_5"];
/// Sum of the ratings.
const RATING_SUM: &str = "rating sum";
/// Ratings of satisfied customers.
const SATISFIED: &str = "satisfied";

/// The counts and lists of each group.
#[derive(Debug)]
struct Values {
    counts: HashMap<&'static str, Vec<i64>>,
    waits: Lists,
    calls: Lists,
    services: Lists,
}

impl Values {
    fn of<K: Copy + Ord + Hash>(
        tickets: &TicketFrame,
        groups: &Groups<K>,
    ) -> Result<Self, MetricError> {
        let (rows, scale) = (&tickets.rows, tickets.settings.scale);
        let mut counts = HashMap::new();
        counts.insert(column::TICKETS, groups.sizes());
        for (name, from) in [
            ("bookings", column::IS_BOOKING),
            (column::EARLY, column::EARLY),
            (column::OFFERED, column::OFFERED),
            (column::WITHIN, column::WITHIN),
        ] {
            counts.insert(name, groups.count(flags(rows, from)?));
        }
        let people = signed(rows, column::PEOPLE)?;
        let people = people.iter().map(|people| people.map_or(0, i64::from));
        counts.insert(column::PEOPLE, groups.sum(people));
        let outcomes = unsigned(rows, column::OUTCOME)?;
        let codes = outcomes.known().map(|code| usize::try_from(code).ok());
        let tickets = groups.tally(codes, Outcome::ALL.len());
        counts.extend(Outcome::ALL.iter().map(|outcome| outcome.name()).zip(tickets));
        let ratings = signed(rows, column::RATING)?;
        let served = |code: u32| Outcome::ALL.get(code as usize) == Some(&Outcome::Served);
        let rated = outcomes.known().zip(ratings.iter());
        let rated = rated.map(|(outcome, rating)| served(outcome) && rating.is_some());
        counts.insert("served_with_rating", groups.count(rated));
        counts.insert(column::RATINGS, groups.count(ratings.iter().map(|stars| stars.is_some())));
        let sum = ratings.iter().map(|rating| rating.map_or(0, i64::from));
        counts.insert(RATING_SUM, groups.sum(sum));
        let from = i32::from(scale.satisfied_from());
        let satisfied = ratings.iter().map(|rating| rating.is_some_and(|value| value >= from));
        counts.insert(SATISFIED, groups.count(satisfied));
        if usize::from(scale.top()) == STARS.len() {
            let stars = ratings.iter().map(|stars| usize::try_from(stars? - 1).ok());
            counts.extend(STARS.into_iter().zip(groups.tally(stars, STARS.len())));
        }
        let lists = |name| -> Result<Lists, MetricError> {
            let values = signed(rows, name)?;
            Ok(groups.lists(|| values.iter()))
        };
        Ok(Self {
            counts,
            waits: lists(column::WAIT_S)?,
            calls: lists(column::CALL_WAIT_S)?,
            services: lists(column::SERVICE_S)?,
        })
    }

    /// The values of groups of these groups.
    fn of_groups<K: Copy + Ord + Hash + Sync>(&self, groups: &Groups<K>) -> Self {
        let counts = self.counts.iter();
        let counts = counts.map(|(name, counts)| (*name, groups.sum(counts.iter().copied())));
        let (waits, (calls, services)) = rayon::join(
            || groups.join(&self.waits),
            || rayon::join(|| groups.join(&self.calls), || groups.join(&self.services)),
        );
        Self { counts: counts.collect(), waits, calls, services }
    }

    fn count(&self, name: &'static str) -> Vec<i64> {
        self.counts.get(name).cloned().unwrap_or_default()
    }

    fn into_columns(self) -> Vec<(&'static str, Kind, Column)> {
        let count = |name| self.count(name);
        let zip = |a: Vec<i64>, b: Vec<i64>, f: fn(i64, i64) -> i64| -> Vec<i64> {
            a.into_iter().zip(b).map(|(a, b)| f(a, b)).collect()
        };
        let add = |a: Vec<i64>, b: Vec<i64>| zip(a, b, |a, b| a + b);
        let minus = |a: Vec<i64>, b: Vec<i64>| zip(a, b, |a, b| a - b);
        let closed = minus(count(column::TICKETS), count(Outcome::Open.name()));
        let cancelled = add(
            count(Outcome::CancelledByCustomer.name()),
            count(Outcome::CancelledByStaff.name()),
        );
        let ratings = count(column::RATINGS);
        let (sum, satisfied) = (count(RATING_SUM), count(SATISFIED));
        let wilson: Vec<Option<(f64, f64)>> = satisfied
            .iter()
            .zip(&ratings)
            .map(|(k, n)| wilson::interval_95(u64::try_from(*k).ok()?, u64::try_from(*n).ok()?))
            .collect();
        let rate = |n: &[i64], d: &[i64]| -> Vec<Option<f64>> {
            n.iter().zip(d).map(|(n, d)| ratio(*n, *d)).collect()
        };
        let quantiles = |lists: &Lists, q: u32| -> Vec<Option<f64>> {
            lists.iter().map(|list| in_twentieths(list, q).map(to_seconds)).collect()
        };
        let used = |lists: &Lists| -> Vec<i64> {
            lists.iter().map(|list| i64::try_from(list.len()).unwrap_or(i64::MAX)).collect()
        };
        let wait_sum: Vec<i64> =
            self.waits.iter().map(|w| w.iter().map(|s| i64::from(*s)).sum()).collect();
        let wait_max: Vec<Option<i64>> =
            self.waits.iter().map(|w| w.last().map(|s| i64::from(*s))).collect();
        let int = |name: &str, values: Vec<i64>| Column::new(name.into(), values);
        let float = |name: &str, values: Vec<Option<f64>>| Column::new(name.into(), values);
        column::SUMMARY
            .into_iter()
            .map(|(name, kind)| {
                let values = match name {
                    "walk_ins" => int(name, minus(count(column::TICKETS), count("bookings"))),
                    "cancellation_rate" => float(name, rate(&cancelled, &closed)),
                    "customer_cancellation_rate" => {
                        float(name, rate(&count(Outcome::CancelledByCustomer.name()), &closed))
                    }
                    "staff_cancellation_rate" => {
                        float(name, rate(&count(Outcome::CancelledByStaff.name()), &closed))
                    }
                    "no_show_rate" => float(name, rate(&count(Outcome::NoShow.name()), &closed)),
                    "lost_rate" => {
                        let lost = minus(closed.clone(), count(Outcome::Served.name()));
                        float(name, rate(&lost, &closed))
                    }
                    column::RATING_MEAN => float(name, rate(&sum, &ratings)),
                    column::CSAT => float(name, rate(&satisfied, &ratings)),
                    column::CSAT_LOW => {
                        float(name, wilson.iter().map(|w| w.map(|w| w.0)).collect())
                    }
                    column::CSAT_HIGH => {
                        float(name, wilson.iter().map(|w| w.map(|w| w.1)).collect())
                    }
                    "response_rate" => float(
                        name,
                        rate(&count("served_with_rating"), &count(Outcome::Served.name())),
                    ),
                    column::WAITS => int(name, used(&self.waits)),
                    "wait_mean_s" => float(name, rate(&wait_sum, &used(&self.waits))),
                    column::WAIT_P50_S => float(name, quantiles(&self.waits, P50)),
                    column::WAIT_P90_S => float(name, quantiles(&self.waits, P90)),
                    "wait_p95_s" => float(name, quantiles(&self.waits, P95)),
                    "wait_max_s" => Column::new(name.into(), wait_max.clone()),
                    "within_target_rate" => {
                        float(name, rate(&count(column::WITHIN), &count(column::OFFERED)))
                    }
                    "calls" => int(name, used(&self.calls)),
                    "call_wait_p50_s" => float(name, quantiles(&self.calls, P50)),
                    "call_wait_p90_s" => float(name, quantiles(&self.calls, P90)),
                    "services" => int(name, used(&self.services)),
                    "service_p50_s" => float(name, quantiles(&self.services, P50)),
                    "service_p90_s" => float(name, quantiles(&self.services, P90)),
                    // Stars are those of the documented scale; on another one nothing is known of them, which is no 0.
                    stars if STARS.contains(&stars) && !self.counts.contains_key(stars) => {
                        Column::new(stars.into(), vec![None::<i64>; ratings.len()])
                    }
                    counted => int(counted, count(counted)),
                };
                (name, kind, values)
            })
            .collect()
    }
}
