//! Pure formulas: numbers in, numbers out, each with its source and published test values.

pub mod distribution;
pub mod histogram;
pub mod interval;
pub mod quantile;
pub mod special;
pub mod type7;
pub mod what_changed;
pub mod wilson;
