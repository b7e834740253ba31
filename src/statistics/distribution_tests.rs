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

/// What cannot be is no number, and the ends are infinite.
#[test]
fn quantiles_at_the_ends() {
    let [least, most] = [0.0, 1.0].map(normal_quantile);
    assert!(least.is_infinite() && least < 0.0 && most.is_infinite() && most > 0.0);
    assert!([-0.1, 1.1, f64::NAN].iter().all(|p| normal_quantile(*p).is_nan()));
    assert!(
        [-0.1, 0.0, 1.0, 1.1, f64::NAN].iter().all(|tail| t_quantile_above(*tail, 3.0).is_nan())
    );
    assert!([-1.0, 0.0, f64::NAN].iter().all(|df| t_quantile_above(0.1, *df).is_nan()));
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

/// The short way is taken, and begins near its end: else all that is left of it is its cost.
#[test]
fn the_place_of_a_binomial_is_found_at_once() {
    for n in [60, 1_000, 1_000_000, 100_000_000] {
        for p in [0.1, 0.37, 0.5, 0.9] {
            for level in [0.001, 0.025, 0.3, 0.7, 0.975, 0.999] {
                let at = binomial_quantile_by_halves(level, n, p);
                assert!(about_binomial(level, n, p).abs_diff(at) <= 1, "{n} {p} {level}");
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
