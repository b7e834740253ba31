//! Reads the objects of one bucket, each in the way that fits its size.

use std::io::{self, Read};
use std::sync::Arc;

use super::super::object::{Bucket, Object, RandomRead};
use super::blocks::Blocks;
use super::client::{Bytes, Client, Wanted};
use super::engine::Engine;
use super::parts::Parts;
use super::shelf::{SMALL, Shelf};

/// One bucket.
pub(super) struct Reader {
    pub(super) engine: Arc<Engine>,
    pub(super) client: Client,
    shelf: Shelf,
}

impl Reader {
    pub(super) fn new(engine: Arc<Engine>, client: Client) -> Self {
        let shelf = Shelf::new(Arc::clone(&engine), client.clone());
        Self { engine, client, shelf }
    }

    fn whole(self: Arc<Self>, wanted: Wanted) -> Whole {
        Whole { reader: self, wanted, rest: None }
    }
}

impl Bucket for Reader {
    fn stream(self: Arc<Self>, object: &Object) -> Box<dyn Read + Send> {
        let wanted = Wanted::of(object);
        if object.bytes <= SMALL {
            return Box::new(self.whole(wanted));
        }
        Box::new(Parts::new(Arc::clone(&self.engine), self.client.clone(), wanted))
    }

    fn random(self: Arc<Self>, object: &Object) -> Arc<dyn RandomRead> {
        let wanted = Wanted::of(object);
        if object.bytes <= SMALL {
            return Arc::new(OnShelf { reader: self, wanted });
        }
        Arc::new(Blocks::new(Arc::clone(&self.engine), self.client.clone(), wanted))
    }

    fn ahead(self: Arc<Self>, objects: Vec<Object>) {
        let small = objects.iter().filter(|object| (1..=SMALL).contains(&object.bytes));
        self.shelf.plan(small.map(Wanted::of).collect());
    }
}

/// A small object from front to back.
struct Whole {
    reader: Arc<Reader>,
    wanted: Wanted,
    /// What is not read yet; `None` before the first byte.
    rest: Option<Bytes>,
}

impl Read for Whole {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.wanted.bytes == 0 || buffer.is_empty() {
            return Ok(0);
        }
        let rest = match &mut self.rest {
            Some(rest) => rest,
            empty => empty.insert(self.reader.shelf.take(&self.wanted)?),
        };
        let taken = rest.split_to(buffer.len().min(rest.len()));
        taken.as_ref().read(buffer)
    }
}

/// A small object at any place.
struct OnShelf {
    reader: Arc<Reader>,
    wanted: Wanted,
}

impl RandomRead for OnShelf {
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        if at >= self.wanted.bytes {
            return Ok(0);
        }
        let bytes = self.reader.shelf.take(&self.wanted)?;
        let from = usize::try_from(at).unwrap_or(usize::MAX);
        bytes.get(from..).unwrap_or_default().read(buffer)
    }
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
