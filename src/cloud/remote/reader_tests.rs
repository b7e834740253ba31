//! Whatever is read of an object, and in whatever steps, is what the object holds.

use async_trait::async_trait;
use object_store::ObjectStoreExt;
use object_store::list::{PaginatedListOptions, PaginatedListResult, PaginatedListStore};
use object_store::memory::InMemory;
use object_store::path::Path;
use proptest::prelude::*;

use super::super::super::address::{Address, Scheme};
use super::super::super::trouble::{What, trouble_of};
use super::*;

/// A bucket in memory.
struct Space {
    store: Arc<InMemory>,
    reader: Arc<Reader>,
}

impl Space {
    fn new() -> Self {
        let store = Arc::new(InMemory::new());
        let client = Client { lists: Arc::new(Unlisted), reads: store.clone() };
        let reader = Arc::new(Reader::new(Arc::new(Engine::new(Arc::default()).unwrap()), client));
        Self { store, reader }
    }

    /// Puts an object there.
    fn put(&self, key: &str, bytes: Vec<u8>) -> Object {
        let (path, len) = (Path::parse(key).unwrap(), bytes.len());
        let put = async { Ok(self.store.put(&path, bytes.into()).await.unwrap()) };
        let tag = self.reader.engine.wait(put).unwrap().e_tag;
        let address = Address { scheme: Scheme::S3, bucket: "b".into(), key: key.into() };
        let bucket: Arc<dyn Bucket> = self.reader.clone();
        Object { address, bytes: u64::try_from(len).unwrap(), modified_ms: None, tag, bucket }
    }

    fn remove(&self, key: &str) {
        let path = Path::parse(key).unwrap();
        let gone = async {
            self.store.delete(&path).await.unwrap();
            Ok(())
        };
        self.reader.engine.wait(gone).unwrap();
    }
}

/// Lists nothing.
struct Unlisted;

#[async_trait]
impl PaginatedListStore for Unlisted {
    async fn list_paginated(
        &self,
        _: Option<&str>,
        _: PaginatedListOptions,
    ) -> object_store::Result<PaginatedListResult> {
        unreachable!("these tests list nothing")
    }
}

/// Bytes without any period that parts or blocks have.
fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut at = seed | 1;
    let mut next = || {
        at ^= at << 13;
        at ^= at >> 7;
        at ^= at << 17;
        at.to_le_bytes()[3]
    };
    (0..len).map(|_| next()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn streams_give_the_bytes_in_order(
        len in prop_oneof![0_usize..3, 1_000_000_usize..1_100_000, (256_usize << 10) - 2..(256 << 10) + 2, 4_000_000_usize..14_000_000],
        steps in prop::collection::vec(prop_oneof![1_usize..10, 1_000_usize..700_000, 1_000_000_usize..6_000_000], 1..20),
    ) {
        let space = Space::new();
        let bytes = noise(len, 7);
        let object = space.put("x", bytes.clone());
        let mut stream = object.stream();
        let mut read = Vec::new();
        for step in steps.iter().cycle() {
            let mut buffer = vec![0; (*step).max(1_000.min(len))];
            let n = stream.read(&mut buffer).unwrap();
            read.extend_from_slice(&buffer[..n]);
            if n == 0 {
                break;
            }
        }
        prop_assert!(read == bytes);
        // What was fetched ahead has been given back.
        drop(stream);
        prop_assert!(space.reader.engine.room(64 << 20).is_some());
    }

    #[test]
    fn any_place_gives_its_bytes(
        len in prop_oneof![1_usize..100, 1_000_000_usize..13_000_000],
        places in prop::collection::vec((any::<prop::sample::Index>(), 1_usize..300_000), 1..40),
    ) {
        let space = Space::new();
        let bytes = noise(len, 9);
        let object = space.put("x", bytes.clone());
        let random = object.random();
        let sequence = (0..len).step_by(900_000).map(|at| (at, 900_000));
        let places: Vec<_> = places.iter().map(|(at, n)| (at.index(len), *n)).chain(sequence).collect();
        for (at, n) in places {
            let mut buffer = vec![0; n];
            let mut filled = 0;
            while filled < n {
                let from = u64::try_from(at + filled).unwrap();
                match random.read_at(&mut buffer[filled..], from).unwrap() {
                    0 => break,
                    more => filled += more,
                }
            }
            let expected = &bytes[at..(at + n).min(len)];
            prop_assert!(&buffer[..filled] == expected);
        }
        prop_assert_eq!(random.read_at(&mut [0; 4], u64::try_from(len).unwrap()).unwrap(), 0);
    }

    #[test]
    fn small_objects_are_the_same_in_any_order(
        sizes in prop::collection::vec(0_usize..3_000, 1..60),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..120),
        plans in prop::collection::vec(any::<bool>(), 120),
    ) {
        let space = Space::new();
        let all: Vec<_> = sizes.iter().enumerate().map(|(n, len)| {
            let bytes = noise(*len, u64::try_from(n).unwrap());
            (space.put(&format!("k/{n}"), bytes.clone()), bytes)
        }).collect();
        for (which, plan) in order.iter().zip(plans) {
            if plan {
                space.reader.clone().ahead(all.iter().map(|(object, _)| object.clone()).collect());
            }
            let (object, bytes) = &all[which.index(all.len())];
            let mut read = Vec::new();
            object.stream().read_to_end(&mut read).unwrap();
            prop_assert!(read == *bytes);
        }
    }
}

#[test]
fn an_object_is_read_as_it_was_listed_or_not_at_all() {
    for len in [500, 2 << 20, 12 << 20] {
        let space = Space::new();
        let old = space.put("x", noise(len, 1));
        let what = |object: &Object| {
            let error = object.stream().read_to_end(&mut Vec::new()).unwrap_err();
            trouble_of(&error).unwrap().what
        };
        let new = space.put("x", noise(len, 2));
        assert_eq!(what(&old), What::Changed, "{len}");
        let mut read = Vec::new();
        new.stream().read_to_end(&mut read).unwrap();
        assert!(read == noise(len, 2));
        let other = space.put("y", noise(len, 3));
        space.remove("y");
        assert_eq!(what(&other), What::NoObject, "{len}");
    }
}

#[test]
fn an_object_that_is_replaced_in_the_middle_is_no_mixture() {
    let space = Space::new();
    let object = space.put("x", noise(30 << 20, 1));
    let mut stream = object.stream();
    let mut begin = vec![0; 100];
    stream.read_exact(&mut begin).unwrap();
    assert!(begin == noise(100, 1));
    space.put("x", noise(30 << 20, 2));
    let error = stream.read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(trouble_of(&error).unwrap().what, What::Changed);
    assert_eq!(error.kind(), io::ErrorKind::StaleNetworkFileHandle);
}
