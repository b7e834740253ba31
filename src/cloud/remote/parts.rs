//! A large object from front to back, some parts ahead of its reader.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::Arc;

use super::super::trouble::{Trouble, What};
use super::client::{Bytes, Client, Wanted};
use super::engine::{Engine, Room, Started};
use super::sums::Sums;

/// Bytes of the first part: who looks at a file only to see what it is needs no more.
const FIRST: u64 = 256 << 10;
/// Bytes of the other parts.
const PART: u64 = 4 << 20;
/// Parts that are fetched at once for one reader.
const AT_ONCE: usize = 4;

/// Reads an object.
pub(super) struct Parts {
    engine: Arc<Engine>,
    client: Client,
    wanted: Wanted,
    /// Where the next part that is not asked for begins.
    next: u64,
    running: VecDeque<Running>,
    current: Bytes,
    /// Room for the part at hand, if it was fetched ahead.
    room: Option<Room>,
    sums: Sums,
    is_checked: bool,
}

struct Running {
    part: Started<Bytes>,
    room: Option<Room>,
}

impl Parts {
    pub(super) fn new(engine: Arc<Engine>, client: Client, wanted: Wanted) -> Self {
        Self {
            engine,
            client,
            wanted,
            next: 0,
            running: VecDeque::new(),
            current: Bytes::new(),
            room: None,
            sums: Sums::default(),
            is_checked: false,
        }
    }

    /// Asks for the next part.
    fn ask(&mut self, room: Option<Room>) -> Result<(), Trouble> {
        let size = if self.next == 0 { FIRST } else { PART };
        let range = self.next..self.next.saturating_add(size).min(self.wanted.bytes);
        self.next = range.end;
        let fetch = self.client.clone().fetch(self.wanted.clone(), Some(range));
        let part = self.engine.start(fetch).ok_or(What::Cut)?;
        self.running.push_back(Running { part, room });
        Ok(())
    }

    /// Waits for the next part, and asks for some behind it; false at the end.
    fn advance(&mut self) -> Result<bool, Trouble> {
        let is_first = self.next == 0;
        self.room = None;
        if self.running.is_empty() && self.next < self.wanted.bytes {
            // A reader that has nothing never waits for room: it may be the one that holds the others up.
            self.ask(None)?;
        }
        while !is_first && self.running.len() < AT_ONCE && self.next < self.wanted.bytes {
            let Some(room) = self.engine.room(PART) else { break };
            self.ask(Some(room))?;
        }
        let Some(Running { part, room }) = self.running.pop_front() else { return Ok(false) };
        self.current = self.engine.wait(part.result())?;
        self.room = room;
        self.sums.update(&self.current);
        Ok(true)
    }

    /// Compares the checksum of the whole with what the store tells, once.
    fn check(&mut self) -> Result<(), Trouble> {
        if !self.is_checked {
            let told = self.engine.wait(self.client.told(&self.wanted))?;
            if !self.sums.agree(told) {
                return Err(What::Checksum.into());
            }
            self.is_checked = true;
        }
        Ok(())
    }
}

impl Read for Parts {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.current.is_empty() && !self.advance()? {
            self.check()?;
            return Ok(0);
        }
        let taken = self.current.split_to(buffer.len().min(self.current.len()));
        taken.as_ref().read(buffer)
    }
}
