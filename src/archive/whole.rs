//! How far the members of one container may expand together.

use std::sync::atomic::{AtomicU64, Ordering};

/// Expansion is judged only after this much output, bytes.
const RATIO_FROM: u64 = 1 << 20;

/// A container as a whole: members of a zip may lie in each other, so that each alone is harmless.
#[derive(Debug, Default)]
pub(super) struct Whole {
    /// Its size, bytes; 0 = not known.
    size: u64,
    /// Bytes that its members have expanded to so far.
    made: AtomicU64,
}

impl Whole {
    /// One of a size in bytes, of which nothing was read yet.
    pub(super) fn of(size: u64) -> Self {
        Self { size, made: AtomicU64::new(0) }
    }

    /// Whether with so many bytes more its members are more than it can honestly expand to.
    pub(super) fn is_bomb(&self, more: u64, ratio_stop: u64) -> bool {
        let made = self.made.fetch_add(more, Ordering::Relaxed).saturating_add(more);
        self.size > 0 && made > RATIO_FROM && made / self.size > ratio_stop
    }
}
