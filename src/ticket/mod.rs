//! The join of snapshots into tickets, the outcome of a ticket, its location, and what is odd about it.
//!
//! ```text
//! Snapshot ─ Fold::push ─┐
//! Snapshot ─ Fold::push ─┴ Fold::merge ─ Fold::finish ─ TicketSet (sorted, with locations and anomalies)
//! ```
//!
//! [`Fold`] is a join-semilattice over the set of lines: any order, repetition or split of the lines gives the same
//! tickets. No dataframe and no file system here: folds also run as map and reduce steps on other machines.

mod anomaly;
mod facts;
mod fold;
mod join;
mod location;
mod names;
mod order;
mod outcome;
mod set;

pub use anomaly::Anomaly;
pub use facts::Facts;
pub use fold::{Fold, Span, SpanKey};
pub use location::{Directory, Entry, UNKNOWN_LOCATION};
pub use names::{NameId, Names, normalise};
pub use order::OrderKey;
pub use outcome::Outcome;
pub use set::{Location, Ticket, TicketSet};
