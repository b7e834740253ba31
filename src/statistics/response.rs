//! What the ratings that were given say of all who were served, if nothing is known of the others.
//!
//! Source: C. F. Manski, "Nonparametric bounds on treatment effects", American Economic Review 80 (1990): without an
//! assumption, those who did not answer can all be satisfied, or none. The bounds are no interval of chance, and do not narrow
//! with more tickets, only with more answers.

/// Tickets below which no response rate is shown.
pub const LEAST_ASKED: u64 = 20;
/// Response rate below which a share of the satisfied needs a warning.
pub const LOW_RATE: f64 = 0.10;

/// The lowest and the highest share of the satisfied that all who were asked can have, when `answered` of them answered and
/// `satisfied` of these were satisfied. `None` where nobody was asked, or the parts are more than the whole.
#[must_use]
pub fn bounds(satisfied: u64, answered: u64, asked: u64) -> Option<(f64, f64)> {
    let silent = asked.checked_sub(answered)?;
    if asked == 0 || satisfied > answered {
        return None;
    }
    let share = |of: u64| of as f64 / asked as f64;
    Some((share(satisfied), share(satisfied + silent)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// statistics.md section 2, "Response rate": 15 % answer, 0.80 of them satisfied: 0.12 to 0.97.
    #[test]
    fn manski() {
        let (low, high) = bounds(12, 15, 100).unwrap();
        assert!((low - 0.12).abs() < 1e-12 && (high - 0.97).abs() < 1e-12);
        let (low, high) = bounds(15, 15, 100).unwrap();
        assert!((low - 0.15).abs() < 1e-12 && (high - 1.0).abs() < 1e-12);
        assert!(bounds(0, 0, 0).is_none());
        assert!(bounds(2, 1, 3).is_none() && bounds(1, 4, 3).is_none());
    }

    proptest! {
        #[test]
        fn as_wide_as_silence(satisfied in 0_u64..500, not in 0_u64..500, silent in 0_u64..500) {
            let answered = satisfied + not;
            prop_assume!(answered > 0);
            let (low, high) = bounds(satisfied, answered, answered + silent).unwrap();
            let share = satisfied as f64 / answered as f64;
            prop_assert!(low <= share && share <= high && high <= 1.0);
            let silence = silent as f64 / (answered + silent) as f64;
            prop_assert!((high - low - silence).abs() < 1e-12);
        }
    }
}
