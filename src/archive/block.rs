//! A block of bytes that is filled again and again.

/// Bytes filled from the front. What lies behind is kept, so that room need not be cleared each time.
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

    /// Their number.
    pub(super) fn len(&self) -> usize {
        self.filled
    }

    /// Lets go of the bytes from a place on.
    pub(super) fn truncate(&mut self, len: usize) {
        self.filled = self.filled.min(len);
    }

    /// Room for some more bytes; what was written there counts once it is [`Block::keep`]-ed.
    pub(super) fn room(&mut self, more: usize) -> &mut [u8] {
        let end = self.filled.saturating_add(more);
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.bytes.get_mut(self.filled..end).unwrap_or_default()
    }

    /// Counts bytes that were written into the room.
    pub(super) fn keep(&mut self, more: usize) {
        self.filled = self.filled.saturating_add(more).min(self.bytes.len());
    }

    /// Lets go of bytes at the front.
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
