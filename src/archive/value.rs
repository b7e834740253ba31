//! Finds where a JSON object or array ends, at memory speed, by its brackets and quotes alone.
//!
//! Sixty-four bytes are looked at together. Unescaped quotes show what lies inside strings; brackets outside strings give
//! the depth. The text is not validated as JSON, but clear signs that it is not JSON (a quote where no string can begin or
//! end, a line end in a string, a bracket after a value) are noticed, because a broken value would otherwise swallow its
//! neighbours: then [`super::parse`] takes a closer look.

use wide::u8x16;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// The value ends before this position.
    End(usize),
    /// The bytes end first.
    Open,
    /// At this position there is something that JSON does not allow there.
    Odd(usize),
}

/// Bytes that are looked at together.
pub(super) const BLOCK: usize = 64;

/// Finds the end of the object or array that `bytes` begin with.
pub(super) fn value_end(bytes: &[u8]) -> Found {
    let close = if bytes.first() == Some(&b'[') { b']' } else { b'}' };
    match brackets(bytes) {
        // Inner brackets are not distinguished, the outermost pair is.
        Found::End(end) if bytes.get(end - 1) != Some(&close) => Found::Odd(end - 1),
        found @ (Found::End(_) | Found::Open | Found::Odd(_)) => found,
    }
}

fn brackets(bytes: &[u8]) -> Found {
    let mut state = State::default();
    let (blocks, tail) = bytes.as_chunks::<BLOCK>();
    for (at, block) in blocks.iter().enumerate() {
        match state.block(block) {
            Step::Inside => {}
            Step::End(end) => return Found::End(at * BLOCK + end),
            Step::Odd(place) => return Found::Odd(at * BLOCK + place),
        }
    }
    // Blanks after the last bytes change nothing.
    let mut last = [b' '; BLOCK];
    last.iter_mut().zip(tail).for_each(|(to, from)| *to = *from);
    match state.block(&last) {
        Step::End(end) => Found::End(blocks.len() * BLOCK + end),
        Step::Inside => Found::Open,
        Step::Odd(place) => Found::Odd((blocks.len() * BLOCK + place).min(bytes.len())),
    }
}

/// What is carried from block to block.
struct State {
    /// Open brackets.
    depth: u32,
    /// All ones inside a string.
    in_string: u64,
    /// 1 if the next byte is escaped.
    escaped: u64,
    /// 1 if a value may begin at the next byte.
    may_begin: u64,
    /// 1 if a string has just ended.
    string_ended: u64,
}

impl Default for State {
    fn default() -> Self {
        Self { depth: 0, in_string: 0, escaped: 0, may_begin: 1, string_ended: 0 }
    }
}

enum Step {
    Inside,
    End(usize),
    Odd(usize),
}

impl Step {
    fn unless(odd: u64) -> Self {
        match odd {
            0 => Self::Inside,
            odd => Self::Odd(usize::try_from(odd.trailing_zeros()).unwrap_or(0)),
        }
    }
}

/// The bytes of a block by kind, one bit each.
#[derive(Default)]
struct Kinds {
    quotes: u64,
    backslashes: u64,
    controls: u64,
    spaces: u64,
    opening: u64,
    closing: u64,
    separators: u64,
}

impl Kinds {
    #[inline]
    fn of(block: &[u8; BLOCK]) -> Self {
        let mut kinds = Self::default();
        for (at, part) in block.as_chunks::<16>().0.iter().enumerate() {
            let bytes = u8x16::from(*part);
            let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
            let bits = |mask: u8x16| u64::from(mask.to_bitmask()) << (16 * at);
            // `[` and `{`, `]` and `}` differ in one bit.
            let brackets = bytes | u8x16::splat(0x20);
            kinds.quotes |= bits(is(b'"'));
            kinds.backslashes |= bits(is(b'\\'));
            kinds.controls |=
                bits(bytes.saturating_sub(u8x16::splat(0x1f)).simd_eq(u8x16::splat(0)));
            kinds.spaces |= bits(bytes.saturating_sub(u8x16::splat(b' ')).simd_eq(u8x16::splat(0)));
            kinds.opening |= bits(brackets.simd_eq(u8x16::splat(b'{')));
            kinds.closing |= bits(brackets.simd_eq(u8x16::splat(b'}')));
            kinds.separators |= bits(is(b',') | is(b':'));
        }
        kinds
    }
}

impl State {
    #[inline]
    fn block(&mut self, block: &[u8; BLOCK]) -> Step {
        let kinds = Kinds::of(block);
        let quotes = kinds.quotes & !self.escapes(kinds.backslashes);
        // From each opening quote up to, but not including, the closing one.
        let strings = prefix_xor(quotes) ^ self.in_string;
        self.in_string = if strings >> 63 == 1 { u64::MAX } else { 0 };
        let outside = !strings;
        let (opening, closing) = (kinds.opening & outside, kinds.closing & outside);
        let begins =
            ((kinds.opening | kinds.separators | kinds.spaces) & outside) << 1 | self.may_begin;
        let ends = kinds.separators | kinds.closing | kinds.spaces;
        let (opening_quotes, closing_quotes) = (quotes & strings, quotes & outside);
        let behind_strings = closing_quotes << 1 | self.string_ended;
        let odd = ((opening_quotes | opening) & !begins)
            | (behind_strings & !ends)
            | (kinds.controls & strings & !opening_quotes);
        let last = 63;
        self.may_begin = ((kinds.opening | kinds.separators | kinds.spaces) & outside) >> last & 1;
        self.string_ended = closing_quotes >> last & 1;
        if closing.count_ones() < self.depth {
            self.depth = self.depth + opening.count_ones() - closing.count_ones();
            return Step::unless(odd);
        }
        let mut brackets = opening | closing;
        while brackets != 0 {
            let at = brackets.trailing_zeros();
            if closing >> at & 1 == 1 {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    let end = usize::try_from(at).unwrap_or(0) + 1;
                    return match Step::unless(odd & (u64::MAX >> (63 - at))) {
                        Step::Inside => Step::End(end),
                        odd @ (Step::Odd(_) | Step::End(_)) => odd,
                    };
                }
            } else {
                self.depth += 1;
            }
            brackets &= brackets - 1;
        }
        Step::unless(odd)
    }

    /// The bytes that a backslash escapes: those after an odd number of backslashes.
    #[inline]
    fn escapes(&mut self, backslashes: u64) -> u64 {
        if backslashes == 0 {
            return std::mem::take(&mut self.escaped);
        }
        const EVEN: u64 = 0x5555_5555_5555_5555;
        let backslashes = backslashes & !self.escaped;
        let behind = backslashes << 1 | self.escaped;
        let begins_odd = backslashes & !EVEN & !behind;
        let (runs, over) = begins_odd.overflowing_add(backslashes);
        self.escaped = u64::from(over);
        (EVEN ^ (runs << 1)) & behind
    }
}

/// For each bit, whether an odd number of bits is set up to and including it.
#[inline]
pub(super) fn prefix_xor(bits: u64) -> u64 {
    [1, 2, 4, 8, 16, 32].into_iter().fold(bits, |bits, shift| bits ^ bits << shift)
}

/// Follows the brackets and quotes of a value that comes part by part.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Brackets {
    open: u64,
    in_string: bool,
    is_escaped: bool,
}

impl Brackets {
    /// Passes the next part; where in it the value ends, if it does.
    pub(super) fn pass(&mut self, part: &[u8]) -> Option<usize> {
        let mut at = 0;
        while let Some(byte) = part.get(at) {
            if self.in_string && !self.is_escaped {
                let rest = part.get(at..)?;
                at += memchr::memchr2(b'"', b'\\', rest)?;
                self.is_escaped = part.get(at) == Some(&b'\\');
                self.in_string = self.is_escaped;
            } else if self.is_escaped {
                self.is_escaped = false;
            } else {
                match byte {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.open += 1,
                    b'}' | b']' => {
                        self.open = self.open.saturating_sub(1);
                        if self.open == 0 {
                            return Some(at + 1);
                        }
                    }
                    _ => {}
                }
            }
            at += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ends_of_values() {
        for (text, expected) in [
            ("{}", Found::End(2)),
            (r#"{"a":"}"} x"#, Found::End(9)),
            (r#"{"a":"\"}"}{"b":1}"#, Found::End(11)),
            (r#"{"a":"\\"}"#, Found::End(10)),
            (r#"[[],{"a":[1]}]]"#, Found::End(14)),
            (r#"{"a":{"b":1}"#, Found::Open),
            (r#"{"a":"b"#, Found::Open),
            (r#"{"a":"b{"c":1}"#, Found::Odd(9)),
            ("{\"a\":\"b\n\"}", Found::Odd(7)),
            (r#"{"a":{"b":1}{"c":1}}"#, Found::Odd(12)),
            (r#"{"a":1{"c":1}}"#, Found::Odd(6)),
            (r#"{"a":1]"#, Found::Odd(6)),
        ] {
            assert_eq!(value_end(text.as_bytes()), expected, "{text}");
        }
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i32>().prop_map(Into::into),
            r#"[ -~\\"{}\[\]åß\n]{0,40}"#.prop_map(Into::into),
        ];
        leaf.prop_recursive(6, 64, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::hash_map(r#"[a-z"\\{]{0,9}"#, inner, 0..6)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn json_ends_where_it_was_written_to(value in any_json(), pretty in any::<bool>(), behind in "[ -~]{0,80}") {
            prop_assume!(value.is_object() || value.is_array());
            let text = if pretty { format!("{value:#}") } else { value.to_string() };
            let whole = format!("{text}{behind}");
            prop_assert_eq!(value_end(whole.as_bytes()), Found::End(text.len()));
            // Part by part as well.
            for step in [1, 7, whole.len()] {
                let (mut brackets, mut passed) = (Brackets::default(), 0);
                let mut parts = whole.as_bytes().chunks(step);
                let end = parts.find_map(|part| match brackets.pass(part) {
                    Some(end) => Some(passed + end),
                    None => {
                        passed += part.len();
                        None
                    }
                });
                prop_assert_eq!(end, Some(text.len()), "in steps of {}", step);
            }
            for cut in 0..text.len() {
                prop_assert!(text.is_char_boundary(cut).then(|| value_end(&text.as_bytes()[..cut])) != Some(Found::End(cut)));
            }
        }
    }
}
