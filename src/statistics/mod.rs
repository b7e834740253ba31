//! Pure formulas: numbers in, numbers out, each with its source and published test values.

pub mod histogram;
pub mod quantile;
pub mod wilson;
