//! Cuts bytes into lines, without copying those that lie in one block.

use std::ops::ControlFlow;

use super::discover::Candidate;
use super::error::ArchiveError;
use super::source::{Ending, Limits, Source};

/// One line, without its line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Number, from 1.
    pub number: u64,
    /// Offset of its first byte in the decompressed file.
    pub offset: u64,
    /// Its bytes, without line end and byte order mark; empty for a line that is too long.
    pub bytes: &'a [u8],
    /// It began with a byte order mark (concatenated files have them in the middle); not told of a line that is too
    /// long, since what is no longer kept cannot be asked.
    pub bom: bool,
    /// Whether it is whole.
    pub kind: LineKind,
}

/// Whether a line is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// It has a line end.
    Whole,
    /// The file ends without a line end.
    Unterminated,
    /// It is longer than the cap and was skipped.
    TooLong {
        /// Bytes before the line feed.
        length: u64,
    },
}

/// Bytes asked for at once.
const BLOCK: usize = 1 << 20;

/// Hears nothing, and goes on: for who neither draws a bar nor wants to stop.
pub fn go_on(_bytes: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Reads a file line by line; `progress` hears of the bytes read from the storage since it was last called, and says
/// whether to go on.
///
/// Whether the lines may be used is known only from the [`Ending`]: those of a damaged compressed file may not.
///
/// # Errors
/// [`ArchiveError::Io`] if the file cannot be opened or the storage fails; [`ArchiveError::Stopped`] if `progress` says so.
pub fn read_lines(
    candidate: &Candidate,
    limits: Limits,
    progress: impl FnMut(u64) -> ControlFlow<()>,
    line: impl FnMut(Line<'_>),
) -> Result<Ending, ArchiveError> {
    let source = Source::open(candidate, limits)?;
    read_in_blocks(source, BLOCK, limits, progress, line)
        .map_err(|source| ArchiveError::Io { name: candidate.name.clone(), source })?
        .ok_or(ArchiveError::Stopped)
}

/// How the file ended; nothing if `progress` stopped it.
fn read_in_blocks(
    mut source: Source,
    block: usize,
    limits: Limits,
    mut progress: impl FnMut(u64) -> ControlFlow<()>,
    line: impl FnMut(Line<'_>),
) -> std::io::Result<Option<Ending>> {
    let mut splitter = Splitter::new(line, limits.line, 0);
    let mut buffer = vec![0_u8; block];
    let mut filled = 0;
    let mut reported = 0;
    loop {
        if filled == buffer.len() {
            // One unfinished line fills the buffer: grow up to the cap, then skip instead of keeping.
            if filled > limits.line.saturating_add(4) {
                splitter.skipped += u64::try_from(filled).unwrap_or(0);
                filled = 0;
            } else {
                buffer.resize(filled.saturating_mul(2).max(16), 0);
            }
        }
        let Some(room) = buffer.get_mut(filled..) else {
            break;
        };
        let n = source.read(room)?;
        if progress(source.stored() - reported).is_break() {
            return Ok(None);
        }
        reported = source.stored();
        if n == 0 {
            break;
        }
        let fresh = filled;
        filled += n;
        let Some(bytes) = buffer.get(..filled) else {
            break;
        };
        let rest = splitter.split(bytes, fresh);
        buffer.copy_within(filled - rest..filled, 0);
        filled = rest;
    }
    if filled > 0 || splitter.skipped > 0 {
        splitter.give(buffer.get(..filled).unwrap_or_default(), false);
    }
    Ok(Some(source.ending()))
}

/// Hands out lines and keeps count.
pub(super) struct Splitter<F> {
    line: F,
    limit: usize,
    number: u64,
    offset: u64,
    /// Bytes of the current line that were let go.
    skipped: u64,
}

impl<'b, F: FnMut(Line<'b>)> Splitter<F> {
    /// A splitter of bytes that begin at an offset of their file.
    pub(super) fn new(line: F, limit: usize, offset: u64) -> Self {
        Self { line, limit, number: 0, offset, skipped: 0 }
    }

    /// Hands out every terminated line of `bytes`; returns the length of what is left. No line ends before `fresh`.
    pub(super) fn split(&mut self, bytes: &'b [u8], fresh: usize) -> usize {
        let mut begin = 0;
        for end in memchr::memchr_iter(b'\n', bytes.get(fresh..).unwrap_or_default()) {
            let end = fresh + end;
            self.give(bytes.get(begin..end).unwrap_or_default(), true);
            begin = end + 1;
        }
        bytes.len() - begin
    }

    /// Hands out a line that was not kept.
    pub(super) fn give_too_long(&mut self, length: u64, terminated: bool) {
        self.skipped = length;
        self.give(&[], terminated);
    }

    pub(super) fn give(&mut self, raw: &'b [u8], terminated: bool) {
        self.number += 1;
        let length = self.skipped + u64::try_from(raw.len()).unwrap_or(0);
        let offset = self.offset;
        self.offset += length + u64::from(terminated);
        let body = if terminated { raw.strip_suffix(b"\r").unwrap_or(raw) } else { raw };
        let (body, bom) = match body.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) if self.skipped == 0 => (rest, true),
            _ => (body, false),
        };
        let too_long = self.skipped > 0 || body.len() > self.limit;
        let bom = bom && !too_long;
        let (bytes, kind): (&'b [u8], _) = if too_long {
            (&[], LineKind::TooLong { length })
        } else if terminated {
            (body, LineKind::Whole)
        } else {
            (body, LineKind::Unterminated)
        };
        self.skipped = 0;
        (self.line)(Line { number: self.number, offset, bytes, bom, kind });
    }
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
