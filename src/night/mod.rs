//! The state that nightly runs keep, and how a night adds what is new.
//!
//! ```text
//! files ─ recognise (ledger) ─ Tonight ─ ingest what is new ──┐
//! state ─ History: periods affected ───────────────────────────┴ Merged ─ Chronicle (rows and sums) ─ state
//! ```
//!
//! The join gives the same result in any order and however often a line is read, so a night just adds what it read.
//! Only the order of files, which decides between lines of the same time, depends on all files at once: kept tickets
//! name files by id, and are renumbered to tonight's order before they are merged.
//!
//! A night loads and writes only the periods that its lines affect. Reports are made from kept rows and their sums. Both
//! are rebuilt when the tickets, the rules or the locations of a period change. The summary tables of a report of all
//! time read the sums alone.

mod about;
mod blobs;
mod brought;
mod changes;
mod chronicle;
mod cost;
mod error;
mod file_numbers;
mod forget;
mod forgotten;
mod frozen;
mod gone;
mod history;
mod ids;
mod joined;
mod joint;
mod ledger;
mod looked_at;
mod loss;
mod made;
mod merge;
mod month;
mod part;
mod period;
mod quarters;
mod rebuild;
mod recognise;
mod roots;
mod rows;
mod seen;
mod shared;
mod told;
mod tonight;
mod write;

pub use about::About;
pub use blobs::read_ledger;
pub use brought::Brought;
pub use changes::sums_in;
pub use chronicle::Chronicle;
pub use cost::Cost;
pub use error::StateError;
pub use file_numbers::{FileNumbers, in_order};
pub use forgotten::Forgotten;
pub use gone::{Erase, Gone};
pub use history::{History, Merged};
pub use ledger::{Content, Ledger, LedgerError, Meaning, Row};
pub use looked_at::LookedAt;
pub use month::Month;
pub use period::Period;
pub use recognise::{Sighting, Treatment, recognise};
pub use roots::root_name;
pub use told::Told;
pub use tonight::Tonight;
pub use write::write;
