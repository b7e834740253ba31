//! Where a string or a number of JSON ends.
//!
//! What can end a string is marked for a whole line at once, sixteen bytes at a time; then the end of each string is the
//! next mark. This takes three quarters of the time of looking for each end by itself: processors are good at long even
//! work, and bad at loops that end somewhere else each time.

use wide::u8x16;

/// Marks of every quote, backslash and control character of a line: a bit each.
#[derive(Debug, Default)]
pub(super) struct Marks {
    words: Vec<u64>,
    /// Whether the line is ASCII.
    pub(super) ascii: bool,
}

impl Marks {
    /// Marks a line.
    pub(super) fn set(&mut self, line: &[u8]) {
        self.words.clear();
        let mut all = u8x16::splat(0);
        let (blocks, tail) = line.as_chunks::<64>();
        self.words.extend(blocks.iter().map(|block| marks(block, &mut all)));
        // Behind the line stand zeros, which count as marks.
        let mut last = [0; 64];
        if let Some(begin) = last.get_mut(..tail.len()) {
            begin.copy_from_slice(tail);
        }
        self.words.push(marks(&last, &mut all));
        self.ascii = all.to_bitmask() == 0;
    }

    /// The next mark; behind the line if there is none.
    #[inline]
    fn next(&self, at: usize) -> usize {
        let mut word = at / 64;
        let bits = self.words.get(word).map_or(1, |bits| bits >> (at % 64));
        if bits != 0 {
            return at + bits.trailing_zeros() as usize;
        }
        let mut bits = 0;
        while bits == 0 {
            word += 1;
            bits = self.words.get(word).copied().unwrap_or(1);
        }
        word * 64 + bits.trailing_zeros() as usize
    }

    /// The closing quote of a string whose inside begins here in the line that was marked, and whether it has escapes;
    /// `None` if it is no JSON string.
    #[inline]
    pub(super) fn text_end(&self, line: &[u8], at: usize) -> Option<(usize, bool)> {
        text_end(line, at, |at| self.next(at))
    }
}

/// As [`Marks::text_end`], for a line that was not marked.
pub(super) fn text_end_alone(line: &[u8], at: usize) -> Option<(usize, bool)> {
    text_end(line, at, |at| {
        let rest = line.get(at..).unwrap_or_default();
        at + rest.iter().position(is_mark).unwrap_or(rest.len())
    })
}

fn text_end(line: &[u8], at: usize, next: impl Fn(usize) -> usize) -> Option<(usize, bool)> {
    let mut end = next(at);
    if line.get(end)? == &b'"' {
        return Some((end, false));
    }
    // An escape or a control character.
    while line.get(end)? != &b'"' {
        end = next(escape_end(line, end)?);
    }
    Some((end, true))
}

/// The end of an escape that begins here; `None` if there is no such escape, or something else.
fn escape_end(line: &[u8], at: usize) -> Option<usize> {
    (line.get(at)? == &b'\\').then_some(())?;
    match line.get(at + 1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at + 2),
        b'u' => {
            let digits = line.get(at + 2..at + 6)?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(at + 6)
        }
        _ => None,
    }
}

fn is_mark(c: &u8) -> bool {
    matches!(c, b'"' | b'\\' | 0..0x20)
}

/// The marks of 64 bytes, a bit each; `all` collects the bits of the bytes.
fn marks(block: &[u8; 64], all: &mut u8x16) -> u64 {
    let mut bits = 0;
    for (at, part) in block.as_chunks::<16>().0.iter().enumerate() {
        let bytes = u8x16::from(*part);
        let quotes = bytes.simd_eq(u8x16::splat(b'"'));
        let slashes = bytes.simd_eq(u8x16::splat(b'\\'));
        let controls = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
        *all |= bytes;
        bits |= u64::from((quotes | slashes | controls).to_bitmask()) << (16 * at);
    }
    bits
}

/// The end of a number that begins here: `-?(0|[1-9][0-9]*)(\.[0-9]+)?`; exponents are left to the referee.
pub(super) fn number_end(line: &[u8], mut at: usize) -> Option<usize> {
    let digits = |at: usize| {
        let rest = line.get(at..).unwrap_or_default();
        rest.iter().take_while(|c| c.is_ascii_digit()).count()
    };
    if line.get(at) == Some(&b'-') {
        at += 1;
    }
    let whole = digits(at);
    if whole == 0 || (whole > 1 && line.get(at) == Some(&b'0')) {
        return None;
    }
    at += whole;
    if line.get(at) == Some(&b'.') {
        let part = digits(at + 1);
        if part == 0 {
            return None;
        }
        at += 1 + part;
    }
    (!matches!(line.get(at), Some(b'e' | b'E'))).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_mark_is_found_and_nothing_else(
            bytes in prop::collection::vec(prop_oneof![0x1e_u8..0x24, 0x5a_u8..0x5e, any::<u8>()], 0..200),
        ) {
            let mut marked = Marks::default();
            marked.set(&bytes);
            for at in 0..bytes.len() {
                let rest = &bytes[at..];
                let expected = at + rest.iter().position(is_mark).unwrap_or(rest.len());
                prop_assert_eq!(marked.next(at), expected);
                prop_assert_eq!(marked.text_end(&bytes, at), text_end_alone(&bytes, at));
            }
            prop_assert!(marked.next(bytes.len() + 70) >= bytes.len());
            prop_assert_eq!(marked.ascii, bytes.is_ascii());
        }
    }
}
