//! Pure formulas: numbers in, numbers out, each with its source and published test values.

pub mod control;
pub mod distribution;
pub mod funnel;
pub mod histogram;
pub mod interval;
pub mod multiplicity;
pub mod quantile;
pub mod ranks;
pub mod special;
pub mod survival;
pub mod trend;
pub mod type7;
pub mod what_changed;
pub mod wilson;

#[cfg(test)]
mod oracles_tests;
