//! Finds the fields of a documented payload by what earlier lines looked like, or gives up.
//!
//! Archived lines are alike: between the values that differ stand the same keys and brackets, line after line. A
//! [`Skeleton`] learns these in-between texts and then only compares them, byte for byte; values are the only thing it
//! looks at:
//!
//! ```text
//! {"data":{"position":{"id":"│7b66e849-…│","status":"│draft│","priority":│100│,"location":"│Store 172│", …
//!  text                       slot         text       slot    text        slot text        slot
//! ```
//!
//! It is certain or it is silent. A text is learned only from a line that was parsed character by character ([`learn`]),
//! and belongs to a state that knows every open bracket, so whatever path a line takes through the states, it is JSON and
//! its fields are where they seem to be. What can differ on such a path is checked each time: that no needed key stands
//! twice, that strings hold no bare control character and only real escapes, that numbers are numbers, that needed
//! texts are UTF-8. Everything else (an envelope, a key with an escape, deep nesting) is left to the referee. A test and
//! a fuzz target hold that both give the same result on documented, invented and mutated lines.
//!
//! [`learn`]: super::learn

use std::collections::HashMap;

use super::field::{Field, Fields, Raw};
use super::learn::{self, Step};
use super::strings::{Marks, number_end};

/// Texts that are remembered; an archive of endlessly different lines stops being learned, not being read.
const MOST_TEXTS: usize = 4_096;
/// Texts that are compared at one place.
const MOST_AT_ONE_PLACE: usize = 64;

/// Keys that must have been seen by the end: `data` and `data.position`.
pub(super) const NEEDED: u32 = learn::DATA | learn::POSITION;

/// What a value between two texts is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// The inside of a string.
    Text(Option<Field>),
    /// A number.
    Number(Option<Field>),
    /// Nothing: the line ends.
    End,
}

/// Where the JSON text of a field begins or ends inside a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) field: Field,
    /// Offset in the text.
    pub(super) at: usize,
    pub(super) begins: bool,
}

/// A text between two values, and what follows it.
#[derive(Debug)]
struct Edge {
    text: Box<[u8]>,
    /// The first eight bytes of the text, as far as there are, and the bits of them that count.
    head: u64,
    mask: u64,
    /// How often it fitted; the most frequent are tried first.
    hits: u32,
    /// Needed keys that stand in it.
    keys: u32,
    marks: Box<[Mark]>,
    slot: Slot,
    /// State behind the slot.
    to: usize,
}

/// What has been learned of the lines so far.
#[derive(Debug)]
pub(super) struct Skeleton {
    /// Edges out of each state; the first state is the begin of a line.
    states: Vec<Vec<Edge>>,
    /// States by what they know.
    known: HashMap<Vec<u8>, usize>,
    texts: usize,
    /// Marks of the line at hand.
    marks: Marks,
}

impl Skeleton {
    /// Nothing learned yet.
    pub(super) fn new() -> Self {
        Self { states: vec![Vec::new()], known: HashMap::new(), texts: 0, marks: Marks::default() }
    }

    /// The fields of a bare payload; `None` if the reference decoder must decide.
    pub(super) fn fields<'a>(&mut self, line: &'a [u8]) -> Option<Fields<'a>> {
        self.marks.set(line);
        match self.walk(line) {
            Walk::Fields(fields) => Some(fields),
            Walk::GaveUp => None,
            Walk::NewText => {
                if self.texts >= MOST_TEXTS || !self.remember(line, &learn::steps(line)?) {
                    return None;
                }
                match self.walk(line) {
                    Walk::Fields(fields) => Some(fields),
                    Walk::GaveUp | Walk::NewText => None,
                }
            }
        }
    }

    /// Follows the texts of a line.
    fn walk<'a>(&mut self, line: &'a [u8]) -> Walk<'a> {
        let mut fields = Fields::new(true);
        // Begin of the one value that is longer than a slot (registration data).
        let mut open = 0;
        let (mut state, mut at, mut seen) = (0, 0, 0_u32);
        loop {
            let rest = line.get(at..).unwrap_or_default();
            let Some(edge) = self.states.get_mut(state).and_then(|edges| next(edges, rest)) else {
                return Walk::NewText;
            };
            if seen & edge.keys != 0 {
                return Walk::GaveUp;
            }
            seen |= edge.keys;
            for mark in &edge.marks {
                if mark.begins {
                    open = at + mark.at;
                } else {
                    let Some(raw) = checked(line.get(open..at + mark.at)) else {
                        return Walk::GaveUp;
                    };
                    fields.set(mark.field, raw);
                }
            }
            at += edge.text.len();
            // Where the field's JSON text begins and ends, where the slot ends, and whether there is an escape in it.
            let slot = match edge.slot {
                Slot::Text(field) => {
                    let end = self.marks.text_end(line, at);
                    end.map(|(end, escaped)| (field, at - 1..end + 1, end, escaped))
                }
                Slot::Number(field) => number_end(line, at).map(|end| (field, at..end, end, false)),
                Slot::End => {
                    return if at == line.len() && seen & NEEDED == NEEDED {
                        Walk::Fields(fields)
                    } else {
                        Walk::GaveUp
                    };
                }
            };
            let Some((field, range, end, escaped)) = slot else { return Walk::GaveUp };
            if let Some(field) = field {
                let raw = line.get(range);
                if !self.marks.ascii && checked(raw).is_none() {
                    return Walk::GaveUp;
                }
                fields.set(field, raw);
                fields.plain |= u32::from(!escaped) << field as u8;
            }
            at = end;
            state = edge.to;
        }
    }

    /// Adds the texts of a line; false if there is no room.
    fn remember(&mut self, line: &[u8], steps: &[Step]) -> bool {
        let (mut state, mut at) = (0, 0);
        for step in steps {
            let text = line.get(at..step.from).unwrap_or_default();
            let to = *self.known.entry(step.place.clone()).or_insert_with(|| {
                self.states.push(Vec::new());
                self.states.len() - 1
            });
            let Some(edges) = self.states.get_mut(state) else { return false };
            if !edges.iter().any(|edge| *edge.text == *text && edge.slot == step.slot) {
                if edges.len() >= MOST_AT_ONE_PLACE {
                    return false;
                }
                let marks = step.marks.iter().map(|mark| Mark { at: mark.at - at, ..*mark });
                let (head, mask) = head_of(text);
                edges.push(Edge {
                    text: text.into(),
                    head,
                    mask,
                    hits: 0,
                    keys: step.keys,
                    marks: marks.collect(),
                    slot: step.slot,
                    to,
                });
                self.texts += 1;
            }
            at = step.to;
            state = to;
        }
        true
    }
}

/// How far a line could be followed.
enum Walk<'a> {
    Fields(Fields<'a>),
    /// It is not what the texts promise: the referee decides.
    GaveUp,
    /// It has a text that was never seen at its place.
    NewText,
}

/// The edge that fits the rest of a line.
fn next<'e>(edges: &'e mut [Edge], rest: &[u8]) -> Option<&'e Edge> {
    let (head, _) = head_of(rest);
    let at = edges.iter().position(|edge| edge.fits(head, rest))?;
    if at > 0 {
        // Whichever is tried first, the same one fits: no two texts of a place fit the same line.
        let hits = edges.get_mut(at)?.hits.saturating_add(1);
        edges.get_mut(at)?.hits = hits;
        if edges.get(at - 1)?.hits < hits {
            edges.swap(at - 1, at);
            return edges.get(at - 1);
        }
    }
    edges.get(at)
}

/// The first eight bytes of a text as a number, fewer if it is shorter, and the bits that they fill.
fn head_of(text: &[u8]) -> (u64, u64) {
    if let Some(bytes) = text.first_chunk::<8>() {
        return (u64::from_le_bytes(*bytes), u64::MAX);
    }
    text.iter().rev().fold((0, 0), |(head, mask), c| (head << 8 | u64::from(*c), mask << 8 | 0xff))
}

impl Edge {
    /// Whether the rest of a line begins with this text, and with a value of its kind behind it.
    fn fits(&self, head: u64, rest: &[u8]) -> bool {
        if (head ^ self.head) & self.mask != 0 {
            return false;
        }
        let Some((begin, behind)) = rest.split_at_checked(self.text.len()) else { return false };
        let same = match (begin.last_chunk::<8>(), self.text.last_chunk::<8>()) {
            // The heads are the same, so the middle and the last eight bytes are left to compare.
            (Some(a), Some(b)) => a == b && words(begin).eq(words(&self.text)),
            _ => *begin == *self.text,
        };
        same && match self.slot {
            Slot::Text(_) => true,
            // Else a shorter text would hide a longer one that goes on with `null`.
            Slot::Number(_) => matches!(behind.first(), Some(b'-' | b'0'..=b'9')),
            Slot::End => behind.is_empty(),
        }
    }
}

/// The bytes of a text behind the first eight, eight at a time, as far as they go evenly.
fn words(text: &[u8]) -> impl Iterator<Item = u64> {
    text.as_chunks::<8>().0.iter().skip(1).map(|bytes| u64::from_le_bytes(*bytes))
}

/// A JSON text, if it is UTF-8.
#[expect(clippy::option_option, reason = "the outer one gives up")]
fn checked(raw: Raw<'_>) -> Option<Raw<'_>> {
    match raw {
        Some(bytes) if std::str::from_utf8(bytes).is_err() => None,
        other => Some(other),
    }
}
