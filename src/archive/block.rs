//! A buffer of bytes that is filled again and again.

/// Bytes filled from the front. The memory behind them stays initialised, so it need not be cleared each time.
#[derive(Debug, Default)]
pub struct Block {
    bytes: Vec<u8>,
    filled: usize,
}

impl Block {
    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or_default()
    }

    /// Number of bytes.
    pub(super) fn len(&self) -> usize {
        self.filled
    }

    /// Drops the bytes from an index on.
    pub(super) fn truncate(&mut self, len: usize) {
        self.filled = self.filled.min(len);
    }

    /// Room for more bytes; what is written there counts only after [`Block::keep`].
    pub(super) fn room(&mut self, more: usize) -> &mut [u8] {
        let end = self.filled.saturating_add(more);
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.bytes.get_mut(self.filled..end).unwrap_or_default()
    }

    /// Keeps bytes that were written into the room.
    pub(super) fn keep(&mut self, more: usize) {
        self.filled = self.filled.saturating_add(more).min(self.bytes.len());
    }

    /// Drops bytes at the front.
    pub(super) fn drop_front(&mut self, n: usize) {
        self.bytes.copy_within(n.min(self.filled)..self.filled, 0);
        self.filled = self.filled.saturating_sub(n);
    }

    /// Appends bytes.
    pub(super) fn extend(&mut self, more: &[u8]) {
        self.room(more.len()).copy_from_slice(more);
        self.keep(more.len());
    }
}
