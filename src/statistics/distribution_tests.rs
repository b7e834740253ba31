//! Laws of the distributions; against scipy they are tested in `oracles_tests`.

use super::*;
use proptest::prelude::*;

proptest! {
    /// The same as halving, with the same bits of the sums beside it.
    #[test]
    fn binomial_quantiles_are_those_of_the_definition(
        n in prop_oneof![0_u64..60, 0_u64..20_000, 0_u64..100_000_000],
        p in prop_oneof![0.0_f64..=1.0, 0.0_f64..0.01, 0.99_f64..=1.0],
        level in prop_oneof![Just(0.001), Just(0.025), Just(0.975), Just(0.999), 0.0_f64..=1.0, 0.0_f64..1e-8],
    ) {
        let at = binomial_quantile_by_halves(level, n, p);
        let below = at.checked_sub(1).map_or(0.0, |k| binomial_up_to(k, n, p));
        prop_assert_eq!(binomial_quantile(level, n, p), at);
        prop_assert_eq!(binomial_quantile_between(level, n, p), (at, binomial_up_to(at, n, p), below));
    }

    #[test]
    fn binomial_terms_are_steps_of_the_sum(n in 1_u64..2_000, k in 0_u64..2_000, p in 0.01_f64..0.99) {
        let below = k.checked_sub(1).map_or(0.0, |k| binomial_up_to(k, n, p));
        let step = binomial_up_to(k, n, p) - below;
        prop_assert!((binomial_at(k, n, p) - step).abs() < 1e-12);
    }
}

/// 1/2, 1/4 + 1/2, ... are levels themselves: the sums are in doubt, and the answer is still the first that reaches it.
#[test]
fn a_level_that_is_a_sum() {
    for (n, level, at) in
        [(1, 0.5, 0), (2, 0.25, 0), (2, 0.75, 1), (3, 0.5, 1), (10, 1.0 / 1024.0, 0)]
    {
        assert!(binomial_place(level, n, 0.5).is_none());
        assert_eq!(binomial_quantile(level, n, 0.5), binomial_quantile_by_halves(level, n, 0.5));
        let sum = binomial_up_to(at, n, 0.5);
        assert!((sum - level).abs() < 1e-12);
    }
}

/// Against sums term by term, with levels beside each sum: far enough from it to be sure, and too near.
#[test]
fn levels_beside_each_sum() {
    let mut sure = 0;
    for n in 1..40_u32 {
        for p in [0.03, 0.2, 0.5, 0.77, 0.96] {
            let mut term = f64::powi(1.0 - p, i32::try_from(n).unwrap());
            let mut sum = term;
            for k in 0..n {
                let (trials, k) = (u64::from(n), u64::from(k));
                let next = term * (trials - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
                // A smaller term may be skipped.
                for (level, at, beside) in [(sum - 3e-9, k, term), (sum + 3e-9, k + 1, next)] {
                    if beside < 1e-8 {
                        continue;
                    }
                    assert_eq!(binomial_quantile(level, trials, p), at, "{level} {n} {p}");
                    let place = binomial_place(level, trials, p);
                    assert!(place.is_none_or(|place| place.at == at), "{level} {n} {p}: {place:?}");
                    sure += u32::from(place.is_some());
                }
                for level in [sum - 3e-10, sum + 3e-10] {
                    assert!(binomial_place(level, trials, p).is_none(), "{level} {n} {p}");
                }
                term = next;
                sum += term;
            }
        }
    }
    assert!(sure > 3_000, "{sure}");
}

/// No place without chance, nor at a level that every sum or none reaches; below all sums it is the first of them.
#[test]
fn places_that_are_none() {
    for p in [-0.1, 0.0, 1.0, 1.1, f64::NAN] {
        assert!(binomial_place(0.3, 0, p).is_none() && binomial_place(0.3, 10, p).is_none());
    }
    for level in [-0.1, 0.0, 1.0, 1.1, f64::NAN] {
        assert!(
            binomial_place(level, 0, 0.5).is_none() && binomial_place(level, 10, 0.5).is_none()
        );
    }
    assert!(binomial_place(1e-10, 10, 0.5).is_some_and(|place| place.at == 0));
}

/// What cannot be is no number, and the ends are infinite.
#[test]
fn quantiles_at_the_ends() {
    let [least, most] = [0.0, 1.0].map(normal_quantile);
    assert!(least.is_infinite() && least < 0.0 && most.is_infinite() && most > 0.0);
    assert!([-0.1, 1.1, f64::NAN].iter().all(|p| normal_quantile(*p).is_nan()));
    assert!(
        [-0.1, 0.0, 1.0, 1.1, f64::NAN].iter().all(|tail| t_quantile_above(*tail, 3.0).is_nan())
    );
    for tail in [0.1, 0.5] {
        assert!([-1.0, 0.0, f64::NAN].iter().all(|df| t_quantile_above(tail, *df).is_nan()));
    }
    assert_eq!(
        (t_quantile_above(0.5, 3.0), t_above(0.0, 3.0), normal_quantile(0.5)),
        (0.0, 0.5, 0.0)
    );
}

/// Two-sided p-values as printed: 1.96 and 5 %, 2.5758 and 1 %, 3.2905 and 0.1 %.
#[test]
fn two_sided_as_printed() {
    for (z, p) in [(0.0, 1.0), (1.959_964, 0.05), (2.575_829, 0.01), (3.290_527, 0.001)] {
        assert!((normal_two_sided(z) - p).abs() < 1e-7 && (normal_two_sided(-z) - p).abs() < 1e-7);
    }
}

/// By hand: with two degrees of freedom P(T > t) = (1 - t / sqrt(2 + t²)) / 2; with one, 1/2 - atan(t) / pi.
#[test]
fn student_in_closed_form() {
    for t in [0.01, 0.5, 1.0, 2.0, 30.0] {
        let (one, two) =
            (0.5 - f64::atan(t) / std::f64::consts::PI, (1.0 - t / (2.0 + t * t).sqrt()) / 2.0);
        assert!(
            (t_above(t, 1.0) - one).abs() < 1e-12 && (t_above(t, 2.0) - two).abs() < 1e-12,
            "{t}"
        );
        assert!((t_quantile_above(one, 1.0) / t - 1.0).abs() < 1e-9, "{t}");
        assert!((t_quantile_above(two, 2.0) / t - 1.0).abs() < 1e-9, "{t}");
    }
}

/// Far out: a tenth and one degree of freedom, whose tails are the longest, and the exact tails of beta and gamma.
#[test]
fn quantiles_far_out_in_closed_form() {
    let close = |is: f64, should: f64, of: &str| {
        assert!((is / should - 1.0).abs() < 1e-13, "{of}: {is:e}, not {should:e}");
    };
    for tail in [1e-75, 1e-30, 1e-9, 0.01, 0.2, 0.3] {
        let should = 1.0 / (std::f64::consts::PI * tail).tan();
        close(t_quantile_above(tail, 1.0), should, "t");
    }
    for tail in [0.05, 0.3, 0.4, 0.45, 0.49] {
        close(t_above(t_quantile_above(tail, 0.1), 0.1), tail, "t of a tenth");
    }
    for (p, a) in
        [(1e-307, 1.0), (1e-100, 0.5), (1e-150, 0.5), (1e-9, 2.0), (0.3, 0.5), (0.7, 40.0)]
    {
        // x^a, its mirror, and for small x the first term of x^a / Γ(a + 1).
        close(beta_quantile(p, a, 1.0), p.powf(1.0 / a), "beta");
        close(beta_quantile(p, 1.0, a), -((-p).ln_1p() / a).exp_m1(), "beta from above");
    }
    // Of a and 2 it is x^a (1 + a (1 - x)).
    for p in [1e-12, 1e-5, 0.01, 0.3, 0.975, 1.0 - 1e-9] {
        for a in [0.01, 0.05, 0.5, 1.0, 2.0] {
            if f64::powf(p, 1.0 / a) < 1e-300 {
                continue;
            }
            let x = beta_quantile(p, a, 2.0);
            close(x.powf(a) * (1.0 + a * (1.0 - x)), p, "beta of 2");
        }
    }
    for (p, factor, a) in [(1e-307, 1.0, 1.0), (1e-100, 0.5 * std::f64::consts::PI.sqrt(), 0.5)] {
        close(gamma_quantile(p, a), (p * factor).powf(1.0 / a), "gamma");
    }
    for p in [1e-20, 1e-9, 0.2, 0.5, 0.8] {
        close(gamma_quantile(p, 1.0), -(-p).ln_1p(), "exponential");
    }
    for bits in [10, 30, 50] {
        let tail = 0.5_f64.powi(bits);
        close(gamma_quantile(1.0 - tail, 1.0), -tail.ln(), "exponential from above");
    }
}

/// The short way is taken, and begins near its end: else all that is left of it is its cost.
#[test]
fn the_place_of_a_binomial_is_found_at_once() {
    for n in [60, 1_000, 1_000_000, 100_000_000] {
        for p in [0.1, 0.37, 0.5, 0.9] {
            for level in [0.001, 0.025, 0.3, 0.7, 0.975, 0.999] {
                let at = binomial_quantile_by_halves(level, n, p);
                assert_eq!(about_binomial(level, n, p), at, "{n} {p} {level}");
                assert!(
                    binomial_place(level, n, p).is_some_and(|place| place.at == at),
                    "{n} {p} {level}"
                );
            }
        }
    }
}

proptest! {
    #[test]
    fn both_sides_mirror(t in 0.001_f64..40.0, df in 1_u32..60, tail in 1e-12_f64..0.5) {
        let df = f64::from(df);
        prop_assert!((t_above(-t, df) + t_above(t, df) - 1.0).abs() < 1e-15);
        prop_assert!((normal_two_sided(-t) - normal_two_sided(t)).abs() < 1e-300);
        prop_assert!((normal_two_sided(t) - 2.0 * normal_above(t)).abs() < 1e-15);
        // Rounding of 1 - tail moves a quantile by as much as it weighs in the tail.
        let within = 1e-15 / tail + 1e-12;
        let (above, below) = (normal_quantile_above(tail), normal_quantile_above(1.0 - tail));
        prop_assert!((above + below).abs() <= within * (1.0 + above), "{} {}", above, below);
        let (above, below) = (t_quantile_above(tail, df), t_quantile_above(1.0 - tail, df));
        prop_assert!((above + below).abs() <= within * (1.0 + above), "{} {}", above, below);
        prop_assert!((t_above(t_quantile_above(tail, df), df) / tail - 1.0).abs() < 1e-11);
        prop_assert!((normal_above(normal_quantile_above(tail)) / tail - 1.0).abs() < 1e-11);
    }
}
