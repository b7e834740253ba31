//! Control charts: what is usual for a series, and which points or runs are not. For charts, never for headlines.
//!
//! Sources: D. B. Laney, "Improved control charts for attributes", Quality Engineering 14 (2002); W. A. Shewhart's
//! individuals chart with moving ranges, as in the NIST/SEMATECH e-Handbook, 6.3.2.2; J. Anhøj and A. V. Olesen, "Run charts
//! revisited", `PLoS` ONE 9 (2014), for runs. Three sigma with the runs of Anhøj give a stable series of 24 points a false
//! signal in 9 % of all charts, four popular rules together 15 %.

use super::distribution::binomial_quantile;
use super::type7::{mean, median};

/// The expected range of two normal values, in standard deviations.
const D2: f64 = 1.128;
/// Ranges beyond this multiple of their mean are left out where they are screened.
const RANGE_LIMIT: f64 = 3.267;

/// What is usual for one point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// The centre line.
    pub centre: f64,
    /// Three sigma below.
    pub low: f64,
    /// Three sigma above.
    pub high: f64,
}

impl Limits {
    /// Whether a value lies beyond them.
    #[must_use]
    pub fn signal(&self, value: f64) -> bool {
        value < self.low || value > self.high
    }
}

/// A chart of shares.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    /// Scatter between points in units of chance; below 1 the limits are those of chance.
    pub sigma_z: f64,
    /// One each, in the order given; shares, within 0 and 1.
    pub limits: Vec<Limits>,
}

/// Laney's p′ chart of shares (hits, n), oldest first: the limits of chance, widened by how much neighbours differ beyond
/// it. `None` with fewer than two points, a point without trials, or where all or none were hits.
#[must_use]
pub fn laney(points: &[(u64, u64)]) -> Option<Shares> {
    let (p, sigma_z) = laney_scatter(points)?;
    Some(Shares { sigma_z, limits: share_limits(points, p, sigma_z.max(1.0)) })
}

/// The pooled share and the scatter of the standardised shares: mean moving range / 1.128.
fn laney_scatter(points: &[(u64, u64)]) -> Option<(f64, f64)> {
    let (hits, n) = points.iter().fold((0, 0), |(h, m), (hits, n)| (h + hits, m + n));
    let sound = points.iter().all(|(hits, n)| *n > 0 && hits <= n);
    if points.len() < 2 || !sound || hits == 0 || hits == n {
        return None;
    }
    let p = hits as f64 / n as f64;
    let z: Vec<f64> = points
        .iter()
        .map(|(hits, n)| (*hits as f64 / *n as f64 - p) / (p * (1.0 - p) / *n as f64).sqrt())
        .collect();
    Some((p, mean(&ranges(&z)) / D2))
}

fn share_limits(points: &[(u64, u64)], centre: f64, sigma_z: f64) -> Vec<Limits> {
    let of = |n: u64| {
        let half = 3.0 * sigma_z * (centre * (1.0 - centre) / n as f64).sqrt();
        Limits { centre, low: (centre - half).max(0.0), high: (centre + half).min(1.0) }
    };
    points.iter().map(|(_, n)| of(*n)).collect()
}

/// Moving ranges: how far each value is from the one before.
fn ranges(values: &[f64]) -> Vec<f64> {
    values.iter().zip(values.iter().skip(1)).map(|(a, b)| (b - a).abs()).collect()
}

/// The individuals chart (`XmR`) of some values, oldest first: mean ± 3 / 1.128 mean moving ranges. With `screened`, ranges
/// beyond 3.267 times their mean are left out (once), so that one jump does not widen the limits. `None` with fewer than
/// two values. Not for raw waits: hand over their logarithms.
#[must_use]
pub fn individuals(values: &[f64], screened: bool) -> Option<Limits> {
    if values.len() < 2 {
        return None;
    }
    let mut ranges = ranges(values);
    if screened {
        let most = RANGE_LIMIT * mean(&ranges);
        if ranges.iter().any(|range| *range < most) {
            ranges.retain(|range| *range < most);
        }
    }
    let (centre, half) = (mean(values), 3.0 / D2 * mean(&ranges));
    Some(Limits { centre, low: centre - half, high: centre + half })
}

/// The runs of a series about its centre line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Runs {
    /// Points off the line; those on it are not counted.
    pub points: u64,
    /// The longest run on one side.
    pub longest: u64,
    /// The longest that chance gives: longer is a signal.
    pub longest_usual: u64,
    /// How often the line is crossed.
    pub crossings: u64,
    /// The fewest crossings that chance gives: fewer is a signal.
    pub crossings_usual: u64,
}

impl Runs {
    /// Whether the series is not stable; never with fewer than ten points off the line.
    #[must_use]
    pub fn signal(&self) -> bool {
        self.points >= 10
            && (self.longest > self.longest_usual || self.crossings < self.crossings_usual)
    }
}

/// Anhøj's runs of some values about `centre`.
#[must_use]
pub(super) fn runs_about(values: &[f64], centre: f64) -> Runs {
    let sides: Vec<bool> =
        values.iter().filter(|v| (**v - centre).abs() > 0.0).map(|v| *v > centre).collect();
    let (mut longest, mut runs) = (0, 0_u64);
    for run in sides.chunk_by(|a, b| a == b) {
        longest = longest.max(run.len() as u64);
        runs += 1;
    }
    let points = sides.len() as u64;
    let (longest_usual, crossings_usual) = usual_runs(points);
    Runs { points, longest, longest_usual, crossings: runs.saturating_sub(1), crossings_usual }
}

/// Anhøj's runs of some values about their median; `None` of none.
#[must_use]
pub fn runs(values: &[f64]) -> Option<Runs> {
    let centre = median(&mut values.to_vec())?;
    Some(runs_about(values, centre))
}

/// Longest run and fewest crossings that are usual for so many points off the line.
fn usual_runs(points: u64) -> (u64, u64) {
    if points == 0 {
        return (0, 0);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 64")]
    let longest = (points as f64).log2().round() as u64 + 3;
    (longest, binomial_quantile(0.05, points - 1, 0.5))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(is: f64, should: f64, within: f64) {
        assert!((is - should).abs() <= within, "{is}, not {should}");
    }

    /// statistics.md section 2, "p-chart": D. C. Montgomery, "Introduction to Statistical Quality Control", orange juice.
    #[test]
    fn orange_juice() {
        let cans = [
            12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15,
            9, 12, 7, 13, 9, 6,
        ];
        let points = cans.map(|hits| (hits, 50));
        let (p, _) = laney_scatter(&points).unwrap();
        close(p, 0.2313, 5e-5);
        let limits = share_limits(&points, p, 1.0);
        close(limits[0].low, 0.0524, 5e-5);
        close(limits[0].high, 0.4102, 5e-5);
        let out: Vec<usize> =
            (1..=30).filter(|i| limits[i - 1].signal(cans[i - 1] as f64 / 50.0)).collect();
        assert_eq!(out, [15, 23]);
    }

    /// statistics.md section 2, "Laney p'": M. A. Mohammed et al., BMJ Quality & Safety 22 (2013), attendances of English
    /// emergency departments seen within four hours, 20 weeks (`nhs_accidents` of the R package qicharts2).
    #[test]
    fn four_hours() {
        let weeks = [
            (266_501, 280_443),
            (264_225, 276_823),
            (276_532, 291_681),
            (281_461, 296_155),
            (269_071, 282_343),
            (261_215, 275_888),
            (270_409, 283_867),
            (279_778, 295_251),
            (270_483, 284_468),
            (270_320, 282_529),
            (267_923, 279_618),
            (271_478, 283_932),
            (255_353, 266_629),
            (256_820, 268_091),
            (261_835, 276_803),
            (259_144, 271_578),
            (255_910, 266_005),
            (260_863, 273_520),
            (264_465, 278_574),
            (260_989, 273_772),
        ];
        let (pooled, sigma_z) = laney_scatter(&weeks).unwrap();
        close(pooled, 0.952_900, 5.1e-7);
        close(sigma_z, 10.6404, 5.1e-5);
        let (chance, prime) = (share_limits(&weeks, pooled, 1.0), laney(&weeks).unwrap().limits);
        close(chance[0].low, 0.951_700, 5.1e-7);
        close(chance[0].high, 0.954_100, 5.1e-7);
        close(prime[0].low, 0.940_130, 5.1e-7);
        close(prime[0].high, 0.965_670, 5.1e-7);
        let out = |limits: &[Limits]| {
            let shares = weeks.map(|(hits, n)| hits as f64 / n as f64);
            limits.iter().zip(shares).filter(|(of, share)| of.signal(*share)).count()
        };
        assert_eq!((out(&chance), out(&prime)), (16, 0));
    }

    /// By hand: shares .5 .7 .5 .7 of 100 each; `z` = ∓2.0412, ranges 4.0825, `σ_z` = 3.6192.
    #[test]
    fn laney_widens() {
        let points = [(50, 100), (70, 100), (50, 100), (70, 100)];
        let of = laney(&points).unwrap();
        let sigma = (0.24_f64 / 100.0).sqrt();
        close(of.sigma_z, 0.2 / sigma / 1.128, 1e-12);
        close(of.limits[0].high, 1.0, 1e-12);
        close(of.limits[0].low, 0.6 - 3.0 * 0.2 / 1.128, 1e-12);
        // Less scatter than chance gives does not narrow the limits.
        let still = laney(&[(60, 100); 6]).unwrap();
        close(still.sigma_z, 0.0, 1e-12);
        close(still.limits[0].low, 0.6 - 3.0 * sigma, 1e-12);
        assert!(laney(&[(0, 10), (0, 10)]).is_none() && laney(&[(1, 2)]).is_none());
    }

    /// statistics.md section 2, "`XmR`": NIST/SEMATECH e-Handbook 6.3.2.2, flow rate of ten batches.
    #[test]
    fn nist_batches() {
        let flow = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1];
        let of = individuals(&flow, false).unwrap();
        close(of.centre, 50.81, 1e-9);
        close(mean(&ranges(&flow)), 1.8778, 5e-5);
        close(of.high, 55.8041, 5e-5);
        close(of.low, 45.8159, 5e-5);
    }

    /// The same: snapshots of `NHSRplotthedots`, `set.seed(123); rnorm(20)`, whose factor is 2.66 instead of 3 / 1.128.
    #[test]
    fn screened_ranges() {
        let mut y = [
            -0.560_475_65,
            -0.230_177_49,
            1.558_708_31,
            0.070_508_39,
            0.129_287_74,
            1.715_064_99,
            0.460_916_21,
            -1.265_061_23,
            -0.686_852_85,
            -0.445_661_97,
            1.224_081_80,
            0.359_813_83,
            0.400_771_45,
            0.110_682_72,
            -0.555_841_13,
            1.786_913_14,
            0.497_850_48,
            -1.966_617_16,
            0.701_355_90,
            -0.472_791_41,
        ];
        let limits = |y: &[f64], screened| {
            let of = individuals(y, screened).unwrap();
            let wider = (of.high - of.centre) * 2.66 * 1.128 / 3.0;
            (of.centre - wider, of.centre + wider)
        };
        close(mean(&y), 0.141_623_8, 1e-7);
        let (low, high) = limits(&y, true);
        close(low, -3.011_38, 1e-5);
        close(high, 3.294_627, 1e-5);
        y[14] = 10.0;
        let (low, high) = limits(&y, true);
        close(low, -2.383_666, 1e-5);
        close(high, 3.722_497, 1e-5);
        let (low, high) = limits(&y, false);
        close(low, -4.596_625, 1e-5);
        close(high, 5.935_457, 1e-5);
    }

    /// statistics.md section 2, "Runs (Anhoej)".
    #[test]
    fn usual_runs_of_anhoej() {
        for (n, longest, crossings) in [(24, 8, 8), (36, 8, 13), (52, 9, 20), (90, 9, 37)] {
            assert_eq!(usual_runs(n), (longest, crossings), "{n}");
        }
        let of = runs(&[1.0, 1.0, 5.0, 3.0, 9.0, 9.0, 9.0, 1.0]).unwrap();
        assert_eq!((of.points, of.longest, of.crossings), (8, 3, 4));
        assert!(runs(&[]).is_none());
        let shift: Vec<f64> =
            (0..24).map(|i| if i < 12 { 1.0 } else { 2.0 } + f64::from(i % 2) / 9.0).collect();
        assert!(runs(&shift).unwrap().signal());
    }

    /// A signal is beyond the limits, not on them; of runs, only where ten points are off the line.
    #[test]
    fn what_is_a_signal() {
        let limits = Limits { centre: 2.0, low: 1.0, high: 3.0 };
        assert!(![1.0, 2.0, 3.0].iter().any(|value| limits.signal(*value)));
        assert!(limits.signal(0.999) && limits.signal(3.001));
        let usual =
            Runs { points: 10, longest: 6, longest_usual: 6, crossings: 2, crossings_usual: 2 };
        assert!(!usual.signal());
        let (long, few) = (Runs { longest: 7, ..usual }, Runs { crossings: 1, ..usual });
        assert!(long.signal() && few.signal() && Runs { longest: 7, ..few }.signal());
        assert!(!Runs { points: 9, longest: 7, ..few }.signal());
        assert!(!Runs { longest: 1, crossings: 9, ..usual }.signal());
    }

    #[test]
    fn points_that_cannot_be() {
        assert!(laney(&[(1, 2), (0, 0), (1, 2)]).is_none());
        assert!(laney(&[(3, 2), (1, 4), (1, 4)]).is_none());
        assert!(laney(&[(2, 2), (1, 2)]).is_some());
        assert!(individuals(&[1.0], true).is_none());
        let flat = individuals(&[5.0; 4], true).unwrap();
        assert_eq!((flat.centre, flat.low, flat.high), (5.0, 5.0, 5.0));
    }

    proptest! {
        /// Minutes or seconds: the same chart.
        #[test]
        fn the_unit_does_not_matter(
            values in prop::collection::vec(-100.0_f64..100.0, 2..60), unit in prop_oneof![0.001_f64..0.1, 10.0_f64..1e4],
        ) {
            let scaled: Vec<f64> = values.iter().map(|v| v * unit).collect();
            for screened in [false, true] {
                let (a, b) = (individuals(&values, screened).unwrap(), individuals(&scaled, screened).unwrap());
                prop_assert!((a.low * unit - b.low).abs() < 1e-9 * unit && (a.high * unit - b.high).abs() < 1e-9 * unit);
            }
        }

        #[test]
        fn mirrors(values in prop::collection::vec(-100.0_f64..100.0, 2..60)) {
            let minus: Vec<f64> = values.iter().map(|v| -v).collect();
            prop_assert_eq!(runs(&values), runs(&minus));
            let (a, b) = (individuals(&values, true).unwrap(), individuals(&minus, true).unwrap());
            prop_assert!((a.low + b.high).abs() < 1e-9 && (a.high + b.low).abs() < 1e-9);
        }
    }
}
