//! Finds where a JSON string or number ends.
//!
//! Sixteen bytes are looked at together, and only inside strings: what is between them is compared with learned texts.

use wide::u8x16;

/// The inside of a string, without its quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside<'a> {
    /// Without escapes.
    Plain(&'a [u8]),
    /// With escapes.
    Escaped(&'a [u8]),
}

/// What a string with escapes says. The room for it is used again and again.
#[derive(Debug, Default)]
pub(super) struct Said {
    room: Vec<u8>,
    length: Option<usize>,
}

/// Room of more bytes than this is not kept.
const ROOM_KEPT: usize = 1 << 20;

impl Said {
    /// What the last string says, if that is known.
    pub(super) fn get(&self) -> Option<&[u8]> {
        self.room.get(..self.length?)
    }

    /// The same room without a text in it.
    pub(super) fn cleared(mut self) -> Self {
        if self.room.len() > ROOM_KEPT {
            self.room = Vec::new();
        }
        Self { room: self.room, length: None }
    }

    /// Room for a text that is no longer than this, and for a block behind it.
    fn room(&mut self, length: usize) -> &mut [u8] {
        self.length = None;
        if self.room.len() < length + 16 {
            self.room.resize(length + 16, 0);
        }
        &mut self.room
    }
}

/// Finds the ends of the strings of a line.
#[derive(Debug)]
pub(super) struct Strings<'a> {
    line: &'a [u8],
    /// The bitwise OR of all bytes looked at.
    bits: u8x16,
}

impl<'a> Strings<'a> {
    /// Begins a line.
    pub(super) fn new(line: &'a [u8]) -> Self {
        Self { line, bits: u8x16::splat(0) }
    }

    /// Whether all strings so far are ASCII for certain. Bytes next to them may have been looked at too, so false does not
    /// mean that they are not.
    pub(super) fn ascii(&self) -> bool {
        !self.bits.any()
    }

    /// Splits the rest of the line, which begins inside a string, after its opening quote: returns the inside of the string,
    /// and what follows, from the closing quote on. `None` if it is not a JSON string.
    #[inline(always)]
    pub(super) fn split(&mut self, rest: &'a [u8]) -> Option<(Inside<'a>, &'a [u8])> {
        let (inside, behind) = self.begin(rest)?;
        match behind {
            [b'"', ..] => Some((Inside::Plain(inside), behind)),
            _ => self.escaped(rest, behind),
        }
    }

    /// Splits the rest of the line, which begins inside a string, before its first quote, backslash or control character.
    #[inline(always)]
    pub(super) fn begin(&mut self, rest: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        rest.split_at_checked(self.plain(rest))
    }

    /// As [`Strings::split`], from the first escape or control character on.
    #[inline(never)]
    pub(super) fn escaped(
        &mut self,
        rest: &'a [u8],
        mut left: &'a [u8],
    ) -> Option<(Inside<'a>, &'a [u8])> {
        while let Some(behind) = behind_escape(left) {
            left = behind.get(self.plain(behind)..)?;
        }
        let inside = rest.get(..rest.len() - left.len())?;
        (left.first() == Some(&b'"')).then_some((Inside::Escaped(inside), left))
    }

    /// As [`Strings::split`], for a string with escapes; writes what it says into `said`, so that it need not be read again. Of
    /// half a surrogate pair nothing is said.
    #[inline(never)]
    pub(super) fn unescaped(
        &mut self,
        rest: &'a [u8],
        said: &mut Said,
    ) -> Option<(Inside<'a>, &'a [u8])> {
        let mut to = said.room(rest.len());
        let (mut left, room) = (rest, to.len());
        loop {
            // In a text in a text in a text, escapes follow each other.
            if left.first() != Some(&b'\\') {
                let block = left.first_chunk().copied().unwrap_or_else(|| padded(left));
                // The whole block is copied, whatever of it counts.
                *to.first_chunk_mut::<16>()? = block;
                // Behind the line are zeros, which are control characters.
                let marks = self.marks(&block);
                if marks == 0 {
                    (left, to) = (left.get(16..)?, to.get_mut(16..)?);
                    continue;
                }
                let plain = marks.trailing_zeros() as usize;
                (left, to) = (left.get(plain..)?, to.get_mut(plain..)?);
            }
            match left {
                [b'"', ..] => {
                    said.length = Some(room - to.len());
                    let inside = rest.get(..rest.len() - left.len())?;
                    return Some((Inside::Escaped(inside), left));
                }
                // The quotes of the text are by far the most escapes.
                [b'\\', b'"', behind @ ..] => {
                    let (place, more) = to.split_first_mut()?;
                    *place = b'"';
                    (left, to) = (behind, more);
                }
                [b'\\', escape, behind @ ..] if short_escape(*escape) != 0 => {
                    let (place, more) = to.split_first_mut()?;
                    *place = short_escape(*escape);
                    (left, to) = (behind, more);
                }
                _ => {
                    let Some((character, length)) = long_escape(left) else {
                        return self.escaped(rest, left);
                    };
                    let written = character.encode_utf8(to.first_chunk_mut::<4>()?).len();
                    (left, to) = (left.get(length..)?, to.get_mut(written..)?);
                }
            }
        }
    }

    /// Number of bytes before the first quote, backslash or control character in the rest of the line.
    #[inline]
    fn plain(&mut self, rest: &[u8]) -> usize {
        let mut left = rest;
        for length in [0, 16, 32, 48] {
            let Some((block, behind)) = left.split_first_chunk() else {
                return length + self.plain_tail(left);
            };
            let marks = self.marks(block);
            if marks != 0 {
                return length + marks.trailing_zeros() as usize;
            }
            left = behind;
        }
        64 + self.plain_long(left)
    }

    /// As [`Strings::plain`], for what follows after many plain bytes.
    #[inline(never)]
    fn plain_long(&mut self, rest: &[u8]) -> usize {
        let mut left = rest;
        while let Some((blocks, behind)) = left.split_first_chunk::<64>() {
            let parts = blocks.as_chunks().0.iter();
            let nearest =
                parts.fold(u8x16::splat(0xff), |nearest, part| nearest.min(self.distances(part)));
            if nearest.simd_eq(u8x16::splat(0)).any() {
                break;
            }
            left = behind;
        }
        while let Some((block, behind)) = left.split_first_chunk() {
            let marks = self.marks(block);
            if marks != 0 {
                return rest.len() - left.len() + marks.trailing_zeros() as usize;
            }
            left = behind;
        }
        rest.len() - left.len() + self.plain_tail(left)
    }

    /// As [`Strings::plain`], for the last bytes of the line.
    #[inline(never)]
    fn plain_tail(&mut self, tail: &[u8]) -> usize {
        // The last block of the line ends with them.
        if let Some(block) = self.line.last_chunk::<16>() {
            let marks = self.marks(block) >> (16 - tail.len());
            return tail.len().min(marks.trailing_zeros() as usize);
        }
        // The zeros behind them are control characters.
        self.marks(&padded(tail)).trailing_zeros() as usize
    }

    /// A bit for each quote, backslash or control character of a block.
    #[inline]
    fn marks(&mut self, block: &[u8; 16]) -> u32 {
        self.distances(block).simd_eq(u8x16::splat(0)).to_bitmask()
    }

    /// For each byte: 0 if it is a quote, backslash or control character.
    #[inline]
    fn distances(&mut self, block: &[u8; 16]) -> u8x16 {
        let bytes = u8x16::from(*block);
        self.bits |= bytes;
        // With this bit flipped, exactly quotes and control characters are at most as large as a blank.
        let low = (bytes ^ u8x16::splat(b'"' ^ b' ')).saturating_sub(u8x16::splat(b' '));
        low.min(bytes ^ u8x16::splat(b'\\'))
    }
}

/// Where the string whose inside begins at `at` has its closing quote, and whether it has escapes; `None` if it is not a
/// JSON string.
#[inline]
pub(super) fn text_end(line: &[u8], at: usize) -> Option<(usize, bool)> {
    let rest = line.get(at..)?;
    // Strings that are looked for one by one are mostly keys and short words: no line is begun for them, and no block
    // follows the first. Registration answers, sixteen strings in every fifth line: 140 instructions a line less.
    if let Some(block) = rest.first_chunk() {
        let length = Strings::new(line).marks(block).trailing_zeros() as usize;
        if length < block.len() && block.get(length) == Some(&b'"') {
            return Some((at + length, false));
        }
    }
    long_text_end(line, rest)
}

/// As [`text_end`], for the rest of the line.
#[inline(never)]
fn long_text_end(line: &[u8], rest: &[u8]) -> Option<(usize, bool)> {
    let (inside, behind) = Strings::new(line).split(rest)?;
    Some((line.len() - behind.len(), matches!(inside, Inside::Escaped(_))))
}

/// A block that begins with a few bytes; zeros follow.
fn padded(few: &[u8]) -> [u8; 16] {
    let mut block = [0; 16];
    block.iter_mut().zip(few).for_each(|(to, from)| *to = *from);
    block
}

/// What an escape of two characters stands for, given by its second, other than a quote; 0 if there is no such escape.
#[inline]
fn short_escape(second: u8) -> u8 {
    match second {
        b'\\' => b'\\',
        b'/' => b'/',
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        _ => 0,
    }
}

/// The character that a text begins with as `\u…`, or as two of them, and the length of that; `None` if there is none.
fn long_escape(text: &[u8]) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = text.get(at..)?.strip_prefix(b"\\u")?.first_chunk::<4>()?;
        digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
    };
    let first = unit(0)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, 6));
    }
    let (first, second) = (u16::try_from(first).ok()?, u16::try_from(unit(6)?).ok()?);
    char::decode_utf16([first, second]).next()?.ok().map(|character| (character, 12))
}

/// What follows the escape that a text begins with; `None` if it does not begin with a valid one.
fn behind_escape(text: &[u8]) -> Option<&[u8]> {
    match text {
        [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', behind @ ..] => {
            Some(behind)
        }
        [b'\\', b'u', a, b, c, d, behind @ ..] => {
            [a, b, c, d].into_iter().all(u8::is_ascii_hexdigit).then_some(behind)
        }
        _ => None,
    }
}

/// The length of the number that a text begins with: `-?(0|[1-9][0-9]*)(\.[0-9]+)?`; numbers with exponents are left to
/// the reference decoder.
pub(super) fn number_length(text: &[u8]) -> Option<usize> {
    let digits = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        rest.iter().take_while(|c| c.is_ascii_digit()).count()
    };
    let begin = usize::from(text.first() == Some(&b'-'));
    let whole = digits(begin);
    if whole == 0 || (whole > 1 && text.get(begin) == Some(&b'0')) {
        return None;
    }
    let mut end = begin + whole;
    if text.get(end) == Some(&b'.') {
        let part = digits(end + 1);
        if part == 0 {
            return None;
        }
        end += 1 + part;
    }
    (!matches!(text.get(end), Some(b'e' | b'E'))).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same, a byte at a time.
    fn naive(rest: &[u8]) -> Option<(usize, bool)> {
        let (mut at, mut escaped) = (0, false);
        loop {
            match rest.get(at)? {
                b'"' => return Some((at, escaped)),
                b'\\' => (at, escaped) = (rest.len() - behind_escape(&rest[at..])?.len(), true),
                0..0x20 => return None,
                _ => at += 1,
            }
        }
    }

    proptest! {
        #[test]
        fn every_end_is_found_and_nothing_else(
            bytes in prop::collection::vec(
                prop_oneof![8 => Just(b'a'), 1 => 0x1e_u8..0x25, 1 => 0x5a_u8..0x5e, 1 => any::<u8>()],
                0..300,
            ),
        ) {
            check(&bytes)?;
        }

        #[test]
        fn every_escape_is_understood(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "a", "abcdefghijklmnop", "é", "€", "😀", "\\n", "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\r", "\\t", "\\u00e9",
                    "\\u20AC", "\\u0000", "\\ud83d\\ude00", "\\ud83d", "\\ude00", "\\ud83d\\u0041", "\\u12", "\\x", "\"",
                ]),
                0..40,
            ),
        ) {
            check(parts.concat().as_bytes())?;
        }
    }

    /// Each string that begins somewhere in these bytes, against the naive reader and `serde_json`.
    fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
        for at in 0..=bytes.len() {
            let rest = &bytes[at..];
            let mut strings = Strings::new(bytes);
            let found = strings.split(rest);
            let expected = naive(rest).map(|(length, escaped)| {
                let (inside, behind) = rest.split_at(length);
                (if escaped { Inside::Escaped(inside) } else { Inside::Plain(inside) }, behind)
            });
            prop_assert_eq!(found, expected);
            let ended = expected.map(|(inside, behind)| {
                (bytes.len() - behind.len(), matches!(inside, Inside::Escaped(_)))
            });
            prop_assert_eq!(text_end(bytes, at), ended);
            // A string with escapes says what the reference reads.
            let (mut again, mut said) = (Strings::new(bytes), Said::default());
            if let Some((Inside::Escaped(inside), behind)) = found {
                let json = [b"\"", inside, b"\""].concat();
                // What is not UTF-8 is refused elsewhere.
                let lossy = String::from_utf8_lossy(&json);
                if lossy.as_bytes() == json {
                    let expected = serde_json::from_slice::<String>(&json).ok();
                    let split = again.unescaped(rest, &mut said);
                    prop_assert_eq!(split, Some((Inside::Escaped(inside), behind)));
                    prop_assert_eq!(said.get(), expected.as_ref().map(String::as_bytes));
                }
            } else if found.is_none() {
                prop_assert_eq!(again.unescaped(rest, &mut said), None);
            }
            if let Some((Inside::Plain(inside) | Inside::Escaped(inside), _)) = found {
                prop_assert!(inside.is_ascii() || !strings.ascii());
            }
            prop_assert!(!bytes.is_ascii() || strings.ascii());
        }
        Ok(())
    }
}
