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

use super::field::{Field, Fields};
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
    Text,
    /// A number.
    Number,
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
    /// The first sixteen bytes of the text, as far as there are, and the bits of them that count.
    head: u128,
    mask: u128,
    /// The last sixteen bytes, if there are so many.
    tail: u128,
    /// How often it fitted; the most frequent are tried first.
    hits: u64,
    /// Needed keys that stand in it.
    keys: u32,
    marks: Box<[Mark]>,
    slot: Slot,
    /// The needed field whose value the slot is.
    field: Option<Field>,
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

    /// Finds the fields of a bare payload; false if the reference decoder must decide.
    pub(super) fn find<'a>(&mut self, line: &'a [u8], fields: &mut Fields<'a>) -> bool {
        self.marks.set(line);
        // What the referee makes of broken text depends on where it stands, and on what else the line says.
        if !self.marks.ascii && std::str::from_utf8(line).is_err() {
            return false;
        }
        match self.walk(line, fields) {
            Walk::Found => true,
            Walk::GaveUp => false,
            Walk::NewText => {
                let steps = if self.texts < MOST_TEXTS { learn::steps(line) } else { None };
                *fields = Fields::new(true);
                steps.is_some_and(|steps| self.remember(line, &steps))
                    && matches!(self.walk(line, fields), Walk::Found)
            }
        }
    }

    /// Follows the texts of a line.
    fn walk<'a>(&mut self, line: &'a [u8], fields: &mut Fields<'a>) -> Walk {
        let Self { states, marks, .. } = self;
        // Begin of the one value that is longer than a slot (registration data).
        let mut open = 0;
        let (mut state, mut at, mut seen) = (0, 0, 0_u32);
        loop {
            let rest = line.get(at..).unwrap_or_default();
            let Some(edge) = states.get_mut(state).and_then(|edges| next(edges, rest)) else {
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
                    fields.set(mark.field, line.get(open..at + mark.at));
                }
            }
            at += edge.text.len();
            let (begin, field) = (at, edge.field);
            let mut plain = true;
            let end = match edge.slot {
                Slot::Text => {
                    let Some((end, escaped)) = marks.text_end(line, at) else {
                        return Walk::GaveUp;
                    };
                    plain = !escaped;
                    at = end;
                    // With its quotes.
                    end + 1
                }
                Slot::Number => {
                    let Some(end) = number_end(line, at) else { return Walk::GaveUp };
                    at = end;
                    end
                }
                Slot::End if at == line.len() && seen & NEEDED == NEEDED => return Walk::Found,
                Slot::End => return Walk::GaveUp,
            };
            if let Some(field) = field {
                fields.set(field, line.get(begin - usize::from(edge.slot == Slot::Text)..end));
                fields.plain |= u32::from(plain) << field as u8;
            }
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
                    tail: text.last_chunk().map_or(0, |bytes| u128::from_le_bytes(*bytes)),
                    hits: 0,
                    keys: step.keys,
                    marks: marks.collect(),
                    slot: step.slot,
                    field: step.field,
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
enum Walk {
    /// To its end.
    Found,
    /// It is not what the texts promise: the referee decides.
    GaveUp,
    /// It has a text that was never seen at its place.
    NewText,
}

/// The edge that fits the rest of a line.
fn next<'e>(edges: &'e mut [Edge], rest: &[u8]) -> Option<&'e Edge> {
    let (head, _) = head_of(rest);
    let mut at = edges.iter().position(|edge| edge.fits(head, rest))?;
    let hits = edges.get(at)?.hits + 1;
    edges.get_mut(at)?.hits = hits;
    // Whichever is tried first, the same one fits: no two texts of a place fit the same line.
    if let Some(before) = at.checked_sub(1)
        && edges.get(before)?.hits < hits
    {
        edges.swap(before, at);
        at = before;
    }
    edges.get(at)
}

/// The first sixteen bytes of a text as a number, fewer if it is shorter, and the bits that they fill.
fn head_of(text: &[u8]) -> (u128, u128) {
    if let Some(bytes) = text.first_chunk::<16>() {
        return (u128::from_le_bytes(*bytes), u128::MAX);
    }
    text.iter().rev().fold((0, 0), |(head, mask), c| (head << 8 | u128::from(*c), mask << 8 | 0xff))
}

impl Edge {
    /// Whether the rest of a line begins with this text, and with a value of its kind behind it.
    fn fits(&self, head: u128, rest: &[u8]) -> bool {
        if (head ^ self.head) & self.mask != 0 {
            return false;
        }
        let Some((begin, behind)) = rest.split_at_checked(self.text.len()) else { return false };
        let same = match begin.last_chunk::<16>() {
            // The heads are the same, so the last bytes and what lies between are left to compare.
            Some(tail) => {
                u128::from_le_bytes(*tail) == self.tail
                    && (begin.len() <= 32 || *begin == *self.text)
            }
            // Shorter texts have no more than a head.
            None => true,
        };
        same && match self.slot {
            Slot::Text => true,
            // Else a shorter text would hide a longer one that goes on with `null`.
            Slot::Number => matches!(behind.first(), Some(b'-' | b'0'..=b'9')),
            Slot::End => behind.is_empty(),
        }
    }
}
