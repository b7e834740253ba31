//! What a nightly run knows from the nights before, and how it learns what is new.
//!
//! ```text
//! files ─ recognise (ledger) ─ Tonight ─ ingest what is new ──┐
//! state ─ History: months that are touched ───────────────────┴ Merged ─ Chronicle (rows and sums) ─ state
//! ```
//!
//! The join is the same in any order and however often a line is read, so a night adds what it read to what was known. The
//! one thing that depends on all files at once is their order, which decides between lines of the same time: kept rows
//! name files by ids, and get tonight's numbers before they are merged.
//!
//! A night loads the tickets of the months that its lines touch, and writes those. Reports are made from rows that were
//! derived once, and from what these add up to; both are made again when the tickets, the rules or the locations of a month
//! change. A report of all time reads the sums alone.

mod about;
mod anew;
mod blobs;
mod census;
mod chronicle;
mod claims;
mod error;
mod headings;
mod history;
mod ids;
mod ledger;
mod looked_at;
mod loss;
mod made;
mod month;
mod part;
mod recognise;
mod rows;
mod shared;
mod tickets;
mod tonight;
mod write;

pub use about::About;
pub use blobs::read_ledger;
pub use chronicle::Chronicle;
pub use error::StateError;
pub use history::{History, Merged};
pub use ledger::{Content, Ledger, LedgerError, Meaning, Row};
pub use looked_at::LookedAt;
pub use month::Month;
pub use recognise::{Sighting, Treatment, recognise};
pub use tickets::{MonthError, decode, encode};
pub use tonight::Tonight;
pub use write::write;
