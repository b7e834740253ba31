//! Writes realistic archives of invented tickets, for trying out, testing and benchmarking without anyone's real data.
//!
//! A recipe and a seed give the same bytes on every machine. Arrivals depend on hour and weekday, waits are lognormal and
//! grow with the load, ratings fall with the wait. Every event, payload version and usual envelope occurs; with faults, so
//! do broken lines and odd values. People, phone numbers and mail addresses are invented.
//!
//! ```text
//! recipe ─ plan (visits of each day) ─ visit (its events) ─ render (the webhook) ─ write (files by day, packs)
//!                         recorder (what stands around it: envelope) ─┘│
//!              form (lines, arrays, tables …), sprinkle (faults) ──────┘
//! ```
//!
//! A webhook is in the file of the UTC day on which it was *received*. So a booking made ahead is in an earlier file than
//! its visit, and a rating given months later in a later one. The same recipe gives the same webhooks in every form,
//! envelope and container.
//!
//! A change can be planted at a location from a day on, and days and weeks can scatter beyond chance (`course`): what a
//! change detector must find, and what it must not take for a change.

mod change;
mod container;
mod course;
mod envelope;
mod error;
mod event;
mod exact;
mod fault;
mod fields;
mod form;
mod located;
mod mood;
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

pub use change::{Change, Measure};
pub use container::{Compression, Container, Pack};
pub use envelope::{Clock, Envelope};
pub use error::SynthError;
pub use form::Form;
pub use located::{Located, located};
pub use write::{Summary, write};

/// What archive to write.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// Number of tickets, exactly.
    pub tickets: u64,
    /// Number of locations, divided among the organizations.
    pub locations: u32,
    /// Number of organizations; each has its own folder.
    pub organizations: u32,
    /// Number of days.
    pub days: u32,
    /// First day.
    pub first_day: NaiveDate,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Compression of the files, or of the packs.
    pub compression: Compression,
    /// What the files are packed into: one pack for each organization and month, or one for the single file.
    pub pack: Pack,
    /// How the records of a file are written.
    pub form: Form,
    /// Whether to add broken lines (below 0.6 %), repeated, late and out-of-order ones, and odd values. Broken lines occur
    /// only with [`Form::Lines`] in several files.
    pub faults: bool,
    /// Whether to go through all payload versions, one after the other; else only the newest is used.
    pub eras: bool,
    /// What is put around each webhook.
    pub envelope: Envelope,
    /// Pad records to about this many bytes.
    pub line_bytes: Option<usize>,
    /// Whether to write one file, `archive.jsonl`, instead of one per day and organization.
    pub one_file: bool,
    /// Changes to plant, in any order.
    pub changes: Vec<Change>,
    /// How much the days and weeks of a location scatter beyond chance, 0 to 10. At 1: on the logit of the shares 0.15 from
    /// day to day and 0.06 from week to week (each remembering half of the one before), on the logarithm of the waits 0.10
    /// and 0.03.
    pub scatter: f64,
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
            changes: Vec::new(),
            scatter: 0.0,
        }
    }
}

#[cfg(test)]
mod course_tests;
#[cfg(test)]
mod fault_tests;
#[cfg(test)]
mod tests;
