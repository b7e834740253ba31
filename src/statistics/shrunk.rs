//! Figures of locations drawn towards that of all, the more the less they rest on: a location with three ratings of 5 is not
//! the best of all.
//!
//! Sources: R. `DerSimonian` and N. Laird, "Meta-analysis in clinical trials", Controlled Clinical Trials 7 (1986), the variance
//! between groups by moments; B. Efron and C. Morris, "Data analysis using Stein's estimator", JASA 70 (1975), the estimates;
//! J. C. Kleinman, "Proportions with extraneous variance", JASA 68 (1973), the beta-binomial model of shares by moments. An
//! estimate, not a ranking: nobody is to be ranked by the lower end of an interval.

/// Locations below which nothing is shrunk.
pub const LEAST_GROUPS: usize = 5;

/// Groups together, and each drawn towards all.
#[derive(Debug, Clone, PartialEq)]
pub struct Together {
    /// Mean with weights of chance alone, as if the groups did not differ.
    pub fixed: f64,
    /// Its standard error.
    pub fixed_error: f64,
    /// Cochran's Q: squared distances from `fixed` in units of their variance; about the number of groups less one if they
    /// do not differ.
    pub q: f64,
    /// Variance between groups; 0 = no evidence that they differ.
    pub tau2: f64,
    /// Mean with the variance between groups counted in.
    pub mean: f64,
    /// Its standard error.
    pub error: f64,
    /// The group's own value drawn towards `mean`, one each, in the order given.
    pub shrunk: Vec<f64>,
}

/// Some groups, each (value, variance of it by chance), such as the mean rating of a location and s² / n. `None` with fewer
/// than [`LEAST_GROUPS`], or where a variance is not above 0.
#[must_use]
pub fn together(groups: &[(f64, f64)]) -> Option<Together> {
    let sound = |of: &(f64, f64)| of.0.is_finite() && of.1.is_finite() && of.1 > 0.0;
    if groups.len() < LEAST_GROUPS || !groups.iter().all(sound) {
        return None;
    }
    // In an order of their own, so that the order of the groups changes no digit.
    let mut sorted = groups.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let sum = |of: &dyn Fn(f64, f64) -> f64| sorted.iter().map(|(x, v)| of(*x, *v)).sum::<f64>();
    let weights = sum(&|_, v| 1.0 / v);
    let fixed = sum(&|x, v| x / v) / weights;
    let q = sum(&|x, v| (x - fixed) * (x - fixed) / v);
    let beyond = q - (groups.len() as f64 - 1.0);
    let tau2 = (beyond / (weights - sum(&|_, v| 1.0 / (v * v)) / weights)).max(0.0);
    let weights_among = sum(&|_, v| 1.0 / (v + tau2));
    let mean = sum(&|x, v| x / (v + tau2)) / weights_among;
    let shrink = |(x, v): &(f64, f64)| mean + tau2 / (v + tau2) * (x - mean);
    Some(Together {
        fixed,
        fixed_error: (1.0 / weights).sqrt(),
        q,
        tau2,
        mean,
        error: (1.0 / weights_among).sqrt(),
        shrunk: groups.iter().map(shrink).collect(),
    })
}

/// Shares together, and each drawn towards that of all.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    /// The pooled share.
    pub pooled: f64,
    /// How alike the tickets of one group are beyond those of different ones (intraclass correlation), 0 to 1; 0 = no
    /// evidence that the groups differ.
    pub alike: f64,
    /// The group's own share drawn towards `pooled`, one each, in the order given.
    pub shrunk: Vec<f64>,
}

/// Some groups, each (hits, n), with a beta distribution of their true shares. `None` with fewer than [`LEAST_GROUPS`], a
/// group without trials or with more hits than trials, or where all or none were hits.
#[must_use]
pub fn shares(groups: &[(u64, u64)]) -> Option<Shares> {
    let sound = groups.iter().all(|(hits, n)| *n > 0 && hits <= n);
    let (hits, n) = groups.iter().fold((0, 0), |(h, m), (hits, n)| (h + hits, m + n));
    if groups.len() < LEAST_GROUPS || !sound || hits == 0 || hits == n {
        return None;
    }
    let pooled = hits as f64 / n as f64;
    let mut sorted = groups.to_vec();
    sorted.sort_unstable();
    let scatter: f64 =
        sorted.iter().map(|(k, m)| *m as f64 * (*k as f64 / *m as f64 - pooled).powi(2)).sum();
    let squares: f64 = sorted.iter().map(|(_, m)| (*m as f64).powi(2)).sum();
    let chance = pooled * (1.0 - pooled);
    let others = groups.len() as f64 - 1.0;
    // One ticket each says nothing of how alike they are.
    let room = chance * (n as f64 - squares / n as f64 - others);
    let alike = if room > 0.0 { ((scatter - chance * others) / room).clamp(0.0, 1.0) } else { 0.0 };
    let shrink = |(k, m): &(u64, u64)| {
        (*k as f64 * alike + pooled * (1.0 - alike)) / (*m as f64 * alike + 1.0 - alike)
    };
    Some(Shares { pooled, alike, shrunk: groups.iter().map(shrink).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(is: f64, should: f64, within: f64) {
        assert!((is - should).abs() <= within, "{is}, not {should}");
    }

    /// statistics.md section 2, "Shrunk rating": Efron and Morris 1975, hits of 18 players in their first 45 at bats. Their
    /// estimator divides by k - 3 where moments divide by k - 1.
    #[test]
    fn eighteen_players() {
        let hits = [18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7];
        let mean = hits.iter().sum::<i32>() as f64 / 45.0 / 18.0;
        close(mean, 0.2654, 5e-5);
        let variance = mean * (1.0 - mean) / 45.0;
        let players = hits.map(|hits| (f64::from(hits) / 45.0, variance));
        let of = together(&players).unwrap();
        close(of.mean, mean, 1e-12);
        let stein = 1.0 - 15.0 / 17.0 * variance / (variance + of.tau2);
        close(stein, 0.212, 5e-4);
        close(mean + stein * (0.4 - mean), 0.294, 5e-4);
        close(of.shrunk[0], mean + of.tau2 / (variance + of.tau2) * (0.4 - mean), 1e-12);
    }

    /// The same: the eight schools of D. B. Rubin, Journal of Educational Statistics 6 (1981).
    #[test]
    fn eight_schools() {
        let effects = [28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0];
        let errors = [15.0_f64, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0];
        let schools: Vec<_> = effects.into_iter().zip(errors.map(|e| e * e)).collect();
        let of = together(&schools).unwrap();
        close(of.mean, 7.686, 5e-4);
        close(of.error, 4.072, 5e-4);
        close(of.q, 4.707, 5e-4);
        close(of.tau2, 0.0, 1e-12);
        assert!(of.shrunk.iter().all(|school| (school - of.mean).abs() < 1e-12));
    }

    /// The same: BCG vaccination, `dat.bcg` of the R package metafor (Colditz et al., JAMA 271, 1994), log relative risks.
    #[test]
    fn bcg() {
        let trials = [
            [4, 119, 11, 128],
            [6, 300, 29, 274],
            [3, 228, 11, 209],
            [62, 13_536, 248, 12_619],
            [33, 5_036, 47, 5_761],
            [180, 1_361, 372, 1_079],
            [8, 2_537, 10, 619],
            [505, 87_886, 499, 87_892],
            [29, 7_470, 45, 7_232],
            [17, 1_699, 65, 1_600],
            [186, 50_448, 141, 27_197],
            [5, 2_493, 3, 2_338],
            [27, 16_886, 29, 17_825],
        ];
        let trials = trials.map(|of| {
            let [a, b, c, d] = of.map(f64::from);
            let risk = (a / (a + b) / (c / (c + d))).ln();
            (risk, 1.0 / a - 1.0 / (a + b) + 1.0 / c - 1.0 / (c + d))
        });
        let of = together(&trials).unwrap();
        close(of.fixed, -0.4303, 5e-5);
        close(of.q, 152.233, 5e-4);
        close(of.tau2, 0.3088, 5e-5);
        close(of.mean, -0.7141, 5e-5);
        close(of.error, 0.1787, 5e-5);
    }

    /// Where 0 lies does not matter to the scatter, and values far from it keep its digits.
    #[test]
    fn far_from_zero() {
        let of = |from: f64| {
            let group = |i: u32| (from + f64::from(i * i) / 10.0, 1.0 / f64::from(i + 3));
            together(&(0..10).map(group).collect::<Vec<_>>()).unwrap()
        };
        let (near, far) = (of(0.0), of(1e8));
        close(far.q, near.q, 1e-5 * near.q);
        close(far.tau2, near.tau2, 1e-5 * near.tau2);
        close(far.mean - 1e8, near.mean, 1e-6);
    }

    /// The same: its own example, s² = 1.2.
    #[test]
    fn five_locations() {
        let locations = [(5.0, 3.0), (3.2, 8.0), (4.5, 25.0), (4.1, 120.0), (4.3, 400.0)]
            .map(|(x, n)| (x, 1.2 / n));
        let of = together(&locations).unwrap();
        close(of.mean, 4.2026, 5e-5);
        close(of.tau2, 0.04547, 5e-6);
        for (is, should) in of.shrunk.iter().zip([4.2840, 3.9694, 4.3473, 4.1185, 4.2940]) {
            close(*is, should, 5e-5);
        }
        assert!(together(&locations[..4]).is_none());
        assert!(together(&[(1.0, 0.0); 5]).is_none());
    }

    /// By hand: 9 1 9 1 9 of 10 each. p = 0.58, scatter 10 (3 · 0.1024 + 2 · 0.2304) = 7.68, room 0.2436 (50 - 10 - 4).
    #[test]
    fn shares_by_hand() {
        let of = shares(&[(9, 10), (1, 10), (9, 10), (1, 10), (9, 10)]).unwrap();
        let alike = (7.68 - 0.2436 * 4.0) / (0.2436 * 36.0);
        close(of.pooled, 0.58, 1e-12);
        close(of.alike, alike, 1e-12);
        let strength = (1.0 - alike) / alike;
        close(of.shrunk[1], (1.0 + 0.58 * strength) / (10.0 + strength), 1e-12);
        // No more scatter than chance: all of them are the pooled share.
        let equal = shares(&[(5, 10), (6, 10), (5, 10), (4, 10), (5, 10)]).unwrap();
        assert!(equal.alike.abs() < 1e-12 && equal.shrunk.iter().all(|s| (s - 0.5).abs() < 1e-12));
        assert!(shares(&[(1, 1), (0, 1), (1, 1), (0, 1), (1, 1)]).unwrap().alike.abs() < 1e-12);
        assert!(shares(&[(5, 10); 4]).is_none() && shares(&[(0, 10); 5]).is_none());
        assert!(shares(&[(0, 0), (1, 2), (1, 2), (1, 2), (1, 2)]).is_none());
    }

    proptest! {
        #[test]
        fn drawn_towards_all_and_order_is_no_matter(
            groups in prop::collection::vec((1.0_f64..5.0, 0.001_f64..2.0), 5..30),
            turn in 0_usize..30,
        ) {
            let of = together(&groups).unwrap();
            for ((x, _), shrunk) in groups.iter().zip(&of.shrunk) {
                prop_assert!(shrunk.min(of.mean) - 1e-12 <= x.max(of.mean));
                prop_assert!((shrunk - of.mean).abs() <= (x - of.mean).abs() + 1e-12);
                prop_assert!((shrunk - of.mean) * (x - of.mean) >= -1e-12);
            }
            let turn = turn % groups.len();
            let mut turned = groups.clone();
            turned.rotate_left(turn);
            let mut again = together(&turned).unwrap();
            again.shrunk.rotate_right(turn);
            prop_assert_eq!(of, again);
        }

        #[test]
        fn shares_lie_between_their_own_and_that_of_all(
            groups in prop::collection::vec((0_u64..60, 0_u64..60), 5..30),
            turn in 0_usize..30,
        ) {
            let groups: Vec<(u64, u64)> = groups.iter().map(|(k, more)| (*k, k + more + 1)).collect();
            let Some(of) = shares(&groups) else { return Ok(()) };
            prop_assert!((0.0..=1.0).contains(&of.alike));
            for ((k, n), shrunk) in groups.iter().zip(&of.shrunk) {
                let own = *k as f64 / *n as f64;
                prop_assert!(own.min(of.pooled) - 1e-12 <= *shrunk && *shrunk <= own.max(of.pooled) + 1e-12);
            }
            let turn = turn % groups.len();
            let mut turned = groups.clone();
            turned.rotate_left(turn);
            let mut again = shares(&turned).unwrap();
            again.shrunk.rotate_right(turn);
            prop_assert_eq!(of, again);
        }
    }
}
