//! Exact quantiles of whole seconds, type 7 of Hyndman and Fan, "Sample quantiles in statistical packages",
//! The American Statistician 50 (1996): linear interpolation at position (n - 1) q of the sorted values.
//!
//! This is what spreadsheets, pandas, Polars (`Linear`) and DuckDB (`quantile_cont`) compute, so that an analyst can
//! check a figure. For q in twentieths the result is a multiple of 1/20 s, so it is computed in integers: no binary
//! noise, the same digits on every machine.

/// q = 0.5 in twentieths.
pub const P50: u32 = 10;
/// q = 0.9 in twentieths.
pub const P90: u32 = 18;
/// q = 0.95 in twentieths.
pub const P95: u32 = 19;

/// A place among sorted values: at an index (from 0), or so many twentieths of the way to the next value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The value at or below the quantile.
    pub index: u64,
    /// Twentieths of the way to the next value, 0 to 19.
    pub part: u32,
}

/// Where quantile `twentieths / 20` of `n` sorted values lies; `None` if there are no values. `twentieths` above 20
/// counts as 20.
#[must_use]
pub fn position(n: u64, twentieths: u32) -> Option<Position> {
    let position = n.checked_sub(1)?.checked_mul(u64::from(twentieths.min(20)))?;
    Some(Position { index: position / 20, part: u32::try_from(position % 20).ok()? })
}

/// The place of the value of a rank, counted from 1; `None` for rank 0.
#[must_use]
pub fn at_rank(rank: u64) -> Option<Position> {
    rank.checked_sub(1).map(|index| Position { index, part: 0 })
}

/// Twentieths of a second as seconds; exact to the two decimals that are printed.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "waits are below a day, far below 2^53 twentieths")]
pub fn to_seconds(twentieths: i64) -> f64 {
    twentieths as f64 / 20.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions() {
        assert_eq!(position(4, P50), Some(Position { index: 1, part: 10 }));
        assert_eq!(position(4, P90), Some(Position { index: 2, part: 14 }));
        assert_eq!(position(1, P95), Some(Position { index: 0, part: 0 }));
        assert_eq!(position(11, 20), position(11, 21));
        assert_eq!(position(0, P50), None);
        assert!((to_seconds(50) - 2.5).abs() < 1e-12);
    }
}
