//! Bytes in memory that are read like an object of a store, a few at a time.

use std::io::{self, Read};
use std::sync::Arc;

use super::archive::{Candidate, Holder, Place};
use super::cloud::{Address, Bucket, Object, RandomRead, Scheme};

struct Held {
    bytes: Vec<u8>,
    /// Most bytes that are given at once.
    step: usize,
}

impl RandomRead for Held {
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        let at = usize::try_from(at).unwrap_or(usize::MAX).min(self.bytes.len());
        let mut rest: &[u8] = &self.bytes[at..];
        let most = buffer.len().min(self.step);
        rest.read(&mut buffer[..most])
    }
}

impl Bucket for Held {
    fn stream(self: Arc<Self>, _: &Object) -> Box<dyn Read + Send> {
        Box::new(Stream { held: self, at: 0 })
    }

    fn random(self: Arc<Self>, _: &Object) -> Arc<dyn RandomRead> {
        self
    }

    fn ahead(self: Arc<Self>, _: Vec<Object>) {}
}

struct Stream {
    held: Arc<Held>,
    at: u64,
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.held.read_at(buffer, self.at)?;
        self.at += n as u64;
        Ok(n)
    }
}

fn object(bytes: &[u8], step: usize) -> Object {
    let (scheme, bucket) = (Scheme::S3, "memory".to_owned());
    Object {
        address: Address { scheme, bucket, key: "x".to_owned() },
        bytes: bytes.len() as u64,
        modified_ms: None,
        tag: None,
        bucket: Arc::new(Held { bytes: bytes.to_vec(), step: step.max(1) }),
    }
}

/// A file with some bytes, of which at most `step` are given at once.
pub(crate) fn file(bytes: &[u8], step: usize) -> Candidate {
    let place = Place::Object(object(bytes, step));
    Candidate { name: "x".to_owned(), place, bytes: bytes.len() as u64, modified_ms: None }
}

/// The first members of a container with some bytes, whether it has them or not.
pub(crate) fn members(bytes: &[u8], count: u64) -> Vec<Candidate> {
    let object = object(bytes, usize::MAX);
    let member = |number: u64| Candidate {
        name: number.to_string(),
        place: Place::Member {
            container: Holder::Object(object.clone()),
            number,
            container_bytes: bytes.len() as u64,
        },
        bytes: 0,
        modified_ms: None,
    };
    (0..count).map(member).collect()
}
