//! A tally with what several measures need of it, and the rules that decide how it is shown.

use crate::calendar::WeekStart;
use crate::dataframe::Scale;
use crate::statistics::histogram::{Histogram, Spread};
use crate::statistics::quantile::{P50, P90, P95, at_rank, position, to_seconds};
use crate::statistics::ranks;
use crate::statistics::wilson;

use super::tally::Tally;

/// What decides how tallies are grouped and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rules {
    /// The scale of ratings.
    pub scale: Scale,
    /// Groups with fewer ratings show none of them; 0 = all are shown.
    pub hide_below: u64,
    /// On which weekday weeks begin.
    pub week_starts_on: WeekStart,
}

impl Rules {
    /// Whether so few ratings are hidden.
    #[must_use]
    pub const fn hide(self, ratings: u64) -> bool {
        ratings < self.hide_below
    }
}

/// A tally, and what several measures need of it.
pub(super) struct Group<'t> {
    pub(super) tally: &'t Tally,
    rules: Rules,
    pub(super) rated: u64,
    pub(super) satisfied: u64,
    /// With median, 90th and 95th percentile, and the ends of the intervals of the first two.
    pub(super) waits: Option<Spread<7>>,
    /// With median and 90th percentile, as the service times.
    pub(super) calls: Option<Spread<2>>,
    pub(super) services: Option<Spread<2>>,
}

/// A quantile of those that were asked for, seconds.
pub(super) fn quantile<const N: usize>(spread: Spread<N>, at: usize) -> f64 {
    to_seconds(spread.quantiles.get(at).copied().unwrap_or(0))
}

/// Median, 90th and 95th percentile of waits, then both ends of the intervals of the first two, found in one walk.
fn with_ends(waits: &Histogram) -> Option<Spread<7>> {
    let n = waits.len();
    let ends = |ranks: Option<(u64, u64)>| {
        ranks.map_or([None; 2], |(low, high)| [at_rank(low), at_rank(high)])
    };
    let [p50_low, p50_high] = ends(ranks::of_median(n));
    let [p90_low, p90_high] = ends(ranks::of_90th(n));
    let [p50, p90, p95] = [P50, P90, P95].map(|q| position(n, q));
    waits.spread_at([p50, p90, p95, p50_low, p50_high, p90_low, p90_high])
}

impl<'t> Group<'t> {
    pub(super) fn of(tally: &'t Tally, rules: Rules) -> Self {
        let from = usize::from(rules.scale.satisfied_from()).saturating_sub(1);
        let satisfied = tally.ratings.iter().skip(from).sum();
        let (waits, calls) = (with_ends(&tally.waits), tally.calls.spread([P50, P90]));
        let services = tally.services.spread([P50, P90]);
        Self { tally, rules, rated: tally.rated(), satisfied, waits, calls, services }
    }

    /// The ends of the interval of the median wait, seconds; `None` if there are too few waits for one.
    pub(super) fn wait_p50_ends(&self) -> Option<(f64, f64)> {
        ranks::of_median(self.tally.waits.len())?;
        self.waits.map(|waits| (quantile(waits, 3), quantile(waits, 4)))
    }

    /// The same of the 90th percentile.
    pub(super) fn wait_p90_ends(&self) -> Option<(f64, f64)> {
        ranks::of_90th(self.tally.waits.len())?;
        self.waits.map(|waits| (quantile(waits, 5), quantile(waits, 6)))
    }

    pub(super) fn of_closed(&self, part: u64) -> Option<f64> {
        ratio(part, self.tally.closed())
    }

    /// Whether there are too few ratings to be shown.
    pub(super) fn is_hidden(&self) -> bool {
        self.rules.hide(self.rated)
    }

    /// A count of ratings, unless they are hidden.
    pub(super) fn shown(&self, count: u64) -> Option<u64> {
        (!self.is_hidden()).then_some(count)
    }

    pub(super) fn of_ratings(&self, part: u64) -> Option<f64> {
        ratio(part, self.rated).filter(|_| !self.is_hidden())
    }

    pub(super) fn rating_sum(&self) -> u64 {
        (1..).zip(&self.tally.ratings).map(|(value, n)| value * n).sum()
    }

    /// Ratings of a value on the documented scale; on another one nothing is known of them, which is no 0.
    pub(super) fn stars(&self, value: usize) -> Option<u64> {
        let is_five = self.rules.scale.top() == Scale::FIVE.top();
        let count = self.tally.ratings.get(value - 1).copied().unwrap_or(0);
        self.shown(count).filter(|_| is_five)
    }

    pub(super) fn csat_interval(&self) -> Option<(f64, f64)> {
        wilson::interval_95(self.satisfied, self.rated).filter(|_| !self.is_hidden())
    }
}

/// A share or a mean; `None` where there is nothing to divide by.
#[expect(clippy::cast_precision_loss, reason = "counts and sums of seconds stay far below 2^53")]
pub(super) fn ratio(numerator: u64, denominator: u64) -> Option<f64> {
    (denominator > 0).then(|| numerator as f64 / denominator as f64)
}
