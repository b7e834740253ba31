//! Tells the stores which objects will be read next.

use std::collections::BTreeMap;

use super::candidate::Candidate;
use super::holder::Holder;

/// Tells the stores that these files will be read, in this order: small objects are fetched before they are asked for. Files
/// of the file system need nothing of the kind.
pub fn ahead<'a>(files: impl Iterator<Item = &'a Candidate>) {
    let mut buckets: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for file in files {
        let Some(Holder::Object(object)) = file.holder() else { continue };
        let key = (object.address.scheme, object.address.bucket.clone());
        let objects = buckets.entry(key).or_default();
        // The members of a container stand behind each other.
        if objects.last() != Some(&object) {
            objects.push(object);
        }
    }
    for objects in buckets.into_values() {
        if let Some(first) = objects.first() {
            first.bucket.clone().ahead(objects);
        }
    }
}
