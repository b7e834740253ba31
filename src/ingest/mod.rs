//! Files in parallel → joined tickets and a full account of every record.
//!
//! ```text
//! file ─ chunk ─ decode (any thread, any order) ─ Batch ─ fold (in the order of the file, shard by shard) ─┐
//! file ─ …                                                                                                 ┴ Fold
//! ```
//!
//! Many files are read in parallel, a large one by all threads at once. Each is folded in its own order, so "earlier in the
//! same file" means what it says. The tickets of all files are then merged; the order does not matter. A damaged compressed
//! file contributes nothing. A storage failure while reading is not bad input: it stops the run.

mod account;
mod batch;
mod days;
mod decode;
mod error;
mod file;
mod large;
mod ratings;
mod read;
mod settings;
mod trace;
mod turns;

pub use account::{Account, FileAccount, FileState, Oddities, RejectedRecord, Totals};
pub use days::Days;
#[cfg(test)]
pub(crate) use error::CANNOT_OPEN;
pub use error::{IngestError, cannot_open};
pub use ratings::Ratings;
pub use read::{Ingested, ingest, ingest_chosen, ingest_watching};
pub use settings::{Chosen, Progress, Settings, may_grow};
pub use trace::{Traced, Watch};
