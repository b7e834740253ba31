//! Locations against all of them: the rows of `funnel.csv`. Places differ here, not times.

use crate::statistics::funnel::{LEAST_N, Place, funnel, limits, own_dispersion};

use super::course::Share;
use super::group::Rules;
use super::section::{LocationSection, Section};

/// In which direction a location is unusual even among locations that differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// A larger share than others.
    Higher,
    /// A smaller share than others.
    Lower,
}

/// A share of a location against that of all locations together.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelRow {
    /// Name of the location; never trusted.
    pub location: String,
    /// Its stable ASCII id.
    pub id: String,
    /// Name of the share.
    pub measure: &'static str,
    /// Closed tickets, ratings, or those who entered the queue.
    pub n: u64,
    /// Its share.
    pub value: f64,
    /// The share of all locations together.
    pub target: f64,
    /// Exact binomial limits of 95 % around the target, to draw.
    pub limits_95: (f64, f64),
    /// Those of 99.8 %.
    pub limits_998: (f64, f64),
    /// Distance from the target in standard errors, own scatter and differences between locations counted in.
    pub z: f64,
    /// Its two-sided p-value, adjusted for the number of locations (Benjamini-Hochberg).
    pub adjusted_p: f64,
    /// Whether it is unusual.
    pub flag: Option<Flag>,
}

/// The shares that are compared, by name.
const SHARES: [(Share, &str); 4] = [
    (Share::Cancellation, "cancellation"),
    (Share::Csat, "csat"),
    (Share::NoShow, "no_show"),
    (Share::WithinTarget, "within_target"),
];

/// Hits and trials of a share of a location in the window; no trials where ratings are hidden.
fn of_window(section: &Section, share: Share, satisfied_from: usize) -> (u64, u64) {
    let f = &section.figures;
    match share {
        Share::Cancellation => (f.cancelled_by_customer + f.cancelled_by_staff, f.closed()),
        Share::Csat => {
            let from = satisfied_from as u64;
            let ratings = &section.ratings;
            let satisfied = ratings.iter().filter(|(value, _)| *value >= from).map(|(_, n)| n);
            (satisfied.sum(), ratings.iter().map(|(_, n)| n).sum())
        }
        Share::NoShow => (f.no_show, f.closed()),
        Share::WithinTarget => section.within,
    }
}

/// The rows of some locations, given with their places in `weeks`: a function of place, share and lowest rating of a satisfied
/// customer that gives hits and trials of each whole week in the window. Below ten locations with at least ten trials there
/// are none.
pub(super) fn funnel_rows(
    locations: &[(usize, &LocationSection)],
    rules: Rules,
    weeks: &dyn Fn(usize, Share, usize) -> Vec<(u64, u64)>,
) -> Vec<FunnelRow> {
    let from = usize::from(rules.scale.satisfied_from());
    let mut rows: Vec<(usize, FunnelRow)> = Vec::new();
    for (share, measure) in SHARES {
        let place = |(at, location): &(usize, &LocationSection)| {
            let (hits, n) = of_window(&location.section, share, from);
            (n >= LEAST_N).then(|| {
                let dispersion = own_dispersion(&weeks(*at, share, from));
                Place { hits, n, dispersion }
            })
        };
        let there: Vec<_> =
            locations.iter().filter_map(|location| Some((location, place(location)?))).collect();
        let places: Vec<Place> = there.iter().map(|(_, place)| *place).collect();
        let Some(funnel) = funnel(&places) else { continue };
        for (((at, location), place), against) in there.iter().zip(&funnel.of) {
            #[expect(clippy::cast_precision_loss, reason = "counts of tickets")]
            let value = place.hits as f64 / place.n as f64;
            let flag = if value > funnel.target { Flag::Higher } else { Flag::Lower };
            let row = FunnelRow {
                location: location.name.clone(),
                id: location.id.clone(),
                measure,
                n: place.n,
                value,
                target: funnel.target,
                limits_95: limits(funnel.target, place.n, 0.025),
                limits_998: limits(funnel.target, place.n, 0.001),
                z: against.z_among,
                adjusted_p: against.adjusted_p,
                flag: against.unusual.then_some(flag),
            };
            rows.push((*at, row));
        }
    }
    // Stable: the measures of a location stay in their order.
    rows.sort_by_key(|(at, _)| *at);
    rows.into_iter().map(|(_, row)| row).collect()
}

#[cfg(test)]
#[path = "funnel_rows_tests.rs"]
mod tests;
