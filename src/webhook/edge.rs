//! An edge of the skeleton: the text between two values. Checks whether the rest of a line begins with it.

use std::cell::Cell;

use super::field::Field;

/// What kind of value stands between two texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// The inside of a string.
    Text,
    /// The inside of a string outside the webhook: another webhook may be in it, or the receive time.
    Foreign,
    /// The inside of a string in the webhook that may be the receive time.
    TimeText,
    /// A number.
    Number,
    /// A number that may be the receive time.
    TimeNumber,
    /// Nothing: the line ends.
    End,
}

impl Slot {
    /// Whether the same text can precede values of both kinds.
    pub(super) fn fits(self, other: Self) -> bool {
        let kind = |slot| match slot {
            Self::Text | Self::Foreign | Self::TimeText => 0,
            Self::Number | Self::TimeNumber => 1,
            Self::End => 2,
        };
        kind(self) == kind(other)
    }
}

/// A position inside a text at which the JSON of a field begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) field: Field,
    /// Offset in the text.
    pub(super) at: usize,
    pub(super) begins: bool,
}

/// A text between two values, and what follows it.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) text: Box<[u8]>,
    /// The first sixteen bytes of the text, or all if there are fewer; and a mask of the bits that count.
    pub(super) head: u128,
    pub(super) mask: u128,
    /// The last sixteen bytes, if there are that many.
    pub(super) tail: u128,
    /// How often it matched; the most frequent are tried first.
    pub(super) hits: Cell<u64>,
    /// Bits of the needed keys in the text.
    pub(super) keys: u32,
    pub(super) marks: Box<[Mark]>,
    pub(super) slot: Slot,
    /// The needed field whose value follows, if it is one.
    pub(super) field: Option<Field>,
    /// Rank and path, if the value may be the receive time.
    pub(super) time: Option<(u32, u32)>,
    /// The state after the value.
    pub(super) to: usize,
}

/// The edge that matches the rest of a line: its index, the edge, and what follows its text.
pub(super) fn next<'e, 'a>(
    edges: &'e [Edge],
    head: u128,
    rest: &'a [u8],
) -> Option<(usize, &'e Edge, &'a [u8])> {
    edges.iter().enumerate().find_map(|(at, edge)| Some((at, edge, edge.behind(head, rest)?)))
}

/// The first sixteen bytes of a text (or fewer) as a number, and a mask of the bits that they fill.
pub(super) fn head_of(text: &[u8]) -> (u128, u128) {
    if let Some(bytes) = text.first_chunk::<16>() {
        return (u128::from_le_bytes(*bytes), u128::MAX);
    }
    text.iter().rev().fold((0, 0), |(head, mask), c| (head << 8 | u128::from(*c), mask << 8 | 0xff))
}

impl Edge {
    /// What follows this text, if the rest of a line begins with it and a value of the right kind comes next.
    #[inline]
    pub(super) fn behind<'a>(&self, head: u128, rest: &'a [u8]) -> Option<&'a [u8]> {
        if (head ^ self.head) & self.mask != 0 {
            return None;
        }
        let (begin, behind) = rest.split_at_checked(self.text.len())?;
        // The first bytes are equal; compare the last ones and those in between. A short text has only first bytes.
        if let Some(tail) = begin.last_chunk::<16>()
            && (u128::from_le_bytes(*tail) != self.tail
                || (begin.len() > 32 && !same(begin, &self.text)))
        {
            return None;
        }
        let same = match self.slot {
            Slot::Text | Slot::Foreign | Slot::TimeText => true,
            // Otherwise a shorter text would hide a longer one that continues with `null`.
            Slot::Number | Slot::TimeNumber => matches!(behind.first(), Some(b'-' | b'0'..=b'9')),
            Slot::End => behind.is_empty(),
        };
        same.then_some(behind)
    }
}

/// Whether two texts of equal length agree in all whole blocks of sixteen bytes.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.as_chunks::<16>().0.iter().zip(other.as_chunks::<16>().0).all(|(one, other)| one == other)
}
