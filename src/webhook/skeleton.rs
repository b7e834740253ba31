//! Finds the fields of a payload, or the string of an envelope that holds one, by comparison with earlier texts; or gives
//! up.
//!
//! Archived lines are alike: the values differ, but the keys and brackets between them are the same, line after line. A
//! [`Skeleton`] learns these texts between the values and from then on only compares them, byte for byte; it needs to look
//! only at the values:
//!
//! ```text
//! {"data":{"position":{"id":"│7b66e849-…│","status":"│draft│","priority":│100│,"location":"│Store 172│", …
//!  text                       slot         text       slot    text        slot text        slot
//! ```
//!
//! It gives an answer only if it is certain. A text is learned only from a line that was parsed character by character
//! ([`learn`]), and belongs to a state that knows every open bracket. So whatever path a line takes through the states, it
//! is JSON and its fields are where they seem to be. What can still differ on such a path is checked each time: no needed
//! key may occur twice, strings must have no bare control characters and only valid escapes, numbers must be numbers,
//! needed texts must be UTF-8, and no string outside the webhook may hold another webhook. Everything else (several
//! webhooks in one record, a key with an escape, deep nesting) is left to the reference decoder. Texts with the webhook in
//! different places are learned by separate skeletons. A test and a fuzz target check that both decoders give the same
//! result on documented, invented and mutated lines.
//!
//! [`learn`]: super::learn

use std::cell::Cell;
use std::collections::HashMap;

use super::edge::{Edge, Mark, Slot, head_of, next};
use super::embedded::{may_be_base64, may_be_text};
use super::field::{Field, Fields};
use super::learn::{self, Step, Target};
use super::strings::{Inside, Said, Strings, number_length};
use super::value::Value;

/// Most texts that are remembered. An archive of endlessly different lines is still read, but no longer learned.
const MOST_TEXTS: usize = 4_096;
/// Most texts that are compared in one state.
const MOST_AT_ONE_PLACE: usize = 64;

/// What was found outside the webhook of a text, and values that may be the receive time.
#[derive(Debug, Default)]
pub(super) struct Around<'a> {
    /// Values that may be the receive time.
    pub(super) times: Vec<Found<'a>>,
    /// Whether a string outside the webhook may be base64 of JSON text.
    pub(super) maybe_base64: bool,
    /// What the string says that holds the webhook, if it has escapes.
    pub(super) said: Said,
}

/// A value of a text that may be the receive time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    /// Its rank in the text, the best first.
    pub(super) order: u32,
    /// Number of its path; see [`Skeleton::path`].
    pub(super) path: u32,
    pub(super) value: Value<'a>,
}

/// What has been learned of the lines so far.
#[derive(Debug)]
pub(super) struct Skeleton {
    /// Edges out of each state; the first state is the start of a line.
    states: Vec<Vec<Edge>>,
    /// States by name, which says everything that they know.
    known: HashMap<Vec<u8>, usize>,
    texts: usize,
    /// Whether any text has a list outside its webhook.
    has_lists: bool,
    /// Paths of receive times.
    paths: Vec<String>,
    /// The last state of the current line whose first edge did not match, and the index of the edge that did.
    missed: Cell<Option<(usize, usize)>>,
}

impl Skeleton {
    /// Nothing learned yet.
    pub(super) fn new() -> Self {
        Self {
            states: vec![Vec::new()],
            known: HashMap::new(),
            texts: 0,
            has_lists: false,
            paths: Vec::new(),
            missed: Cell::new(None),
        }
    }

    /// Number of texts that are known.
    pub(super) fn texts(&self) -> usize {
        self.texts
    }

    /// Whether strings beside the webhook of a text may be base64 of another one: those of other items of a list.
    pub(super) fn has_lists(&self) -> bool {
        self.has_lists
    }

    /// The path of a receive time, from the start of the text on.
    pub(super) fn path(&self, path: u32) -> &str {
        usize::try_from(path).ok().and_then(|at| self.paths.get(at)).map_or("", String::as_str)
    }

    /// Finds the fields of a payload, or in `Field::Payload` the string that holds it, and all values that may be the
    /// receive time. [`Walk::GaveUp`] or [`Walk::NewText`] if the reference decoder must decide.
    ///
    /// For a payload in an envelope, `Field::Payload` is set too.
    pub(super) fn find<'a>(
        &mut self,
        line: &'a [u8],
        fields: &mut Fields<'a>,
        around: &mut Around<'a>,
    ) -> Walk {
        let walk = self.walk(line, fields, around);
        self.reorder();
        match walk {
            // What the reference decoder makes of broken text depends on where it is and on the rest of the line.
            Walk::Found { ascii: false } if std::str::from_utf8(line).is_err() => Walk::GaveUp,
            Walk::Found { .. } | Walk::GaveUp | Walk::NewText => walk,
        }
    }

    /// Learns a text; false if there is nothing to learn.
    pub(super) fn learn(&mut self, line: &[u8], target: &Target) -> bool {
        if self.texts >= MOST_TEXTS || std::str::from_utf8(line).is_err() {
            return false;
        }
        let Some((steps, has_lists)) = learn::steps(line, target) else { return false };
        let keys = steps.iter().fold(0, |keys, step| keys | step.keys);
        let is_new = learn::is_whole(keys) && self.remember(line, &steps);
        self.has_lists |= has_lists && is_new;
        is_new
    }

    /// Walks along the texts of a line. Never inlined, because it needs every register.
    #[inline(never)]
    fn walk<'a>(&self, line: &'a [u8], fields: &mut Fields<'a>, around: &mut Around<'a>) -> Walk {
        let mut strings = Strings::new(line);
        let (mut state, mut rest, mut seen) = (0, line, 0_u32);
        loop {
            let (head, _) = head_of(rest);
            let Some((first, others)) = self.states.get(state).and_then(|e| e.split_first()) else {
                return Walk::NewText;
            };
            let (edge, behind) = match first.behind(head, rest) {
                Some(behind) => (first, behind),
                None => {
                    let Some((at, edge, behind)) = next(others, head, rest) else {
                        return Walk::NewText;
                    };
                    self.missed.set(Some((state, at + 1)));
                    (edge, behind)
                }
            };
            edge.hits.set(edge.hits.get().wrapping_add(1));
            if seen & edge.keys != 0 {
                return Walk::GaveUp;
            }
            seen |= edge.keys;
            for mark in &edge.marks {
                let from_mark = rest.get(mark.at..).unwrap_or_default();
                if mark.begins {
                    fields.set(mark.field, Some(from_mark));
                } else {
                    fields.cut(mark.field, from_mark.len());
                }
            }
            // Nearly every value of a payload is a string or a number; other kinds must not slow these down.
            rest = if edge.slot == Slot::Text {
                let found = match strings.begin(behind) {
                    Some((inside, rest @ [b'"', ..])) => Some((Inside::Plain(inside), rest)),
                    // The text of a webhook will be read next.
                    Some(_) if edge.field == Some(Field::Payload) => {
                        strings.unescaped(behind, &mut around.said)
                    }
                    Some((_, rest)) => strings.escaped(behind, rest),
                    None => None,
                };
                let Some((inside, rest)) = found else { return Walk::GaveUp };
                match (edge.field, inside) {
                    (None, _) => {}
                    (Some(field), Inside::Plain(inside)) => fields.set_plain(field, inside),
                    (Some(field), Inside::Escaped(inside)) => {
                        // With its quotes.
                        let begin = line.len() - behind.len() - 1;
                        fields.set(field, line.get(begin..begin + inside.len() + 2));
                    }
                }
                rest
            } else if edge.slot == Slot::Number {
                let number = number_length(behind).and_then(|n| behind.split_at_checked(n));
                let Some((number, rest)) = number else { return Walk::GaveUp };
                if let Some(field) = edge.field {
                    fields.set(field, Some(number));
                }
                rest
            } else if edge.slot == Slot::End {
                // This edge matches only at the end of the line.
                if learn::is_whole(seen) {
                    return Walk::Found { ascii: strings.ascii() };
                }
                return Walk::GaveUp;
            } else {
                let Some(rest) = outside(edge, line, behind, &mut strings, around) else {
                    return Walk::GaveUp;
                };
                rest
            };
            state = edge.to;
        }
    }

    /// Moves an edge that matched ahead of one that matches less often. The order does not change the result: no two texts
    /// of a state match the same line.
    fn reorder(&mut self) {
        if let Some((state, at)) = self.missed.take()
            && let Some(edges) = self.states.get_mut(state)
            && let Some([before, edge]) = edges.get_mut(at - 1..=at)
            && before.hits < edge.hits
        {
            std::mem::swap(before, edge);
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
            let time =
                step.time.as_ref().map(|time| (time.order, path_of(&mut self.paths, &time.path)));
            let known = edges.iter().find(|edge| *edge.text == *text && edge.slot.fits(step.slot));
            if let Some(known) = known {
                // The same text meant something else before: the two cannot be told apart.
                if (known.slot, known.field, known.time, known.keys, known.to)
                    != (step.slot, step.field, time, step.keys, to)
                {
                    return false;
                }
            } else {
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
                    hits: Cell::new(0),
                    keys: step.keys,
                    marks: marks.collect(),
                    slot: step.slot,
                    field: step.field,
                    time,
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

/// Reads a value outside the webhook, or one that may be the receive time, and returns what follows it. `None` if the
/// reference decoder must decide.
///
/// Never inlined, because a bare webhook does not need it.
#[inline(never)]
fn outside<'a>(
    edge: &Edge,
    line: &'a [u8],
    behind: &'a [u8],
    strings: &mut Strings<'a>,
    around: &mut Around<'a>,
) -> Option<&'a [u8]> {
    let (value, rest) = if edge.slot == Slot::TimeNumber {
        let (number, rest) = behind.split_at_checked(number_length(behind)?)?;
        (Value::Json(number), rest)
    } else {
        let (found, rest) = strings.split(behind)?;
        let (Inside::Plain(inside) | Inside::Escaped(inside)) = found;
        if edge.slot == Slot::Foreign {
            let text = may_be_text(inside);
            if text && may_hold_webhook(inside) {
                return None;
            }
            around.maybe_base64 |= text || may_be_base64(inside);
        }
        let value = match found {
            Inside::Plain(inside) => Value::Plain(inside),
            // With its quotes.
            Inside::Escaped(inside) => {
                let begin = line.len() - behind.len() - 1;
                Value::Json(line.get(begin..begin + inside.len() + 2)?)
            }
        };
        (value, rest)
    };
    if let Some((order, path)) = edge.time {
        around.times.push(Found { order, path, value });
    }
    Some(rest)
}

/// The number of a path; a new path gets the next one.
fn path_of(paths: &mut Vec<String>, path: &str) -> u32 {
    let at = paths.iter().position(|known| known == path).unwrap_or_else(|| {
        paths.push(path.to_owned());
        paths.len() - 1
    });
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Whether a string that may be JSON text may hold a webhook: it must contain the word `position`, or an escape that may
/// be part of it.
fn may_hold_webhook(inside: &[u8]) -> bool {
    memchr::memmem::find(inside, b"position").is_some()
        || memchr::memmem::find(inside, b"\\u").is_some()
}

/// How far a line matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Walk {
    /// To its end.
    Found {
        /// Whether all strings are ASCII for certain.
        ascii: bool,
    },
    /// A check failed: the reference decoder must decide.
    GaveUp,
    /// A text was never seen in its state.
    NewText,
}
