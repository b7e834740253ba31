//! The bytes of a file as UTF-8; files in UTF-16 with a byte order mark are converted on the way.

use std::io;

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};

use super::ending::Ending;
use super::source::Source;

/// UTF-16 bytes converted at a time.
const STEP: usize = 64 << 10;

/// A source as text.
pub(super) struct Text {
    source: Source,
    encoding: Encoding,
}

enum Encoding {
    /// Nothing was read yet.
    Unknown,
    /// UTF-8, or bytes whose lines will be rejected as not UTF-8; a few bytes were already read.
    Utf8(Vec<u8>),
    Utf16(Box<Utf16>),
}

/// Text that is being converted.
struct Utf16 {
    decoder: Decoder,
    raw: Vec<u8>,
    /// The last byte that was passed on.
    last: u8,
    /// Whether the decoder was given everything.
    ended: bool,
    /// Whether the decoder has returned everything: it must not be called again.
    over: bool,
}

/// The encoding that a byte order mark stands for, if it is not UTF-8.
pub(super) fn is_utf16(head: &[u8]) -> bool {
    matches!(head, [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
}

impl Text {
    pub(super) fn of(source: Source) -> Self {
        Self { source, encoding: Encoding::Unknown }
    }

    /// Reads into a buffer of at least four bytes and returns the number of bytes; 0 = the end. Only a storage failure is
    /// an error.
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
        Ok(Encoding::Utf16(Box::new(Utf16 {
            decoder,
            raw: Vec::new(),
            last: b'\n',
            ended: false,
            over: false,
        })))
    }

    /// Bytes read from the storage so far.
    pub(super) fn stored(&self) -> u64 {
        self.source.stored()
    }

    /// What is known so far.
    pub(super) fn ending(&self) -> Ending {
        self.source.ending()
    }
}

impl Utf16 {
    fn read(&mut self, source: &mut Source, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.over {
            if self.raw.len() < 2 && !self.ended {
                let there = self.raw.len();
                self.raw.resize(there + STEP, 0);
                let n = source.read(self.raw.get_mut(there..).unwrap_or_default())?;
                self.raw.truncate(there + n);
                self.ended = n == 0;
            }
            // Units come whole; half of one at the end of the file shows that it was cut there.
            let units = self.raw.get(..self.raw.len() & !1).unwrap_or_default();
            let (result, read, written, _) = self.decoder.decode_to_utf8(units, buffer, self.ended);
            self.raw.drain(..read);
            self.over = self.ended && result == CoderResult::InputEmpty;
            if let Some(last) = written.checked_sub(1).and_then(|last| buffer.get(last)) {
                self.last = *last;
                return Ok(written);
            }
            if self.over && !self.raw.is_empty() && self.last == b'\n' {
                // On a line of its own it would leave no trace. An open quote is a record that was cut, too.
                self.raw.clear();
                return Ok(buffer.first_mut().map_or(0, |first| {
                    *first = b'"';
                    1
                }));
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::limits::Limits;
    use super::*;

    fn read(bytes: &[u8], most: usize) -> String {
        let source = Source::of(Box::new(io::Cursor::new(bytes.to_vec())), Limits::default());
        let mut text = Text::of(source.unwrap());
        let (mut all, mut buffer) = (Vec::new(), vec![0; most]);
        loop {
            let n = text.read(&mut buffer).unwrap();
            if n == 0 {
                // It stays at its end.
                assert_eq!(text.read(&mut buffer).unwrap(), 0);
                return String::from_utf8(all).unwrap();
            }
            all.extend_from_slice(&buffer[..n]);
        }
    }

    #[test]
    fn utf_16_is_read_in_both_orders_and_cut_anywhere() {
        let text = "{\"a\":\"ö\u{1f600}\"}\n";
        for most in [4, 5, 64, 1 << 16] {
            let units = || std::iter::once(0xfeff_u16).chain(text.encode_utf16());
            let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
            assert_eq!([read(&little, most), read(&big, most)], [text, text]);
            for cut in 2..little.len() {
                let (one, other) = (read(&little[..cut], most), read(&big[..cut], most));
                assert_eq!(one, other, "cut at {cut}");
                let is_half = one.ends_with('"') && cut % 2 == 1;
                let whole = if is_half { &one[..one.len() - 1] } else { &one };
                assert!(text.starts_with(whole.trim_end_matches('\u{fffd}')), "{one}");
            }
            assert_eq!(read(text.as_bytes(), most), text);
            assert_eq!(read(b"x", most), "x");
            assert_eq!(read(b"", most), "");
        }
    }
}
