//! Walks over the members of JSON that is known to be valid, without building anything.
//!
//! Text that is not JSON ends a walk early; it never causes a panic or an endless loop.

use std::borrow::Cow;
use std::ops::Range;

use super::closing::closing_quote;

/// A member of an object, or an element of an array.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// The key between its quotes, as written; `None` in an array.
    pub(super) key: Option<Range<usize>>,
    /// The value.
    pub(super) value: Range<usize>,
}

/// The items of the object or array that begins at `at`.
#[derive(Debug)]
pub(super) struct Items<'a> {
    text: &'a [u8],
    at: usize,
    object: bool,
}

/// The items of the value that begins at `at`; none if it is neither an object nor an array.
pub(super) fn items(text: &[u8], at: usize) -> Items<'_> {
    match text.get(at) {
        Some(b'{') => Items { text, at: at + 1, object: true },
        Some(b'[') => Items { text, at: at + 1, object: false },
        _ => Items { text, at: text.len(), object: false },
    }
}

impl Iterator for Items<'_> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        self.at = solid(self.text, self.at);
        if self.text.get(self.at) == Some(&b',') {
            self.at = solid(self.text, self.at + 1);
        }
        if matches!(self.text.get(self.at)?, b'}' | b']') {
            self.at = self.text.len();
            return None;
        }
        let key = if self.object {
            let from = self.at + 1;
            let to = closing_quote(self.text, from)?;
            // After the colon.
            self.at = solid(self.text, solid(self.text, to + 1) + 1);
            Some(from..to)
        } else {
            None
        };
        let from = self.at;
        self.at = value_end(self.text, from)?;
        Some(Item { key, value: from..self.at })
    }
}

/// The first position from here on that is not white space.
pub(super) fn solid(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|c| matches!(c, b' ' | b'\t' | b'\r' | b'\n')).count()
}

/// The value that begins at `at`.
pub(super) fn value(text: &[u8], from: usize) -> Option<&[u8]> {
    text.get(from..value_end(text, from)?)
}

/// Where the value that begins at `at` ends.
fn value_end(text: &[u8], from: usize) -> Option<usize> {
    match text.get(from)? {
        b'"' => closing_quote(text, from + 1).map(|end| end + 1),
        b'{' | b'[' => {
            let (mut open, mut at) = (0_usize, from);
            loop {
                match text.get(at)? {
                    b'"' => at = closing_quote(text, at + 1)?,
                    b'{' | b'[' => open += 1,
                    b'}' | b']' => open = open.checked_sub(1)?,
                    _ => {}
                }
                at += 1;
                if open == 0 {
                    return Some(at);
                }
            }
        }
        _ => {
            let rest = text.get(from..)?;
            let ends = |c: &u8| matches!(c, b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n');
            let length = rest.iter().position(ends).unwrap_or(rest.len());
            (length > 0).then_some(from + length)
        }
    }
}

/// Whether a key, as written between its quotes, equals `name`.
pub(super) fn is_key(written: &[u8], name: &str) -> bool {
    written == name.as_bytes()
        || (written.contains(&b'\\') && decoded_key(written).as_deref() == Some(name))
}

/// A key with its escapes resolved; `None` if it is not valid text.
pub(super) fn decoded_key(written: &[u8]) -> Option<String> {
    serde_json::from_slice(&[b"\"", written, b"\""].concat()).ok()
}

/// A key, with its escapes resolved if it is valid text.
pub(super) fn written_key<'a>(text: &'a [u8], key: &Range<usize>) -> Cow<'a, [u8]> {
    let written = text.get(key.clone()).unwrap_or_default();
    match written.contains(&b'\\').then(|| decoded_key(written)).flatten() {
        Some(key) => Cow::Owned(key.into_bytes()),
        None => Cow::Borrowed(written),
    }
}

/// Whether a webhook begins here: an object whose `data.position` is an object.
pub(super) fn is_webhook(text: &[u8], at: usize) -> bool {
    items(text, at).any(|item| is_data_with_position(text, &item))
}

/// Whether an item is a `data` that makes the object around it a webhook.
pub(super) fn is_data_with_position(text: &[u8], item: &Item) -> bool {
    is_object(text, item, "data")
        && items(text, item.value.start).any(|item| is_object(text, &item, "position"))
}

/// Whether an item is an object under the key `name`.
fn is_object(text: &[u8], item: &Item, name: &str) -> bool {
    let key = item.key.clone().and_then(|key| text.get(key));
    text.get(item.value.start) == Some(&b'{') && key.is_some_and(|key| is_key(key, name))
}
