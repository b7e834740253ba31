//! Sums as they were kept before it was known how tickets ended.
//!
//! Forgotten tickets cannot be counted again, so their sums are converted: their waits stay where they were, and they take no
//! part in the curves.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::statistics::histogram::Histogram;

use super::ends::Ends;
use super::hours::Cell;
use super::line::Line;
use super::organization::MonthSums;
use super::sums::{Dimension, LocationSums, LostKey};
use super::tally::Tally;

/// The sums of a month in their older form.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct OlderMonthSums(BTreeMap<(String, String), OlderSums>);

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
struct OlderSums {
    days: BTreeMap<Option<i32>, Tally>,
    segments: BTreeMap<(Dimension, String), Tally>,
    hours: BTreeMap<Cell, (u64, Histogram)>,
    lost: BTreeMap<LostKey, u64>,
    rated_waits: BTreeMap<u8, Vec<u64>>,
    line: Line,
}

impl From<OlderSums> for LocationSums {
    fn from(older: OlderSums) -> Self {
        let OlderSums { days, segments, hours, lost, rated_waits, line } = older;
        let ends = Ends::unknown(Histogram::sum(days.values().map(|tally| &tally.waits)));
        Self { days, segments, hours, lost, rated_waits, line, ends }
    }
}

impl From<OlderMonthSums> for MonthSums {
    fn from(older: OlderMonthSums) -> Self {
        Self(older.0.into_iter().map(|(place, sums)| (place, sums.into())).collect())
    }
}

#[cfg(test)]
impl From<&MonthSums> for OlderMonthSums {
    /// What an older version would have kept.
    fn from(sums: &MonthSums) -> Self {
        let older = |sums: &LocationSums| {
            let LocationSums { days, segments, hours, lost, rated_waits, line, ends: _ } =
                sums.clone();
            OlderSums { days, segments, hours, lost, rated_waits, line }
        };
        Self(sums.0.iter().map(|(place, sums)| (place.clone(), older(sums))).collect())
    }
}
