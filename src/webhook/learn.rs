//! Parses one text, a webhook or what is around one, character by character, for the [`Skeleton`] to remember: where its
//! values are, and the state between them.
//!
//! A search has found where the webhook is, or the string that holds it. The steps guarantee more than that: any other text
//! that takes the same path is JSON with its webhook in the same place, and without any other webhook.
//!
//! [`Skeleton`]: super::skeleton::Skeleton

use std::rc::Rc;

use super::edge::{Mark, Slot};
use super::field::Field;
use super::receive::{self, BESIDE, MOST_WRAPPERS};
use super::roles::{Beside, Role, Time, Under};
use super::shape::with_key;
use super::strings::{number_length, text_end};

/// Nesting depth beyond which the reference decoder decides; documented payloads reach 6.
const DEEPEST: usize = 24;

// Bits of needed keys, in addition to those of [`Field`]s.
/// The webhook, if it is in an envelope.
const HOOK: u32 = 1 << 28;
/// The string that holds the webhook.
const TEXT: u32 = 1 << 29;
/// The key `data`.
const DATA: u32 = 1 << 30;
/// The key `data.position`.
const POSITION: u32 = 1 << 31;
const _: () = assert!(1 << Field::COUNT <= HOOK);

/// Whether a text with these keys has a webhook, or the string that holds it, where it was expected.
pub(super) fn is_whole(keys: u32) -> bool {
    keys & (DATA | POSITION) == DATA | POSITION || keys & TEXT != 0
}

/// Where the webhook of a text is: offsets of values, with their paths in the record.
#[derive(Debug)]
pub(super) struct Target {
    /// The objects and arrays around it, the outermost first.
    pub(super) path: Vec<(usize, String)>,
    /// The webhook, or the string that holds it.
    pub(super) end: (usize, String),
}

/// From the end of one value to the end of the next.
#[derive(Debug)]
pub(super) struct Step {
    /// Offset of the value's first byte; the text before it ends here.
    pub(super) from: usize,
    /// Offset of the first byte after the value.
    pub(super) to: usize,
    pub(super) slot: Slot,
    /// The needed field whose value it is, if it is one.
    pub(super) field: Option<Field>,
    pub(super) time: Option<Time>,
    /// Bits of the needed keys in the text before the value.
    pub(super) keys: u32,
    /// Marks in that text, with offsets in the line.
    pub(super) marks: Vec<Mark>,
    /// The state after the value: every open bracket with its role, the kind of the value, and the last key.
    /// The brackets alone would do; the key makes what follows easy to guess.
    pub(super) place: Vec<u8>,
}

/// The steps of a text, and whether there is a list outside its webhook; `None` if the reference decoder must decide.
pub(super) fn steps(line: &[u8], target: &Target) -> Option<(Vec<Step>, bool)> {
    let mut parser = Parser {
        line,
        target,
        at: 0,
        passed: 0,
        in_hook: false,
        has_lists: false,
        open: Vec::new(),
        key: Vec::new(),
        keys: 0,
        marks: Vec::new(),
        steps: Vec::new(),
    };
    parser.space();
    parser.value(Meaning::default())?;
    parser.space();
    (parser.at == line.len()).then_some(())?;
    parser.step(line.len(), line.len(), Slot::End, Meaning::default());
    Some((parser.steps, parser.has_lists))
}

/// What a value is needed for.
#[derive(Debug, Default)]
struct Meaning {
    field: Option<Field>,
    time: Option<Time>,
    /// What it is if it is an object.
    object: Option<Role>,
}

struct Parser<'a> {
    line: &'a [u8],
    target: &'a Target,
    at: usize,
    /// Number of objects and arrays on the target's path passed so far.
    passed: usize,
    /// Whether the parser is inside the webhook.
    in_hook: bool,
    /// Whether there was a list outside of it.
    has_lists: bool,
    /// Every open bracket, with the field whose value it begins, if that value is kept as a whole.
    open: Vec<(Rc<Role>, Option<Field>)>,
    /// The last key.
    key: Vec<u8>,
    /// Bits of the needed keys since the last value.
    keys: u32,
    marks: Vec<Mark>,
    steps: Vec<Step>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.line.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Ends a step with a value.
    fn step(&mut self, from: usize, to: usize, slot: Slot, meaning: Meaning) {
        let kind = match slot {
            Slot::Text | Slot::Foreign | Slot::TimeText => b'"',
            Slot::Number | Slot::TimeNumber => b'0',
            Slot::End => b'.',
        };
        let mut place = Vec::with_capacity(self.open.len() + self.key.len() + 2);
        for (role, field) in &self.open {
            role.note(&mut place);
            place.extend(field.map(|field| 0x80 | field as u8));
        }
        place.push(kind);
        place.extend(&self.key);
        let (keys, marks) = (std::mem::take(&mut self.keys), std::mem::take(&mut self.marks));
        let Meaning { field, time, .. } = meaning;
        self.steps.push(Step { from, to, slot, field, time, keys, marks, place });
        self.at = to;
    }

    /// Notes a needed key; if it occurs twice, the reference decoder must decide.
    fn needed(&mut self, bit: u32) -> Option<()> {
        let twice = self.keys & bit != 0;
        self.keys |= bit;
        (!twice).then_some(())
    }

    fn mark(&mut self, field: Field, begins: bool) {
        self.marks.push(Mark { field, at: self.at, begins });
    }

    fn member(&mut self, role: &Role) -> Option<()> {
        self.take(b'"')?;
        let begin = self.at;
        let (end, escaped) = text_end(self.line, begin)?;
        let key = self.line.get(begin..end)?;
        // A key with an escape may stand for any other; broken text is for the reference decoder.
        if escaped || !key.is_ascii() {
            return None;
        }
        self.key = key.to_vec();
        self.at = end + 1;
        self.space();
        self.take(b':')?;
        self.space();
        let object = self.peek()? == b'{';
        let mut meaning = Meaning::default();
        match role.under(key) {
            Under::Value(field) => {
                self.needed(field.bit())?;
                meaning.field = Some(field);
            }
            Under::Data => {
                self.needed(DATA)?;
                object.then_some(())?;
                meaning.object = Some(Role::Data);
            }
            Under::Position => {
                self.needed(POSITION)?;
                object.then_some(())?;
                meaning.object = Some(Role::Position);
            }
            Under::Into(role, field) => {
                self.needed(field.bit())?;
                if object {
                    meaning.object = Some(role);
                } else {
                    meaning.field = Some(field);
                }
            }
            Under::Nothing => meaning = self.beside(role, key, object)?,
        }
        self.value(meaning)
    }

    /// The meaning of a member that is not a field of the payload: it may be a receive time. `None` if it makes the object
    /// around it another webhook, which the search did not find.
    fn beside(&self, role: &Role, key: &[u8], object: bool) -> Option<Meaning> {
        // The deeper, the closer to the webhook; the lower two bytes hold the rank.
        let depth = u32::try_from(DEEPEST.checked_sub(self.open.len())?).ok()? << 16;
        let mut beside = Beside::default();
        let mut time = None;
        match role {
            Role::Hook { path } | Role::Around { path, .. } => {
                let path = with_key(path, key);
                time =
                    receive::rank(key).map(|rank| Time { order: depth + rank, path: path.clone() });
                beside.wrapped = time.clone().map(|time| (time, MOST_WRAPPERS - 1));
                beside.base = Some((depth + BESIDE, path));
            }
            Role::Beside(Beside { base, wrapped, .. }) => {
                if let Some((order, path)) = base
                    && let Some(rank) = receive::rank(key)
                {
                    time = Some(Time { order: order + rank, path: with_key(path, key) });
                    beside.wrapped = time.clone().map(|time| (time, MOST_WRAPPERS - 1));
                } else if let Some((wrapped, left)) = wrapped
                    && receive::is_wrapper(key)
                {
                    time = Some(wrapped.clone());
                    beside.wrapped = left.checked_sub(1).map(|left| (wrapped.clone(), left));
                }
            }
            Role::Data
            | Role::Position
            | Role::Location
            | Role::Booking
            | Role::Feedback
            | Role::Object
            | Role::Array => return Some(Meaning::default()),
        }
        let in_data = matches!(
            role,
            Role::Around { data: true, .. } | Role::Beside(Beside { data: true, .. })
        );
        if !self.in_hook && in_data && key == b"position" && object {
            return None;
        }
        beside.data = !self.in_hook && key == b"data";
        Some(Meaning { field: None, time, object: Some(Role::Beside(beside)) })
    }

    /// Reads one value.
    fn value(&mut self, mut meaning: Meaning) -> Option<()> {
        let here = self.at;
        let (mut is_hook, mut is_text) = (false, false);
        let target = self.target;
        if here == target.end.0 {
            is_hook = self.peek()? == b'{';
            is_text = !is_hook;
            let path = target.end.1.clone();
            let bare = self.open.is_empty();
            self.needed(if is_text { TEXT } else { HOOK })?;
            let field = Some(Field::Payload).filter(|_| is_text || !bare);
            meaning = Meaning { field, time: None, object: Some(Role::Hook { path }) };
        } else if let Some((_, path)) = target.path.get(self.passed).filter(|(at, _)| *at == here) {
            self.passed += 1;
            let array = self.peek()? == b'[';
            let data =
                !array && matches!(meaning.object, Some(Role::Beside(Beside { data: true, .. })));
            let object = Some(Role::Around { path: path.clone(), data, array });
            meaning = Meaning { object, ..Meaning::default() };
        }
        if is_hook {
            self.in_hook = true;
        }
        self.any(meaning, is_text)?;
        if is_hook {
            self.in_hook = false;
        }
        Some(())
    }

    /// Reads one value whose meaning is known.
    fn any(&mut self, meaning: Meaning, is_payload: bool) -> Option<()> {
        let field = meaning.field;
        match self.peek()? {
            b'"' => {
                let from = self.at + 1;
                let (end, _) = text_end(self.line, from)?;
                let slot = match &meaning.time {
                    _ if is_payload => Slot::Text,
                    Some(_) if self.in_hook => Slot::TimeText,
                    None if self.in_hook => Slot::Text,
                    _ => Slot::Foreign,
                };
                self.step(from, end, slot, meaning);
                // The closing quote is the start of the next text.
                self.at = end + 1;
                Some(())
            }
            b'-' | b'0'..=b'9' => {
                let end = self.at + number_length(self.line.get(self.at..)?)?;
                let slot = if meaning.time.is_some() { Slot::TimeNumber } else { Slot::Number };
                self.step(self.at, end, slot, meaning);
                Some(())
            }
            open @ (b'{' | b'[') => {
                self.has_lists |= open == b'[' && !self.in_hook;
                if let Some(field) = field {
                    self.mark(field, true);
                }
                let foreign =
                    if self.in_hook { Role::Object } else { Role::Beside(Beside::default()) };
                let role = match meaning.object {
                    // The role is needed for its elements.
                    Some(around @ Role::Around { .. }) => around,
                    _ if open == b'[' => Role::Array,
                    object => object.unwrap_or(foreign),
                };
                self.items(open, role, field)?;
                if let Some(field) = field {
                    self.mark(field, false);
                }
                Some(())
            }
            _ => {
                let words: [&[u8]; 3] = [b"true", b"false", b"null"];
                let rest = self.line.get(self.at..)?;
                let word = words.into_iter().find(|word| rest.starts_with(word))?;
                // A null is not a value.
                let field = field.filter(|_| word != b"null");
                if let Some(field) = field {
                    self.mark(field, true);
                }
                self.at += word.len();
                if let Some(field) = field {
                    self.mark(field, false);
                }
                Some(())
            }
        }
    }

    /// Reads what is between two brackets: nothing, or items separated by commas.
    fn items(&mut self, open: u8, role: Role, field: Option<Field>) -> Option<()> {
        if self.open.len() >= DEEPEST {
            return None;
        }
        let role = Rc::new(role);
        self.open.push((Rc::clone(&role), field));
        let close = if open == b'{' { b'}' } else { b']' };
        self.at += 1;
        self.space();
        if self.peek()? == close {
            self.at += 1;
        } else {
            loop {
                if open == b'{' {
                    self.member(&role)?;
                } else {
                    self.value(Meaning::default())?;
                }
                self.space();
                let end = self.peek()?;
                self.at += 1;
                if end == close {
                    break;
                }
                (end == b',').then_some(())?;
                self.space();
            }
        }
        self.open.pop();
        Some(())
    }
}
