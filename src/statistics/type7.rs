//! Quantiles of a few floating-point values, type 7 as in `quantile`; means and variances in a fixed order.

/// Quantile `q` (0 to 1) of some finite values, type 7: linear between neighbours at position (n - 1) q; `None` of none.
/// Sorts them.
#[must_use]
pub fn of(values: &mut [f64], q: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let position = last as f64 * q;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the last index"
    )]
    let index = (position.floor() as usize).min(last);
    let (low, high) = (values.get(index)?, values.get((index + 1).min(last))?);
    Some(low + (high - low) * (position - index as f64))
}

/// The median; sorts the values.
#[must_use]
pub fn median(values: &mut [f64]) -> Option<f64> {
    of(values, 0.5)
}

/// The arithmetic mean, summed in the order given; no number of none.
#[must_use]
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The sample variance (divisor n - 1), summed in the order given; no number below two values.
#[must_use]
pub fn variance(values: &[f64]) -> f64 {
    let centre = mean(values);
    let squares: f64 = values.iter().map(|v| (v - centre) * (v - centre)).sum();
    squares / (values.len() as f64 - 1.0)
}

/// Brings every value to between the quantiles `q` and 1 - `q` of all (type 7): winsorised. Sorts them.
pub fn winsorise(values: &mut [f64], q: f64) {
    if let (Some(low), Some(high)) = (of(values, q), of(values, 1.0 - q)) {
        for value in values {
            *value = value.min(high).max(low);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// statistics.md section 2, "Wait quantiles": 1 to 10, q = 0.9, type 7.
    #[test]
    fn one_to_ten() {
        let mut values: Vec<f64> = (1..=10).rev().map(f64::from).collect();
        assert!((of(&mut values, 0.9).unwrap() - 9.1).abs() < 1e-12);
        assert!((median(&mut values).unwrap() - 5.5).abs() < 1e-12);
        assert!((of(&mut values, 1.0).unwrap() - 10.0).abs() < 1e-12);
        // The other types are other positions; at theirs, the same line between neighbours gives their values.
        for (position, value) in [
            (0.9 * 10.0_f64, 9.0), // 1: the smallest with F(x) >= q
            (0.9 * (10.0 + 1.0 / 3.0) + 1.0 / 3.0, 9.6333), // 8
            (0.9 * 10.0 + 0.5, 9.5), // 5, Hazen
            (0.9 * 11.0, 9.9),     // 6, Weibull
        ] {
            let is = of(&mut values, (position - 1.0) / 9.0).unwrap();
            assert!((is - value).abs() < 5e-5, "{is}, not {value}");
        }
        assert_eq!(of(&mut [], 0.5), None);
        assert!((variance(&values) - 55.0 / 6.0).abs() < 1e-12);
        winsorise(&mut values, 0.1);
        assert!((values[0] - 1.9).abs() < 1e-12 && (values[9] - 9.1).abs() < 1e-12);
    }

    /// Where 0 lies does not matter to the variance, and values far from it keep its digits.
    #[test]
    fn far_from_zero() {
        let of = |from: f64| {
            variance(&(0..10_u32).map(|i| from + f64::from(i * i) / 10.0).collect::<Vec<_>>())
        };
        assert!((of(1e8) / of(0.0) - 1.0).abs() < 1e-6, "{} {}", of(1e8), of(0.0));
    }
}
