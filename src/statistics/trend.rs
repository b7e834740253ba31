//! A trend of a share over ordered bins, stratified: do those who waited longer rate worse, at one and the same location?
//!
//! Sources: P. Armitage, "Tests for linear trends in proportions and frequencies", Biometrics 11 (1955); N. Mantel,
//! "Chi-square tests with one degree of freedom", JASA 58 (1963), the same summed over strata (Cochran-Mantel-Haenszel), so
//! that a location with long waits and poor ratings for other reasons does not pass for a trend.

use super::distribution::normal_two_sided;

/// Ratings that each bin must have, all strata together.
pub const LEAST_IN_BIN: u64 = 10;
/// Bins that a trend needs.
pub const LEAST_BINS: usize = 3;

/// One bin of a stratum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Its score, such as the middle of the minutes waited; the same bin has the same score in all strata.
    pub score: f64,
    /// Hits, such as ratings 4 or 5.
    pub hits: u64,
    /// All of them.
    pub n: u64,
}

/// A test of no trend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// Standard normal where there is no trend; above 0 the share rises with the score.
    pub z: f64,
    /// Its two-sided p-value.
    pub p: f64,
}

/// Mantel's test for a trend over the bins of one or more strata. `None` where no stratum could show one: all its tickets
/// in one bin, all of them hits or none.
#[must_use]
pub fn stratified(strata: &[&[Bin]]) -> Option<Trend> {
    let mut parts: Vec<(f64, f64)> = strata.iter().filter_map(|bins| part(bins)).collect();
    // In an order of their own, so that the order of the strata changes no digit.
    parts.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let (excess, variance) = parts.into_iter().fold((0.0, 0.0), |(e, v), of| (e + of.0, v + of.1));
    if variance <= 0.0 {
        return None;
    }
    let z = excess / variance.sqrt();
    Some(Trend { z, p: normal_two_sided(z) })
}

/// Sum of the scores of the hits beyond what is expected, and its variance when hits fall on tickets by lot.
fn part(bins: &[Bin]) -> Option<(f64, f64)> {
    let bins: Vec<&Bin> = bins.iter().filter(|bin| bin.hits <= bin.n).collect();
    let (hits, n) = bins.iter().fold((0, 0), |(h, n), bin| (h + bin.hits, n + bin.n));
    if n < 2 {
        return None;
    }
    let (hits, all) = (hits as f64, n as f64);
    let mean = bins.iter().map(|bin| bin.score * bin.n as f64).sum::<f64>() / all;
    let excess = bins.iter().map(|bin| (bin.score - mean) * bin.hits as f64).sum::<f64>();
    let squares = bins.iter().map(|bin| (bin.score - mean).powi(2) * bin.n as f64).sum::<f64>();
    Some((excess, hits * (all - hits) / (all * (all - 1.0)) * squares))
}

/// Whether the strata together have enough bins with enough in them.
#[must_use]
pub fn bears(strata: &[&[Bin]]) -> bool {
    let mut bins: Vec<(f64, u64)> =
        strata.iter().flat_map(|bins| bins.iter()).map(|bin| (bin.score, bin.n)).collect();
    bins.sort_by(|a, b| a.0.total_cmp(&b.0));
    bins.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq())
        .filter(|same| same.iter().map(|bin| bin.1).sum::<u64>() >= LEAST_IN_BIN)
        .count()
        >= LEAST_BINS
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// statistics.md section 2, "Dose-response": A. Agresti, "Categorical Data Analysis", alcohol and malformations.
    #[test]
    fn agresti_alcohol() {
        let bins = [(0.0, 48, 17114), (0.5, 38, 14502), (1.5, 5, 793), (4.0, 1, 127), (7.0, 1, 38)]
            .map(|(score, hits, n)| Bin { score, hits, n });
        let of = stratified(&[&bins]).unwrap();
        assert!((of.z.powi(2) - 6.57).abs() < 5e-3, "{of:?}");
        assert!((of.p - 0.010).abs() < 5e-4);
        assert!(bears(&[&bins]) && !bears(&[&bins[..2]]));
        assert!(stratified(&[]).is_none() && stratified(&[&bins[..1]]).is_none());
    }

    /// By hand: of two tickets the later is the hit. Mean score 1/2, excess 1/2, variance 1 · 1 / (2 · 1) · 1/2; z = 1. What
    /// has one ticket, or cannot be, adds nothing.
    #[test]
    fn two_tickets() {
        let bin = |score, hits, n| Bin { score, hits, n };
        let two = [bin(0.0, 0, 1), bin(1.0, 1, 1)];
        assert!((stratified(&[&two]).unwrap().z - 1.0).abs() < 1e-12);
        assert!(stratified(&[&two[..1]]).is_none());
        let odd = [two[0], two[1], bin(5.0, 3, 2), bin(9.0, 0, 0)];
        assert_eq!(stratified(&[&odd, &[], &two[1..]]), stratified(&[&two]));
    }

    /// Simpson: at either place the longer wait rates no worse, and the place with long waits rates worse.
    #[test]
    fn places_that_differ_are_no_trend() {
        let at = |hits: [u64; 2], n: [u64; 2]| {
            [Bin { score: 0.0, hits: hits[0], n: n[0] }, Bin { score: 1.0, hits: hits[1], n: n[1] }]
        };
        let (good, poor) = (at([90, 9], [100, 10]), at([5, 50], [10, 100]));
        assert!(stratified(&[&good, &poor]).unwrap().z.abs() < 1e-9);
        assert!(stratified(&[&at([95, 59], [110, 110])]).unwrap().z < -4.0);
    }

    proptest! {
        #[test]
        fn laws(counts in prop::collection::vec((0_u64..30, 0_u64..30), 3..12), times in 2_u64..9) {
            let bin = |(i, (hits, rest)): (usize, &(u64, u64))| {
                Bin { score: (i % 3) as f64, hits: *hits, n: hits + rest }
            };
            let bins: Vec<Bin> = counts.iter().enumerate().map(bin).collect();
            let strata: Vec<&[Bin]> = bins.chunks(3).collect();
            let Some(of) = stratified(&strata) else { return Ok(()) };
            let back: Vec<&[Bin]> = strata.iter().rev().copied().collect();
            prop_assert_eq!(stratified(&back), Some(of));
            let rest: Vec<Bin> = bins.iter().map(|b| Bin { hits: b.n - b.hits, ..*b }).collect();
            let rest: Vec<&[Bin]> = rest.chunks(3).collect();
            prop_assert!((stratified(&rest).unwrap().z + of.z).abs() < 1e-9);
            let more: Vec<Bin> =
                bins.iter().map(|b| Bin { hits: b.hits * times, n: b.n * times, ..*b }).collect();
            let more: Vec<&[Bin]> = more.chunks(3).collect();
            prop_assert!(stratified(&more).unwrap().z.abs() >= of.z.abs() - 1e-9);
        }
    }
}
