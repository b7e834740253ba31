//! The budget of false alarms: from which z on a change is told.

use super::super::distribution::{normal_quantile_above, t_quantile_above};
use super::Measure;

/// No tail is larger than this.
const LARGEST_TAIL: f64 = 0.01;
/// Share of each measure's budget for changes for the better.
const BETTER: f64 = 0.0375;
/// Tail beyond either end of a 95 % interval.
const TAIL_95: f64 = 0.025;

/// How the standardised difference of a place is distributed where nothing changed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Chance {
    /// With peers: the scatter is known from many places.
    Normal,
    /// Alone: the scatter is known from this many spans less one.
    Student {
        /// Degrees of freedom.
        df: usize,
    },
}

impl Chance {
    fn beyond(self, tail: f64) -> f64 {
        match self {
            Self::Normal => normal_quantile_above(tail),
            Self::Student { df } => t_quantile_above(tail, df as f64),
        }
    }

    /// Half the width of a 95 % interval in standard deviations.
    pub(super) fn half_95(self) -> f64 {
        self.beyond(TAIL_95)
    }

    /// From which z on a place is worse, and from minus which z down it is better, when `judged` places share the budget of
    /// this measure and span.
    pub(super) fn limits(
        self,
        measure: Measure,
        length: usize,
        spans_before: usize,
        judged: usize,
    ) -> (f64, f64) {
        let share = match measure {
            Measure::Csat => 0.35,
            Measure::Wait => 0.25,
            Measure::Cancellation => 0.15,
            Measure::NoShow => 0.10,
        };
        let whole = if length == 4 { 0.22 } else { 0.12 };
        let short_past = match spans_before {
            10.. => 1.0,
            6..=9 => 0.55,
            _ => 0.35,
        };
        let at = |share: f64| {
            self.beyond((whole * short_past * share / judged as f64).min(LARGEST_TAIL))
        };
        (at(share), at(BETTER))
    }
}
