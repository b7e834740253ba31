//! Removes invisible characters from names, but for the few that change how a name looks.
//!
//! Two names that look the same must be one location, so invisible characters go: controls, direction marks, byte order
//! marks, soft hyphens, zero-width spaces. The two joiners stay where they change how their neighbours look, by the
//! rule for domain names (RFC 5892, appendix A), and beyond it where Unicode's chapters on scripts need them:
//!
//! ```text
//! ZWNJ   between Arabic letters that would join: Persian cannot be written without it;
//!        after a letter that never joins the next (reh, alef) it shows nothing: removed
//! both   next to a virama, where they choose between half form, ligature and visible virama
//! ZWJ    where it gives a letter a form that its neighbours would not, and between the parts of an emoji
//! ```
//!
//! The selectors of text and emoji style (U+FE0E, U+FE0F) go too: one phone sends them, another does not. Those of East
//! Asian and Mongolian letters stay, since they select a different shape.

use unicode_joining_type::{JoiningType, get_joining_type};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';
const BLACK_FLAG: char = '\u{1f3f4}';

/// What a reader sees of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Something visible.
    Seen,
    /// A gap.
    Blank,
    /// Nothing.
    Nothing,
    /// Nothing by itself, but it may change how its neighbours look.
    Depends,
}

fn look(c: char) -> Look {
    match c {
        // Fillers that are drawn as a gap.
        '\u{2800}' | '\u{3164}' | '\u{ffa0}' => Look::Blank,
        _ if c.is_whitespace() => Look::Blank,
        NON_JOINER
        | JOINER
        // Mongolian selectors and vowel separator.
        | '\u{180b}'..='\u{180f}'
        // Variation selectors, except those of emoji.
        | '\u{fe00}'..='\u{fe0d}'
        | '\u{e0100}'..='\u{e01ef}'
        // Tags, which spell the flags of England and others.
        | '\u{e0020}'..='\u{e007f}' => Look::Depends,
        // Soft hyphen, grapheme joiner, Arabic letter mark, Hangul fillers, Khmer inherent vowels.
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        // Zero-width space, direction marks, embeddings, isolates, invisible operators.
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        // Emoji style, byte order mark, annotations, and code points that Unicode reserves as ignorable.
        | '\u{fe0e}' | '\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' => {
            Look::Nothing
        }
        _ if c.is_control() => Look::Nothing,
        _ => Look::Seen,
    }
}

/// The text without invisible characters; every gap becomes a plain space. Texts that are canonically equivalent give the
/// same.
pub(super) fn without(text: &str) -> String {
    // Decomposed, because one letter may be sent as one character or as several, and its marks in any order.
    let left: Vec<char> = text
        .chars()
        .filter_map(|c| match look(c) {
            Look::Seen | Look::Depends => Some(c),
            Look::Blank => Some(' '),
            Look::Nothing => None,
        })
        .nfd()
        .collect();
    let mut seen: Vec<char> = Vec::with_capacity(left.len());
    for (at, c) in left.iter().enumerate() {
        let behind = left.get(at + 1..).unwrap_or_default();
        if look(*c) != Look::Depends || changes(*c, &seen, behind) {
            seen.push(*c);
        }
    }
    seen.into_iter().collect()
}

/// Whether a character changes how its neighbours look.
fn changes(c: char, before: &[char], behind: &[char]) -> bool {
    let Some(&previous) = before.last() else { return c == JOINER && joins_back(behind) };
    let next = behind.iter().copied().find(|c| !is_joiner(*c));
    let next_is = |what: fn(char) -> bool| next.is_some_and(what);
    match c {
        // A repeated joiner counts once.
        NON_JOINER | JOINER if is_joiner(previous) => false,
        NON_JOINER => {
            (is_virama(previous) && next_is(char::is_alphabetic))
                || (is_letter(before) && next_is(is_virama))
                || (joins_forward(before) && joins_back(behind))
        }
        JOINER => {
            is_virama(previous)
                || (is_letter(before) && next_is(is_virama))
                || joins_forward(before) != joins_back(behind)
                || (is_picture(before) && next_is(is_pictograph))
        }
        '\u{180e}' => is_mongolian(previous) && next_is(is_mongolian),
        '\u{180b}'..='\u{180f}' => is_mongolian(previous),
        '\u{e0020}'..='\u{e007f}' => {
            previous == BLACK_FLAG || ('\u{e0020}'..='\u{e007e}').contains(&previous)
        }
        // It selects a shape, so it does nothing after a gap, another selector, or a European or Near Eastern letter.
        _ => previous >= '\u{1000}' && look(previous) == Look::Seen,
    }
}

fn is_joiner(c: char) -> bool {
    matches!(c, NON_JOINER | JOINER)
}

/// The sign that removes a consonant's inherent vowel.
fn is_virama(c: char) -> bool {
    canonical_combining_class(c) == 9
}

/// Whether the text ends with a letter, with or without marks.
fn is_letter(before: &[char]) -> bool {
    let mut bases = before.iter().rev().copied();
    bases.find(|c| canonical_combining_class(*c) == 0).is_some_and(char::is_alphabetic)
}

fn is_mongolian(c: char) -> bool {
    matches!(c, '\u{1820}'..='\u{1842}' | '\u{1843}'..='\u{18aa}')
}

/// Whether the last letter would join one after it.
fn joins_forward(before: &[char]) -> bool {
    let mut kinds = before.iter().rev().map(|c| get_joining_type(*c));
    matches!(
        kinds.find(|kind| *kind != JoiningType::Transparent),
        Some(JoiningType::DualJoining | JoiningType::LeftJoining | JoiningType::JoinCausing)
    )
}

/// Whether the next letter would join one before it.
fn joins_back(behind: &[char]) -> bool {
    let letters = behind.iter().filter(|c| !is_joiner(**c));
    let mut kinds = letters.map(|c| get_joining_type(*c));
    matches!(
        kinds.find(|kind| *kind != JoiningType::Transparent),
        Some(JoiningType::DualJoining | JoiningType::RightJoining | JoiningType::JoinCausing)
    )
}

/// Whether the text ends with an emoji, with or without a skin tone.
fn is_picture(before: &[char]) -> bool {
    let mut bases = before.iter().rev().copied();
    bases.find(|c| !('\u{1f3fb}'..='\u{1f3ff}').contains(c)).is_some_and(is_pictograph)
}

/// Roughly Unicode's `Extended_Pictographic`; nothing else in these blocks stands next to a joiner.
fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}
