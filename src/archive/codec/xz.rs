//! xz streams.

use std::io::{self, Read};

use lzma_rust2::XzReader;

use super::super::storage::is_of_storage;
use super::super::stored::Stored;
use super::decoder::{Codec, damaged};

/// Most memory that a decoder may use, KiB: `xz -9` needs 65 MiB, a hostile header may ask for 4 GiB.
const MEMORY_KIB: u32 = 256 << 10;

/// One stream after the other.
pub(super) struct Xz {
    reader: XzReader<Stored>,
    ended: bool,
}

impl Xz {
    pub(super) fn new(from: Stored) -> Self {
        Self { reader: XzReader::new_mem_limit(from, false, MEMORY_KIB), ended: false }
    }
}

impl Codec for Xz {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        match self.reader.read(buffer) {
            Ok(n) => {
                self.ended = n == 0;
                Ok(n)
            }
            Err(error) if is_of_storage(&error) => Err(error),
            Err(_) if self.reader.inner().at_end() => Err(io::ErrorKind::UnexpectedEof.into()),
            Err(_) => Err(damaged("damaged xz data")),
        }
    }

    fn stored(&mut self) -> &mut Stored {
        self.reader.inner_mut()
    }

    fn restart(&mut self) -> io::Result<()> {
        // An empty reader takes the old one's place for a moment.
        let nothing = Stored::above(Box::new(io::empty()));
        let old = std::mem::replace(&mut self.reader, XzReader::new(nothing, false));
        *self = Self::new(old.into_inner());
        Ok(())
    }
}
