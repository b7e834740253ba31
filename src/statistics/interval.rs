//! Intervals of shares, of differences of shares and of quantiles.
//!
//! Sources: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934), exact binomial limits; R. G. Newcombe, "Interval
//! estimation for the difference between independent proportions", Statistics in Medicine 17 (1998), method 10; H. A. David
//! and H. N. Nagaraja, "Order Statistics", section 7.1, distribution-free intervals of quantiles.

use super::distribution::{beta_quantile, binomial_place, binomial_up_to};
use super::wilson;

/// The exact binomial (Clopper-Pearson) interval of the share `successes / trials` with confidence `1 - 2 tail`; `None`
/// without trials, or where there are more successes than trials.
#[must_use]
pub fn exact_share(successes: u64, trials: u64, tail: f64) -> Option<(f64, f64)> {
    let failures = trials.checked_sub(successes)?;
    if trials == 0 {
        return None;
    }
    let (k, rest) = (successes as f64, failures as f64);
    let low = if successes == 0 { 0.0 } else { beta_quantile(tail, k, rest + 1.0) };
    let high = if failures == 0 { 1.0 } else { beta_quantile(1.0 - tail, k + 1.0, rest) };
    Some((low, high))
}

/// The 95 % interval of the difference `second - first` of two shares, each (successes, trials): Newcombe's hybrid of the
/// two Wilson intervals. `None` if either has no trials.
#[must_use]
pub fn share_difference_95(first: (u64, u64), second: (u64, u64)) -> Option<(f64, f64)> {
    let share = |(k, n): (u64, u64)| k as f64 / n as f64;
    let (low_1, high_1) = wilson::interval_95(first.0, first.1)?;
    let (low_2, high_2) = wilson::interval_95(second.0, second.1)?;
    let (p1, p2) = (share(first), share(second));
    let difference = p2 - p1;
    Some((
        difference - (p2 - low_2).hypot(high_1 - p1),
        difference + (high_2 - p2).hypot(p1 - low_1),
    ))
}

/// The ranks, counted from 1, of the two sorted values between which quantile `q` of the population lies with at least
/// 95 % confidence: at most 2.5 % beyond either end. `None` where `n` values are too few for that (fewer than 6 for the
/// median, 36 for the 90th percentile, 72 for the 95th).
///
/// The lower rank is the largest l with P(Bin(n, q) <= l - 1) <= 0.025, the upper one the smallest u with
/// P(Bin(n, q) <= u - 1) >= 0.975. Of the median they mirror each other: u = n + 1 - l.
#[must_use]
pub fn quantile_ranks_95(n: u64, q: f64) -> Option<(u64, u64)> {
    let rest = 1.0 - q;
    // The end on the shorter side first: where it is missing, nobody asks for the other.
    let shorter = rank_below(n, q.min(rest));
    if shorter == 0 {
        return None;
    }
    let longer = if q.total_cmp(&rest).is_eq() { shorter } else { rank_below(n, q.max(rest)) };
    // Bin(n, 1 - q) is Bin(n, q) seen from above, so that both tails are computed as tails.
    let (lower, from_above) = if q < rest { (shorter, longer) } else { (longer, shorter) };
    // The end on the longer side is never missing where the other is there.
    Some((lower, n + 1 - from_above))
}

/// The largest l with P(Bin(n, q) <= l - 1) <= 0.025.
fn rank_below(n: u64, q: f64) -> u64 {
    let search = || first(n, near(n, q), |l| binomial_up_to(l, n, q) > 0.025);
    binomial_place(0.025, n, q).map_or_else(search, |place| place.at)
}

/// About the place where Bin(n, q) has 2.5 % below it, by the normal distribution: where a search begins.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place between 0 and n; a wrong one only takes longer"
)]
fn near(n: u64, q: f64) -> u64 {
    let mean = n as f64 * q;
    (mean - 1.96 * (mean * (1.0 - q)).sqrt()).max(0.0) as u64
}

/// The smallest value below `n` for which `holds` (false, then true) is true; `n` if none. The search begins at `near` and
/// goes away from it in growing steps, so that a good guess needs a handful of questions, however large `n`.
fn first(n: u64, near: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, n);
    let (mut next, mut step, mut turn) = (near, 1_u64, None);
    while low < high {
        let here = next.clamp(low, high - 1);
        let is_above = holds(here);
        if is_above {
            high = here;
        } else {
            low = here + 1;
        }
        let is_beyond = *turn.get_or_insert(is_above) != is_above;
        // Once the place lies between two answers, halves are the fastest.
        step = if is_beyond { 0 } else { step.saturating_mul(2) };
        next = match step {
            0 => low + (high - low) / 2,
            _ if is_above => here.saturating_sub(step),
            _ => here.saturating_add(step),
        };
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// statistics.md section 2, "Wait quantiles": ranks and the smallest samples.
    #[test]
    fn ranks_of_quantiles() {
        assert_eq!(quantile_ranks_95(20, 0.5), Some((6, 15)));
        assert_eq!(quantile_ranks_95(10, 0.5), Some((2, 9)));
        for (least, q) in [(6, 0.5), (13, 0.75), (36, 0.9), (72, 0.95), (368, 0.99)] {
            assert_eq!(quantile_ranks_95(least - 1, q), None, "{q}");
            assert!(quantile_ranks_95(least, q).is_some(), "{q}");
        }
        assert_eq!(quantile_ranks_95(0, 0.5), None);
        // The coverage printed there: 95.86 % and 97.85 %.
        for (n, low, high, cover) in [(20, 6, 15, 0.9586), (10, 2, 9, 0.9785)] {
            let of = binomial_up_to(high - 1, n, 0.5) - binomial_up_to(low - 1, n, 0.5);
            assert!((of - cover).abs() < 5e-5, "{of}");
        }
    }

    /// statistics.md section 2, "Before/after": 56/70 against 48/80, Newcombe 1998, Table II, method 10.
    #[test]
    fn newcombe_1998_table_2() {
        let (low, high) = share_difference_95((48, 80), (56, 70)).unwrap();
        assert_eq!((format!("{low:.4}"), format!("{high:.4}")), ("0.0524".into(), "0.3339".into()));
        assert_eq!(share_difference_95((0, 0), (1, 2)), None);
    }

    /// As they are defined: every sum is a whole tail, and the place is found by halves.
    fn by_definition(n: u64, q: f64) -> Option<(u64, u64)> {
        let below = |q: f64| first(n, n / 2, |l| binomial_up_to(l, n, q) > 0.025);
        let (lower, upper) = (below(q), n + 1 - below(1.0 - q));
        (lower >= 1 && upper <= n).then_some((lower, upper))
    }

    #[test]
    fn ranks_are_those_of_the_definition() {
        for n in 0..5_000 {
            for q in [0.5, 0.9] {
                assert_eq!(quantile_ranks_95(n, q), by_definition(n, q), "{n} {q}");
            }
        }
    }

    /// Summed up term by term, with no special function.
    #[test]
    fn ranks_are_those_of_plain_sums() {
        for n in 0..200_u32 {
            for q in [0.1, 0.25, 0.5, 0.75, 0.9, 0.95] {
                let below = |q: f64| {
                    let mut term = (1.0 - q).powi(i32::try_from(n).unwrap());
                    let mut sum = term;
                    let mut rank = 0_u32;
                    while sum <= 0.025 && rank < n {
                        term *= f64::from(n - rank) / f64::from(rank + 1) * q / (1.0 - q);
                        rank += 1;
                        sum += term;
                    }
                    u64::from(rank)
                };
                let (lower, upper) = (below(q), u64::from(n) + 1 - below(1.0 - q));
                let expected = (lower >= 1 && upper <= n.into()).then_some((lower, upper));
                assert_eq!(quantile_ranks_95(n.into(), q), expected, "{n} {q}");
            }
        }
    }

    /// A sum that is 0.025 but for rounding, so that a search has to tell on which side of it.
    #[test]
    fn ranks_at_a_sum_that_is_the_tail() {
        for n in 1..60 {
            let q = 1.0 - 0.025_f64.powf(1.0 / n as f64);
            assert!(binomial_place(0.025, n, q).is_none());
            let plain = (0..n).find(|l| binomial_up_to(*l, n, q) > 0.025).unwrap_or(n);
            assert_eq!(rank_below(n, q), plain, "{n}");
        }
    }

    /// Halving alone finds the same, and the guess is good: it saves most of the questions.
    #[test]
    fn the_search_finds_the_first() {
        for n in 0..40 {
            for first_that_holds in 0..=n {
                for near in 0..=n + 2 {
                    let holds = |at| {
                        assert!(at < n, "{n} values have no place {at}");
                        at >= first_that_holds
                    };
                    assert_eq!(first(n, near, holds), first_that_holds);
                }
            }
        }
        for n in [40, 1_000, 1_000_000, 100_000_000] {
            let asked = std::cell::Cell::new(0);
            for q in [0.5, 0.9, 0.1] {
                first(n, near(n, q), |l| {
                    asked.set(asked.get() + 1);
                    binomial_up_to(l, n, q) > 0.025
                });
            }
            assert!(asked.get() <= 15, "{n}: {}", asked.get());
        }
    }

    #[test]
    fn edges_of_exact_shares() {
        assert_eq!(exact_share(0, 0, 0.025), None);
        assert_eq!(exact_share(3, 2, 0.025), None);
        let (low, high) = exact_share(0, 20, 0.025).unwrap();
        assert!(low.abs() < 1e-300 && (high - (1.0 - 0.025_f64.powf(0.05))).abs() < 1e-14);
    }

    proptest! {
        #[test]
        fn shares_mirror_and_hold_their_share(k in 0_u64..3000, more in 0_u64..3000) {
            let n = k + more;
            prop_assume!(n > 0);
            let (low, high) = exact_share(k, n, 0.025).unwrap();
            let share = k as f64 / n as f64;
            prop_assert!(low <= share && share <= high);
            let (mirror_low, mirror_high) = exact_share(more, n, 0.025).unwrap();
            prop_assert!((mirror_low - (1.0 - high)).abs() < 1e-11 && (mirror_high - (1.0 - low)).abs() < 1e-11);
            // Twice the same evidence is a narrower interval.
            let (low_2, high_2) = exact_share(2 * k, 2 * n, 0.025).unwrap();
            prop_assert!(high_2 - low_2 < high - low);
        }

        #[test]
        fn differences_mirror(a in 0_u64..200, b in 0_u64..200, m in 1_u64..200, n in 1_u64..200) {
            let (first, second) = ((a.min(m), m), (b.min(n), n));
            let (low, high) = share_difference_95(first, second).unwrap();
            let (back_low, back_high) = share_difference_95(second, first).unwrap();
            prop_assert!((low + back_high).abs() < 1e-12 && (high + back_low).abs() < 1e-12);
            prop_assert!(low <= high && low >= -1.0 - 1e-12 && high <= 1.0 + 1e-12);
        }

        #[test]
        fn ranks_of_any_size_are_those_of_the_definition(
            n in prop_oneof![0_u64..200, 0_u64..20_000, 0_u64..100_000_000], twentieths in 1_u32..20, other in 0.001_f64..0.999,
        ) {
            for q in [f64::from(twentieths) / 20.0, other] {
                prop_assert_eq!(quantile_ranks_95(n, q), by_definition(n, q));
            }
        }

        #[test]
        fn ranks_mirror_and_widen_slower_than_n(n in 6_u64..20_000) {
            let (low, high) = quantile_ranks_95(n, 0.5).unwrap();
            prop_assert_eq!(high, n + 1 - low);
            let (low_4, high_4) = quantile_ranks_95(4 * n, 0.5).unwrap();
            prop_assert!(high_4 - low_4 < 4 * (high - low));
        }
    }
}
