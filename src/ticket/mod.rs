//! Joins snapshots into tickets; finds the outcome of a ticket, its location and its oddities.
//!
//! ```text
//! Snapshot ─ Fold::push ────────────────────┐
//! Snapshot ─ Delivery ─ Shard::join ─ Fold ─┴ Fold::merge ─ Fold::finish ─ TicketSet (sorted, with locations)
//! ```
//!
//! [`Fold`] is a join-semilattice over the set of lines: any order, repetition or split of the lines gives the same
//! tickets. This floor has no dataframe and no file system, so folds can also run as map and reduce steps elsewhere.

mod anomaly;
mod bursts;
mod cancelled_by;
mod census;
mod contest;
mod creations;
mod delivery;
mod excluded;
mod extract;
mod facts;
mod files;
mod finish;
mod fold;
mod gazetteer;
mod heading;
mod invisible;
mod join;
mod kind;
mod last_seen;
mod leave;
mod location;
mod names;
mod order;
mod organizations;
mod outcome;
mod overruled;
mod rated;
mod rating;
mod record;
mod records;
mod renamed;
mod rescheduled;
mod rows;
mod seen;
mod set;
mod shard;
mod shared_queues;
mod starts;
mod strays;
mod times;
mod touched;
mod unite;
mod values;

pub use anomaly::Anomaly;
pub use bursts::{BURST, Bursts, End, Moment, Moments};
pub use census::Census;
pub use delivery::{Delivery, Happened};
pub use excluded::Excluded;
pub use facts::Facts;
pub use fold::{Fold, Span, Spans};
pub use gazetteer::{Findings, Gazetteer};
pub use heading::{HeadingCache, HeadingId, Headings};
pub use kind::Kind;
pub use location::{Directory, Entry, Section, UNKNOWN_LOCATION, queue_key};
pub use names::{NameId, Names, normalise};
pub use order::OrderKey;
pub use organizations::{Circle, Membership, OrganizationEntry, Organizations};
pub use outcome::Outcome;
pub use overruled::Overruled;
pub use record::{Claim, Record, Said};
pub use renamed::{NameOfQueue, RenamedQueue};
pub use rows::{HeadingRow, Rows, SpanRow};
pub use seen::SeenNames;
pub use set::{Location, Part, Ticket, TicketSet};
pub use shard::{SHARDS, Shard, shard_of};
pub use shared_queues::SharedQueues;
pub use strays::Strays;

pub use crate::webhook::Scale;
