//! Finds where strings end in JSON that is known to be valid.
//!
//! Nothing is checked, so 64 bytes are looked at together, however many escapes are in them: text in text has one every few
//! bytes.

use wide::u8x16;

/// Every second bit, from the second on.
const ODD: u64 = 0xaaaa_aaaa_aaaa_aaaa;

/// Where the string whose inside begins at `from` has its closing quote; `None` if it has none.
#[inline]
pub(super) fn closing_quote(text: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    // Strings are mostly keys and short words without escapes.
    if let Some(block) = rest.first_chunk::<16>() {
        let (quotes, slashes) = quotes_and_slashes(block);
        // The first quote, if no backslash precedes it.
        if quotes != 0 && slashes & (quotes ^ (quotes - 1)) == 0 {
            return Some(from + quotes.trailing_zeros() as usize);
        }
    }
    far_quote(rest).map(|at| from + at)
}

/// The first quote that is not part of an escape.
#[inline(never)]
fn far_quote(rest: &[u8]) -> Option<usize> {
    let (blocks, tail) = rest.as_chunks::<64>();
    // 1 if the first byte of the next block is the second one of an escape.
    let mut escaped_first = 0;
    for (block, at) in blocks.iter().zip((0..).step_by(64)) {
        let parts = block.as_chunks::<16>().0.iter().zip([0, 16, 32, 48]);
        let (quotes, slashes) = parts.fold((0, 0), |(quotes, slashes), (part, shift)| {
            let (q, s) = quotes_and_slashes(part);
            (quotes | u64::from(q) << shift, slashes | u64::from(s) << shift)
        });
        let escaped = escaped(slashes, &mut escaped_first);
        let closing = quotes & !escaped;
        if closing != 0 {
            return Some(at + closing.trailing_zeros() as usize);
        }
    }
    let mut at = rest.len() - tail.len() + usize::from(escaped_first != 0);
    loop {
        match rest.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// A bit for each quote of a block, and one for each backslash.
#[inline]
fn quotes_and_slashes(block: &[u8; 16]) -> (u32, u32) {
    let bytes = u8x16::from(*block);
    let bits = |c: u8| bytes.simd_eq(u8x16::splat(c)).to_bitmask();
    (bits(b'"'), bits(b'\\'))
}

/// A bit for each byte of a block that is the second one of an escape, given a bit for each backslash.
///
/// In a row of backslashes, every second one is such a byte, and what follows a row of odd length is another. Rows are told
/// apart by where they begin: a subtraction borrows through a row, which leaves it at its start and at what follows it
/// (G. Langdale and D. Lemire, Parsing gigabytes of JSON per second, 2019, section 3.1.1, as simdjson has it since 2023).
#[inline]
fn escaped(slashes: u64, escaped_first: &mut u64) -> u64 {
    // A backslash that is escaped itself begins nothing.
    let begins = slashes & !*escaped_first;
    let turned = ((begins << 1) | ODD).wrapping_sub(begins) ^ ODD;
    let escaped = turned ^ (slashes | *escaped_first);
    *escaped_first = (turned & slashes) >> 63;
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same, a byte at a time.
    fn naive(text: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        loop {
            match text.get(at)? {
                b'"' => return Some(at),
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
    }

    proptest! {
        #[test]
        fn every_closing_quote_is_found(
            parts in prop::collection::vec(
                prop_oneof![
                    4 => Just(b"abcdefg".to_vec()),
                    4 => Just(b"\\\"".to_vec()),
                    2 => (1_usize..140).prop_map(|n| vec![b'\\'; n]),
                    1 => Just(b"\"".to_vec()),
                    2 => any::<u8>().prop_map(|byte| vec![byte]),
                ],
                0..60,
            ),
        ) {
            let text = parts.concat();
            for from in 0..=text.len() + 1 {
                prop_assert_eq!(closing_quote(&text, from), naive(&text, from), "from {}", from);
            }
        }
    }
}
