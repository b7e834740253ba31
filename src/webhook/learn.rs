//! Parses one text, a webhook or what stands around one, character by character, for the [`Skeleton`] to remember: where
//! its values are, and what every place between them knows.
//!
//! Where the webhook stands, or the string that holds it, a search has found out. The steps say more than that: whatever
//! other text takes the same path is JSON with the webhook in the same place, and with no other webhook beside it.
//!
//! [`Skeleton`]: super::skeleton::Skeleton

use super::field::Field;
use super::receive::{self, BESIDE, MOST_WRAPPERS};
use super::shape::with_key;
use super::skeleton::{Mark, Slot};
use super::strings::{number_length, text_end};

/// Nesting beyond which the referee decides; documented payloads reach 6.
const DEEPEST: usize = 24;

// Bits of keys that are needed, beside those of [`Field`]s.
/// The webhook stands in an envelope.
const HOOK: u32 = 1 << 28;
/// The string that holds the webhook.
const TEXT: u32 = 1 << 29;
/// The key `data`.
const DATA: u32 = 1 << 30;
/// The key `data.position`.
const POSITION: u32 = 1 << 31;
const _: () = assert!(1 << Field::COUNT <= HOOK);

/// Whether a text with these keys has a webhook, or the string with it, in the place where it was looked for.
pub(super) fn is_whole(keys: u32) -> bool {
    keys & (DATA | POSITION) == DATA | POSITION || keys & TEXT != 0
}

/// Where the webhook of a text stands: offsets of values, with their paths in the record.
#[derive(Debug)]
pub(super) struct Target {
    /// The objects and arrays around it, the outermost first.
    pub(super) path: Vec<(usize, String)>,
    /// The webhook, or the string that holds it.
    pub(super) end: (usize, String),
}

/// A value that may say when the webhook was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Time {
    /// Its rank in the text, the best first.
    pub(super) order: u32,
    /// Its path in the record.
    pub(super) path: String,
}

/// From the end of one value to the end of the next.
#[derive(Debug)]
pub(super) struct Step {
    /// First byte of the value; the text before it ends here.
    pub(super) from: usize,
    /// First byte behind the value.
    pub(super) to: usize,
    pub(super) slot: Slot,
    /// The needed field whose value it is.
    pub(super) field: Option<Field>,
    pub(super) time: Option<Time>,
    /// Needed keys in the text before the value.
    pub(super) keys: u32,
    /// Marks in that text, with offsets in the line.
    pub(super) marks: Vec<Mark>,
    /// The state behind the value: every open bracket with what it belongs to, the kind of the value, and the last key.
    /// The brackets alone would do; the key makes what follows easy to guess.
    pub(super) place: Vec<u8>,
}

/// What an open bracket belongs to.
#[derive(Debug, Clone)]
enum Role {
    Hook {
        path: String,
    },
    Data,
    Position,
    Location,
    Booking,
    Feedback,
    /// An object of the webhook that is not looked into.
    Object,
    /// An array.
    Array,
    /// An object or array around the webhook.
    Around {
        path: String,
        data: bool,
        array: bool,
    },
    /// Any other object outside the webhook, or one right in it.
    Beside(Beside),
}

/// What is known of an object outside the webhook.
#[derive(Debug, Clone, Default)]
struct Beside {
    /// What its members are as receive times, their rank left out, and its own path: if it stands in an object around the
    /// webhook.
    base: Option<(u32, String)>,
    /// What is in its wrappers, and how many of them there may be.
    wrapped: Option<(Time, u8)>,
    /// Whether it stands under a key `data`: with a position in it the object around it would be a webhook.
    data: bool,
}

/// What stands under a key.
#[derive(Debug, Clone, Copy)]
enum Under {
    /// Nothing that is needed.
    Nothing,
    /// A needed value.
    Value(Field),
    /// `data`, or `data.position`: must be an object.
    Data,
    Position,
    /// An object that is looked into, if it is one.
    Into(Field),
}

impl Role {
    fn under(&self, key: &[u8]) -> Under {
        use Under::{Data, Into, Nothing, Position, Value};
        match (self, key) {
            (Self::Hook { .. }, b"type") => Value(Field::Kind),
            (Self::Hook { .. }, b"organization") => Value(Field::Organization),
            (Self::Hook { .. }, b"data") => Data,
            (Self::Data, b"position") => Position,
            (Self::Position, b"id") => Value(Field::Id),
            (Self::Position, b"location") => Into(Field::Location),
            (Self::Position, b"type") => Value(Field::TicketType),
            (Self::Position, b"queue") => Value(Field::Queue),
            (Self::Position, b"status") => Value(Field::Status),
            (Self::Position, b"createdAt") => Value(Field::CreatedAt),
            (Self::Position, b"activatedAt") => Value(Field::ActivatedAt),
            (Self::Position, b"calledAt") => Value(Field::CalledAt),
            (Self::Position, b"fulfilledAt") => Value(Field::FulfilledAt),
            (Self::Position, b"completedAt") => Value(Field::CompletedAt),
            (Self::Position, b"rejectedAt") => Value(Field::RejectedAt),
            (Self::Position, b"retryCount") => Value(Field::RetryCount),
            (Self::Position, b"numberOfPeople") => Value(Field::NumberOfPeople),
            (Self::Position, b"booking") => Into(Field::Booking),
            (Self::Position, b"registrationData") => Value(Field::RegistrationData),
            (Self::Position, b"feedback") => Into(Field::Feedback),
            (Self::Location, b"locationName") => Value(Field::LocationName),
            (Self::Booking, b"start") => Value(Field::BookingStart),
            (Self::Booking, b"end") => Value(Field::BookingEnd),
            (Self::Feedback, b"rating") => Value(Field::Rating),
            _ => Nothing,
        }
    }

    /// Writes down everything that matters for what follows.
    fn note(&self, place: &mut Vec<u8>) {
        let time = |place: &mut Vec<u8>, order: u32, path: &str| {
            place.extend(order.to_le_bytes());
            place.extend(path.as_bytes());
            place.push(0);
        };
        place.push(match self {
            Self::Hook { .. } => b'H',
            Self::Data => b'D',
            Self::Position => b'P',
            Self::Location => b'L',
            Self::Booking => b'B',
            Self::Feedback => b'F',
            Self::Object => b'{',
            Self::Array => b'[',
            Self::Around { array: true, .. } => b'(',
            Self::Around { data: false, .. } => b'A',
            Self::Around { data: true, .. } => b'a',
            Self::Beside(Beside { data: false, .. }) => b'S',
            Self::Beside(Beside { data: true, .. }) => b's',
        });
        if let Self::Beside(Beside { base, wrapped, .. }) = self {
            if let Some((order, path)) = base {
                place.push(1);
                time(place, *order, path);
            }
            if let Some((Time { order, path }, deep)) = wrapped {
                place.extend([2, *deep]);
                time(place, *order, path);
            }
        }
    }
}

/// The steps of a text; `None` if the reference decoder must decide.
pub(super) fn steps(line: &[u8], target: &Target) -> Option<Vec<Step>> {
    let mut parser = Parser {
        line,
        target,
        at: 0,
        passed: 0,
        in_hook: false,
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
    Some(parser.steps)
}

/// What a value is needed for.
#[derive(Debug, Clone, Default)]
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
    /// Objects and arrays of the target's path that were met.
    passed: usize,
    /// Whether the webhook is open.
    in_hook: bool,
    /// Every open bracket, with the field whose value it begins, if that is kept as a whole.
    open: Vec<(Role, Option<Field>)>,
    /// The last key.
    key: Vec<u8>,
    /// Needed keys since the last value.
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

    /// A key that is needed stands here; twice is a case for the referee.
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
        // A key with an escape may mean any other; one that is no text is the referee's.
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
            Under::Into(field) => {
                self.needed(field.bit())?;
                match field {
                    _ if !object => meaning.field = Some(field),
                    Field::Location => meaning.object = Some(Role::Location),
                    Field::Booking => meaning.object = Some(Role::Booking),
                    _ => meaning.object = Some(Role::Feedback),
                }
            }
            Under::Nothing => meaning = self.beside(role, key, object)?,
        }
        self.value(meaning)
    }

    /// What a member is that is no field of the payload: perhaps a receive time. `None` if it makes a webhook of what was
    /// not found as one.
    fn beside(&self, role: &Role, key: &[u8], object: bool) -> Option<Meaning> {
        // The deeper, the nearer to the webhook; two bytes are left for the rank.
        let depth = u32::try_from(DEEPEST.checked_sub(self.open.len())?).ok()? << 16;
        let rank = receive::rank(key);
        let mut beside = Beside::default();
        let mut time = None;
        match role {
            Role::Hook { path } | Role::Around { path, .. } => {
                let path = with_key(path, key);
                time = rank.map(|rank| Time { order: depth + rank, path: path.clone() });
                beside.wrapped = time.clone().map(|time| (time, MOST_WRAPPERS - 1));
                beside.base = Some((depth + BESIDE, path));
            }
            Role::Beside(Beside { base, wrapped, .. }) => {
                if let (Some((order, path)), Some(rank)) = (base, rank) {
                    time = Some(Time { order: order + rank, path: with_key(path, key) });
                    beside.wrapped = time.clone().map(|time| (time, MOST_WRAPPERS - 1));
                } else if let Some((wrapped, left)) = wrapped
                    && receive::is_wrapper(key)
                {
                    time = Some(wrapped.clone());
                    beside.wrapped = left.checked_sub(1).map(|left| (wrapped.clone(), left));
                }
            }
            _ => return Some(Meaning::default()),
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
                // The closing quote is the begin of the next text.
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
                if let Some(field) = field {
                    self.mark(field, true);
                }
                let foreign =
                    if self.in_hook { Role::Object } else { Role::Beside(Beside::default()) };
                let role = match meaning.object {
                    // It tells what is an element of it.
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
                // A null is no value.
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

    /// Reads what an opening bracket encloses: nothing, or items with commas between them.
    fn items(&mut self, open: u8, role: Role, field: Option<Field>) -> Option<()> {
        if self.open.len() >= DEEPEST {
            return None;
        }
        self.open.push((role.clone(), field));
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
