//! What a nightly run knows from the nights before, and how it learns what is new.
//!
//! ```text
//! files ─ recognise (ledger) ─ Tonight ─ ingest what is new ──┐
//! state ─ rows, files renumbered in tonight's path order ─────┴ Fold::merge ─ rows ─ state
//! ```
//!
//! The join is the same in any order and however often a line is read, so a night adds what it read to what was known. The
//! one thing that depends on all files at once is their order, which decides between lines of the same time: kept rows
//! name files by ids, and get tonight's numbers before they are merged.
//!
//! All kept tickets are loaded whenever something has to be published; only months with news are written.

mod ledger;
mod months;
mod recognise;
mod state;
mod tonight;

pub use ledger::{Content, Ledger, LedgerError, Meaning, Row};
pub use months::{MonthError, decode, encode, month_of};
pub use recognise::{Sighting, Treatment, recognise};
pub use state::{StateError, months_of, read_ledger, read_rows, write};
pub use tonight::Tonight;
