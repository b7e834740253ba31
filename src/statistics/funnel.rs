//! The funnel: which locations are unusual even among locations that differ.
//!
//! Sources: D. J. Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine 24 (2005),
//! exact limits (appendix A.1); the same, "Handling over-dispersion of performance indicators", Quality and Safety in Health
//! Care 14 (2005), winsorised dispersion and random effects. Each location also has its own over-dispersion, from how its
//! weeks follow each other.

use super::distribution::{binomial_quantile_between, normal_two_sided};
use super::multiplicity;
use super::type7::{mean, winsorise};

/// Locations that a funnel must have.
pub const LEAST_LOCATIONS: usize = 10;
/// Ratings or closed tickets that each location must have.
pub const LEAST_N: u64 = 10;
/// Share of false ones among those flagged.
pub const FALSE_DISCOVERIES: f64 = 0.05;
/// Weeks that an own over-dispersion needs.
const LEAST_WEEKS: usize = 8;

/// A location: satisfied ratings of all, say, and its over-dispersion (1 if unknown): see [`own_dispersion`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Hits.
    pub hits: u64,
    /// Trials.
    pub n: u64,
    /// Own over-dispersion, at least 1.
    pub dispersion: f64,
}

/// All locations together, and each against them.
#[derive(Debug, Clone, PartialEq)]
pub struct Funnel {
    /// The pooled share.
    pub target: f64,
    /// Winsorised dispersion of the z.
    pub phi: f64,
    /// Variance between locations on the scale of the arcsine of the root; 0 = no evidence that they differ.
    pub tau2: f64,
    /// One each, in the order given.
    pub of: Vec<Against>,
}

/// One location against all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Against {
    /// Distance from the target in standard errors, own over-dispersion counted in.
    pub z: f64,
    /// The same with the variance between locations counted in.
    pub z_among: f64,
    /// p-value of `z_among` (two-sided), adjusted for the number of locations (Benjamini-Hochberg).
    pub adjusted_p: f64,
    /// Whether it is unusual even among locations that differ.
    pub unusual: bool,
}

/// Over-dispersion of a location from its weeks (hits, n), oldest first: half the mean squared successive difference of
/// their standardised residuals against the location's own share, at least 1; 1 with fewer than eight weeks that have any,
/// or where nothing varies.
///
/// Successive differences, so that a slow drift does not count as scatter between weeks.
#[must_use]
pub fn own_dispersion(weeks: &[(u64, u64)]) -> f64 {
    let weeks: Vec<_> = weeks.iter().filter(|(hits, n)| *n > 0 && hits <= n).collect();
    let (hits, n) = weeks.iter().fold((0, 0), |(h, m), (hits, n)| (h + hits, m + n));
    if weeks.len() < LEAST_WEEKS || hits == 0 || hits == n {
        return 1.0;
    }
    let p = hits as f64 / n as f64;
    let residuals: Vec<f64> = weeks
        .iter()
        .map(|(hits, n)| (*hits as f64 - *n as f64 * p) / (*n as f64 * p * (1.0 - p)).sqrt())
        .collect();
    let steps: Vec<f64> =
        residuals.iter().zip(residuals.iter().skip(1)).map(|(a, b)| (b - a) * (b - a)).collect();
    (mean(&steps) / 2.0).max(1.0)
}

/// The funnel of some locations; `None` with fewer than [`LEAST_LOCATIONS`] of at least [`LEAST_N`] each (hand over those
/// only), where a location is smaller, or has more hits than trials.
#[must_use]
pub fn funnel(places: &[Place]) -> Option<Funnel> {
    let sound = places.iter().all(|of| of.n >= LEAST_N && of.hits <= of.n);
    (sound && places.len() >= LEAST_LOCATIONS).then(|| compare(places))
}

fn compare(places: &[Place]) -> Funnel {
    let (hits, n) = places.iter().fold((0, 0), |(h, n), of| (h + of.hits, n + of.n));
    let target = hits as f64 / n as f64;
    let scale = |share: f64| share.sqrt().asin();
    // Distance from the target and its variance by chance and own scatter.
    let off: Vec<(f64, f64)> = places
        .iter()
        .map(|of| {
            let distance = scale(of.hits as f64 / of.n as f64) - scale(target);
            (distance, of.dispersion.max(1.0) / (4.0 * of.n as f64))
        })
        .collect();
    let z: Vec<f64> = off.iter().map(|(distance, variance)| distance / variance.sqrt()).collect();
    // Sorted sums, so that the order of the locations changes no digit.
    let mut winsorised = z.clone();
    winsorise(&mut winsorised, 0.1);
    let squares: Vec<f64> = winsorised.iter().map(|z| z * z).collect();
    let phi = mean(&squares);
    let tau2 = between(phi, &off);
    let z_among: Vec<f64> =
        off.iter().map(|(distance, variance)| distance / (variance + tau2).sqrt()).collect();
    let p: Vec<f64> = z_among.iter().map(|z| normal_two_sided(*z)).collect();
    let of = z
        .into_iter()
        .zip(z_among)
        .zip(multiplicity::adjusted(&p))
        .map(|((z, z_among), adjusted_p)| Against {
            z,
            z_among,
            adjusted_p,
            unusual: adjusted_p <= FALSE_DISCOVERIES,
        })
        .collect();
    Funnel { target, phi, tau2, of }
}

/// Variance between locations by moments; 0 unless `phi` is beyond what chance gives.
fn between(phi: f64, off: &[(f64, f64)]) -> f64 {
    let count = off.len() as f64;
    if phi <= 1.0 + 2.0 * (2.0 / count).sqrt() {
        return 0.0;
    }
    let mut weights: Vec<f64> = off.iter().map(|(_, variance)| 1.0 / variance).collect();
    weights.sort_by(f64::total_cmp);
    let sum: f64 = weights.iter().sum();
    let squares: f64 = weights.iter().map(|w| w * w).sum();
    ((count * phi - (count - 1.0)) / (sum - squares / sum)).max(0.0)
}

/// The limits to draw around `target` for a location with `n` trials, as shares: exact binomial with `tail` beyond either
/// (0.025 for 95 %, 0.001 for 99.8 %), interpolated between whole numbers of hits as Spiegelhalter does, so that the curve
/// over n is smooth.
#[must_use]
pub fn limits(target: f64, n: u64, tail: f64) -> (f64, f64) {
    let at = |level: f64| {
        let (hits, up_to, below) = binomial_quantile_between(level, n, target);
        let part = if up_to > below { (up_to - level) / (up_to - below) } else { 0.0 };
        ((hits as f64 - part) / n as f64).clamp(0.0, 1.0)
    };
    if n == 0 { (0.0, 1.0) } else { (at(tail), at(1.0 - tail)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `funnel.json`, and statistics.md section 2, "Funnel".
    #[test]
    fn vectors() {
        let file = include_str!("../../tests/fixtures/statistics/funnel.json");
        let file: serde_json::Value = serde_json::from_str(file).unwrap();
        let cases = file["cases"].as_array().unwrap();
        assert_eq!(cases.len(), 3);
        for case in cases {
            let numbers = |name: &str| -> Vec<f64> {
                case[name].as_array().into_iter().flatten().map(|v| v.as_f64().unwrap()).collect()
            };
            let own = numbers("own_phi");
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts")]
            let places: Vec<Place> = numbers("x")
                .into_iter()
                .zip(numbers("n"))
                .enumerate()
                .map(|(i, (x, n))| Place {
                    hits: x as u64,
                    n: n as u64,
                    dispersion: own.get(i).copied().unwrap_or(1.0),
                })
                .collect();
            let of = compare(&places);
            let close =
                |is: f64, should: f64| assert!((is - should).abs() < 5.01e-7, "{is} {should}");
            close(of.target, case["p0"].as_f64().unwrap());
            close(of.phi, case["phi"].as_f64().unwrap());
            close(of.tau2, case["tau2"].as_f64().unwrap());
            for (of, (z, among)) in
                of.of.iter().zip(numbers("z").into_iter().zip(numbers("z_random")))
            {
                close(of.z, z);
                close(of.z_among, among);
            }
        }
    }

    #[test]
    fn own_scatter() {
        assert!((own_dispersion(&[(5, 10); 7]) - 1.0).abs() < 1e-12);
        assert!((own_dispersion(&[(10, 10); 20]) - 1.0).abs() < 1e-12);
        // 8 and 2 of 10 in turn: residuals ±1.897, steps 3.795, half their square 7.2.
        let turns: Vec<_> = (0..20).map(|i| if i % 2 == 0 { (8, 10) } else { (2, 10) }).collect();
        assert!((own_dispersion(&turns) - 7.2).abs() < 1e-12);
        // A drift is no scatter.
        let drift: Vec<_> = (0..20).map(|i| (i * 5, 100)).collect();
        assert!(own_dispersion(&drift) < 1.5);
    }

    /// Fewer than eight weeks with anything say nothing, and neither do weeks that cannot be.
    #[test]
    fn weeks_that_count() {
        let turns = |n: usize| [(8, 10), (2, 10)].into_iter().cycle().take(n).collect::<Vec<_>>();
        assert!((own_dispersion(&turns(7)) - 1.0).abs() < 1e-12);
        let eight = own_dispersion(&turns(8));
        assert!((eight - 7.2).abs() < 1e-12);
        let padded = [vec![(0, 0)], turns(8), vec![(3, 2)]].concat();
        assert!((own_dispersion(&padded) - eight).abs() < 1e-12);
        assert!((own_dispersion(&[turns(7), vec![(0, 0)]].concat()) - 1.0).abs() < 1e-12);
        assert!((own_dispersion(&[(0, 10); 20]) - 1.0).abs() < 1e-12);
    }

    /// With nothing beyond them the limits hold all that can be, also where the share of no hits is too small a number.
    #[test]
    fn limits_with_nothing_beyond() {
        for n in [1, 20, 5_000] {
            let (low, high) = limits(0.5, n, 0.0);
            assert!(low.abs() < 1e-300 && (0.5..=1.0).contains(&high), "{n} {low} {high}");
        }
    }

    #[test]
    fn too_few_or_too_small() {
        let place = Place { hits: 8, n: 10, dispersion: 1.0 };
        assert!(funnel(&[place; 9]).is_none());
        assert!(funnel(&[place; 10]).is_some());
        assert!(funnel(&[[place; 10].as_slice(), &[Place { n: 9, ..place }]].concat()).is_none());
    }

    proptest! {
        #[test]
        fn order_changes_nothing(
            of in prop::collection::vec((0_u64..100, 0_u64..100, 1.0_f64..3.0), 10..30),
        ) {
            let mut places: Vec<Place> = of
                .into_iter()
                .map(|(k, more, dispersion)| Place { hits: k, n: k + more + 10, dispersion })
                .collect();
            let mut forward = funnel(&places).unwrap();
            places.reverse();
            forward.of.reverse();
            prop_assert_eq!(forward, funnel(&places).unwrap());
        }

        /// Each week's distance in standard errors, one after the other.
        #[test]
        fn own_scatter_by_a_plain_loop(weeks in prop::collection::vec((0_u64..50, 1_u64..50), 8..40)) {
            let weeks: Vec<(u64, u64)> = weeks.into_iter().map(|(k, more)| (k, k + more)).collect();
            let (hits, n): (u64, u64) = (weeks.iter().map(|w| w.0).sum(), weeks.iter().map(|w| w.1).sum());
            prop_assume!(hits > 0);
            let p = hits as f64 / n as f64;
            let (mut sum, mut before) = (0.0, None);
            for (k, n) in &weeks {
                let now = (*k as f64 / *n as f64 - p) / (p * (1.0 - p) / *n as f64).sqrt();
                sum += before.map_or(0.0, |before: f64| (now - before).powi(2));
                before = Some(now);
            }
            let expected = (sum / (weeks.len() - 1) as f64 / 2.0).max(1.0);
            prop_assert!((own_dispersion(&weeks) - expected).abs() < 1e-9 * expected);
        }

        /// Flagged are those whose adjusted p is at most the share of false ones that is allowed.
        #[test]
        fn flags_follow_from_p(of in prop::collection::vec((0_u64..100, 0_u64..100), 10..30)) {
            let place = |(k, more)| Place { hits: k, n: k + more + 10, dispersion: 1.0 };
            let of = funnel(&of.into_iter().map(place).collect::<Vec<_>>()).unwrap();
            let p: Vec<f64> = of.of.iter().map(|one| normal_two_sided(one.z_among)).collect();
            for (one, adjusted) in of.of.iter().zip(multiplicity::adjusted(&p)) {
                prop_assert!((one.adjusted_p - adjusted).abs() < 1e-12);
                prop_assert_eq!(one.unusual, adjusted <= FALSE_DISCOVERIES);
            }
        }

        #[test]
        fn limits_hold_the_target_and_narrow(target in 0.01_f64..0.99, n in 10_u64..2000) {
            let (low, high) = limits(target, n, 0.025);
            let (lower, higher) = limits(target, n, 0.001);
            prop_assert!(lower <= low && low <= target && target <= high && high <= higher);
            let (low_4, high_4) = limits(target, 4 * n, 0.025);
            prop_assert!(high_4 - low_4 <= high - low);
        }
    }
}
