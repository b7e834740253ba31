//! The scale of the rule, on which chance has a known size: there, back, and the values of weeks and spans on it.
//!
//! Sources: the arcsine of the root of a share after F. J. Anscombe, "The transformation of Poisson, binomial and
//! negative-binomial data", Biometrika 35 (1948), variance 1 / (4n + 2); waits as ln(seconds + 60), so that a wait of some
//! seconds does not count as far from none.

use std::f64::consts::FRAC_PI_2;

use super::{Measure, Week};

/// Waits that a week must have.
pub const LEAST_WAITS: u64 = 10;
/// Half the width of a 95 % interval in standard errors.
const HALF_95: f64 = 1.959_963_984_540_054;

/// A wait in seconds on the scale of the rule, ln(seconds + 60): short ones do not weigh most. [`Measure::back`] undoes it.
#[must_use]
pub fn log_of_wait(seconds: f64) -> f64 {
    (seconds + 60.0).ln()
}

/// Half the width of the 95 % order-statistic interval of a median wait on the scale ln(seconds + 60), from the two waits
/// (seconds) at the ranks that `interval::quantile_ranks_95` gives for the median.
#[must_use]
pub fn half_width_of_waits(low_s: f64, high_s: f64) -> f64 {
    (log_of_wait(high_s) - log_of_wait(low_s)) / 2.0
}

/// A share on the scale.
fn share(hits: u64, n: u64) -> f64 {
    ((hits as f64 + 0.375) / (n as f64 + 0.75)).sqrt().asin()
}

impl Measure {
    /// Least ratings, closed tickets or waits in a span.
    fn least(self) -> u64 {
        match self {
            Self::Csat => 20,
            Self::Wait | Self::Cancellation | Self::NoShow => 40,
        }
    }

    /// A value of the scale as a share or in seconds. Beyond the ends of the scale it is the end.
    #[must_use]
    pub fn back(self, y: f64) -> f64 {
        match self {
            Self::Wait => (y.exp() - 60.0).max(0.0),
            Self::Csat | Self::Cancellation | Self::NoShow => y.clamp(0.0, FRAC_PI_2).sin().powi(2),
        }
    }

    /// Whether the measure can have this value of the scale.
    pub(super) fn can_be(self, y: f64) -> bool {
        match self {
            Self::Wait => y >= 60.0_f64.ln(),
            Self::Csat | Self::Cancellation | Self::NoShow => (0.0..=FRAC_PI_2).contains(&y),
        }
    }

    /// A difference, signed so that plus is worse.
    pub(super) fn worse(self, delta: f64) -> f64 {
        if self == Self::Csat { -delta } else { delta }
    }

    /// The smallest change that is ever announced.
    pub(super) fn announced_from(self, before: f64) -> f64 {
        match self {
            Self::Csat => 0.05,
            Self::Cancellation | Self::NoShow => 0.02,
            Self::Wait => (0.1 * before).max(15.0),
        }
    }

    /// The week, if it has anything to say on this measure.
    pub(super) fn week(self, week: Option<Week>) -> Option<Week> {
        week.filter(|week| match *week {
            Week::Share { hits, n } => self != Self::Wait && n > 0 && hits <= n,
            Week::Wait { median_s, half_width, n } => {
                let whole = median_s.is_finite() && median_s >= 0.0 && half_width.is_finite();
                self == Self::Wait && n >= LEAST_WAITS && whole
            }
        })
    }
}

/// A week on the scale.
pub(super) fn of_week(week: Week) -> f64 {
    match week {
        Week::Share { hits, n } => share(hits, n),
        Week::Wait { median_s, .. } => log_of_wait(median_s),
    }
}

/// Some weeks together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pooled {
    /// Their value on the scale.
    pub(super) y: f64,
    /// Its variance by chance alone.
    pub(super) v: f64,
    /// Ratings, closed tickets or waits.
    pub(super) n: u64,
    /// Satisfied ratings, cancelled tickets, no-shows.
    hits: u64,
    /// Weeks that have a value.
    weeks: usize,
}

impl Pooled {
    /// Some weeks together; `None` if none has a value.
    pub(super) fn of(weeks: &[Option<Week>]) -> Option<Self> {
        let (mut hits, mut n, mut medians, mut variances) = (0, 0, 0.0, 0.0);
        let mut with_value = 0;
        let mut waits = false;
        for week in weeks.iter().flatten() {
            with_value += 1;
            match *week {
                Week::Share { hits: k, n: of } => {
                    hits += k;
                    n += of;
                }
                Week::Wait { median_s, half_width, n: of } => {
                    waits = true;
                    n += of;
                    medians += log_of_wait(median_s);
                    variances += (half_width / HALF_95).powi(2);
                }
            }
        }
        if with_value == 0 {
            return None;
        }
        let count = with_value as f64;
        let (y, v) = if waits {
            (medians / count, variances / (count * count))
        } else {
            (share(hits, n), 1.0 / (4.0 * n as f64 + 2.0))
        };
        Some(Self { y, v, n, hits, weeks: with_value })
    }

    /// Whether it is enough for a span of `length` weeks.
    pub(super) fn bears(&self, measure: Measure, length: usize) -> bool {
        let weeks = if measure == Measure::Wait { if length == 4 { 3 } else { length } } else { 1 };
        self.n >= measure.least() && self.weeks >= weeks
    }

    /// The plain share, or the wait in seconds.
    pub(super) fn plain(&self, measure: Measure) -> f64 {
        match measure {
            Measure::Wait => measure.back(self.y),
            Measure::Csat | Measure::Cancellation | Measure::NoShow => {
                self.hits as f64 / self.n as f64
            }
        }
    }
}
