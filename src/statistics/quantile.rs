//! Exact quantiles of whole seconds, type 7 of Hyndman and Fan, "Sample quantiles in statistical packages",
//! The American Statistician 50 (1996): linear interpolation at position (n - 1) q of the sorted values.
//!
//! Spreadsheets, pandas, Polars (`Linear`) and DuckDB (`quantile_cont`) compute the same, so an analyst can
//! check any figure. For q in twentieths the result is a multiple of 1/20 s, so it is computed in integers: no rounding
//! errors, the same digits on every machine.

/// The median: q = 0.5 in twentieths.
pub const P50: u32 = 10;
/// The 90th percentile: q = 0.9 in twentieths.
pub const P90: u32 = 18;
/// The 95th percentile: q = 0.95 in twentieths.
pub const P95: u32 = 19;

/// The quantile `twentieths / 20` of whole seconds, in twentieths of a second; `None` if there are no values.
///
/// `sorted` must be ascending; `twentieths` above 20 counts as 20.
#[must_use]
pub fn in_twentieths<T: Copy + Into<i64>>(sorted: &[T], twentieths: u32) -> Option<i64> {
    let last = u64::try_from(sorted.len()).ok()?.checked_sub(1)?;
    let position = last.checked_mul(u64::from(twentieths.min(20)))?;
    let index = usize::try_from(position / 20).ok()?;
    let part = i64::try_from(position % 20).ok()?;
    let low = (*sorted.get(index)?).into();
    let high = sorted.get(index + 1).map_or(low, |high| (*high).into());
    Some(low * 20 + (high - low) * part)
}

/// Converts twentieths of a second to seconds; exact to the two decimals that are printed.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "waits are below a day, far below 2^53 twentieths")]
pub fn to_seconds(twentieths: i64) -> f64 {
    twentieths as f64 / 20.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_to_four() {
        let values = [1, 2, 3, 4];
        assert_eq!(in_twentieths(&values, P50).map(to_seconds), Some(2.5));
        assert_eq!(in_twentieths(&values, P90).map(to_seconds), Some(3.7));
        assert_eq!(in_twentieths(&values, P95).map(to_seconds), Some(3.85));
        assert_eq!(in_twentieths::<i64>(&[], P50), None);
        assert_eq!(in_twentieths(&[7], P95), Some(140));
    }

    proptest! {
        #[test]
        fn agrees_with_the_textbook_formula(mut values in prop::collection::vec(0_i64..90_000, 1..60), q in 0_u32..=20) {
            values.sort_unstable();
            #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "test oracle")]
            let expected = {
                let position = (values.len() - 1) as f64 * f64::from(q) / 20.0;
                let low = values[position.floor() as usize] as f64;
                let high = values[position.ceil() as usize] as f64;
                low + (high - low) * position.fract()
            };
            prop_assert!((to_seconds(in_twentieths(&values, q).unwrap()) - expected).abs() < 1e-6);
        }
    }
}
