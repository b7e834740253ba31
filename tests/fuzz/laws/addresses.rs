//! The laws of inputs that the fuzz target `addresses` and the replay of its corpus hold, for any text.
//!
//! An input is an address or a path, never both. What is read as an address, printed and read again, is the same. What may hold a
//! password is refused, and nothing of it is repeated. A pattern names what it is without special letters, and only that.

use std::path::Path;

use super::archive::Exclude;
use super::cloud::{Address, is_address};

/// Reads a text as an input and as a pattern, and holds the laws. The address that it is.
///
/// # Panics
/// If a law is broken.
pub(crate) fn hold(bytes: &[u8]) -> Option<Address> {
    let text = String::from_utf8_lossy(bytes);
    pattern(&text);
    let read = Address::of(Path::new(&*text));
    assert_eq!(read.is_some(), is_address(Path::new(&*text)), "{text:?}");
    match read? {
        Ok(address) => {
            let printed = address.to_string();
            assert_eq!(Address::of(Path::new(&printed)), Some(Ok(address.clone())), "{printed:?}");
            assert!(!address.bucket.contains(['@', ':', '/', '*', '?']), "{printed:?}");
            assert_eq!(printed.trim_end_matches('/'), text.trim_end_matches('/'));
            Some(address)
        }
        Err(trouble) => {
            let rest = text.split_once("://").map_or("", |(_, rest)| rest);
            let said = trouble.to_string();
            assert_eq!(said, Address::of(Path::new("s3://")).unwrap().unwrap_err().to_string());
            assert!(rest.len() < 8 || !said.contains(rest), "{said}");
            None
        }
    }
}

fn pattern(text: &str) {
    let Ok(one) = Exclude::new(&[text.to_owned()]) else { return };
    let is_plain = !text.contains(['*', '?', '[', ']', '{', '}', '\\', '/']) && !text.is_empty();
    if is_plain {
        assert!(one.names(text) && one.names(&format!("a/b/{text}")), "{text:?}");
        let longer = format!("{text}x");
        assert!(!one.names(&longer) && !one.names(&format!("{text}/{longer}")), "{text:?}");
    }
    // A list names what one of its patterns names.
    let both = Exclude::new(&["*.md".to_owned(), text.to_owned()]).expect("both are patterns");
    for name in [text, "x.md", "a/x.jsonl"] {
        assert_eq!(both.names(name), name.ends_with(".md") || one.names(name), "{text:?} {name:?}");
    }
}
