//! Stores each name once: organizations, locations, queues and types become small numbers.

use std::collections::HashMap;
use std::num::NonZeroU32;

use foldhash::fast::RandomState;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::invisible;

/// Number of a name in its [`Names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId(NonZeroU32);

impl NameId {
    /// Index of the name in its list.
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
    /// Names as sent → normalised, so that no name is normalised twice.
    normal: HashMap<Box<str>, Option<NameId>, RandomState>,
}

impl Names {
    /// The number of a name, taken as it is; adds it if it is new.
    pub fn intern(&mut self, name: &str) -> NameId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        // There are far fewer than 2^32 distinct names, because each takes memory.
        self.list.push(name.into());
        let number = u32::try_from(self.list.len()).ok().and_then(NonZeroU32::new);
        let id = NameId(number.unwrap_or(NonZeroU32::MAX));
        self.ids.insert(name.into(), id);
        id
    }

    /// The number of a display name after [`normalise`]; `None` if nothing is left of it. Adds it if it is new.
    pub fn intern_normalised(&mut self, name: &str) -> Option<NameId> {
        if let Some(known) = self.normal.get(name) {
            return *known;
        }
        let clean = normalise(name);
        let id = (!clean.is_empty()).then(|| self.intern(&clean));
        self.normal.insert(name.into(), id);
        id
    }

    /// The number of a name; `None` if the list does not have it.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<NameId> {
        self.ids.get(name).copied()
    }

    /// The name that a number stands for; empty if the number is out of range.
    #[must_use]
    pub fn get(&self, id: NameId) -> &str {
        self.list.get(id.index()).map_or("", |name| name)
    }

    /// The names, by number.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|name| &**name)
    }

    /// Adds the names of another list; returns the new number of each, by old number.
    pub(super) fn absorb(&mut self, other: &Self) -> Vec<NameId> {
        other.list.iter().map(|name| self.intern(name)).collect()
    }
}

/// A display name without invisible characters, trimmed, with every gap a single space, in Unicode NFC. Names that look
/// the same become equal. An empty result means that there is no name.
#[must_use]
pub fn normalise(name: &str) -> String {
    let mut clean = cleaned(name);
    // A removed character may have stood between two marks that now change places, which shows others to be invisible.
    // Each round removes at least one character, so there is a last one.
    loop {
        let again = cleaned(&clean);
        if again == clean {
            return clean;
        }
        clean = again;
    }
}

/// One round of [`normalise`].
fn cleaned(name: &str) -> String {
    let seen = invisible::without(name);
    let mut clean = String::with_capacity(seen.len());
    for word in seen.split(' ').filter(|word| !word.is_empty()) {
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
    use proptest::prelude::*;

    #[test]
    fn names_that_look_the_same_are_the_same() {
        for (name, spellings) in [
            (
                "Caf\u{e9} Kiosk",
                &[
                    "Cafe\u{301} Kiosk",
                    " Caf\u{e9}  Kiosk ",
                    "Caf\u{e9}\u{a0}Kiosk",
                    "Caf\u{e9}\u{2009}Kiosk",
                    "Caf\u{e9}\u{3000}\u{2028}Kiosk\u{85}",
                    "\u{feff}Caf\u{e9} \u{200b}Kiosk\u{200f}",
                    "Cafe\u{200b}\u{301} Kiosk",
                    "\u{202b}Caf\u{e9}\u{202c} \u{2067}Kiosk\u{2069}",
                    "Ca\u{ad}f\u{e9} Ki\u{200c}os\u{200d}k",
                    "Caf\u{e9} \u{200e} Kiosk\u{0}\u{7f}\u{9b}",
                    "Caf\u{e9} \u{2060}Ki\u{34f}osk\u{fe0f}\u{fe00}",
                    "Caf\u{e9}\u{3164}Kiosk\u{e0041}\u{e0001}",
                ][..],
            ),
            // Persian: visible between letters that would join, invisible after a letter that never joins.
            (
                "\u{645}\u{6cc}\u{632}\u{647}\u{627}",
                &["\u{645}\u{6cc}\u{632}\u{200c}\u{647}\u{627}"],
            ),
            (
                "\u{62e}\u{627}\u{646}\u{647}\u{200c}\u{647}\u{627}",
                &["\u{62e}\u{627}\u{646}\u{647}\u{200c}\u{200c}\u{200b}\u{647}\u{627}\u{200c} "],
            ),
            // Arabic: letters that join anyway, marks of direction, a lone initial form.
            ("\u{628}\u{64e}\u{628}", &["\u{628}\u{64e}\u{200d}\u{628}\u{61c}\u{200f}"]),
            ("\u{647}\u{200d}", &["\u{200f}\u{647}\u{200d}\u{200d}"]),
            ("\u{200d}\u{647}", &["\u{200d}\u{200e}\u{647}"]),
            // Behind a virama both are seen, but nothing is not at the end of a word.
            ("\u{915}\u{94d}\u{200d}\u{937}", &["\u{915}\u{94d}\u{200d}\u{937}"]),
            ("\u{915}\u{94d}\u{200c}\u{937}", &["\u{915}\u{94d}\u{200c}\u{200d}\u{937}"]),
            ("\u{d28}\u{d4d}\u{200d}", &["\u{d28}\u{d4d}\u{200d}"]),
            ("\u{d28}\u{d4d}", &["\u{d28}\u{d4d}\u{200c}"]),
            ("\u{9b0}\u{200d}\u{9cd}\u{9af}", &["\u{9b0}\u{200d}\u{9cd}\u{9af}"]),
            // A letter with a dot below is one, in one character or two.
            ("\u{915}\u{93c}\u{200d}\u{94d}\u{937}", &["\u{958}\u{200d}\u{94d}\u{937}"]),
            // Two marks over one letter have no order of their own.
            ("\u{915}\u{94d}\u{301}\u{937}", &["\u{915}\u{301}\u{94d}\u{200c}\u{937}"]),
            ("\u{c5}", &["\u{212b}\u{fe00}"]),
            ("\u{915}\u{93e}", &["\u{915}\u{200d}\u{93e}"]),
            // Emoji.
            ("\u{1f469}\u{200d}\u{2695}", &["\u{1f469}\u{200d}\u{2695}\u{fe0f}"]),
            (
                "\u{1f469}\u{1f3fd}\u{200d}\u{1f680} A",
                &["\u{1f469}\u{1f3fd}\u{200d}\u{1f680}\u{200d} A"],
            ),
            ("Bar\u{2615}", &["Bar\u{200d}\u{2615}"]),
            ("\u{2615} Bar", &["\u{2615}\u{fe0f} Bar", "\u{2615}\u{fe0e}\u{200d} Bar"]),
            (
                "\u{1f3f4}\u{e0067}\u{e0062}\u{e007f}",
                &["\u{1f3f4}\u{e0067}\u{e0062}\u{e007f}\u{e0062}"],
            ),
            // Other shapes of letters.
            ("\u{845b}\u{e0100}", &["\u{845b}\u{e0100}\u{e0101}"]),
            ("\u{1820}\u{180b}", &["\u{1820}\u{180b}\u{180e}"]),
            ("A\u{1820}", &["A\u{180b}\u{180e}\u{1820}"]),
            // Mongolian selectors do nothing behind other letters, and joiners nothing between a digit and a virama.
            ("\u{4e00}", &["\u{4e00}\u{180b}"]),
            ("1\u{94d}", &["1\u{200d}\u{94d}", "1\u{200c}\u{94d}"]),
            ("\u{915}\u{200d}\u{94d}", &["\u{915}\u{200d}\u{94d}"]),
            ("\u{1820}\u{180e}\u{1821}", &["\u{1820}\u{180e}\u{1821}\u{180e}"]),
            // Signs that are seen.
            ("\u{600}1", &["\u{600}1"]),
        ] {
            assert_eq!(normalise(name), name, "{}", name.escape_unicode());
            for spelling in spellings {
                let clean = normalise(spelling);
                assert_eq!(
                    clean,
                    name,
                    "{}: {}",
                    spelling.escape_unicode(),
                    clean.escape_unicode()
                );
            }
        }
        // These do not look the same.
        for (one, other) in [("Kiosk", "KIOSK"), ("A B", "AB"), ("\u{845b}", "\u{845b}\u{e0100}")] {
            assert_ne!(normalise(one), normalise(other));
        }
    }

    #[test]
    fn a_name_of_nothing_is_no_name() {
        let mut names = Names::default();
        for name in [
            "",
            " ",
            "\u{200b}",
            "\u{feff}\u{200d}",
            "\u{ad}\u{200c} \u{202e}",
            "\u{3164}",
            "\u{0}",
            "\u{e0041}",
        ] {
            assert_eq!(names.intern_normalised(name), None, "{}", name.escape_unicode());
        }
    }

    proptest! {
        #[test]
        fn a_normal_name_stays_as_it_is(name in prop::collection::vec(prop_oneof![
            prop::sample::select(vec![
                'a', 'e', ' ', '\u{301}', '\u{327}', '\u{628}', '\u{62f}', '\u{64e}', '\u{640}', '\u{915}', '\u{94d}', '\u{93c}',
                '\u{9c7}', '\u{9be}', '\u{9cd}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{200e}', '\u{fe0f}', '\u{fe00}', '\u{180b}',
                '\u{180e}', '\u{1820}', '\u{1f469}', '\u{1f3fd}', '\u{2695}', '\u{1f3f4}', '\u{e0067}', '\u{e007f}', '\u{e0100}',
                '\u{845b}', '\u{f900}', '\u{212b}', '\u{1ea1}', '\u{958}', '\u{345}', '\u{1100}', '\u{1161}', '\u{1160}', '\u{a0}', '\u{2000}', '\u{85}', '\u{1}', '\u{ad}', '\u{34f}',
            ]),
            any::<char>(),
        ], 0..12).prop_map(String::from_iter)) {
            let clean = normalise(&name);
            prop_assert_eq!(normalise(&clean), clean.clone(), "{}", name.escape_unicode());
            prop_assert!(is_nfc(&clean));
            prop_assert_eq!(clean.trim(), clean.as_str());
            // Adding invisible characters changes nothing.
            let padded: String = name.chars().flat_map(|c| ['\u{200b}', c, '\u{2069}']).collect();
            prop_assert_eq!(normalise(&padded), clean.as_str());
            // Nor does it matter in which of two equal ways a letter with marks is written.
            prop_assert_eq!(normalise(&name.nfd().collect::<String>()), clean.as_str());
            prop_assert_eq!(normalise(&name.nfc().collect::<String>()), clean);
        }
    }

    #[test]
    fn names_are_normalised_once() {
        assert_eq!(normalise("  Kitchen \u{a0}\t planning\n"), "Kitchen planning");
        assert_eq!(normalise("Ka\u{308}llered"), "K\u{e4}llered");
        let mut names = Names::default();
        let id = names.intern_normalised("  A  B ");
        assert_eq!(id, names.intern_normalised("A B"));
        assert_eq!(names.intern_normalised(" \t"), None);
        assert_eq!(id.map(|id| names.get(id).to_owned()).as_deref(), Some("A B"));
        assert_eq!(names.all().count(), 1);
    }
}
