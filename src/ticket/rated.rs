//! A payload with a rating, as a ticket keeps it.

use super::order::OrderKey;

/// A payload with a rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rated {
    /// Hash of the payload.
    pub(super) hash: u64,
    /// Smallest order key it was seen with.
    pub(super) key: OrderKey,
    /// The rating, from 1.
    pub(super) stars: u8,
}
