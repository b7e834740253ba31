//! The shapes of records: where they hold their webhook and receive time, described without quoting any data.
//!
//! A path names keys from the record inwards, joined by dots: `Records[].body`, `requestContext.timeEpoch`. `[]` is any
//! element of an array, `»` goes into JSON text held by a string, `»base64` into JSON text held in base64:
//! `Body».Message»`. The path of a bare webhook is empty. A key that is not a plain identifier, or that looks like
//! someone's id, is written as `*`.

use std::collections::VecDeque;

use super::embedded::{Coding, begins_json};
use super::scan;

/// Where a record holds a webhook and its receive time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shape {
    /// Path of the webhook; empty if it is the record.
    pub webhook: String,
    /// Path of the receive time that is used; `None` if the record has none.
    pub received_at: Option<String>,
}

/// Most key paths that [`keys_on_the_way`] names.
const MOST_KEYS: usize = 20;
/// Most keys in one of its paths.
const DEEPEST: usize = 3;
/// Most values that it looks at.
const MOST_VALUES: usize = 2_000;

/// Whether a key says nothing about anyone: a plain identifier of at most 40 characters, with fewer than five digits.
pub(super) fn plain(key: &[u8]) -> Option<&str> {
    let letters = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'@' | b'$');
    let first = key.first()?;
    let digits = key.iter().filter(|c| c.is_ascii_digit()).count();
    let fits = key.len() <= 40 && digits < 5 && !first.is_ascii_digit() && *first != b'-';
    if fits && key.iter().all(letters) { std::str::from_utf8(key).ok() } else { None }
}

/// Appends a key to a path.
pub(super) fn with_key(path: &str, key: &[u8]) -> String {
    let key = plain(key).unwrap_or("*");
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// The key paths of a record, for the message that no webhook was found: at most 20 paths of at most three keys, such as
/// `payload.items[].hook`, outer ones first. Only plain identifiers, never a value; empty if the record is not JSON.
#[must_use]
pub fn keys_on_the_way(record: &[u8]) -> Vec<String> {
    if !super::embedded::is_json(record) {
        return Vec::new();
    }
    let mut found: Vec<String> = Vec::new();
    let mut left = MOST_VALUES;
    let mut queue = VecDeque::from([(std::borrow::Cow::Borrowed(record), String::new(), 0)]);
    while let Some((text, path, keys)) = queue.pop_front() {
        let at = scan::solid(&text, 0);
        if text.get(at) == Some(&b'"') {
            let inner = serde_json::from_slice::<String>(&text).ok();
            if let Some(inner) = inner.filter(|text| {
                begins_json(text.as_bytes()) && super::embedded::is_json(text.as_bytes())
            }) {
                let path = format!("{path}{}", Coding::Text.sign());
                queue.push_back((inner.into_bytes().into(), path, keys));
            }
            continue;
        }
        for item in scan::items(&text, at).take(left) {
            left -= 1;
            let (path, keys) = match item.key.clone() {
                None => (format!("{path}[]"), keys),
                Some(key) => {
                    let Some(key) = text.get(key).and_then(plain) else { continue };
                    let path = with_key(&path, key.as_bytes());
                    if !found.contains(&path) {
                        found.push(path.clone());
                    }
                    if found.len() >= MOST_KEYS {
                        return found;
                    }
                    (path, keys + 1)
                }
            };
            let inside = text.get(item.value).unwrap_or_default();
            if keys < DEEPEST
                && path.len() < 200
                && matches!(inside.first(), Some(b'{' | b'[' | b'"'))
            {
                queue.push_back((inside.to_vec().into(), path, keys));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_quote_no_value_and_nobody() {
        let record = br#"{"payload":{"items":[{"hook":{"deep":1}},{"hook":2,"other":"secret"}]},"+4670":{"a":1},
            "u46701234567":1,"a b":2,"Body":"{\"x\":{\"y\":\"secret\"}}"}"#;
        assert_eq!(
            keys_on_the_way(record),
            [
                "payload",
                "Body",
                "payload.items",
                "Body».x",
                "payload.items[].hook",
                "payload.items[].other",
                "Body».x.y"
            ]
        );
        assert!(keys_on_the_way(b"{\"a\":1").is_empty());
        let many: String = (0..100).map(|n| format!("\"k{n}\":1,")).collect();
        assert_eq!(keys_on_the_way(format!("{{{many}\"z\":1}}").as_bytes()).len(), 20);
        let deep = ["[".repeat(100_000), "]".repeat(100_000)].concat();
        assert!(keys_on_the_way(deep.as_bytes()).is_empty());
    }
}
