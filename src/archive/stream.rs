//! Hands the records of a stream to several threads, block by block: while one decodes a block, another decompresses the
//! next.
//!
//! Decompression is sequential, so a thread locks the stream while it takes a block. Blocks are numbered and can then be
//! decoded in any order. Where every line is a record, a block ends at a line end, and the thread that decodes it finds the
//! lines. In all other forms, what a byte means depends on everything before it, so the thread that holds the stream also
//! splits it into records, by brackets and quotes alone.

use std::io;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use super::block::Block;
use super::candidate::Candidate;
use super::chunks::ChunkLines;
use super::closer::Pieces;
use super::ending::Ending;
use super::error::ArchiveError;
use super::limits::Limits;
use super::piece::Piece;
use super::source::Source;
use super::splitter::Splitter;
use super::text::Text;

/// Approximate size of a block, bytes.
const BLOCK: usize = 1 << 20;
/// Bytes decompressed at a time.
const STEP: usize = 128 << 10;

/// What a block holds.
#[derive(Debug)]
pub enum Content {
    /// Lines, each a record.
    Lines(ChunkLines),
    /// Records, numbered by lines of the file, and whether the file ends with them.
    Pieces(Vec<Piece>, bool),
}

/// How to split a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// At line ends.
    Lines,
    /// Into records of any form.
    Records,
}

/// A file or standard input, read by several threads.
pub struct RecordStream {
    state: Mutex<State>,
    limits: Limits,
    block: usize,
    name: String,
}

struct State {
    text: Text,
    /// The start of the next block.
    carry: Block,
    /// Splits into records, where lines will not do.
    splitter: Option<Splitter>,
    blocks: u64,
    offset: u64,
    reported: u64,
    done: bool,
}

impl RecordStream {
    /// Opens a file.
    ///
    /// # Errors
    /// [`ArchiveError::Io`] if it cannot be opened.
    pub fn open(candidate: &Candidate, limits: Limits, cut: Cut) -> Result<Self, ArchiveError> {
        let state = State {
            text: Text::of(Source::open(candidate, limits)?),
            carry: Block::default(),
            splitter: (cut == Cut::Records).then(|| Splitter::new(limits.line, 0)),
            blocks: 0,
            offset: 0,
            reported: 0,
            done: false,
        };
        Ok(Self { state: Mutex::new(state), limits, block: BLOCK, name: candidate.name.clone() })
    }

    /// Reads the next block into `buffer` and returns its number, from 0, and what it holds; `None` at the end. The content
    /// is `None` if a line is longer than the cap, so that the stream cannot be split at line ends. `progress` is called
    /// with the stored bytes read since the last call, and says whether to go on.
    ///
    /// # Errors
    /// [`ArchiveError::Io`] if the storage fails; [`ArchiveError::Stopped`] if `progress` says so.
    pub fn next(
        &self,
        buffer: &mut Block,
        progress: impl Fn(u64) -> ControlFlow<()>,
    ) -> Result<Option<(u64, Option<Content>)>, ArchiveError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let next = state.next(buffer, self.block, self.limits);
        let flow = progress(state.text.stored() - state.reported);
        state.reported = state.text.stored();
        if flow.is_break() {
            return Err(ArchiveError::Stopped);
        }
        next.map_err(|source| ArchiveError::reading(&self.name, source))
    }

    /// How the stream ended; call it at the end.
    #[must_use]
    pub fn ending(&self) -> Ending {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).text.ending()
    }
}

impl State {
    fn next(
        &mut self,
        buffer: &mut Block,
        block: usize,
        limits: Limits,
    ) -> io::Result<Option<(u64, Option<Content>)>> {
        buffer.truncate(0);
        if self.done {
            return Ok(None);
        }
        std::mem::swap(buffer, &mut self.carry);
        let content = match &mut self.splitter {
            None => self.lines(buffer, block, limits)?.map(Content::Lines),
            Some(_) => {
                let pieces = self.pieces(buffer, block)?;
                Some(Content::Pieces(pieces, self.done))
            }
        };
        self.done |= content.is_none();
        self.blocks += 1;
        Ok(Some((self.blocks - 1, content)))
    }

    fn lines(
        &mut self,
        buffer: &mut Block,
        block: usize,
        limits: Limits,
    ) -> io::Result<Option<ChunkLines>> {
        loop {
            if self.append(buffer)? == 0 {
                self.done = true;
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
                return Ok(None);
            }
        }
        let lines = ChunkLines::new(0, self.offset, self.done);
        self.offset += u64::try_from(buffer.len()).unwrap_or(0);
        Ok(Some(lines))
    }

    fn pieces(&mut self, buffer: &mut Block, block: usize) -> io::Result<Vec<Piece>> {
        let mut pieces = Pieces::default();
        let Some(splitter) = &mut self.splitter else { return Ok(pieces.0) };
        let mut wanted = block;
        loop {
            while !self.done && buffer.len() < wanted {
                let n = self.text.read(buffer.room(STEP))?;
                buffer.keep(n);
                self.done = n == 0;
            }
            let done = splitter.split(buffer.bytes(), 0, self.done, &mut pieces);
            if done > 0 || self.done {
                self.carry.extend(buffer.bytes().get(done..).unwrap_or_default());
                buffer.truncate(done);
                return Ok(pieces.0);
            }
            // A single value fills the buffer.
            wanted = buffer.len() + block;
        }
    }

    /// Appends more bytes; returns their number, 0 at the end.
    fn append(&mut self, buffer: &mut Block) -> io::Result<usize> {
        let n = self.text.read(buffer.room(STEP))?;
        buffer.keep(n);
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::super::candidate::Place;
    use super::super::reader::{go_on, read_records};
    use super::*;
    use proptest::prelude::*;

    type Seen = (super::super::piece::Kind, u64, u64, u64, Vec<u8>);

    fn seen(bytes: &[u8], piece: &Piece, lines: u64) -> Seen {
        let text = bytes.get(piece.at.clone()).unwrap_or_default().to_vec();
        (piece.kind, piece.line + lines, piece.offset, piece.length, text)
    }

    /// What one thread finds that reads from begin to end.
    #[derive(Default)]
    struct Whole(Vec<Seen>);

    impl super::super::piece::Sink for Whole {
        fn plain(&mut self, bytes: &[u8], line: super::super::piece::PlainLine) -> bool {
            let mut one = Pieces::default();
            let good = one.plain(bytes, line);
            self.0.extend(one.0.iter().map(|piece| seen(bytes, piece, 0)));
            good
        }

        fn piece(&mut self, bytes: &[u8], piece: Piece) {
            self.0.push(seen(bytes, &piece, 0));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]
        #[test]
        fn blocks_give_the_records_of_the_whole(
            words in prop::collection::vec((prop::sample::select(vec![
                "{\"a\":\"bcd\"}", "\n", "\r\n", "x", "{\"a\":[", "]}", "[", "]", ",", "{\"a\":\"b", "  ",
            ]), 1_usize..4_000), 0..40),
            block in 1_usize..300_000,
            limit in 1_usize..200_000,
            cut in prop::sample::select(vec![Cut::Lines, Cut::Records]),
        ) {
            // Runs of one word: records far longer than a step, and many empty ones.
            let text: String = words.iter().map(|(word, n)| word.repeat(if *word == "\n" { n % 5 } else { *n })).collect();
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("x.zst");
            std::fs::write(&path, zstd::encode_all(text.as_bytes(), 1).unwrap()).unwrap();
            let candidate = Candidate { name: "x".into(), place: Place::File(path), bytes: 0, modified_ms: None };
            let limits = Limits { line: limit, ratio_stop: u64::MAX, ..Limits::default() };
            let mut stream = RecordStream::open(&candidate, limits, cut).unwrap();
            stream.block = block;
            let (mut parts, mut buffer, mut number, mut lines) = (Vec::new(), Block::default(), 0, 0);
            while let Some((at, content)) = stream.next(&mut buffer, go_on).unwrap() {
                prop_assert_eq!(at, number);
                number += 1;
                match content {
                    None => return Ok(()),
                    Some(Content::Pieces(pieces, _)) => {
                        parts.extend(pieces.iter().map(|piece| seen(buffer.bytes(), piece, 0)));
                    }
                    Some(Content::Lines(found)) => {
                        let mut pieces = Pieces::default();
                        let Some(more) = found.records(limits, &buffer, &mut pieces) else { return Ok(()) };
                        parts.extend(pieces.0.iter().map(|piece| seen(buffer.bytes(), piece, lines)));
                        lines += more;
                    }
                }
            }
            let mut whole = Whole::default();
            let ending = read_records(&candidate, limits, go_on, &mut whole).unwrap();
            prop_assert_eq!(parts.len(), whole.0.len());
            for (part, whole) in parts.iter().zip(&whole.0) {
                prop_assert_eq!(&part.0, &whole.0);
                prop_assert_eq!((part.1, part.2, part.3), (whole.1, whole.2, whole.3));
            }
            prop_assert_eq!(stream.ending(), ending);
        }
    }
}
