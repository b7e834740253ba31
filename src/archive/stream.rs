//! Hands out the lines of a stream block by block to several threads: while one decodes a block, another decompresses
//! the next.
//!
//! Decompression has one order, so whoever takes a block holds the stream meanwhile; blocks are numbered, end at line
//! ends, and can then be decoded in any order.

use std::io;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use super::block::Block;
use super::chunks::ChunkLines;
use super::discover::Candidate;
use super::error::ArchiveError;
use super::source::{Ending, Limits, Source};

/// Bytes of a block, about.
const BLOCK: usize = 1 << 20;
/// Bytes decompressed at once.
const STEP: usize = 128 << 10;

/// A file or standard input, read by several threads.
pub struct LineStream {
    state: Mutex<State>,
    limits: Limits,
    block: usize,
    name: String,
}

struct State {
    source: Source,
    /// The begin of the next block: a line whose end was not reached.
    carry: Block,
    blocks: u64,
    offset: u64,
    reported: u64,
    done: bool,
}

impl LineStream {
    /// Opens a file.
    ///
    /// # Errors
    /// [`ArchiveError::Io`] if it cannot be opened.
    pub fn open(candidate: &Candidate, limits: Limits) -> Result<Self, ArchiveError> {
        let state = State {
            source: Source::open(candidate, limits)?,
            carry: Block::default(),
            blocks: 0,
            offset: 0,
            reported: 0,
            done: false,
        };
        Ok(Self { state: Mutex::new(state), limits, block: BLOCK, name: candidate.name.clone() })
    }

    /// The next block, with its number from 0, in `buffer`; `None` at the end. `progress` hears of stored bytes read, and says
    /// whether to go on.
    ///
    /// # Errors
    /// [`ArchiveError::Io`] if the storage fails; [`ArchiveError::Stopped`] if `progress` says so.
    pub fn next(
        &self,
        buffer: &mut Block,
        progress: impl Fn(u64) -> ControlFlow<()>,
    ) -> Result<Option<(u64, ChunkLines)>, ArchiveError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let next = state.next(buffer, self.block, self.limits);
        let flow = progress(state.source.stored() - state.reported);
        state.reported = state.source.stored();
        if flow.is_break() {
            return Err(ArchiveError::Stopped);
        }
        next.map_err(|source| ArchiveError::Io { name: self.name.clone(), source })
    }

    /// How the stream ended, once it did.
    #[must_use]
    pub fn ending(&self) -> Ending {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).source.ending()
    }
}

impl State {
    fn next(
        &mut self,
        buffer: &mut Block,
        block: usize,
        limits: Limits,
    ) -> io::Result<Option<(u64, ChunkLines)>> {
        buffer.truncate(0);
        if self.done {
            return Ok(None);
        }
        std::mem::swap(buffer, &mut self.carry);
        let mut tail = None;
        loop {
            if self.append(buffer)? == 0 {
                self.done = true;
                tail = buffer.bytes().last().is_some_and(|c| *c != b'\n').then_some((0, false));
                break;
            }
            if buffer.len() < block {
                continue;
            }
            if let Some(at) = memchr::memrchr(b'\n', buffer.bytes()) {
                self.carry.extend(buffer.bytes().get(at + 1..).unwrap_or_default());
                buffer.truncate(at + 1);
                break;
            }
            if buffer.len() > limits.line.saturating_add(4) {
                tail = Some(self.skip_line()?);
                break;
            }
        }
        let lines = ChunkLines::new(0, self.offset, tail);
        let more = tail.map_or(0, |(more, ended)| more + u64::from(ended));
        self.offset += u64::try_from(buffer.len()).unwrap_or(0) + more;
        self.blocks += 1;
        Ok(Some((self.blocks - 1, lines)))
    }

    /// Appends some bytes; 0 = the end.
    fn append(&mut self, buffer: &mut Block) -> io::Result<usize> {
        let n = self.source.read(buffer.room(STEP))?;
        buffer.keep(n);
        Ok(n)
    }

    /// Lets go of the rest of a line: its length without the line end, and whether there is one.
    fn skip_line(&mut self) -> io::Result<(u64, bool)> {
        let mut rest = Block::default();
        let mut skipped = 0;
        loop {
            rest.truncate(0);
            if self.append(&mut rest)? == 0 {
                self.done = true;
                return Ok((skipped, false));
            }
            if let Some(at) = memchr::memchr(b'\n', rest.bytes()) {
                self.carry.extend(rest.bytes().get(at + 1..).unwrap_or_default());
                return Ok((skipped + u64::try_from(at).unwrap_or(0), true));
            }
            skipped += u64::try_from(rest.len()).unwrap_or(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::discover::Place;
    use super::super::lines::{Line, LineKind, go_on, read_lines};
    use super::*;
    use proptest::prelude::*;

    fn seen(line: &Line<'_>) -> (u64, Vec<u8>, LineKind, bool) {
        (line.offset, line.bytes.to_vec(), line.kind, line.bom)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn blocks_give_the_lines_of_the_whole(
            words in prop::collection::vec((prop::sample::select(b"ab\n\r".to_vec()), 1_usize..90_000), 0..40),
            block in 1_usize..300_000,
            limit in 1_usize..200_000,
        ) {
            // Runs of one character: lines far longer than a step, and many empty ones.
            let text: Vec<u8> = words.iter().flat_map(|(c, n)| std::iter::repeat_n(*c, if *c == b'\n' { n % 5 } else { *n })).collect();
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("x.zst");
            std::fs::write(&path, zstd::encode_all(text.as_slice(), 1).unwrap()).unwrap();
            let candidate = Candidate { name: "x".into(), place: Place::File(path), bytes: 0, modified_ms: None };
            let limits = Limits { line: limit, ratio_stop: u64::MAX, ..Limits::default() };
            let mut stream = LineStream::open(&candidate, limits).unwrap();
            stream.block = block;
            let (mut parts, mut buffer, mut number) = (Vec::new(), Block::default(), 0);
            while let Some((at, lines)) = stream.next(&mut buffer, go_on).unwrap() {
                prop_assert_eq!(at, number);
                number += 1;
                lines.each(limits, &buffer, |line| parts.push(seen(&line)));
            }
            let mut whole = Vec::new();
            let ending = read_lines(&candidate, limits, go_on, |line| whole.push(seen(&line))).unwrap();
            prop_assert_eq!(parts, whole);
            prop_assert_eq!(stream.ending(), ending);
        }
    }
}
