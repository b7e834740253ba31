//! Ratings by band of the wait, and whether they fall with it.

use std::collections::BTreeMap;

use crate::statistics::trend::{self, Bin};

use super::bands;
use super::group::Rules;
use super::measure::Figures;
use super::sums::LocationSums;
use super::tally::Tally;

/// A trend counts as clear below this p-value.
const CLEAR: f64 = 0.05;

/// One row of `ratings_by_wait.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct WaitBandRow {
    /// Begin of the band, minutes; included.
    pub from_min: u64,
    /// End of the band, minutes; not included. `None` = no end.
    pub to_min: Option<u64>,
    /// Number of ratings; `None` if they are too few to be shown.
    pub ratings: Option<u64>,
    /// Mean rating.
    pub rating_mean: Option<f64>,
    /// Share of ratings of satisfied customers.
    pub csat: Option<f64>,
    /// Lower end of the 95 % Wilson interval.
    pub csat_low: Option<f64>,
    /// Upper end of the 95 % Wilson interval.
    pub csat_high: Option<f64>,
}

/// Whether satisfaction changes with the wait, at one and the same location: Mantel's test over the bands of the wait, with
/// each location as a stratum of its own (Cochran-Mantel-Haenszel). It says that both go together, not why.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RatingTrend {
    /// Locations with ratings in at least two bands.
    pub strata: u64,
    /// Their ratings of visits with a known wait. Bands whose ratings are hidden take no part.
    pub ratings: u64,
    /// Result; `None` where there are too few: fewer than 3 bands with 10 ratings, or all of them satisfied or none.
    pub test: Option<trend::Trend>,
}

impl RatingTrend {
    /// In a word: `falls`, `rises`, `no_clear_trend` or `too_little`.
    #[must_use]
    pub fn direction(&self) -> &'static str {
        match self.test {
            None => "too_little",
            Some(test) if test.p >= CLEAR => "no_clear_trend",
            Some(test) if test.z < 0.0 => "falls",
            Some(_) => "rises",
        }
    }

    /// The trend over some locations.
    pub(super) fn of(all: &[&LocationSums], rules: Rules) -> Self {
        let strata: Vec<Vec<Bin>> = all.iter().map(|sums| bins(sums, rules)).collect();
        let strata: Vec<&[Bin]> =
            strata.iter().map(Vec::as_slice).filter(|bins| bins.len() > 1).collect();
        Self {
            strata: strata.len() as u64,
            ratings: strata.iter().flat_map(|bins| bins.iter()).map(|bin| bin.n).sum(),
            test: trend::bears(&strata).then(|| trend::stratified(&strata)).flatten(),
        }
    }
}

/// The satisfied among the ratings of each band of a location, as far as they are shown.
fn bins(sums: &LocationSums, rules: Rules) -> Vec<Bin> {
    let from = usize::from(rules.scale.satisfied_from()).saturating_sub(1);
    let bin = |(band, values): (&u8, &Vec<u64>)| Bin {
        score: bands::middle(*band),
        hits: values.iter().skip(from).sum(),
        n: values.iter().sum(),
    };
    sums.rated_waits.iter().map(bin).filter(|bin| bin.n > 0 && !rules.hide(bin.n)).collect()
}

/// The bands of some locations together.
pub(super) fn rows(all: &[&LocationSums], rules: Rules) -> Vec<WaitBandRow> {
    let mut sums: BTreeMap<u8, Tally> = BTreeMap::new();
    for (band, values) in all.iter().flat_map(|sums| &sums.rated_waits) {
        let ratings = Tally { ratings: values.clone(), ..Tally::default() };
        sums.entry(*band).or_default().merge(&ratings);
    }
    let row = |(band, tally): (u8, Tally)| {
        let figures = Figures::of(&tally, rules);
        let (from_min, to_min) = bands::minutes(band);
        WaitBandRow {
            from_min,
            to_min,
            ratings: figures.ratings,
            rating_mean: figures.rating_mean,
            csat: figures.csat,
            csat_low: figures.csat_low,
            csat_high: figures.csat_high,
        }
    };
    sums.into_iter().map(row).collect()
}

#[cfg(test)]
#[path = "ratings_by_wait_tests.rs"]
mod tests;
