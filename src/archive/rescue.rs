//! Finds what can be saved from broken records, and tells what other text looks like.

use std::ops::Range;

use super::parse::{Parsed, Saved, parse};
use super::value::{Found, value_end};

/// How often a line is looked through for an object that ends with it.
const LOOKS: usize = 8;

/// Whether a text is only blanks and commas.
pub(super) fn is_blank(text: &[u8]) -> bool {
    text.iter().all(|c| matches!(c, b' ' | b'\t' | b'\r' | b'\n' | b'\0' | b','))
}

/// The whole values that begin a line inside a broken one and end before a position in it.
pub(super) fn whole(saved: &Saved, before: usize) -> Vec<Range<usize>> {
    let place = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    let ranges = saved.lines.iter().map(|(from, to)| place(*from)..place(*to));
    ranges.filter(|range| range.end > range.start && range.end <= before).collect()
}

/// The first value that begins a line in the second half of a value that is too long, and does not end in it: it may be whole, if
/// it is read from its own start. An earlier one would mean to read most of the bytes again, and again.
pub(super) fn open_late(saved: &Saved, length: usize) -> Option<usize> {
    let place = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    let open = saved.lines.iter().filter(|(_, to)| *to == 0).map(|(from, _)| place(*from));
    open.filter(|from| *from >= length / 2).min()
}

/// The object that ends right before a position, if there is one: another record, where the one before it was cut off at a
/// point at which a value could follow.
pub(super) fn before(text: &[u8], place: usize, (from, to): (u32, u32)) -> Option<Range<usize>> {
    let (from, to) = (usize::try_from(from).ok()?, usize::try_from(to).ok()?);
    let between = text.get(to..place)?;
    let object = from > 0 && text.get(from) == Some(&b'{');
    (object && is_blank(between)).then_some(from..to)
}

/// Where the object begins that a broken line ends with.
pub(super) fn last_of_line(line: &[u8]) -> Option<usize> {
    let saved = match parse(line) {
        Parsed::Open(saved) | Parsed::Broken { saved, .. } => saved,
        Parsed::Whole(_) => return None,
    };
    before(line, line.len(), saved.last?).map(|range| range.start)
}

/// Most blanks between a brace and the first key of an object that begins in the middle of a line: a brace must not hold
/// back everything that follows it.
const BLANKS: usize = 8;
/// Bytes, from a brace on, within which a key must show.
pub(super) const REACH: usize = BLANKS + 2;

/// Whether a byte is a blank inside a line.
fn is_gap(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

/// The last non-blank byte of a text; `before` if there is none.
pub(super) fn last_byte(before: u8, text: &[u8]) -> u8 {
    text.iter().rev().copied().find(|byte| !is_gap(*byte)).unwrap_or(before)
}

/// Number of bytes at the end of a text that may be the start of a value: a brace and blanks.
pub(super) fn held(text: &[u8]) -> usize {
    let blanks = text.iter().rev().take(BLANKS).take_while(|byte| is_gap(**byte)).count();
    let brace = text.len().checked_sub(blanks + 1).and_then(|at| text.get(at));
    if brace == Some(&b'{') { blanks + 1 } else { 0 }
}

/// The next position in a line, from `from` on, at which a record may begin: an object with a key. `ended` says that the
/// line ends with the text. After a record that is too long, only an object that follows an object counts.
pub(super) fn next_value(line: &[u8], from: usize, too_long: bool, ended: bool) -> Option<usize> {
    let before = last_byte(b'\n', line.get(..from)?);
    let found = next_value_behind(before, line.get(from..)?, too_long, ended)?;
    // A record that begins where the broken one does is the broken one itself.
    (from + found > 0).then_some(from + found)
}

/// As [`next_value`], for text that follows the byte `last`.
pub(super) fn next_value_behind(
    before: u8,
    text: &[u8],
    too_long: bool,
    ended: bool,
) -> Option<usize> {
    memchr::memchr_iter(b'{', text).find(|at| {
        let previous = last_byte(before, text.get(..*at).unwrap_or_default());
        let behind_object = matches!(previous, b'}' | b'\0' | 0x1e);
        let behind = text.get(at + 1..).unwrap_or_default();
        match behind.iter().take(BLANKS + 1).find(|byte| !is_gap(**byte)) {
            Some(b'"') => behind_object || !too_long,
            Some(_) => false,
            // A value over several lines that begins after another one.
            None => ended && behind_object && behind.len() <= BLANKS,
        }
    })
}

/// Whether a line looks like part of a value over several lines: a closing bracket, or a key with its value.
pub(super) fn looks_inside(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    match line.first() {
        Some(b'}' | b']') => true,
        // In a quoted cell of a table.
        Some(b'"') if line.starts_with(b"\"\"") => {
            let is_key = line.get(2).is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'_');
            is_key && memchr::memmem::find(line, b"\"\":").is_some()
        }
        Some(b'"') => scalar(line).is_some_and(|end| {
            line.get(end..).unwrap_or_default().trim_ascii_start().starts_with(b":")
        }),
        _ => false,
    }
}

/// The length of the string, number or word that a text begins with.
pub(super) fn scalar(text: &[u8]) -> Option<usize> {
    let first = text.first()?;
    if !matches!(first, b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') {
        return None;
    }
    let Parsed::Whole(end) = parse(text) else { return None };
    let next = text.get(end);
    let over = next.is_none_or(|c| matches!(c, b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' | b':'));
    over.then_some(end)
}

/// Where the object begins that a line of text ends with.
pub(super) fn object_at_end(line: &[u8]) -> Option<usize> {
    let mut budget = LOOKS * line.len();
    let mut from = 0;
    while let Some(next) = memchr::memchr(b'{', line.get(from..)?) {
        let at = from + next;
        let rest = line.get(at..)?;
        let looked = match value_end(rest) {
            Found::End(end) => {
                let (object, behind) = rest.split_at_checked(end)?;
                if behind.trim_ascii().is_empty() {
                    return (at > 0).then_some(at);
                }
                // A record of its own, as where the start of another one before it is lost.
                if memchr::memmem::find(object, b"position").is_some() {
                    return None;
                }
                from = at + end;
                continue;
            }
            Found::Odd(odd) => odd,
            Found::Open => rest.len(),
        };
        budget = budget.checked_sub(looked + 1)?;
        from = at + 1;
    }
    None
}

/// The items of a whole array that could hold a webhook, including those of arrays inside it. Numbers, words and short
/// strings next to them (the time and the tag of a log entry) are left out. `None` if the array is malformed.
pub(super) fn items(array: &[u8]) -> Option<Vec<Range<usize>>> {
    let (mut items, mut texts, mut at) = (Vec::new(), Vec::new(), 0);
    loop {
        let rest = array.get(at..).unwrap_or_default();
        match rest.first() {
            None => break,
            Some(b'[' | b']' | b',' | b' ' | b'\t' | b'\r') => at += 1,
            Some(b'{') => match value_end(rest) {
                Found::End(length) => {
                    items.push(at..at + length);
                    at += length;
                }
                Found::Open | Found::Odd(_) => return None,
            },
            Some(quote) => {
                let length = scalar(rest)?;
                if *quote == b'"' && holds_text(rest.get(1..length).unwrap_or_default()) {
                    texts.push(at..at + length);
                }
                at += length;
            }
        }
    }
    items.append(&mut texts);
    items.sort_by_key(|item| item.start);
    Some(items)
}

/// Whether the inside of a string looks like JSON, also in base64.
fn holds_text(inside: &[u8]) -> bool {
    let inside = inside.trim_ascii_start();
    matches!(inside.first(), Some(b'{' | b'[' | b'\\')) || is_base64_of_json(inside)
}

/// Whether a text begins as the base64 of an object with a key or of an array does.
pub(super) fn is_base64_of_json(text: &[u8]) -> bool {
    /// Of a bracket, and a quote, a bracket or a blank after it.
    const BEGINS: [&[u8]; 16] = [
        b"eyJ", b"eyA", b"ewo", b"ew0", b"ewk", b"W3s", b"W1s", b"W1t", b"WyJ", b"WyI", b"WyA",
        b"WyB", b"Wwo", b"Wwp", b"Ww0", b"Ww1",
    ];
    BEGINS.iter().any(|begin| text.starts_with(begin))
}
