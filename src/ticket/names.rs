//! Names stored once: organizations, locations, queues and types become small numbers.

use std::collections::HashMap;
use std::num::NonZeroU32;

use foldhash::fast::RandomState;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Number of a name in its [`Names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId(NonZeroU32);

impl NameId {
    /// Place of the name in its list.
    #[must_use]
    pub fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// A list of distinct names, numbered in the order of their first use.
#[derive(Debug, Clone, Default)]
pub struct Names {
    list: Vec<Box<str>>,
    ids: HashMap<Box<str>, NameId, RandomState>,
    /// Names as sent → normalised; spares the normalisation of every line.
    normal: HashMap<Box<str>, Option<NameId>, RandomState>,
}

impl Names {
    /// The number of a name, as it is.
    pub fn intern(&mut self, name: &str) -> NameId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        // Distinct names are far fewer than 2^32: each takes memory of its own.
        self.list.push(name.into());
        let number = u32::try_from(self.list.len()).ok().and_then(NonZeroU32::new);
        let id = NameId(number.unwrap_or(NonZeroU32::MAX));
        self.ids.insert(name.into(), id);
        id
    }

    /// The number of a display name after [`normalise`]; `None` if nothing is left of it.
    pub fn intern_normalised(&mut self, name: &str) -> Option<NameId> {
        if let Some(known) = self.normal.get(name) {
            return *known;
        }
        let clean = normalise(name);
        let id = (!clean.is_empty()).then(|| self.intern(&clean));
        self.normal.insert(name.into(), id);
        id
    }

    /// The number of a name, if it has one.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<NameId> {
        self.ids.get(name).copied()
    }

    /// The name of a number of this list; empty for one of another list.
    #[must_use]
    pub fn get(&self, id: NameId) -> &str {
        self.list.get(id.index()).map_or("", |name| name)
    }

    /// The names, by number.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|name| &**name)
    }

    /// Number of names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Takes in another list: the new number of each of its names, by old number.
    pub(super) fn absorb(&mut self, other: &Self) -> Vec<NameId> {
        other.list.iter().map(|name| self.intern(name)).collect()
    }
}

/// A display name: trimmed, inner white space collapsed, Unicode NFC.
#[must_use]
pub fn normalise(name: &str) -> String {
    let mut clean = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean.push_str(word);
    }
    if is_nfc(&clean) { clean } else { clean.nfc().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalised_once() {
        assert_eq!(normalise("  Kitchen \u{a0}\t planning\n"), "Kitchen planning");
        assert_eq!(normalise("Ka\u{308}llered"), "K\u{e4}llered");
        let mut names = Names::default();
        let id = names.intern_normalised("  A  B ");
        assert_eq!(id, names.intern_normalised("A B"));
        assert_eq!(names.intern_normalised(" \t"), None);
        assert_eq!(id.map(|id| names.get(id).to_owned()).as_deref(), Some("A B"));
        assert_eq!(names.len(), 1);
    }
}
