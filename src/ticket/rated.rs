//! One payload with a rating, as a ticket keeps it.

use super::order::OrderKey;

/// A payload with a rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rated {
    /// Hash of the payload.
    pub(super) hash: u64,
    /// Smallest key that it was seen with.
    pub(super) key: OrderKey,
    /// 1 to 5.
    pub(super) stars: u8,
}
