//! The bytes of a file as UTF-8: files in UTF-16 with a byte order mark are decoded on the way.

use std::io;

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};

use super::source::{Ending, Source};

/// UTF-16 bytes decoded at once.
const STEP: usize = 64 << 10;

/// A source as text.
pub(super) struct Text {
    source: Source,
    encoding: Encoding,
}

enum Encoding {
    /// Nothing was read yet.
    Unknown,
    /// UTF-8, or what will be told to be none line by line; a few bytes were read already.
    Utf8(Vec<u8>),
    Utf16(Box<Utf16>),
}

/// Text that is being decoded.
struct Utf16 {
    decoder: Decoder,
    raw: Vec<u8>,
    ended: bool,
}

/// The encoding that a byte order mark tells, if it is not UTF-8.
pub(super) fn is_utf16(head: &[u8]) -> bool {
    matches!(head, [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
}

impl Text {
    pub(super) fn of(source: Source) -> Self {
        Self { source, encoding: Encoding::Unknown }
    }

    /// Fills a buffer (of four bytes at least) as far as it goes; 0 = the end. Only trouble of the storage is an error.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if matches!(self.encoding, Encoding::Unknown) {
            self.encoding = self.find_encoding()?;
        }
        match &mut self.encoding {
            Encoding::Unknown => Ok(0),
            Encoding::Utf8(head) if head.is_empty() => self.source.read(buffer),
            Encoding::Utf8(head) => {
                let n = head.len().min(buffer.len());
                for (to, from) in buffer.iter_mut().zip(head.drain(..n)) {
                    *to = from;
                }
                Ok(n)
            }
            Encoding::Utf16(text) => text.read(&mut self.source, buffer),
        }
    }

    fn find_encoding(&mut self) -> io::Result<Encoding> {
        let (mut head, mut byte) = (Vec::new(), [0]);
        while head.len() < 2 && self.source.read(&mut byte)? == 1 {
            head.extend(byte);
        }
        let encoding = match head.as_slice() {
            [0xff, 0xfe] => UTF_16LE,
            [0xfe, 0xff] => UTF_16BE,
            _ => return Ok(Encoding::Utf8(head)),
        };
        let decoder = encoding.new_decoder_without_bom_handling();
        Ok(Encoding::Utf16(Box::new(Utf16 { decoder, raw: Vec::new(), ended: false })))
    }

    /// Bytes read from the storage so far.
    pub(super) fn stored(&self) -> u64 {
        self.source.stored()
    }

    /// What is known now.
    pub(super) fn ending(&self) -> Ending {
        self.source.ending()
    }
}

impl Utf16 {
    fn read(&mut self, source: &mut Source, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.raw.is_empty() && !self.ended {
                self.raw.resize(STEP, 0);
                let n = source.read(&mut self.raw)?;
                self.raw.truncate(n);
                self.ended = n == 0;
            }
            let (result, read, written, _) =
                self.decoder.decode_to_utf8(&self.raw, buffer, self.ended);
            self.raw.drain(..read);
            if written > 0 || (self.ended && result == CoderResult::InputEmpty) {
                return Ok(written);
            }
        }
    }
}
