//! lz4 frames (the frame format 1.6) around blocks.

use std::io::{self, Read};

use lz4_flex::block::decompress_into_with_dict;
use xxhash_rust::xxh32::{Xxh32, xxh32};

use super::super::stored::{Stored, length};
use super::decoder::{Codec, damaged};

/// How far back a block may refer, bytes.
const WINDOW: usize = 64 << 10;
/// Room for small blocks, so that the window is not moved after each one.
const ROOM: usize = 1 << 20;

/// One frame after the other.
pub(super) struct Lz4 {
    from: Stored,
    frame: Option<Frame>,
    ended: bool,
    /// The block as stored.
    block: Vec<u8>,
    /// Decoded bytes: the window, then those not yet returned.
    decoded: Vec<u8>,
    begin: usize,
    end: usize,
}

/// What the header of a frame says, and the state of the frame.
struct Frame {
    largest: usize,
    linked: bool,
    block_sums: bool,
    sum: Option<Xxh32>,
    size: Option<u64>,
    made: u64,
}

impl Lz4 {
    pub(super) fn new(from: Stored) -> Self {
        let (block, decoded) = (Vec::new(), Vec::new());
        Self { from, frame: None, ended: false, block, decoded, begin: 0, end: 0 }
    }

    fn header(&mut self) -> io::Result<Frame> {
        let magic: [u8; 4] = self.from.array()?;
        let [flags, block] = self.from.array()?;
        let flag = |bit: u8| flags & (1 << bit) != 0;
        let mut descriptor = vec![flags, block];
        let size = if flag(3) {
            let size: [u8; 8] = self.from.array()?;
            descriptor.extend(size);
            Some(u64::from_le_bytes(size))
        } else {
            None
        };
        if flag(0) {
            descriptor.extend(self.from.array::<4>()?);
        }
        let [check] = self.from.array()?;
        let known = magic == [0x04, 0x22, 0x4d, 0x18] && flags >> 6 == 1 && !flag(1);
        if !known || xxh32(&descriptor, 0).to_le_bytes().get(1) != Some(&check) {
            return Err(damaged("damaged lz4 header"));
        }
        if flag(0) {
            return Err(damaged("an lz4 frame that needs a dictionary"));
        }
        let largest = match block {
            0x40 => 64 << 10,
            0x50 => 256 << 10,
            0x60 => 1 << 20,
            0x70 => 4 << 20,
            _ => return Err(damaged("unknown lz4 block size")),
        };
        let sum = flag(2).then(|| Xxh32::new(0));
        Ok(Frame { largest, linked: !flag(5), block_sums: flag(4), sum, size, made: 0 })
    }

    /// Decodes the next block; false at the end of the frame.
    fn next_block(&mut self) -> io::Result<bool> {
        if self.frame.is_none() {
            self.frame = Some(self.header()?);
            (self.begin, self.end) = (0, 0);
        }
        let Some(frame) = &mut self.frame else { return Ok(false) };
        let word = u32::from_le_bytes(self.from.array()?);
        if word == 0 {
            if let Some(sum) = &frame.sum
                && sum.digest() != u32::from_le_bytes(self.from.array()?)
            {
                return Err(damaged("wrong lz4 checksum"));
            }
            if frame.size.is_some_and(|size| size != frame.made) {
                return Err(damaged("wrong lz4 size"));
            }
            return Ok(false);
        }
        let (plain, size) = (word >> 31 == 1, (word & 0x7fff_ffff) as usize);
        if size > frame.largest {
            return Err(damaged("an lz4 block that is too large"));
        }
        self.block.clear();
        // It grows with the data that are there, not with the size that is claimed.
        self.from.by_ref().take(length(size)).read_to_end(&mut self.block)?;
        if self.block.len() < size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if frame.block_sums && xxh32(&self.block, 0) != u32::from_le_bytes(self.from.array()?) {
            return Err(damaged("wrong lz4 block checksum"));
        }
        let room = WINDOW + frame.largest + ROOM;
        if self.decoded.len() < room {
            self.decoded.resize(room, 0);
        }
        if self.end + frame.largest > self.decoded.len() {
            let keep = self.end.saturating_sub(WINDOW);
            self.decoded.copy_within(keep..self.end, 0);
            self.end -= keep;
        }
        let window = if frame.linked { self.end.saturating_sub(WINDOW) } else { self.end };
        let (before, after) = self.decoded.split_at_mut(self.end);
        let dictionary = before.get(window..).unwrap_or_default();
        let into = after.get_mut(..frame.largest).unwrap_or_default();
        let made = if plain {
            let into = into.get_mut(..size).ok_or_else(|| damaged("no room"))?;
            into.copy_from_slice(&self.block);
            size
        } else {
            decompress_into_with_dict(&self.block, into, dictionary)
                .map_err(|_| damaged("damaged lz4 block"))?
        };
        (self.begin, self.end) = (self.end, self.end + made);
        frame.made += length(made);
        if let Some(sum) = &mut frame.sum {
            sum.update(self.decoded.get(self.begin..self.end).unwrap_or_default());
        }
        Ok(true)
    }
}

impl Codec for Lz4 {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.begin == self.end && !self.ended {
            self.ended = !self.next_block()?;
        }
        let n = self.decoded.get(self.begin..self.end).unwrap_or_default().read(buffer)?;
        self.begin += n;
        Ok(n)
    }

    fn stored(&mut self) -> &mut Stored {
        &mut self.from
    }

    fn restart(&mut self) -> io::Result<()> {
        self.frame = None;
        self.ended = false;
        Ok(())
    }
}
