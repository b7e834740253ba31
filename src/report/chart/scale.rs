//! From values to pixels, and round values for axes.

/// A linear scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    /// Value and pixel of its beginning.
    pub(super) from: (f64, f64),
    /// Value and pixel of its end.
    pub(super) to: (f64, f64),
}

impl Scale {
    /// The pixel of a value.
    pub(super) fn at(&self, value: f64) -> f64 {
        let (low, high) = (self.from.0, self.to.0);
        let share = if high > low { (value - low) / (high - low) } else { 0.5 };
        self.from.1 + share * (self.to.1 - self.from.1)
    }

    /// The same for a value beyond its ends, which is drawn at the end.
    pub(super) fn within(&self, value: f64) -> f64 {
        self.at(value.clamp(self.from.0, self.to.0))
    }
}

/// The smallest of 1, 2, 5, 10, 20, 25, 50, … that is not below a value above zero: 2.5 would read badly on an axis.
fn round_step(value: f64) -> f64 {
    if !value.is_finite() || value <= 0.0 {
        return 1.0;
    }
    let unit = 10_f64.powf(value.log10().floor());
    let middle = if unit >= 10.0 { 2.5 } else { 2.0 };
    [1.0, 2.0, middle, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * unit)
        .find(|step| *step >= value * (1.0 - 1e-9))
        .unwrap_or(10.0 * unit)
}

/// Round values that enclose a span, at most `most` (2 or more) steps apart: the ticks of an axis.
pub(super) fn ticks(low: f64, high: f64, most: u32) -> Vec<f64> {
    let (low, high) = if high > low { (low, high) } else { (low, low + 1.0) };
    let mut step = round_step((high - low) / f64::from(most));
    loop {
        let (first, last) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a few steps, from the first to the last"
        )]
        let count = (last - first).clamp(0.0, 1_000.0) as u32;
        if count <= most {
            return (0..=count).map(|n| (first + f64::from(n)) * step).collect();
        }
        step = round_step(step * 1.01);
    }
}

/// A tick as text: as many decimals as its step needs.
pub(super) fn tick(value: f64, ticks: &[f64]) -> String {
    let step = ticks.iter().zip(ticks.iter().skip(1)).map(|(a, b)| b - a).next().unwrap_or(1.0);
    let decimals = (0..3).find(|n| {
        let scaled = step * 10_f64.powi(*n);
        (scaled - scaled.round()).abs() < 1e-6
    });
    let digits = usize::try_from(decimals.unwrap_or(3)).unwrap_or(0);
    let text = format!("{value:.digits$}");
    match text.parse::<u64>() {
        Ok(whole) if whole >= 10_000 => crate::report::text::grouped(whole),
        _ if text.trim_start_matches('-').chars().all(|c| matches!(c, '0' | '.')) => "0".to_owned(),
        _ => text,
    }
}

/// A number with at most two decimals, and no more than it needs: `7.5`, `10`.
pub(super) fn trimmed(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn axes_are_round() {
        assert_eq!(ticks(0.0, 97.0, 4), [0.0, 25.0, 50.0, 75.0, 100.0]);
        assert_eq!(ticks(4.2, 11.7, 4), [4.0, 6.0, 8.0, 10.0, 12.0]);
        assert_eq!(ticks(0.0, 0.0, 4).len(), 3);
        let fine = ticks(0.0, 0.9, 4);
        assert_eq!(fine.iter().map(|v| tick(*v, &fine)).collect::<Vec<_>>(), ["0", "0.5", "1.0"]);
        // No step of 2.5, which would read 2.5, 5.0, 7.5.
        assert_eq!(ticks(0.0, 9.0, 4), [0.0, 5.0, 10.0]);
        let long = ticks(0.0, 41_000.0, 4);
        assert_eq!(tick(long[1], &long), "20,000");
        let scale = Scale { from: (0.0, 100.0), to: (10.0, 0.0) };
        assert!((scale.at(2.5) - 75.0).abs() < 1e-9 && (scale.within(20.0)).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn ticks_enclose_and_are_few(low in -1e6_f64..1e6, size in 1e-3_f64..1e7, most in 2_u32..8) {
            let ticks = ticks(low, low + size, most);
            prop_assert!(ticks.len() >= 2 && ticks.len() <= most as usize + 1);
            prop_assert!(ticks[0] <= low + size * 1e-6 && *ticks.last().unwrap() >= low + size * (1.0 - 1e-6));
            let steps: Vec<f64> = ticks.windows(2).map(|two| two[1] - two[0]).collect();
            prop_assert!(steps.iter().all(|step| (step / steps[0] - 1.0).abs() < 1e-3));
        }
    }
}
