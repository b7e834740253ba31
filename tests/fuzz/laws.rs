//! The laws of the splitter that the fuzz target `records` and the replay of its corpus hold, for any bytes.
//!
//! Included by path from both, beneath a module that names `closer`, `piece` and `splitter`, so that the laws are written down
//! once. A text is cut in three ways: at once, at once with its end told afterwards, and in small steps. All three must find
//! the same, in order, in its place, and as many pieces as there are bytes at most.

use std::ops::Range;

use serde::de::IgnoredAny;

use super::closer::look_closer;
use super::headers::MOST_WAITING;
use super::piece::{Form, Kind, Piece};
use super::piece::{PlainLine, Sink};
use super::splitter::Splitter;

const STEPS: [usize; 8] = [1, 2, 3, 7, 16, 61, 200, 1_000];
const LIMITS: [usize; 8] = [1, 2, 8, 24, 64, 256, 1_024, 4_096];

/// How a text is cut.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    /// Bytes handed over at once.
    pub(crate) step: usize,
    /// Longest record.
    pub(crate) limit: usize,
    /// A line that looks like one value is taken at once if it is JSON, as the program does it; else by its brackets.
    pub(crate) strict: bool,
}

impl Way {
    /// The way that a byte stands for; the highest bit is free.
    pub(crate) fn of(byte: u8) -> Self {
        let step = STEPS[usize::from(byte & 7)];
        let limit = LIMITS[usize::from(byte >> 3 & 7)];
        Self { step, limit, strict: byte & 0x40 != 0 }
    }
}

/// A piece with the bytes that it has at hand, and those before it on its line.
pub(crate) struct Seen {
    pub(crate) piece: Piece,
    at_hand: Vec<u8>,
    prefix: Option<Vec<u8>>,
}

impl Seen {
    /// What must not depend on the way. The bytes of what is skipped are at hand by chance.
    fn essence(&self) -> (Piece, Option<&[u8]>, Option<&[u8]>) {
        let piece = Piece { at: 0..0, prefix: None, ..self.piece.clone() };
        (piece, self.needed().then_some(&self.at_hand[..]), self.prefix.as_deref())
    }

    /// Whether who takes it in wants its bytes.
    fn needed(&self) -> bool {
        match self.piece.kind {
            Kind::Value | Kind::NoValue | Kind::Saved { .. } | Kind::Broken { saved: Some(_) } => {
                true
            }
            Kind::Blank | Kind::Broken { saved: None } | Kind::TooLong | Kind::Unfinished => false,
        }
    }
}

/// Notes every piece, and how often it was asked.
struct Notes {
    seen: Vec<Seen>,
    strict: bool,
    asked: usize,
}

fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

impl Notes {
    fn new(strict: bool) -> Self {
        Self { seen: Vec::new(), strict, asked: 0 }
    }
}

impl Sink for Notes {
    fn plain(&mut self, bytes: &[u8], line: PlainLine) -> bool {
        self.asked += 1;
        let good = if self.strict {
            is_json(&bytes[line.at.clone()])
        } else {
            super::closer::Pieces::default().plain(bytes, line.clone())
        };
        if good {
            self.piece(bytes, line.piece());
        }
        good
    }

    fn piece(&mut self, bytes: &[u8], piece: Piece) {
        self.asked += 1;
        let prefix = piece.prefix.clone().map(|at| {
            assert_eq!(at.end, piece.at.start, "text before a value ends where the value begins");
            bytes[at].to_vec()
        });
        let at_hand = bytes[piece.at.clone()].to_vec();
        self.seen.push(Seen { piece, at_hand, prefix });
    }
}

/// The pieces of a text that is handed over in steps.
fn in_steps(text: &[u8], way: Way) -> Vec<Seen> {
    let mut splitter = Splitter::new(way.limit, 0);
    let mut notes = Notes::new(way.strict);
    let (mut begin, mut given) = (0, 0);
    loop {
        let end = given == text.len();
        given = (given + way.step).min(text.len());
        let window = &text[begin..given];
        let before = notes.asked;
        begin += splitter.split(window, 0, end, &mut notes);
        // A line is offered once, and becomes a piece once; at the end of the file, what is skipped and an array may end too. Lines
        // behind what may be a header become pieces later, together.
        let most = 2 * window.len() + 2 + MOST_WAITING;
        assert!(notes.asked - before <= most, "work in proportion to the text");
        if end {
            assert_eq!(begin, text.len(), "all of the text is taken in");
            return notes.seen;
        }
    }
}

/// The pieces of a text that is handed over at once, as all there is.
fn at_once(text: &[u8], way: Way) -> Vec<Seen> {
    let mut notes = Notes::new(way.strict);
    let done = Splitter::new(way.limit, 0).split(text, 0, true, &mut notes);
    assert_eq!(done, text.len(), "all of the text is taken in");
    notes.seen
}

fn size(n: u64) -> usize {
    usize::try_from(n).unwrap()
}

fn lines_before(text: &[u8], at: usize) -> u64 {
    1 + text[..at].iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>()
}

/// Where a piece lies in a text, if it lies there rightly.
fn place(text: &[u8], piece: &Piece) -> Range<usize> {
    let place = size(piece.offset)..size(piece.offset + piece.length);
    assert!(place.end <= text.len(), "a piece lies in its text: {piece:?}");
    assert_eq!(piece.line, lines_before(text, place.start), "the number of its line: {piece:?}");
    place
}

/// Pieces come one after the other; only what is saved from an unfinished one lies in it.
struct Order {
    end: usize,
    unfinished: Range<usize>,
}

impl Order {
    fn next(&mut self, piece: &Piece, place: Range<usize>) {
        if piece.kind == (Kind::Saved { unfinished: true }) {
            let around = &mut self.unfinished;
            assert!(
                around.start <= place.start && place.end <= around.end,
                "what is saved lies in what it is saved from, behind the one before: {piece:?}"
            );
            around.start = place.end;
            return;
        }
        assert!(self.end <= place.start, "in order, and none over another: {piece:?}");
        self.end = place.end;
        self.unfinished = if piece.kind == Kind::Unfinished { place } else { 0..0 };
    }
}

/// What holds of the pieces of a text.
fn lie_rightly(text: &[u8], seen: &[Seen], way: Way) {
    assert!(seen.len() <= text.len() + 1, "{} pieces of {} bytes", seen.len(), text.len());
    let mut order = Order { end: 0, unfinished: 0..0 };
    for one in seen {
        let piece = &one.piece;
        let place = place(text, piece);
        order.next(piece, place.clone());
        if one.needed() || !one.at_hand.is_empty() {
            assert_eq!(one.at_hand, &text[place.clone()], "the bytes of a piece: {piece:?}");
        }
        if let Some(prefix) = &one.prefix {
            assert!(text[..place.start].ends_with(prefix), "the text before it: {piece:?}");
        }
        if let Kind::Broken { saved: Some(from) } = piece.kind {
            assert!(from < place.len(), "what is saved lies in what is broken: {piece:?}");
        }
        assert_eq!(piece.table.is_some(), piece.form == Form::Table, "{piece:?}");
        let long = place.len() > way.limit;
        assert!(
            !(long && piece.kind == Kind::Value && one.prefix.is_none()),
            "too long: {piece:?}"
        );
        // Rows and what follows text are not looked at again.
        let is_alone = piece.table.is_none() && piece.prefix.is_none();
        if piece.kind == Kind::Value && is_alone && !is_json(&text[place.clone()]) {
            look_rightly(text, piece, place, way);
        }
    }
}

/// What holds of a second look at a value that is no JSON.
fn look_rightly(text: &[u8], piece: &Piece, around: Range<usize>, way: Way) {
    let whole = Piece { at: around.clone(), ..piece.clone() };
    let parts = look_closer(text, &whole, way.limit);
    assert!(!parts.is_empty(), "a second look loses the record: {piece:?}");
    assert!(parts.len() <= around.len() + 1, "{} parts of {piece:?}", parts.len());
    let mut order = Order { end: around.start, unfinished: around.clone() };
    for part in &parts {
        let place = place(text, part);
        assert!(around.start <= place.start && place.end <= around.end, "{part:?} in {piece:?}");
        assert!(part.at.is_empty() || part.at == place, "{part:?} in {piece:?}");
        if !matches!(part.kind, Kind::Saved { .. }) {
            order.next(part, place);
        }
    }
}

/// Cuts a text in a way, and at once, and holds the laws. What was found.
///
/// # Panics
/// If a law is broken.
pub(crate) fn hold(text: &[u8], way: Way) -> Vec<Seen> {
    let whole = at_once(text, way);
    lie_rightly(text, &whole, way);
    for step in [way.step, text.len().max(1)] {
        let found = in_steps(text, Way { step, ..way });
        for (one, other) in found.iter().zip(&whole) {
            assert_eq!(one.essence(), other.essence(), "in steps of {step}, and at once");
        }
        assert_eq!(found.len(), whole.len(), "in steps of {step}, and at once");
        lie_rightly(text, &found, way);
    }
    whole
}
