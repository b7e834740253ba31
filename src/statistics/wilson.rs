//! The Wilson score interval of a proportion.
//!
//! Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927);
//! test vectors from R. G. Newcombe, Statistics in Medicine 17 (1998), Table I. Chosen over the textbook (Wald)
//! interval, which covers 79.5 % instead of 95 % at n = 10 and leaves [0, 1].

/// Quantile of the standard normal distribution for a two-sided 95 % interval.
pub const Z_95: f64 = 1.959_964;

/// The 95 % Wilson interval (lower, upper) of the proportion `successes / trials`; `None` if there were no trials.
///
/// Both bounds lie in [0, 1].
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub fn interval_95(successes: u64, trials: u64) -> Option<(f64, f64)> {
    if trials == 0 || successes > trials {
        return None;
    }
    let n = trials as f64;
    let p = successes as f64 / n;
    let z2 = Z_95 * Z_95;
    let scale = 1.0 / (1.0 + z2 / n);
    let centre = (p + z2 / (2.0 * n)) * scale;
    let half = Z_95 * scale * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    // With 0 or n successes the exact bound is 0 or 1; rounding must not leave -0.0000 or 1.0001.
    let low = if successes == 0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if successes == trials { 1.0 } else { (centre + half).min(1.0) };
    Some((low, high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn newcombe_1998_table_1() {
        for (r, n, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let (l, h) = interval_95(r, n).unwrap();
            assert_eq!(
                (format!("{l:.4}"), format!("{h:.4}")),
                (format!("{low:.4}"), format!("{high:.4}"))
            );
        }
    }

    /// statistics.md section 2, "CSAT": half widths at 0.8, in points.
    #[test]
    fn half_widths() {
        for (n, points) in [(10, 23.0), (30, 14.0), (100, 8.0), (400, 4.0), (1000, 2.5)] {
            let (low, high) = interval_95(n * 4 / 5, n).unwrap();
            assert!((100.0 * (high - low) / 2.0 - points).abs() < 0.51, "{n}: {low} {high}");
        }
    }

    #[test]
    fn without_trials_there_is_no_interval() {
        assert_eq!(interval_95(0, 0), None);
        assert_eq!(interval_95(2, 1), None);
    }

    proptest! {
        #[test]
        fn holds_the_share_and_mirrors(trials in 1_u64..100_000, part in 0.0_f64..=1.0) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "test input")]
            let successes = ((trials as f64 * part) as u64).min(trials);
            let (low, high) = interval_95(successes, trials).unwrap();
            #[expect(clippy::cast_precision_loss, reason = "test input")]
            let share = successes as f64 / trials as f64;
            prop_assert!((0.0..=share + 1e-12).contains(&low) && (share - 1e-12..=1.0).contains(&high));
            let (mirror_low, mirror_high) = interval_95(trials - successes, trials).unwrap();
            prop_assert!((mirror_low - (1.0 - high)).abs() < 1e-9 && (mirror_high - (1.0 - low)).abs() < 1e-9);
        }
    }
}
