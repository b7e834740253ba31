//! What a summary figure rests on, and how sure it is: the counts behind a share, the waits behind a quantile.
//!
//! Sources: the intervals of shares, means and quantiles are those of the tables (Wilson, Student, binomial ranks); that of a
//! difference of shares is Newcombe's. For a difference of quantiles or means: G. Y. Zou and A. Donner, "Construction of
//! confidence limits about effect measures: a general approach", Statistics in Medicine 27 (2008), which makes Newcombe's
//! limits of any two intervals. All count visits as independent of each other.

use crate::statistics::interval::share_difference_95;
use crate::statistics::quantile::{P50, P90};
use crate::statistics::{mean, wilson};

use super::cell::Cell;
use super::group::Rules;
use super::measure::{Figures, Measure, Sample};
use super::recipe::{Recipe, Way, What};
use super::tally::Tally;

/// Tickets or ratings that each side of a difference of shares must have.
const LEAST_FOR_SHARES: u64 = 20;

/// A value with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Known {
    /// The value: a share, a rating or seconds.
    pub value: f64,
    /// Its interval; `None` if what it rests on is too little for one.
    pub ends: Option<(f64, f64)>,
}

/// What a figure rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Evidence {
    /// An exact number: it has no interval.
    Exact(u64),
    /// A part of a whole, both counted.
    Share {
        /// The part.
        part: u64,
        /// The whole.
        of: u64,
    },
    /// A quantile or a mean.
    Estimate(Known),
    /// There is nothing to compute it from, or it is hidden.
    Missing,
}

impl Evidence {
    /// The evidence of a measure for a group of tickets.
    #[must_use]
    pub fn of(measure: &Measure, tally: &Tally, figures: &Figures, rules: Rules) -> Self {
        let share = |part: u64, of: u64| match of {
            0 => Self::Missing,
            of => Self::Share { part, of },
        };
        let is_hidden = figures.hides_ratings();
        let estimate = |value: Option<f64>, low: Option<f64>, high: Option<f64>| {
            value
                .map_or(Self::Missing, |value| Self::Estimate(Known { value, ends: low.zip(high) }))
        };
        let Recipe { counts, value: what, way } = measure.recipe;
        match (way, what) {
            (Way::Share(_) | Way::Mean, _) if is_hidden && counts.is_of_ratings() => Self::Missing,
            (Way::Share(part), _) => {
                share(part.of_tally(tally, rules), counts.of_tally(tally, rules))
            }
            (Way::Mean, Some(What::Rating)) => mean_of_ratings(&tally.ratings, rules.scale.top()),
            (Way::Quantile(P50), Some(What::Wait)) => {
                estimate(figures.wait_p50_s, figures.wait_p50_low_s, figures.wait_p50_high_s)
            }
            (Way::Quantile(P90), Some(What::Wait)) => {
                estimate(figures.wait_p90_s, figures.wait_p90_low_s, figures.wait_p90_high_s)
            }
            _ => match (measure.of)(figures) {
                Cell::Count(count) if measure.sample == Sample::Exact => Self::Exact(count),
                Cell::Count(count) => {
                    #[expect(clippy::cast_precision_loss, reason = "seconds stay far below 2^53")]
                    let value = count as f64;
                    estimate(Some(value), None, None)
                }
                Cell::Number(value) => estimate(Some(value), None, None),
                Cell::Missing
                | Cell::Text(_)
                | Cell::Date(_)
                | Cell::Whole(_)
                | Cell::Seconds(_)
                | Cell::Truth(_) => Self::Missing,
            },
        }
    }

    /// The value and its interval; `None` if there is none.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
    pub fn known(self) -> Option<Known> {
        match self {
            Self::Exact(count) => Some(Known { value: count as f64, ends: None }),
            Self::Share { part, of } => {
                Some(Known { value: part as f64 / of as f64, ends: wilson::interval_95(part, of) })
            }
            Self::Estimate(known) => Some(known),
            Self::Missing => None,
        }
    }
}

/// The mean of ratings, given by value, that of 1 first; with fewer than 30 of them without an interval.
pub(super) fn mean_of_ratings(ratings: &[u64], top: u8) -> Evidence {
    let n: u64 = ratings.iter().sum();
    if n == 0 {
        return Evidence::Missing;
    }
    let sums = (1..)
        .zip(ratings)
        .fold((0, 0), |(sum, squares), (value, n)| (sum + value * n, squares + value * value * n));
    let scale = (1.0, f64::from(top));
    let interval = mean::interval_95(n, sums.0, sums.1, scale).filter(|_| n >= mean::LEAST_N);
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
    let value = sums.0 as f64 / n as f64;
    Evidence::Estimate(Known { value, ends: interval.map(|mean| (mean.low, mean.high)) })
}

/// The difference `second - first` of two figures of one measure, with its 95 % interval. The interval is `None` for exact
/// numbers and where either side rests on too little; the difference, where either side is missing.
#[must_use]
pub fn difference(first: Evidence, second: Evidence) -> Option<Known> {
    let (a, b) = (first.known()?, second.known()?);
    let value = b.value - a.value;
    let ends = match (first, second) {
        (Evidence::Share { part: k1, of: n1 }, Evidence::Share { part: k2, of: n2 }) => {
            (n1.min(n2) >= LEAST_FOR_SHARES)
                .then(|| share_difference_95((k1, n1), (k2, n2)))
                .flatten()
        }
        _ => a.ends.zip(b.ends).map(|((low_1, high_1), (low_2, high_2))| {
            (
                value - (b.value - low_2).hypot(high_1 - a.value),
                value + (high_2 - b.value).hypot(a.value - low_1),
            )
        }),
    };
    Some(Known { value, ends })
}

#[cfg(test)]
#[path = "evidence_tests.rs"]
mod tests;
