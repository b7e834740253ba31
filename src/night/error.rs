//! Errors of reading and writing the state.

use crate::dataframe::FrameError;
use crate::metric::MetricError;
use crate::partial::MonthError;
use crate::store::StoreError;

use super::ledger::LedgerError;

/// Why the state cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The store cannot read or write.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger was read but cannot be used.
    #[error("the ledger of generation {generation} cannot be used")]
    Ledger {
        /// The generation.
        generation: u64,
        /// Why.
        #[source]
        source: LedgerError,
    },
    /// A JSON blob was read but cannot be decoded.
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
    /// The rows of a month cannot be built: an internal error.
    #[error("the rows of {month} could not be built")]
    Rows {
        /// The month.
        month: String,
        /// Why.
        #[source]
        source: FrameError,
    },
    /// The sums of a month cannot be computed: an internal error.
    #[error("the sums of {month} could not be computed")]
    Figures {
        /// The month.
        month: String,
        /// Why.
        #[source]
        source: MetricError,
    },
    /// The sums of a month were read but cannot be decoded.
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
    /// Tickets or rows of a month were read but cannot be decoded.
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
