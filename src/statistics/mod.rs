//! Pure formulas: numbers in, numbers out, each with its source and published test values.

pub mod control;
pub mod counts;
pub mod cusum;
pub mod distribution;
pub mod funnel;
pub mod histogram;
pub mod interval;
pub mod mean;
pub mod multiplicity;
pub mod quantile;
pub mod ranks;
pub mod response;
pub mod service;
pub mod shrunk;
pub mod special;
pub mod stars;
pub mod survival;
pub mod trend;
pub mod type7;
pub mod what_changed;
pub mod wilson;

#[cfg(test)]
mod oracles_tests;
