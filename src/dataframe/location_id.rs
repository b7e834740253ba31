//! A short ASCII id for a location, safe as a file name and stable over the years.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use xxhash_rust::xxh3::xxh3_64;

/// Longest readable part, in characters.
const SLUG: usize = 40;

/// Ids of locations given as (organization, name): 1 to 40 of `[a-z0-9-]` from the name, `-`, 8 hex digits of a hash
/// of organization and name. Where two would be equal, the later one takes more digits.
///
/// The order of the input decides only between names whose hashes collide.
#[must_use]
pub fn location_ids<'a>(locations: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    ids_with(locations, |organization, name| {
        let mut bytes = Vec::with_capacity(organization.len() + name.len() + 1);
        bytes.extend_from_slice(organization.as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(name.as_bytes());
        xxh3_64(&bytes)
    })
}

fn ids_with<'a>(
    locations: impl Iterator<Item = (&'a str, &'a str)>,
    hash: impl Fn(&str, &str) -> u64,
) -> Vec<String> {
    let mut used = BTreeSet::new();
    locations
        .map(|(organization, name)| {
            let digits = format!("{:016x}", hash(organization, name));
            let slug = slug(name);
            let mut ids = (8..=16).filter_map(|n| digits.get(..n)).map(|d| format!("{slug}-{d}"));
            let fresh = ids.find(|id| !used.contains(id));
            // Equal 64-bit hashes: append a number.
            let id = fresh.unwrap_or_else(|| format!("{slug}-{digits}{}", used.len()));
            used.insert(id.clone());
            id
        })
        .collect()
}

/// Letters and digits of a name without their accents; everything else becomes a single `-`.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)) {
        if slug.len() >= SLUG {
            break;
        }
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "location".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn golden_ids_never_change() {
        let ids = location_ids(
            [
                ("nordhem", "Nordhem Kållered – Returns & Exchange"),
                ("riyadh-clinic", "عيادة الرياض"),
                ("o", "../../etc"),
                ("o", "<script>"),
                ("o", "=HYPERLINK(\"x\")"),
                ("o", &"x".repeat(300)),
                ("o", "CON"),
                ("p", "CON"),
            ]
            .into_iter(),
        );
        let slugs: Vec<&str> = ids.iter().map(|id| id.rsplit_once('-').unwrap().0).collect();
        let x = "x".repeat(40);
        assert_eq!(
            slugs,
            [
                "nordhem-kallered-returns-exchange",
                "location",
                "etc",
                "script",
                "hyperlink-x",
                &x,
                "con",
                "con"
            ]
        );
        assert_eq!(ids[1], "location-c6d134af");
        assert_ne!(ids[6], ids[7]);
    }

    #[test]
    fn colliding_hashes_take_more_digits() {
        let ids = ids_with([("o", "A a"), ("o", "A-a"), ("o", "A_a")].into_iter(), |_, _| 1);
        assert_eq!(ids, ["a-a-00000000", "a-a-000000000", "a-a-0000000000"]);
    }

    proptest! {
        #[test]
        fn always_a_safe_file_name(names in prop::collection::btree_set(any::<String>(), 1..40)) {
            let ids = location_ids(names.iter().map(|n| ("o", n.as_str())));
            let distinct: BTreeSet<_> = ids.iter().collect();
            prop_assert_eq!(distinct.len(), ids.len());
            for id in &ids {
                let (slug, hex) = id.rsplit_once('-').unwrap();
                prop_assert!((1..=40).contains(&slug.len()) && hex.len() >= 8);
                prop_assert!(id.bytes().all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'-')));
            }
        }
    }
}
