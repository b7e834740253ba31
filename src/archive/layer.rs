//! One layer of compression: members or frames, padding between them, and whatever follows the last.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::codec::{Codec, codec};
use super::compression::{Compression, compression, skippable};
use super::ending::End;
use super::limits::Limits;
use super::stored::{Notes, Stored, length};

/// Expansion is judged only after this much output, bytes.
const RATIO_FROM: u64 = 1 << 20;
/// Members that a layer may always have; beyond these, at most one for each stored byte.
const FREE_MEMBERS: u64 = 1 << 10;

/// Decompresses one layer.
pub(super) struct Layer {
    codec: Option<Box<dyn Codec>>,
    kind: Compression,
    notes: Arc<Notes>,
    limits: Limits,
    made: u64,
    /// Members and frames begun so far.
    members: u64,
}

/// What a layer turned out to be.
pub(super) enum Begin {
    /// Bytes as they are.
    Plain(Stored),
    /// Compressed.
    Layer(Layer),
}

impl Layer {
    /// Checks whether a compressed layer begins here.
    ///
    /// # Errors
    /// Those of the layer below.
    pub(super) fn begin(
        mut stored: Stored,
        notes: &Arc<Notes>,
        limits: Limits,
    ) -> io::Result<Begin> {
        let kind = compression(stored.peek()?);
        if kind == Compression::Plain {
            return Ok(Begin::Plain(stored));
        }
        let mut layer =
            Self { codec: None, kind, notes: Arc::clone(notes), limits, made: 0, members: 0 };
        // Both zstd and lz4 may begin with a skippable frame; what follows it decides.
        let skipped = skippable(stored.peek()?);
        match skip_frames(&mut stored, &mut layer.budget()) {
            Ok(_) => {}
            Err(error) => return layer.trouble(&error).map_or(Ok(Begin::Layer(layer)), Err),
        }
        if skipped {
            let next = compression(stored.peek()?);
            if !matches!(next, Compression::Lz4 | Compression::Zstd) {
                let more = !stored.peek()?.is_empty();
                notes.garbage.fetch_or(more, Ordering::Relaxed);
                return match pass_by(&mut stored) {
                    Ok(()) => Ok(Begin::Layer(layer)),
                    Err(error) => layer.trouble(&error).map_or(Ok(Begin::Layer(layer)), Err),
                };
            }
            layer.kind = next;
        }
        match codec(layer.kind, stored)? {
            Ok(codec) => layer.codec = Some(codec),
            Err(stored) => return Ok(Begin::Plain(stored)),
        }
        Ok(Begin::Layer(layer))
    }

    /// The compression.
    pub(super) fn kind(&self) -> Compression {
        self.kind
    }

    /// Notes damage; returns the error if it was a storage failure.
    fn trouble(&self, error: &io::Error) -> Option<io::Error> {
        if let Some(failed) = self.notes.storage_failed() {
            return Some(failed);
        }
        let cut = error.kind() == io::ErrorKind::UnexpectedEof;
        self.notes.damaged(if cut { End::Truncated } else { End::Corrupt });
        None
    }

    fn read_some(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(codec) = &mut self.codec else { return Ok(0) };
            let n = codec.read(buffer)?;
            if n > 0 {
                return Ok(n);
            }
            // A member or frame has ended; another one, padding, or something else may follow.
            let rest = codec.stored();
            if !rest.skip_padding()? {
                self.codec = None;
                return Ok(0);
            }
            let mut budget = Budget { members: &mut self.members, notes: &self.notes };
            budget.another()?;
            let skips = matches!(self.kind, Compression::Zstd | Compression::Lz4);
            if skips && skip_frames(rest, &mut budget)? {
                if rest.fill_buf()?.is_empty() {
                    self.codec = None;
                    return Ok(0);
                }
                rest.skip_padding()?;
            }
            let head = rest.peek()?;
            if head.is_empty() {
                self.codec = None;
            } else if compression(head) == self.kind {
                codec.restart()?;
            } else {
                self.notes.garbage.store(true, Ordering::Relaxed);
                pass_by(rest)?;
                self.codec = None;
            }
        }
    }

    fn budget(&mut self) -> Budget<'_> {
        Budget { members: &mut self.members, notes: &self.notes }
    }

    /// Expansion so far: decompressed by stored bytes; 0 until there is enough output to judge.
    fn ratio(&self) -> u64 {
        if self.made < RATIO_FROM {
            return 0;
        }
        self.made / self.notes.stored.load(Ordering::Relaxed).max(1)
    }
}

/// Limits how many members a layer may have. Even an empty one costs work, and a few stored bytes can expand to millions of
/// them: a layer below can expand a thousandfold, and nothing of that shows in the output.
struct Budget<'a> {
    members: &'a mut u64,
    notes: &'a Notes,
}

impl Budget<'_> {
    /// Counts another one. More members than stored bytes are never an archive.
    fn another(&mut self) -> io::Result<()> {
        *self.members += 1;
        if *self.members > FREE_MEMBERS + self.notes.stored.load(Ordering::Relaxed) {
            self.notes.damaged(End::TooLarge);
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(())
    }
}

/// Skips skippable frames; returns whether there were any.
fn skip_frames(stored: &mut Stored, budget: &mut Budget<'_>) -> io::Result<bool> {
    let mut any = false;
    while skippable(stored.peek()?) {
        budget.another()?;
        stored.skip(4)?;
        let size = u32::from_le_bytes(stored.array()?);
        stored.skip(u64::from(size))?;
        any = true;
    }
    Ok(any)
}

/// Reads what follows the last member and uses none of it. The layer below may be damaged there: how much of it was read
/// ahead must not decide whether that is seen.
fn pass_by(stored: &mut Stored) -> io::Result<()> {
    loop {
        match stored.fill_buf()?.len() {
            0 => return Ok(()),
            n => stored.consume(n),
        }
    }
}

impl Read for Layer {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.notes.damage().is_some() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        match self.read_some(buffer) {
            Ok(n) => {
                self.made += length(n);
                if self.made > self.limits.file || self.ratio() > self.limits.ratio_stop {
                    self.notes.damaged(End::TooLarge);
                    return Err(io::ErrorKind::InvalidData.into());
                }
                Ok(n)
            }
            Err(error) => {
                self.codec = None;
                Err(self.trouble(&error).unwrap_or(io::ErrorKind::InvalidData.into()))
            }
        }
    }
}
