//! zstd frames.

use std::io::{self, BufRead};

use zstd::stream::raw::{Decoder, Operation};
use zstd::zstd_safe::DParameter;

use super::super::stored::Stored;
use super::decoder::{Codec, damaged};

/// Largest window, as a power of two: 128 MiB.
const WINDOW_LOG: u32 = 27;

/// One frame after the other.
pub(in super::super) struct Zstd {
    from: Stored,
    decoder: Decoder<'static>,
    ended: bool,
}

impl Zstd {
    pub(in super::super) fn new(from: Stored) -> io::Result<Self> {
        let mut decoder = Decoder::new()?;
        decoder.set_parameter(DParameter::WindowLogMax(WINDOW_LOG))?;
        Ok(Self { from, decoder, ended: false })
    }
}

impl Codec for Zstd {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.ended {
            let input = self.from.fill_buf()?;
            let at_end = input.is_empty();
            let step = self.decoder.run_on_buffers(input, buffer);
            let step = step.map_err(|_| damaged("damaged zstd data"))?;
            self.from.consume(step.bytes_read);
            self.ended = step.remaining == 0;
            if step.bytes_written > 0 {
                return Ok(step.bytes_written);
            }
            if at_end && !self.ended {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(0)
    }

    fn stored(&mut self) -> &mut Stored {
        &mut self.from
    }

    fn restart(&mut self) -> io::Result<()> {
        self.ended = false;
        self.decoder.reinit()
    }
}
