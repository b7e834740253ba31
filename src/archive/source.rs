//! Opens a file and provides its decompressed bytes, noting how they end.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::candidate::{Candidate, Place};
use super::compression::Compression;
use super::ending::{End, Ending};
use super::error::ArchiveError;
use super::layer::{Begin, Layer};
use super::limits::Limits;
use super::opening::open_sized;
use super::stored::{Notes, Raw, Stored, length};
use super::whole::Whole;

/// Expansion is judged only after this much output, bytes.
const RATIO_FROM: u64 = 1 << 20;

/// Most layers of compression that are undone.
const LAYERS: usize = 3;

/// The decompressed bytes of a file.
pub(super) struct Source {
    /// The innermost layer; `None` if there was damage before its first byte.
    top: Option<Stored>,
    limits: Limits,
    compression: Compression,
    notes: Arc<Notes>,
    decompressed: u64,
    end: Option<End>,
    /// What it has in common with other members of its container.
    whole: Option<Arc<Whole>>,
}

impl Source {
    /// Opens a file. An error here means "cannot be opened", not "failed while reading".
    pub(super) fn open(candidate: &Candidate, limits: Limits) -> Result<Self, ArchiveError> {
        let trouble = |source| ArchiveError::reading(&candidate.name, source);
        let raw: Raw = match &candidate.place {
            Place::StandardInput => Box::new(io::stdin()),
            Place::File(path) => Box::new(open_sized(path).map_err(trouble)?.0),
            Place::Object(object) => object.stream(),
            Place::Opened(opened) => {
                let (raw, whole) = opened.take().ok_or_else(nowhere).map_err(trouble)?;
                let source = Self::of(raw, limits).map_err(trouble)?;
                return Ok(Self { whole: Some(whole), ..source });
            }
            // Members are read only through their container, in its order.
            Place::Member { .. } => return Err(trouble(nowhere())),
        };
        Self::of(raw, limits).map_err(trouble)
    }

    /// Undoes all compression of some stored bytes.
    ///
    /// # Errors
    /// If the storage fails.
    pub(super) fn of(raw: Raw, limits: Limits) -> io::Result<Self> {
        let notes = Arc::new(Notes::default());
        let mut at = Stored::lowest(raw, &notes);
        let mut compression = Compression::Plain;
        for depth in 0.. {
            let begin = match Layer::begin(at, &notes, limits) {
                Ok(begin) => begin,
                Err(error) if notes.damage().is_none() => return Err(error),
                Err(_) => return Ok(Self::new(None, limits, compression, notes)),
            };
            match begin {
                Begin::Plain(stored) => {
                    return Ok(Self::new(Some(stored), limits, compression, notes));
                }
                Begin::Layer(layer) => {
                    if depth == 0 {
                        compression = layer.kind();
                    }
                    if depth == LAYERS {
                        notes.damaged(End::TooDeep);
                        break;
                    }
                    at = Stored::above(Box::new(layer));
                }
            }
        }
        Ok(Self::new(None, limits, compression, notes))
    }

    fn new(
        top: Option<Stored>,
        limits: Limits,
        compression: Compression,
        notes: Arc<Notes>,
    ) -> Self {
        Self { top, limits, compression, notes, decompressed: 0, end: None, whole: None }
    }

    /// Reads into the buffer and returns the number of bytes; 0 = the end. Only a storage failure is an error.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.end.is_some() || buffer.is_empty() {
            return Ok(0);
        }
        let read = match &mut self.top {
            Some(top) => retry(|| top.read(buffer)),
            None => Ok(0),
        };
        let n = match (read, self.notes.damage()) {
            (Ok(n), None) => n,
            (Err(error), None) => return Err(error),
            (Ok(n), Some(_)) if n > 0 => n,
            (_, Some((end, _))) => {
                self.end = Some(end);
                return Ok(0);
            }
        };
        self.decompressed += length(n);
        if n == 0 {
            self.end = Some(End::Complete);
        } else if self.decompressed > self.limits.file || self.is_bomb(length(n)) {
            self.notes.damaged(End::TooLarge);
            self.end = Some(End::TooLarge);
            return Ok(0);
        }
        Ok(n)
    }

    /// Whether its container has expanded too far with these bytes, in members that are compressed themselves.
    fn is_bomb(&self, more: u64) -> bool {
        let whole = self.whole.as_ref().filter(|_| self.compression != Compression::Plain);
        whole.is_some_and(|whole| whole.is_bomb(more, self.limits.ratio_stop))
    }

    fn ratio(&self) -> u64 {
        if self.compression == Compression::Plain || self.decompressed < RATIO_FROM {
            return 0;
        }
        self.decompressed / self.stored().max(1)
    }

    /// Bytes read from the storage so far.
    pub(super) fn stored(&self) -> u64 {
        self.notes.stored.load(Ordering::Relaxed)
    }

    /// What is known so far.
    pub(super) fn ending(&self) -> Ending {
        Ending {
            end: self.end.unwrap_or(End::Complete),
            broken_at: self.notes.damage().map(|(_, at)| at),
            compression: self.compression,
            stored: self.stored(),
            decompressed: self.decompressed,
            trailing_garbage: self.notes.garbage.load(Ordering::Relaxed),
            suspicious_ratio: self.ratio() > self.limits.ratio_warning,
        }
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Self::read(self, buffer)
    }
}

fn nowhere() -> io::Error {
    io::ErrorKind::NotFound.into()
}

fn retry(mut read: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match read() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

#[cfg(test)]
#[path = "source_tests.rs"]
mod tests;
