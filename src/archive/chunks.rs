//! Cuts a large plain file into chunks at line ends, so that several threads can read it at once.
//!
//! A line belongs to the chunk in which it begins. Nobody has to look for line ends beforehand: a chunk skips to the
//! first line that begins in it, and reads on behind its end until its last line is whole.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use super::block::Block;
use super::discover::{Candidate, Place};
use super::error::ArchiveError;
use super::lines::{Line, Splitter};
use super::sniff;
use super::source::{Compression, Limits, open_regular};

/// Bytes of a chunk.
const CHUNK: u64 = 256 << 10;
/// Bytes read at once behind the end of a chunk.
const STEP: usize = 64 << 10;

/// A plain file that is worth cutting.
#[derive(Debug)]
pub struct LargeFile {
    file: File,
    /// Size when it was opened: a file that grows ends here.
    size: u64,
    chunk: u64,
    name: String,
}

impl LargeFile {
    /// Opens a file if it is plain and has several chunks; `None` if it should be read from begin to end.
    ///
    /// What cannot be opened is `None` too: reading it tells why.
    #[must_use]
    pub fn open(candidate: &Candidate) -> Option<Self> {
        let Place::File(path) = &candidate.place else { return None };
        let file = open_regular(path).ok()?;
        let size = file.metadata().ok()?.len();
        let mut head = [0_u8; sniff::MAGIC];
        file.read_exact_at(&mut head, 0).ok()?;
        let plain = sniff::compression(&head) == Compression::Plain;
        let name = candidate.name.clone();
        (plain && size > 2 * CHUNK).then_some(Self { file, size, chunk: CHUNK, name })
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

    /// Reads the lines that begin in a chunk; their numbers count from the first of the chunk. `buffer` is reused.
    ///
    /// # Errors
    /// [`ArchiveError::Io`] if the storage fails.
    pub fn read(
        &self,
        chunk: u64,
        limits: Limits,
        buffer: &mut Block,
    ) -> Result<ChunkLines, ArchiveError> {
        self.read_chunk(chunk, limits, buffer)
            .map_err(|source| ArchiveError::Io { name: self.name.clone(), source })
    }

    fn read_chunk(&self, chunk: u64, limits: Limits, buffer: &mut Block) -> io::Result<ChunkLines> {
        let start = chunk * self.chunk;
        let end = (start + self.chunk).min(self.size);
        // One byte more in front: a line end there means that a line begins right at the start.
        let from = start.saturating_sub(1);
        buffer.truncate(0);
        self.append(buffer, from, end)?;
        let mut lines = ChunkLines::new(buffer.len(), end, None);
        let skipped = if start == 0 {
            0
        } else {
            match memchr::memchr(b'\n', buffer.bytes()) {
                Some(at) => at + 1,
                None => return Ok(lines),
            }
        };
        if from + length(skipped) >= end {
            return Ok(lines);
        }
        lines.begin = skipped;
        lines.offset = from + length(skipped);
        let mut at = end;
        let begin_of_last = memchr::memrchr(b'\n', buffer.bytes()).map_or(skipped, |n| n + 1);
        let mut whole = buffer.bytes().last() == Some(&b'\n');
        while !whole && at < self.size && buffer.len() - begin_of_last <= limits.line + 4 {
            let to = (at + length(STEP)).min(self.size);
            let fresh = buffer.len();
            self.append(buffer, at, to)?;
            at = to;
            if let Some(n) = memchr::memchr(b'\n', buffer.bytes().get(fresh..).unwrap_or_default())
            {
                buffer.truncate(fresh + n + 1);
                whole = true;
            }
        }
        if !whole {
            // Too long to keep, or the end of the file.
            lines.tail = Some(self.rest_of_line(at)?);
        }
        Ok(lines)
    }

    /// Bytes up to the next line end, and whether there is one.
    fn rest_of_line(&self, mut at: u64) -> io::Result<(u64, bool)> {
        let (mut block, begin) = (Block::default(), at);
        while at < self.size {
            let to = (at + length(STEP)).min(self.size);
            block.truncate(0);
            self.append(&mut block, at, to)?;
            if let Some(n) = memchr::memchr(b'\n', block.bytes()) {
                return Ok((at + length(n) - begin, true));
            }
            at = to;
        }
        Ok((at - begin, false))
    }

    fn append(&self, buffer: &mut Block, from: u64, to: u64) -> io::Result<()> {
        let wanted = usize::try_from(to - from).unwrap_or(usize::MAX);
        self.file.read_exact_at(buffer.room(wanted), from)?;
        buffer.keep(wanted);
        Ok(())
    }
}

/// The lines of a chunk, in a buffer beside it.
#[derive(Debug)]
pub struct ChunkLines {
    begin: usize,
    offset: u64,
    /// Bytes of the last line that are not in the buffer, and whether a line end follows them.
    tail: Option<(u64, bool)>,
}

impl ChunkLines {
    /// Lines from a place in the buffer on, which has this offset in the file.
    pub(super) fn new(begin: usize, offset: u64, tail: Option<(u64, bool)>) -> Self {
        Self { begin, offset, tail }
    }

    /// Hands out the lines; `buffer` is the one that was read into.
    pub fn each<'b>(&self, limits: Limits, buffer: &'b Block, line: impl FnMut(Line<'b>)) {
        let bytes = buffer.bytes().get(self.begin..).unwrap_or_default();
        let mut splitter = Splitter::new(line, limits.line, self.offset);
        let rest = splitter.split(bytes, 0);
        let unfinished = bytes.get(bytes.len() - rest..).unwrap_or_default();
        match self.tail {
            None => {}
            Some((0, terminated)) if rest > 0 => splitter.give(unfinished, terminated),
            Some((0, _)) => {}
            Some((more, terminated)) => splitter.give_too_long(length(rest) + more, terminated),
        }
    }
}

fn length(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::lines::{LineKind, go_on, read_lines};
    use super::*;
    use proptest::prelude::*;

    fn seen(line: &Line<'_>) -> (u64, Vec<u8>, LineKind, bool) {
        (line.offset, line.bytes.to_vec(), line.kind, line.bom)
    }

    proptest! {
        #[test]
        fn chunks_give_the_lines_of_the_whole(
            bytes in prop::collection::vec(prop::sample::select(b"ab\n\r\n\xef\xbb\xbf".to_vec()), 1..200),
            chunk in 1_u64..30,
            limit in 1_usize..12,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("x");
            std::fs::write(&path, &bytes).unwrap();
            let limits = Limits { line: limit, ..Limits::default() };
            let large = LargeFile {
                file: File::open(&path).unwrap(),
                size: bytes.len() as u64,
                chunk,
                name: "x".into(),
            };
            let mut parts = Vec::new();
            let mut buffer = Block::default();
            for at in 0..large.chunks() {
                let lines = large.read(at, limits, &mut buffer).unwrap();
                let mut number = 0;
                lines.each(limits, &buffer, |line| {
                    number += 1;
                    assert_eq!(line.number, number);
                    parts.push(seen(&line));
                });
            }
            let candidate = Candidate { name: "x".into(), place: Place::File(path), bytes: 0, modified_ms: None };
            let mut whole = Vec::new();
            read_lines(&candidate, limits, go_on, |line| whole.push(seen(&line))).unwrap();
            prop_assert_eq!(parts, whole);
        }
    }
}
