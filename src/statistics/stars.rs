//! Two figures of ratings that are sometimes asked for, each with how little it says.
//!
//! Sources: B. Rocks, "Interval estimation for the Net Promoter Score", The American Statistician 70 (2016), the adjusted Wald
//! interval of a difference of two shares of one sample. It is called net score here: a scale of 1 to 5 has no promoters.
//! E. Miller, "Ranking items with star ratings" (evanmiller.org, 2014), a lower bound of the mean of stars, for sorting only.

use super::wilson::Z_95;

/// Ratings below which no net score is shown.
pub const LEAST_N: u64 = 30;

/// A net score and its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NetScore {
    /// Share of the best less share of the poor, -1 to 1.
    pub score: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of it.
    pub high: f64,
}

/// The net score of ratings: `best` of them 5, `poor` of them 1 to 3, of `n`. The interval is that of three ratings more, 3/4
/// of them at either end. `None` without ratings, or where the parts are more than all.
#[must_use]
pub fn net_score(best: u64, poor: u64, n: u64) -> Option<NetScore> {
    let sound = n > 0 && best.checked_add(poor).is_some_and(|both| both <= n);
    sound.then(|| {
        let (best, poor, n) = (best as f64, poor as f64, n as f64);
        let (low, high) = wald(best + 0.75, poor + 0.75, n + 3.0);
        NetScore { score: (best - poor) / n, low: low.max(-1.0), high: high.min(1.0) }
    })
}

/// The plain interval of a difference of two shares of one sample.
fn wald(best: f64, poor: f64, n: f64) -> (f64, f64) {
    let (best, poor) = (best / n, poor / n);
    let score = best - poor;
    let half = Z_95 * ((best + poor - score * score) / n).sqrt();
    (score - half, score + half)
}

/// As in the program of the source.
const Z_STARS: f64 = 1.65;

/// A lower bound of the mean of 1 to 5 stars, of how many there are of each (1 star first): one more of each is counted in, so
/// that few ratings end up low. For sorting only: it says nothing of the location itself.
#[must_use]
pub fn star_lower_bound(counts: [u64; 5]) -> f64 {
    let all = counts.iter().sum::<u64>() as f64 + 5.0;
    let mean = |power: i32| {
        let stars =
            (1..).zip(counts).map(|(star, n)| f64::from(star).powi(power) * (n as f64 + 1.0));
        stars.sum::<f64>() / all
    };
    mean(1) - Z_STARS * ((mean(2) - mean(1).powi(2)) / (all + 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// statistics.md section 2, "NPS-like": 19 best, 13 between, 4 poor, plain and adjusted (by `MeasuringU`).
    #[test]
    fn of_36() {
        let (low, high) = wald(19.0, 4.0, 36.0);
        assert_eq!((format!("{low:.3}"), format!("{high:.3}")), ("0.194".into(), "0.639".into()));
        let of = net_score(19, 4, 36).unwrap();
        assert!((of.score - 0.4167).abs() < 5e-5);
        // The adjusted score is the middle of its interval.
        assert!((f64::midpoint(of.low, of.high) - 0.3846).abs() < 5e-5);
        assert_eq!(
            (format!("{:.3}", of.low), format!("{:.3}", of.high)),
            ("0.167".into(), "0.602".into())
        );
        assert!(net_score(0, 0, 0).is_none() && net_score(3, 3, 5).is_none());
    }

    /// The same, "Star lower bound": what the program of the source gives for 60, 80, 75, 20, 25 (5 stars first), not the
    /// number that is often quoted.
    #[test]
    fn of_260_stars() {
        assert!((star_lower_bound([25, 20, 75, 80, 60]) - 3.368_430_7).abs() < 5e-8);
    }

    proptest! {
        #[test]
        fn net_scores_mirror(best in 0_u64..500, poor in 0_u64..500, between in 0_u64..500) {
            prop_assume!(best + poor + between > 0);
            let of = net_score(best, poor, best + poor + between).unwrap();
            let back = net_score(poor, best, best + poor + between).unwrap();
            prop_assert!((of.score + back.score).abs() < 1e-12);
            prop_assert!((of.low + back.high).abs() < 1e-12 && (of.high + back.low).abs() < 1e-12);
            prop_assert!(-1.0 <= of.low && of.low <= of.high && of.high <= 1.0);
        }

        #[test]
        fn stars_rise_with_each_star_and_with_n(counts in prop::array::uniform5(0_u64..200), star in 0_usize..4) {
            let of = star_lower_bound(counts);
            let n = counts.iter().sum::<u64>() as f64;
            let mean = (1..).zip(counts).map(|(s, c)| f64::from(s) * c as f64).sum::<f64>() / n;
            prop_assert!(n == 0.0 || of < mean.max(3.0));
            if counts[star] > 0 {
                let mut better = counts;
                better[star] -= 1;
                better[star + 1] += 1;
                let means = |c: [u64; 5]| (1..).zip(c).map(|(s, c)| f64::from(s) * (c as f64 + 1.0)).sum::<f64>();
                prop_assert!(means(better) > means(counts));
            }
            let tenfold = star_lower_bound(counts.map(|c| 10 * c));
            // The same stars ten times over are surer; only what one more of each adds is lost.
            prop_assert!(n < 5.0 || tenfold > of - 4.0 * 5.0 / (n + 5.0));
        }
    }
}
