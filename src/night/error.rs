//! Errors of reading and writing the state.

use crate::dataframe::FrameError;
use crate::metric::MetricError;
use crate::partial::TableError;
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
    /// The rows of a period cannot be built: an internal error.
    #[error("the rows of {period} could not be built")]
    Rows {
        /// The period.
        period: String,
        /// Why.
        #[source]
        source: FrameError,
    },
    /// The sums of a period cannot be computed: an internal error.
    #[error("the sums of {period} could not be computed")]
    Figures {
        /// The period.
        period: String,
        /// Why.
        #[source]
        source: MetricError,
    },
    /// Sums or headings were read but cannot be decoded.
    #[error("`{name}` of generation {generation} cannot be used")]
    Packed {
        /// The generation.
        generation: u64,
        /// The blob.
        name: String,
        /// Why.
        #[source]
        source: postcard::Error,
    },
    /// Tickets or rows of a period were read but cannot be decoded.
    #[error("`{name}` of generation {generation} cannot be used")]
    Table {
        /// The generation.
        generation: u64,
        /// The blob.
        name: String,
        /// Why.
        #[source]
        source: TableError,
    },
}
