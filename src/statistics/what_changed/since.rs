//! Since about which week: the one step that explains most of the last weeks.

use super::super::type7::mean;
use super::Week;
use super::scale::of_week;

/// Weeks that are looked at.
const WEEKS: usize = 16;
/// The step lies within the last so many weeks.
const LATEST: usize = 8;
/// Weeks with a value that must lie before the step.
const LEAST_BEFORE: usize = 4;

/// Rounding noise: where nothing stepped, no start is better than another.
const NOISE: f64 = 1e-15;

/// For how many weeks, 1 to 8, the change has lasted: the start whose step explains most of the weekly values of the last
/// 16 weeks. Of equal ones the shortest.
pub(super) fn since(weeks: &[Option<Week>]) -> Option<usize> {
    let values: Vec<Option<f64>> = newest(weeks).iter().rev().map(|w| w.map(of_week)).collect();
    let mut best: Option<(usize, f64)> = None;
    for start in 1..=LATEST.min(values.len()) {
        let (after, before) = values.split_at_checked(start)?;
        let after: Vec<f64> = after.iter().copied().flatten().collect();
        let before: Vec<f64> = before.iter().copied().flatten().collect();
        if after.is_empty() || before.len() < LEAST_BEFORE {
            continue;
        }
        let (n1, n2) = (before.len() as f64, after.len() as f64);
        let step = mean(&after) - mean(&before);
        let explained = n1 * n2 / (n1 + n2) * step * step;
        if best.is_none_or(|(_, most)| explained > most + NOISE) {
            best = Some((start, explained));
        }
    }
    best.map(|(start, _)| start)
}

fn newest(weeks: &[Option<Week>]) -> &[Option<Week>] {
    weeks.get(weeks.len().saturating_sub(WEEKS)..).unwrap_or_default()
}
