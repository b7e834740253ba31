//! The exact interval of a count, such as tickets of a rare kind in a week.
//!
//! Source: F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28 (1936).

use super::distribution::gamma_quantile;

/// The exact interval of the expected number, when `count` were seen, with confidence `1 - 2 tail`; it begins at 0 where none
/// was seen.
#[must_use]
pub fn garwood(count: u64, tail: f64) -> (f64, f64) {
    let low = if count == 0 { 0.0 } else { gamma_quantile(tail, count as f64) };
    (low, gamma_quantile(1.0 - tail, count as f64 + 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// statistics.md section 2, "Counts".
    #[test]
    fn garwood_1936() {
        for (count, low, high) in
            [(0, "0.0000", "3.6889"), (5, "1.6235", "11.6683"), (10, "4.7954", "18.3904")]
        {
            let of = garwood(count, 0.025);
            assert_eq!((format!("{:.4}", of.0), format!("{:.4}", of.1)), (low.into(), high.into()));
        }
        // None seen: e^-high is the tail.
        assert!((garwood(0, 0.025).1 + 0.025_f64.ln()).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn holds_its_count_and_widens(count in 0_u64..100_000) {
            let (low, high) = garwood(count, 0.025);
            prop_assert!(low <= count as f64 && (count as f64) < high);
            let (next_low, next_high) = garwood(count + 1, 0.025);
            prop_assert!(next_low > low && next_high > high);
            let (lower, higher) = garwood(count, 0.001);
            prop_assert!(lower <= low && high < higher);
            // Four times as many: less than four times as wide.
            let (low_4, high_4) = garwood(4 * count, 0.025);
            prop_assert!(count == 0 || high_4 - low_4 < 4.0 * (high - low));
        }
    }
}
