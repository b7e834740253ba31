//! Writes realistic archives of invented tickets: to try, test and measure with, without anyone's real data.
//!
//! A recipe and a seed give the same bytes on every machine. Arrivals follow the hour and the weekday, waits are
//! lognormal and grow with the load, ratings fall with the wait. Every event, every payload version and every usual
//! envelope occurs; with faults, so do broken lines and odd values. People, phones and mails are invented.
//!
//! ```text
//! recipe ─ plan (visits of each day) ─ visit (its events) ─ render (one line an event) ─ write (files by day)
//! ```

mod fault;
mod places;
mod render;
mod rng;
mod visit;
mod write;

use chrono::NaiveDate;

pub use write::{Summary, SynthError, write};

/// Compression of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// None.
    Plain,
    /// All gzip.
    Gzip,
    /// All zstd.
    Zstd,
    /// Plain, gzip and zstd in turn.
    Mixed,
}

/// What to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// Number of tickets, exactly.
    pub tickets: u64,
    /// Number of locations, shared out over two organizations.
    pub locations: u32,
    /// Number of days.
    pub days: u32,
    /// First day.
    pub first_day: NaiveDate,
    /// Seed of everything that is left to chance.
    pub seed: u64,
    /// Compression of the files.
    pub compression: Compression,
    /// Sprinkle in broken lines (below 1 %) and odd values.
    pub faults: bool,
    /// Pad lines to about this many bytes.
    pub line_bytes: Option<usize>,
    /// One file instead of one a day and organization; all lines raw payloads.
    pub one_file: bool,
}

impl Default for Recipe {
    /// The sample archive: four weeks around the clock change of March 2021, two organizations, six locations.
    fn default() -> Self {
        Self {
            tickets: 2_000,
            locations: 6,
            days: 28,
            first_day: NaiveDate::from_ymd_opt(2021, 3, 8).unwrap_or_default(),
            seed: 2_021,
            compression: Compression::Mixed,
            faults: true,
            line_bytes: None,
            one_file: false,
        }
    }
}

#[cfg(test)]
mod tests;
