//! Stored bytes, a few of which can be looked at before they are read.

use std::io::{self, BufRead, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::compression::MAGIC;
use super::ending::End;
use super::storage::{again, is_of_storage};

/// A reader that can move between threads.
pub(super) type Raw = Box<dyn Read + Send>;

/// What the layers of a source share.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Bytes read from the storage.
    pub(super) stored: AtomicU64,
    /// Whether there are stray bytes after the compressed data.
    pub(super) garbage: AtomicBool,
    /// The first damage, and how many stored bytes had been used by then.
    damage: Mutex<Option<(End, u64)>>,
    /// Bytes of the lowest layer that have been used.
    used: AtomicU64,
    /// Why the storage failed, if it did.
    failed: Mutex<Option<io::Error>>,
}

impl Notes {
    /// Notes damage, unless earlier damage was noted.
    pub(super) fn damaged(&self, end: End) {
        let used = self.used.load(Ordering::Relaxed);
        self.damage.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert((end, used));
    }

    /// The damage, and the number of stored bytes before it.
    pub(super) fn damage(&self) -> Option<(End, u64)> {
        *self.damage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why the storage failed, if it did, even if its error was lost on the way up.
    pub(super) fn storage_failed(&self) -> Option<io::Error> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(again)
    }

    /// Notes that the storage failed.
    fn fail(&self, error: &io::Error) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.get_or_insert_with(|| again(error));
    }
}

/// Counts the bytes read from the storage.
pub(super) struct Counted {
    pub(super) inner: Raw,
    pub(super) notes: Arc<Notes>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.inner.read(buffer) {
                Ok(n) => {
                    self.notes.stored.fetch_add(length(n), Ordering::Relaxed);
                    return Ok(n);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    if is_of_storage(&error) {
                        self.notes.fail(&error);
                    } else if error.kind() == io::ErrorKind::UnexpectedEof {
                        self.notes.damaged(End::Truncated);
                    } else if error.kind() == io::ErrorKind::FileTooLarge {
                        self.notes.damaged(End::TooLarge);
                    } else {
                        self.notes.damaged(End::Corrupt);
                    }
                    return Err(error);
                }
            }
        }
    }
}

/// Bytes that can be looked at before they are used.
pub(super) struct Stored {
    given_back: Vec<u8>,
    inner: io::BufReader<Raw>,
    /// Counts the bytes used; only in the lowest layer.
    notes: Option<Arc<Notes>>,
    /// Whether the end was reached.
    at_end: bool,
}

impl Stored {
    /// The lowest layer: the storage itself.
    pub(super) fn lowest(raw: Raw, notes: &Arc<Notes>) -> Self {
        let counted = Counted { inner: raw, notes: Arc::clone(notes) };
        let inner = io::BufReader::with_capacity(256 << 10, Box::new(counted) as Raw);
        Self { given_back: Vec::new(), inner, notes: Some(Arc::clone(notes)), at_end: false }
    }

    /// The output of another layer.
    pub(super) fn above(layer: Raw) -> Self {
        let inner = io::BufReader::with_capacity(32 << 10, layer);
        Self { given_back: Vec::new(), inner, notes: None, at_end: false }
    }

    /// Whether the end was reached.
    pub(super) fn at_end(&self) -> bool {
        self.at_end
    }

    /// The next bytes without using them: as many as a mark may have, or fewer at the end.
    pub(super) fn peek(&mut self) -> io::Result<&[u8]> {
        self.peek_at(MAGIC)
    }

    /// The next `wanted` bytes without using them, or fewer at the end.
    pub(super) fn peek_at(&mut self, wanted: usize) -> io::Result<&[u8]> {
        let missing = wanted.saturating_sub(self.given_back.len());
        if missing > 0 {
            // Bytes read before an error are kept.
            let begin = self.given_back.len();
            let inner = &mut self.inner;
            let read = inner.take(length(missing)).read_to_end(&mut self.given_back);
            self.at_end |= read.is_ok() && self.given_back.len() - begin < missing;
            read?;
        }
        Ok(&self.given_back)
    }

    /// Skips the zeros that tapes and block devices pad with; returns whether anything follows.
    pub(super) fn skip_padding(&mut self) -> io::Result<bool> {
        loop {
            let bytes = self.fill_buf()?;
            if bytes.is_empty() {
                return Ok(false);
            }
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            let all = zeros == bytes.len();
            self.consume(zeros);
            if !all {
                return Ok(true);
            }
        }
    }

    /// Skips `n` bytes.
    ///
    /// # Errors
    /// `UnexpectedEof` if there are fewer.
    pub(super) fn skip(&mut self, mut n: u64) -> io::Result<()> {
        while n > 0 {
            let here = self.fill_buf()?.len();
            if here == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let step = usize::try_from(n).unwrap_or(usize::MAX).min(here);
            self.consume(step);
            n -= length(step);
        }
        Ok(())
    }

    /// Reads `N` bytes.
    ///
    /// # Errors
    /// `UnexpectedEof` if there are fewer.
    pub(super) fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0_u8; N];
        self.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

impl Read for Stored {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = if self.given_back.is_empty() {
            let n = self.inner.read(buffer)?;
            self.at_end |= n == 0 && !buffer.is_empty();
            n
        } else {
            let n = self.given_back.as_slice().read(buffer)?;
            self.given_back.drain(..n);
            n
        };
        if let Some(notes) = &self.notes {
            notes.used.fetch_add(length(n), Ordering::Relaxed);
        }
        Ok(n)
    }
}

impl BufRead for Stored {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if !self.given_back.is_empty() {
            return Ok(&self.given_back);
        }
        let bytes = self.inner.fill_buf()?;
        self.at_end |= bytes.is_empty();
        Ok(bytes)
    }

    fn consume(&mut self, n: usize) {
        if self.given_back.is_empty() {
            self.inner.consume(n);
        } else {
            self.given_back.drain(..n.min(self.given_back.len()));
        }
        if let Some(notes) = &self.notes {
            notes.used.fetch_add(length(n), Ordering::Relaxed);
        }
    }
}

pub(super) fn length(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
