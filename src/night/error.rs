//! Why the state cannot be read or written.

use crate::dataframe::FrameError;
use crate::metric::MetricError;
use crate::store::StoreError;

use super::ledger::LedgerError;
use super::tickets::MonthError;

/// Why the state cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The store refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger makes no sense.
    #[error("the ledger of generation {generation} cannot be used")]
    Ledger {
        /// The generation.
        generation: u64,
        /// Why.
        #[source]
        source: LedgerError,
    },
    /// Something of JSON makes no sense.
    #[error("`{name}` of generation {generation} cannot be used")]
    Json {
        /// The generation.
        generation: u64,
        /// The blob.
        name: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The rows of a month cannot be made.
    #[error("the rows of the tickets of {month} could not be made")]
    Rows {
        /// The month.
        month: String,
        /// Why.
        #[source]
        source: FrameError,
    },
    /// The sums of a month cannot be made.
    #[error("the sums of the tickets of {month} could not be made")]
    Figures {
        /// The month.
        month: String,
        /// Why.
        #[source]
        source: MetricError,
    },
    /// Kept sums make no sense.
    #[error("`{name}` of generation {generation} cannot be used")]
    Sums {
        /// The generation.
        generation: u64,
        /// The blob.
        name: String,
        /// Why.
        #[source]
        source: postcard::Error,
    },
    /// A month makes no sense.
    #[error("`{name}` of generation {generation} cannot be used")]
    Month {
        /// The generation.
        generation: u64,
        /// The blob.
        name: String,
        /// Why.
        #[source]
        source: MonthError,
    },
}
