//! The CUSUM: small shifts that stay, added up until they are beyond doubt. For charts, never for headlines.
//!
//! Sources: E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954); the tabular form as in D. C. Montgomery,
//! "Introduction to Statistical Quality Control", and the NIST/SEMATECH e-Handbook, 6.3.2.3. With [`SLACK`] and [`LIMIT`] a
//! stable series gives a false signal every 465 points, a shift by one standard deviation is told after 10.4 points, by two
//! after 4.0.

/// What is forgiven at each point, in standard deviations.
pub const SLACK: f64 = 0.5;
/// The sum from which on there is a signal, in standard deviations.
pub const LIMIT: f64 = 5.0;

/// The sums after one point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sums {
    /// How far the series has been above the target, slack taken off; 0 or more.
    pub above: f64,
    /// How far below.
    pub below: f64,
}

impl Sums {
    /// Whether either is beyond the limit.
    #[must_use]
    pub fn signal(&self, limit: f64) -> bool {
        self.above > limit || self.below > limit
    }
}

/// The sums of some values, oldest first, about a `target`; `slack` in the unit of the values: half the shift to be found.
#[must_use]
pub fn cusum(values: &[f64], target: f64, slack: f64) -> Vec<Sums> {
    let mut now = Sums { above: 0.0, below: 0.0 };
    let step = |value: &f64| {
        now = Sums {
            above: (now.above + (value - target - slack)).max(0.0),
            below: (now.below + (target - slack - value)).max(0.0),
        };
        now
    };
    values.iter().map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::distribution::normal_quantile;
    use proptest::prelude::*;

    /// statistics.md section 2, "CUSUM": Montgomery, concentration of a chemical, target 99, slack 1.
    #[test]
    fn chemical() {
        let x = [
            102.0, 94.8, 98.3, 98.4, 102.0, 98.5, 99.0, 97.7, 100.0, 98.1, 101.3, 98.7, 101.1,
            98.4, 97.0, 96.7, 100.3, 101.4, 97.2, 101.0,
        ];
        let above = [
            2.0, 0.0, 0.0, 0.0, 2.0, 0.5, 0.0, 0.0, 0.0, 0.0, 1.3, 0.0, 1.1, 0.0, 0.0, 0.0, 0.3,
            1.7, 0.0, 1.0,
        ];
        let below = [
            0.0, 3.2, 2.9, 2.5, 0.0, 0.0, 0.0, 0.3, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.3, 0.0,
            0.0, 0.8, 0.0,
        ];
        let of = cusum(&x, 99.0, 1.0);
        for ((of, above), below) in of.iter().zip(above).zip(below) {
            assert!((of.above - above).abs() < 1e-9 && (of.below - below).abs() < 1e-9, "{of:?}");
        }
        assert_eq!(of.len(), 20);
    }

    /// The same: NIST/SEMATECH e-Handbook 6.3.2.3, target 325, k = 0.3175, h = 4.1959: first beyond it at sample 14.
    #[test]
    fn nist() {
        let x = [
            324.925, 324.675, 324.725, 324.350, 325.350, 325.225, 324.125, 324.525, 325.225,
            324.600, 324.625, 325.150, 328.325, 327.250, 327.825, 328.500, 326.675, 327.775,
            326.875, 328.350,
        ];
        let of = cusum(&x, 325.0, 0.3175);
        let first = of.iter().position(|sums| sums.signal(4.1959)).unwrap();
        assert_eq!(first + 1, 14);
        assert!((of[first].above - 4.94).abs() < 5.1e-3, "{:?}", of[first]);
    }

    /// The same: points until a signal, of 3,000 normal series each; by limit and shift, in standard deviations.
    #[test]
    fn points_until_a_signal() {
        let mut seed = 7_u64;
        let mut normal = || {
            // Weyl sequence through the finaliser of SplitMix64.
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            normal_quantile(((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64 + 1e-17)
        };
        for (limit, shift, expected, series) in [
            (5.0, 0.0, 465.0, 3_000),
            (5.0, 1.0, 10.4, 6_000),
            (5.0, 2.0, 4.0, 6_000),
            (4.0, 0.0, 168.0, 6_000),
            (4.0, 1.0, 8.38, 6_000),
            (4.0, 2.0, 3.34, 6_000),
        ] {
            let mut points = 0_usize;
            for _ in 0..series {
                let (mut before, mut told) = (Sums { above: 0.0, below: 0.0 }, false);
                while !told {
                    // One step from the sums before: the first of a new series, moved by them.
                    let value = normal() + shift;
                    let above = cusum(&[value + before.above], 0.0, SLACK)[0].above;
                    let below = cusum(&[value - before.below], 0.0, SLACK)[0].below;
                    before = Sums { above, below };
                    told = before.signal(limit);
                    points += 1;
                }
            }
            let mean = points as f64 / f64::from(series);
            println!("limit {limit}, shift {shift}: {mean:.2} points, published {expected}");
            assert!((mean / expected - 1.0).abs() < 0.05, "{limit} {shift}: {mean}");
        }
    }

    #[test]
    fn a_signal_is_beyond_the_limit() {
        assert!(!Sums { above: 5.0, below: 5.0 }.signal(5.0));
        assert!(
            Sums { above: 5.1, below: 0.0 }.signal(5.0)
                && Sums { above: 0.0, below: 5.1 }.signal(5.0)
        );
    }

    proptest! {
        #[test]
        fn mirrors(values in prop::collection::vec(-50.0_f64..50.0, 1..80), target in -5.0_f64..5.0) {
            let of = cusum(&values, target, 0.5);
            let minus: Vec<f64> = values.iter().map(|v| -v).collect();
            for (a, b) in of.iter().zip(cusum(&minus, -target, 0.5)) {
                prop_assert!((a.above - b.below).abs() < 1e-9 && (a.below - b.above).abs() < 1e-9);
                prop_assert!(a.above >= 0.0 && a.below >= 0.0);
            }
            // More is forgiven: smaller sums.
            for (a, b) in of.iter().zip(cusum(&values, target, 1.0)) {
                prop_assert!(b.above <= a.above + 1e-9 && b.below <= a.below + 1e-9);
            }
        }
    }
}
