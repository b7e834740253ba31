//! How many ratings of a file lie on the scale, and how many beyond it.

use serde::{Deserialize, Serialize};

use crate::webhook::{Oddity, Scale};

/// The ratings of one organization in one file, without repeated webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ratings {
    /// Webhooks with a rating on the scale.
    pub good: u64,
    /// Webhooks with a number above the scale, up to 1,000.
    pub beyond: u64,
    /// The smallest and the largest of these numbers that another scale could hold.
    pub met: Option<(u32, u32)>,
    /// Those that no scale could hold, such as 999 for "no answer".
    #[serde(default)]
    pub on_no_scale: u64,
}

impl Ratings {
    /// Notes what is odd about an accepted record.
    pub(super) fn note(&mut self, oddity: &Oddity) {
        if let Some(number) = oddity.beyond_scale {
            let may_be = number <= Scale::LONGEST.into();
            self.merge(Self {
                good: 0,
                beyond: 1,
                met: may_be.then_some((number, number)),
                on_no_scale: u64::from(!may_be),
            });
        }
    }

    /// Adds the counts of `other`.
    pub fn merge(&mut self, other: Self) {
        self.good += other.good;
        self.beyond += other.beyond;
        self.on_no_scale += other.on_no_scale;
        self.met = match (self.met, other.met) {
            (Some((low, high)), Some((lower, higher))) => Some((low.min(lower), high.max(higher))),
            (mine, theirs) => mine.or(theirs),
        };
    }
}
