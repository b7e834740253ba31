//! bzip2 streams.

use std::io::{self, BufRead};

use bzip2::{Decompress, Status};

use super::super::stored::{Stored, length};
use super::decoder::{Codec, damaged};

/// An empty stream, after the level: start of the trailer and the checksum of nothing.
const EMPTY: [u8; 10] = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90, 0, 0, 0, 0];
/// `BZh` and the level.
const MARK: usize = 4;

/// One stream after the other.
pub(super) struct Bzip2 {
    from: Stored,
    decoder: Option<Decompress>,
    ended: bool,
}

impl Bzip2 {
    pub(super) fn new(from: Stored) -> Self {
        Self { from, decoder: None, ended: false }
    }
}

impl Codec for Bzip2 {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.ended && self.decoder.is_none() {
            // A decoder is expensive, and an empty stream needs none.
            let whole = MARK + EMPTY.len();
            if self.from.peek_at(whole)?.get(MARK..whole) == Some(&EMPTY) {
                self.from.skip(length(whole))?;
                self.ended = true;
            }
        }
        while !self.ended {
            let decoder = self.decoder.get_or_insert_with(|| Decompress::new(false));
            let input = self.from.fill_buf()?;
            let at_end = input.is_empty();
            let (read, written) = (decoder.total_in(), decoder.total_out());
            let status = decoder.decompress(input, buffer);
            let used = usize::try_from(decoder.total_in() - read).unwrap_or(0);
            let made = usize::try_from(decoder.total_out() - written).unwrap_or(0);
            self.from.consume(used);
            match status {
                Ok(Status::StreamEnd) => self.ended = true,
                Ok(Status::MemNeeded) => return Err(io::ErrorKind::OutOfMemory.into()),
                Ok(_) if made == 0 && at_end => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) if made == 0 && used == 0 => return Err(damaged("bzip2 makes no progress")),
                Ok(_) => {}
                Err(_) => return Err(damaged("damaged bzip2 data")),
            }
            if made > 0 {
                return Ok(made);
            }
        }
        Ok(0)
    }

    fn stored(&mut self) -> &mut Stored {
        &mut self.from
    }

    fn restart(&mut self) -> io::Result<()> {
        self.decoder = None;
        self.ended = false;
        Ok(())
    }
}
