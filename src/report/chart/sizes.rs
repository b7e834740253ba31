//! The axis of the sizes of locations, and the limits of a funnel along it.

use std::collections::BTreeMap;

use crate::report::model::FunnelRow;
use crate::report::text::grouped;
use crate::statistics::funnel::limits;

use super::label::width_of;
use super::scale::{Scale, ticks};

/// Steps of the limits.
const STEPS: u32 = 32;

/// Limits at some sizes.
pub(super) type Curve = Vec<(f64, (f64, f64), (f64, f64))>;

/// Sizes of locations on an axis.
#[derive(Debug)]
pub(super) struct Sizes {
    scale: Scale,
    is_log: bool,
}

impl Sizes {
    /// The axis of some locations, from one pixel to another.
    pub(super) fn of(rows: &[&FunnelRow], (left, right): (f64, f64)) -> Self {
        let (low, high) =
            rows.iter().map(|row| row.n).fold((u64::MAX, 1), |(a, b), n| (a.min(n), b.max(n)));
        let (low, high) = (number(low.clamp(1, high)) * 0.9, number(high) * 1.1);
        let is_log = high > 5.0 * low;
        let on = |n: f64| if is_log { n.ln() } else { n };
        Self { scale: Scale { from: (on(low), left), to: (on(high), right) }, is_log }
    }

    /// The pixel of a size.
    pub(super) fn at(&self, n: f64) -> f64 {
        self.scale.within(if self.is_log { n.max(1.0).ln() } else { n })
    }

    /// The size at a share of the axis.
    fn size(&self, share: f64) -> f64 {
        let (from, to) = (self.scale.from.0, self.scale.to.0);
        let on = from + share * (to - from);
        if self.is_log { on.exp() } else { on }
    }

    /// Round sizes with room for their names.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        let (low, high) = (self.size(0.0), self.size(1.0));
        let marks: Vec<f64> = if self.is_log {
            let decades = (0..12).map(|power| 10_f64.powi(power));
            decades.flat_map(|ten| [1.0, 2.0, 5.0].map(|n| n * ten)).collect()
        } else {
            // Half a ticket has no name of its own.
            let mut marks = ticks(low, high, 4);
            marks.retain(|mark| mark.fract().abs() < 1e-9);
            marks
        };
        let mut free = 0.0;
        let mut named = Vec::new();
        for mark in marks.into_iter().filter(|mark| (low..=high).contains(mark)) {
            let name = whole(mark);
            let half = width_of(&name, 12.0) / 2.0;
            let x = self.at(mark);
            if x - half >= free {
                free = x + half + 6.0;
                named.push((mark, name));
            }
        }
        named
    }

    /// The limits along the axis. Those of locations are known; the others are computed.
    pub(super) fn curve(&self, rows: &[&FunnelRow]) -> Curve {
        let known: BTreeMap<u64, &FunnelRow> = rows.iter().map(|row| (row.n, *row)).collect();
        let target = rows.first().map_or(0.5, |row| row.target);
        let steps = f64::from(STEPS);
        let point = |at: u32| {
            let ends = [at, at + 1].map(|at| self.size((f64::from(at) - 0.5) / steps));
            // The ends of the axis lie beyond all locations.
            let near = if at == 0 || at == STEPS {
                None
            } else {
                known.range(ceil(ends[0])..).next().filter(|(n, _)| number(**n) < ends[1])
            };
            let computed = || {
                let n = self.size(f64::from(at) / steps);
                let n = if at == 0 { ceil(n - 1.0) } else { ceil(n) };
                (n, limits(target, n, 0.025), limits(target, n, 0.001))
            };
            near.map_or_else(computed, |(n, row)| (*n, row.limits_95, row.limits_998))
        };
        let mut curve: Vec<_> = (0..=STEPS).map(point).collect();
        curve.dedup_by_key(|point| point.0);
        curve.into_iter().map(|(n, inner, outer)| (number(n), inner, outer)).collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of tickets")]
pub(super) fn number(n: u64) -> f64 {
    n as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of tickets")]
fn ceil(n: f64) -> u64 {
    n.max(1.0).ceil() as u64
}

/// A size as text.
fn whole(n: f64) -> String {
    grouped(ceil(n - 0.5))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sizes that lie close together have no two labels that read alike.
    #[test]
    fn no_label_stands_twice() {
        for high in 10..60_u64 {
            let row = |n| FunnelRow {
                location: String::new(),
                id: String::new(),
                measure: "csat",
                n,
                value: 0.5,
                target: 0.5,
                limits_95: (0.0, 1.0),
                limits_998: (0.0, 1.0),
                z: 0.0,
                adjusted_p: 1.0,
                flag: None,
            };
            let (small, large) = (row(10), row(high));
            let names: Vec<String> = Sizes::of(&[&small, &large], (47.0, 290.0))
                .ticks()
                .into_iter()
                .map(|(_, name)| name)
                .collect();
            let unique: std::collections::BTreeSet<&String> = names.iter().collect();
            assert!(!names.is_empty() && unique.len() == names.len(), "{high}: {names:?}");
        }
    }
}
