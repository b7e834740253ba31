//! What shows of a file without opening it, and whether it shows a change.

use crate::archive::Candidate;

/// What showed of a file when it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen<'a> {
    /// Size in bytes; of a member of a container, that of the container.
    pub(super) size: u64,
    /// Time of its last change, UTC milliseconds.
    pub(super) modified_ms: Option<i64>,
    /// `ETag`, if it was an object.
    pub(super) tag: Option<&'a str>,
}

impl Seen<'_> {
    /// Whether a file shows no sign of a change: the same size, and the same `ETag` or, where there is none, the same time.
    pub(super) fn is_same(self, file: &Candidate) -> bool {
        let same_time = || self.modified_ms.is_some() && self.modified_ms == file.modified_ms;
        let same = match (self.tag, file.tag()) {
            (None, None) => same_time(),
            (before, now) => before == now,
        };
        self.size == file.file_bytes() && same
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::archive::Place;
    use crate::cloud::fixture::Closed;
    use crate::cloud::{Address, Object, Scheme};

    use super::*;

    #[test]
    fn an_object_is_known_by_its_etag_and_a_file_by_its_time() {
        let address = Address { scheme: Scheme::S3, bucket: "b".into(), key: "k".into() };
        let file = |tag: Option<Option<&str>>, bytes: u64, at: Option<i64>| {
            let place = match tag {
                None => Place::File("k".into()),
                Some(tag) => Place::Object(Object {
                    address: address.clone(),
                    bytes,
                    modified_ms: at,
                    tag: tag.map(str::to_owned),
                    bucket: Arc::new(Closed),
                }),
            };
            Candidate { name: "k".into(), place, bytes, modified_ms: at }
        };
        for (tag, at, now, is_same) in [
            (Some("a"), Some(1), file(Some(Some("a")), 5, Some(1)), true),
            (Some("a"), Some(1), file(Some(Some("a")), 5, Some(2)), true),
            (Some("a"), Some(1), file(Some(Some("b")), 5, Some(1)), false),
            (Some("a"), Some(1), file(Some(Some("a")), 6, Some(1)), false),
            (Some("a"), Some(1), file(None, 5, Some(1)), false),
            (None, Some(1), file(Some(Some("a")), 5, Some(1)), false),
            (None, Some(1), file(Some(None), 5, Some(1)), true),
            (None, Some(1), file(Some(None), 5, Some(2)), false),
            (None, Some(1), file(None, 5, Some(1)), true),
            (None, Some(1), file(None, 5, Some(2)), false),
            (None, None, file(None, 5, None), false),
        ] {
            let seen = Seen { size: 5, modified_ms: at, tag };
            assert_eq!(seen.is_same(&now), is_same, "{seen:?} {now:?}");
        }
    }
}
