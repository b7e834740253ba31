//! `[ratings]`: the scale of ratings.

use serde::Deserialize;

use crate::webhook::Scale;

use super::failure::{Exit, Failure};

/// `[ratings]`.
#[derive(Debug, Clone, PartialEq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Ratings {
    /// The best rating; the worst is 1.
    pub(crate) scale: Option<i64>,
    /// The lowest rating of a satisfied customer.
    pub(crate) satisfied_from: Option<i64>,
    /// Groups with fewer ratings show no rating figures.
    pub(crate) hide_below: u64,
}

/// The keys of `[ratings]`.
pub(crate) const RATINGS: &[&str] = &["scale", "satisfied_from", "hide_below"];

/// The scale that `[ratings]` asks for.
pub(crate) fn scale_of(ratings: &Ratings) -> Result<Scale, Failure> {
    let bad = |message: String, hint: &str| Failure::new(Exit::Usage, message).hint(hint);
    let number = |n: i64| u8::try_from(n).unwrap_or(0);
    let top = ratings.scale.map_or(Scale::FIVE.top(), number);
    let Some(scale) = Scale::new(top, None) else {
        let written = ratings.scale.unwrap_or_default();
        return Err(bad(
            format!("`ratings.scale` is {written}; it must be a whole number from 2 to 100"),
            "it is the best rating that customers can give: 5 for stars, 10 for 1 to 10",
        ));
    };
    let Some(from) = ratings.satisfied_from else { return Ok(scale) };
    Scale::new(top, Some(number(from))).ok_or_else(|| {
        bad(
            format!(
                "`ratings.satisfied_from` is {from}; on a scale of 1 to {top} it must be a whole number from 2 to {top}"
            ),
            "it is the lowest rating of a satisfied customer; without it, the two best ratings count",
        )
    })
}
