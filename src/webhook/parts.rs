//! Texts split by a log driver: Docker writes what is longer than 16 KiB as several records, each with a part of it.
//!
//! ```text
//! {"log":"{\"message\":null,\"data\":{ …","time":…}      its text begins like JSON and ends too early
//! {"log":" … \"organization\":\"o\"}\n","time":…}        the rest, under the same key
//! ```

use serde::de::IgnoredAny;
use serde_json::{Map, Value};

/// The key whose text is only the start of JSON, if there is exactly one.
fn torn_key(record: &Map<String, Value>) -> Option<&str> {
    let torn = |text: &str| {
        text.trim_ascii_start().starts_with('{')
            && serde_json::from_str::<IgnoredAny>(text).is_err_and(|error| error.is_eof())
    };
    let mut keys = record.iter().filter(|(_, value)| value.as_str().is_some_and(torn));
    let (key, _) = keys.next()?;
    keys.next().is_none().then_some(key)
}

fn object(record: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(record).ok()
}

/// Whether a record holds the start of a text that the next record may continue.
#[must_use]
pub fn is_part(record: &[u8]) -> bool {
    object(record).is_some_and(|record| torn_key(&record).is_some())
}

/// The second record with the joined text of both, if the first holds the start of a text and the second has a text under
/// the same key.
#[must_use]
pub fn joined(first: &[u8], second: &[u8]) -> Option<Vec<u8>> {
    let (first, mut second) = (object(first)?, object(second)?);
    let key = torn_key(&first)?;
    let begin = first.get(key)?.as_str()?;
    let text = [begin, second.get(key)?.as_str()?].concat();
    second.insert(key.to_owned(), Value::String(text));
    serde_json::to_vec(&second).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_parts_make_a_whole() {
        let (first, second) = (br#"{"log":"{\"a\":","t":1}"#, br#"{"log":"1}\n","t":2}"#);
        assert!(is_part(first) && !is_part(second));
        assert_eq!(joined(first, second).unwrap(), br#"{"log":"{\"a\":1}\n","t":2}"#);
        for other in
            [&br#"{"log":"{\"a\":1}"}"#[..], br#"{"log":"x"}"#, br#"{"log":1}"#, b"[]", b"x"]
        {
            assert!(!is_part(other));
        }
        assert!(!is_part(br#"{"a":"{","b":"{"}"#), "which of them?");
        assert_eq!(joined(first, br#"{"other":"1}"}"#), None);
        assert_eq!(joined(second, first), None);
    }
}
