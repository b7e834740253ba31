//! Splits a large plain file into chunks at line ends, so that several threads can read it at once.
//!
//! A line belongs to the chunk in which it begins. There is no need to look for line ends beforehand: a chunk skips to the
//! first line that begins in it, and reads past its end until its last line is complete. A chunk can be read without
//! knowing the one before as long as every record ends at a line end; if one does not, the file is read by
//! [`super::stream`].

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use super::block::Block;
use super::candidate::{Candidate, Place};
use super::compression::{Compression, MAGIC, compression};
use super::error::ArchiveError;
use super::limits::Limits;
use super::opening::open_regular;
use super::piece::Sink;
use super::splitter::Splitter;
use super::text::is_utf16;

/// Bytes of a chunk.
const CHUNK: u64 = 256 << 10;
/// Bytes read before a chunk. One would do, to see whether a line begins exactly at its start. But where a buffer begins a few
/// bytes further into its page than what is copied into it, processors that compare only the place in the page wait for
/// each store: 0.15 to 0.33 s a GB instead of 0.08, in a program that only reads.
const BEFORE: u64 = 64;
/// Bytes read past the end of a chunk together with it: as a rule its last line ends there.
const BEHIND: u64 = 4 << 10;
/// How many times as many bytes are read at a time after that.
const STEP: u64 = 16;

/// A plain file that is worth splitting.
#[derive(Debug)]
pub struct LargeFile {
    file: File,
    /// Size when it was opened: a file that grows ends here.
    size: u64,
    chunk: u64,
    behind: u64,
    name: String,
}

impl LargeFile {
    /// Opens a file if it is plain and has several chunks; `None` if it should be read from start to end.
    ///
    /// Also `None` if it cannot be opened: reading it will tell why.
    #[must_use]
    pub fn open(candidate: &Candidate) -> Option<Self> {
        let Place::File(path) = &candidate.place else { return None };
        let file = open_regular(path).ok()?;
        let size = file.metadata().ok()?.len();
        let mut head = [0_u8; MAGIC];
        file.read_exact_at(&mut head, 0).ok()?;
        let plain = compression(&head) == Compression::Plain && !is_utf16(&head);
        let name = candidate.name.clone();
        let (chunk, behind) = (CHUNK, BEHIND);
        (plain && size > 2 * CHUNK).then_some(Self { file, size, chunk, behind, name })
    }

    /// Size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Number of chunks.
    #[must_use]
    pub fn chunks(&self) -> u64 {
        self.size.div_ceil(self.chunk)
    }

    /// Reads the lines that begin in a chunk; they are numbered from the first one. `buffer` is reused. `None` if a line is
    /// longer than the cap.
    ///
    /// # Errors
    /// [`ArchiveError::Io`] if the storage fails.
    pub fn read(
        &self,
        chunk: u64,
        limits: Limits,
        buffer: &mut Block,
    ) -> Result<Option<ChunkLines>, ArchiveError> {
        self.read_chunk(chunk, limits, buffer)
            .map_err(|source| ArchiveError::reading(&self.name, source))
    }

    fn read_chunk(
        &self,
        chunk: u64,
        limits: Limits,
        buffer: &mut Block,
    ) -> io::Result<Option<ChunkLines>> {
        let start = chunk * self.chunk;
        let end = (start + self.chunk).min(self.size);
        let from = start.saturating_sub(BEFORE);
        let mut at = (end + self.behind).min(self.size);
        buffer.truncate(0);
        self.append(buffer, from, at)?;
        // A line end in the byte before the chunk means that a line begins exactly at its start.
        let place = |at: u64| usize::try_from(at.saturating_sub(from)).unwrap_or(usize::MAX);
        let line_end = |buffer: &Block, since: usize| {
            let n = memchr::memchr(b'\n', buffer.bytes().get(since..)?)?;
            Some(since + n + 1)
        };
        let skipped = if start == 0 {
            0
        } else {
            // Without a line end, the whole chunk belongs to a line that began earlier, or to a very long one.
            line_end(buffer, place(start - 1)).unwrap_or(buffer.len())
        };
        let offset = from + length(skipped);
        if offset >= end {
            return Ok(Some(ChunkLines::new(buffer.len(), offset, end >= self.size)));
        }
        // The line in which the chunk ends is its last one.
        let mut since = place(end - 1);
        let begin_of_last = memchr::memrchr(b'\n', buffer.bytes().get(..since).unwrap_or_default())
            .map_or(skipped, |n| skipped.max(n + 1));
        let last = loop {
            if let Some(behind) = line_end(buffer, since) {
                buffer.truncate(behind);
                break from + length(behind) >= self.size;
            }
            if at >= self.size {
                break true;
            }
            if buffer.len() - begin_of_last > limits.line + 4 {
                return Ok(None);
            }
            since = buffer.len();
            let to = (at + STEP * self.behind).min(self.size);
            self.append(buffer, at, to)?;
            at = to;
        };
        Ok(Some(ChunkLines::new(skipped, offset, last)))
    }

    fn append(&self, buffer: &mut Block, from: u64, to: u64) -> io::Result<()> {
        let wanted = usize::try_from(to - from).unwrap_or(usize::MAX);
        self.file.read_exact_at(buffer.room(wanted), from)?;
        buffer.keep(wanted);
        Ok(())
    }
}

/// Lines in a buffer that is kept elsewhere.
#[derive(Debug)]
pub struct ChunkLines {
    begin: usize,
    offset: u64,
    /// The file ends with them.
    last: bool,
}

impl ChunkLines {
    /// Lines from an index of the buffer on, which has this offset in the file.
    pub(super) fn new(begin: usize, offset: u64, last: bool) -> Self {
        Self { begin, offset, last }
    }

    /// Whether the file ends with them.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.last
    }

    /// Passes on the records, numbered from the first of these lines; `buffer` is the one that was read into. Returns the
    /// number of lines. `None` if they depend on what comes before, or what follows depends on them: then the file must
    /// not be read this way.
    pub fn records(&self, limits: Limits, buffer: &Block, sink: &mut impl Sink) -> Option<u64> {
        let bytes = buffer.bytes();
        // The offset of the first byte in the buffer, and of the first one that counts.
        let offset = self.offset.saturating_sub(length(self.begin));
        let mut splitter = Splitter::from(limits.line, offset, self.offset);
        let done = splitter.split(bytes, self.begin, self.last, sink);
        (self.last || (done == bytes.len() && splitter.is_clean())).then_some(splitter.lines)
    }
}

fn length(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::closer::Pieces;
    use super::super::reader::{go_on, read_records};
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn chunks_give_the_records_of_the_whole(
            words in prop::collection::vec(prop::sample::select(vec![
                "{}", "{\"a\":1}", "\n", "\n", "\r\n", "{\"a\":", "[", "]", ",", "x", "\"", "}", "\u{feff}", "{\"a\":\"b",
            ]), 1..60),
            chunk in 1_u64..30,
            behind in 1_u64..10,
            limit in 1_usize..40,
        ) {
            let bytes = words.concat();
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("x");
            std::fs::write(&path, &bytes).unwrap();
            let limits = Limits { line: limit, ..Limits::default() };
            let large = LargeFile {
                file: File::open(&path).unwrap(),
                size: bytes.len() as u64,
                chunk,
                behind,
                name: "x".into(),
            };
            let candidate = Candidate { name: "x".into(), place: Place::File(path), bytes: 0, modified_ms: None };
            let mut whole = Pieces::default();
            read_records(&candidate, limits, go_on, &mut whole).unwrap();
            let (mut buffer, mut lines, mut pieces) = (Block::default(), 0, Vec::new());
            for at in 0..large.chunks() {
                let mut part = Pieces::default();
                let read = large.read(at, limits, &mut buffer).unwrap();
                let Some(more) = read.and_then(|read| read.records(limits, &buffer, &mut part)) else {
                    // It has to be read from begin to end; what was read so far is right all the same.
                    return Ok(());
                };
                for piece in part.0 {
                    pieces.push((piece.kind, piece.form, piece.line + lines, piece.offset, piece.length));
                }
                lines += more;
            }
            let whole: Vec<_> = whole.0.into_iter().map(|p| (p.kind, p.form, p.line, p.offset, p.length)).collect();
            prop_assert_eq!(pieces, whole);
        }
    }
}
