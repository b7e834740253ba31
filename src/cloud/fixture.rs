//! For tests: a bucket of which only the list matters.

use std::io::Read;
use std::sync::Arc;

use super::object::{Bucket, Object, RandomRead};

/// A bucket that nobody reads.
pub(crate) struct Closed;

impl Bucket for Closed {
    fn stream(self: Arc<Self>, _: &Object) -> Box<dyn Read + Send> {
        Box::new(std::io::empty())
    }

    fn random(self: Arc<Self>, _: &Object) -> Arc<dyn RandomRead> {
        unreachable!("nobody reads it")
    }

    fn ahead(self: Arc<Self>, _: Vec<Object>) {}
}
