//! JSON Pointers, with which the user says where the payload and the receive time are.

use super::scan::{self, Item, is_key};

/// A JSON Pointer (RFC 6901), such as `/detail/body`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer(Vec<String>);

/// The text is not a JSON Pointer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a JSON Pointer: it must be empty or begin with `/`")]
pub struct PointerError(pub String);

impl Pointer {
    /// Parses a pointer.
    ///
    /// # Errors
    /// [`PointerError`] if it neither is empty nor begins with `/`.
    pub fn parse(text: &str) -> Result<Self, PointerError> {
        if text.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let rest = text.strip_prefix('/').ok_or_else(|| PointerError(text.to_owned()))?;
        Ok(Self(rest.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect()))
    }

    /// The reference tokens: keys and indices, in order.
    pub(super) fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Where in a text the value begins that the pointer leads to.
    pub(super) fn find(&self, text: &[u8]) -> Option<usize> {
        self.parts()
            .try_fold(scan::solid(text, 0), |at, part| Some(step(text, at, part)?.value.start))
    }
}

/// The item that one token names in the object or array that begins at `at`.
pub(super) fn step(text: &[u8], at: usize, part: &str) -> Option<Item> {
    let mut items = scan::items(text, at);
    let named = |item: &Item| {
        item.key.clone().and_then(|key| text.get(key)).is_some_and(|key| is_key(key, part))
    };
    match text.get(at)? {
        // If a key occurs twice, the last one counts, as in most parsers.
        b'{' => items.filter(named).last(),
        b'[' => items.nth(part.parse().ok()?),
        _ => None,
    }
}
