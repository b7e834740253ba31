//! gzip members (RFC 1952) around raw deflate.

use std::io::{self, BufRead};

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::super::stored::Stored;
use super::decoder::{Codec, damaged};

/// Flag bits of a header.
const CHECKSUM: u8 = 1 << 1;
const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Header,
    Body,
    End,
}

/// One member after the other.
pub(super) struct Gzip {
    deflate: Deflate,
    crc: Crc,
    at: At,
}

impl Gzip {
    pub(super) fn new(from: Stored) -> Self {
        Self { deflate: Deflate::new(from), crc: Crc::new(), at: At::Header }
    }

    fn header(&mut self) -> io::Result<()> {
        let from = &mut self.deflate.from;
        let [a, b, method, flags, ..] = from.array::<10>()?;
        if [a, b, method] != [0x1f, 0x8b, 8] || flags & 0xe0 != 0 {
            return Err(damaged("no gzip header"));
        }
        if flags & EXTRA != 0 {
            let size = u16::from_le_bytes(from.array()?);
            from.skip(u64::from(size))?;
        }
        for text in [NAME, COMMENT] {
            if flags & text == 0 {
                continue;
            }
            loop {
                let bytes = from.fill_buf()?;
                if bytes.is_empty() {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                let end = memchr::memchr(0, bytes);
                let used = end.map_or(bytes.len(), |at| at + 1);
                from.consume(used);
                if end.is_some() {
                    break;
                }
            }
        }
        if flags & CHECKSUM != 0 {
            from.skip(2)?;
        }
        Ok(())
    }

    fn trailer(&mut self) -> io::Result<()> {
        let crc = u32::from_le_bytes(self.deflate.from.array()?);
        let size = u32::from_le_bytes(self.deflate.from.array()?);
        if crc == self.crc.sum() && size == self.crc.amount() {
            Ok(())
        } else {
            Err(damaged("wrong gzip checksum"))
        }
    }
}

impl Codec for Gzip {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == At::Header {
            self.header()?;
            self.at = At::Body;
        }
        if self.at == At::End {
            return Ok(0);
        }
        let n = self.deflate.read(buffer)?;
        self.crc.update(buffer.get(..n).unwrap_or_default());
        if n == 0 {
            self.trailer()?;
            self.at = At::End;
        }
        Ok(n)
    }

    fn stored(&mut self) -> &mut Stored {
        &mut self.deflate.from
    }

    fn restart(&mut self) -> io::Result<()> {
        self.deflate.inflate.reset(false);
        self.deflate.ended = false;
        self.crc.reset();
        self.at = At::Header;
        Ok(())
    }
}

/// Raw deflate without a frame, as zip stores it; the caller checks the checksum.
pub(in super::super) struct Deflate {
    from: Stored,
    inflate: Decompress,
    ended: bool,
}

impl Deflate {
    pub(in super::super) fn new(from: Stored) -> Self {
        Self { from, inflate: Decompress::new(false), ended: false }
    }

    /// Decodes into a buffer; 0 = the end.
    pub(in super::super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.ended {
            let input = self.from.fill_buf()?;
            let at_end = input.is_empty();
            let (read, written) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self.inflate.decompress(input, buffer, FlushDecompress::None);
            let used = usize::try_from(self.inflate.total_in() - read).unwrap_or(0);
            let made = usize::try_from(self.inflate.total_out() - written).unwrap_or(0);
            self.from.consume(used);
            match status {
                Ok(Status::StreamEnd) => self.ended = true,
                Ok(Status::Ok | Status::BufError) if made == 0 && at_end => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Ok(Status::Ok | Status::BufError) if made == 0 && used == 0 => {
                    return Err(damaged("deflate makes no progress"));
                }
                Ok(Status::Ok | Status::BufError) => {}
                Err(_) => return Err(damaged("damaged deflate data")),
            }
            if made > 0 {
                return Ok(made);
            }
        }
        Ok(0)
    }
}
