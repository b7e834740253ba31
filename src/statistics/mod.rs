//! Pure formulas: numbers in, numbers out, each with its source and its published vector.

pub mod histogram;
pub mod quantile;
pub mod wilson;
