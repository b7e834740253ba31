//! An object at any place, for a zip: its index stands at its end, and its members anywhere.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use super::super::object::RandomRead;
use super::super::trouble::Trouble;
use super::client::{Bytes, Client, Wanted};
use super::engine::Engine;

/// Bytes of a block.
const BLOCK: u64 = 1 << 20;
/// Blocks that are fetched together by a reader that goes from front to back.
const RUN: u64 = 4;
/// Blocks that are kept.
const KEPT: usize = 8;

/// Reads an object by blocks.
pub(super) struct Blocks {
    engine: Arc<Engine>,
    client: Client,
    wanted: Wanted,
    /// The blocks read last, with their numbers, the newest last.
    kept: Mutex<VecDeque<(u64, Bytes)>>,
}

impl Blocks {
    pub(super) fn new(engine: Arc<Engine>, client: Client, wanted: Wanted) -> Self {
        Self { engine, client, wanted, kept: Mutex::default() }
    }

    fn block(&self, number: u64) -> Result<Bytes, Trouble> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, bytes)) = kept.iter().find(|(kept, _)| *kept == number) {
            return Ok(bytes.clone());
        }
        let goes_on =
            number.checked_sub(1).is_some_and(|last| kept.iter().any(|(at, _)| *at == last));
        let begin = number * BLOCK;
        let end =
            begin.saturating_add(if goes_on { RUN * BLOCK } else { BLOCK }).min(self.wanted.bytes);
        let mut rest =
            self.engine.wait(self.client.clone().fetch(self.wanted.clone(), Some(begin..end)))?;
        let first = split(&mut rest);
        kept.push_back((number, first.clone()));
        let mut next = number;
        while !rest.is_empty() {
            next += 1;
            kept.push_back((next, split(&mut rest)));
        }
        while kept.len() > KEPT {
            kept.pop_front();
        }
        Ok(first)
    }
}

/// Takes a block off the front; a copy, so that it does not hold the others.
fn split(rest: &mut Bytes) -> Bytes {
    let size = usize::try_from(BLOCK).unwrap_or(usize::MAX).min(rest.len());
    Bytes::copy_from_slice(&rest.split_to(size))
}

impl RandomRead for Blocks {
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        if buffer.is_empty() || at >= self.wanted.bytes {
            return Ok(0);
        }
        let block = self.block(at / BLOCK)?;
        let from = usize::try_from(at % BLOCK).unwrap_or(usize::MAX);
        io::Read::read(&mut block.get(from..).unwrap_or_default(), buffer)
    }
}
