//! One file per CSV table: the ticket frame in, a sorted table out. No I/O.
//!
//! Every metric is a function of a ticket frame (or of plain counters) and ends in an explicit sort; without
//! tickets it still yields its full schema. A missing value is null and stays null.

mod accounting;
mod cancellations;
mod groups;
mod hourly;
mod ratings;
mod ratings_by_wait;
mod summary;
mod table;
mod tables;
mod wait_histogram;

pub use accounting::{Counter, FileRow, data_quality, files};
pub use cancellations::cancellations;
pub use hourly::hourly;
pub use ratings::ratings;
pub use ratings_by_wait::{WAIT_BANDS, ratings_by_wait};
pub use summary::{Daily, Grain, summary};
pub use table::{Group, MetricError, Table};
pub use tables::Tables;
pub use wait_histogram::{LAST_MINUTE, wait_histogram};
