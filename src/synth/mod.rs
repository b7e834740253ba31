//! Writes realistic archives of invented tickets: to try, test and measure with, without anyone's real data.
//!
//! A recipe and a seed give the same bytes on every machine. Arrivals follow the hour and the weekday, waits are
//! lognormal and grow with the load, ratings fall with the wait. Every event, every payload version and every usual
//! envelope occurs; with faults, so do broken lines and odd values. People, phones and mails are invented.
//!
//! ```text
//! recipe ─ plan (visits of each day) ─ visit (its events) ─ render (the webhook) ─ write (files by day, packs)
//!                         recorder (what stands around it: envelope) ─┘│
//!              form (lines, arrays, tables …), sprinkle (faults) ──────┘
//! ```
//!
//! Webhooks stand in the file of the UTC day on which they were *received*. So a booking made ahead is in an earlier
//! file than its visit, and a rating given months later in a later one. The same recipe holds the same webhooks in every
//! form, envelope and container.

mod container;
mod envelope;
mod error;
mod event;
mod exact;
mod fault;
mod fields;
mod form;
mod named;
mod output;
mod pack;
mod places;
mod plan;
mod pretty;
mod recorder;
mod records;
mod render;
mod rng;
mod text;
mod visit;
mod write;

use chrono::NaiveDate;

pub use container::{Compression, Container, Pack};
pub use envelope::{Clock, Envelope};
pub use error::SynthError;
pub use form::Form;
pub use write::{Summary, write};

/// What to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// Number of tickets, exactly.
    pub tickets: u64,
    /// Number of locations, shared out over the organizations.
    pub locations: u32,
    /// Number of organizations; one has a folder each.
    pub organizations: u32,
    /// Number of days.
    pub days: u32,
    /// First day.
    pub first_day: NaiveDate,
    /// Seed of everything that is left to chance.
    pub seed: u64,
    /// Compression of the files, or of the packs.
    pub compression: Compression,
    /// What the files are packed into: one pack for each organization and month, or for one file.
    pub pack: Pack,
    /// How the records of a file follow each other.
    pub form: Form,
    /// Broken lines (below 0.6 %), repeated, late and unordered ones, and odd values. Only [`Form::Lines`] in several
    /// files has broken ones.
    pub faults: bool,
    /// All payload versions, one after the other; else the newest only.
    pub eras: bool,
    /// What stands around each webhook.
    pub envelope: Envelope,
    /// Pad lines to about this many bytes.
    pub line_bytes: Option<usize>,
    /// One file, `archive.jsonl`, instead of one a day and organization.
    pub one_file: bool,
}

impl Default for Recipe {
    /// The sample archive: four weeks around the clock change of March 2021, two organizations, six locations.
    fn default() -> Self {
        Self {
            tickets: 2_000,
            locations: 6,
            organizations: 2,
            days: 28,
            first_day: NaiveDate::from_ymd_opt(2021, 3, 8).unwrap_or_default(),
            seed: 2_021,
            compression: Compression::Mixed,
            pack: Pack::Loose,
            form: Form::Lines,
            faults: true,
            eras: true,
            envelope: Envelope::Mixed,
            line_bytes: None,
            one_file: false,
        }
    }
}

#[cfg(test)]
mod fault_tests;
#[cfg(test)]
mod tests;
