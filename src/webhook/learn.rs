//! Parses one payload, bare or in an envelope, character by character, for the [`Skeleton`] to remember: where its values
//! are, and what every place between them knows.
//!
//! [`Skeleton`]: super::skeleton::Skeleton

use super::field::Field;
use super::skeleton::{Mark, Slot};
use super::strings::{number_length, text_end};

/// Nesting beyond which the referee decides; documented payloads reach 6.
const DEEPEST: usize = 24;

// Bits of keys that are needed, beside those of [`Field`]s. A key of a payload has another bit where it stands in an
// envelope, so that what it belongs to is known at the end of the line.
/// The keys `type`, `organization` and `data` of the payload in an envelope.
const INNER_TYPE: u32 = 1 << 26;
const INNER_ORGANIZATION: u32 = 1 << 27;
const INNER_DATA: u32 = 1 << 28;
/// The payload of an envelope is in a string.
const TEXT: u32 = 1 << 29;
/// The key `data`.
const DATA: u32 = 1 << 30;
/// The key `data.position`.
const POSITION: u32 = 1 << 31;
const _: () = assert!(1 << Field::COUNT <= INNER_TYPE);

/// Whether a line with these keys is one payload whose fields are all its own, bare or in an envelope.
pub(super) fn is_whole(keys: u32) -> bool {
    const PAYLOAD: u32 = Field::Payload.bit();
    const BARE: u32 = Field::Kind.bit() | Field::Organization.bit() | DATA;
    if keys & PAYLOAD == 0 {
        return keys & (DATA | POSITION) == DATA | POSITION;
    }
    // Beside a payload in an envelope these keys mean nothing, or that it is no envelope: the referee knows.
    keys & BARE == 0
        && (keys & TEXT != 0 || keys & (INNER_DATA | POSITION) == INNER_DATA | POSITION)
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
    /// Needed keys in the text before the value.
    pub(super) keys: u32,
    /// Marks in that text, with offsets in the line.
    pub(super) marks: Vec<Mark>,
    /// The state behind the value: every open bracket with what it belongs to, the kind of the value, and the last key.
    /// The brackets alone would do; the key makes what follows easy to guess.
    pub(super) place: Vec<u8>,
}

/// What an open bracket belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Role {
    /// The line.
    Top = b'T',
    /// The payload in an envelope.
    Inner = b'I',
    Data = b'D',
    Position = b'P',
    Location = b'L',
    Booking = b'B',
    Feedback = b'F',
    /// An object that is not looked into.
    Object = b'{',
    /// An array.
    Array = b'[',
}

/// What stands under a key.
#[derive(Debug, Clone, Copy)]
enum Under {
    /// Nothing that is needed.
    Nothing,
    /// A needed value.
    Value(Field),
    /// An object that must be one.
    Needed(Role, u32),
    /// An object that is looked into, if it is one.
    Into(Role, Field),
    /// The payload of an envelope.
    Payload,
    /// What a key of an envelope means inside a payload.
    Referee,
}

impl Role {
    fn under(self, key: &[u8]) -> Under {
        use Under::{Into, Needed, Nothing, Payload, Referee, Value};
        match (self, key) {
            (Self::Top | Self::Inner, b"type") => Value(Field::Kind),
            (Self::Top | Self::Inner, b"organization") => Value(Field::Organization),
            (Self::Top, b"data") => Needed(Self::Data, DATA),
            (Self::Inner, b"data") => Needed(Self::Data, INNER_DATA),
            (Self::Top, b"body" | b"payload" | b"event" | b"webhook" | b"detail") => Payload,
            (
                Self::Top,
                b"receivedAt" | b"received_at" | b"timestamp" | b"time" | b"@timestamp",
            ) => Value(Field::ReceivedAt),
            // What else means something around a payload.
            (Self::Inner, key) if !matches!(Self::Top.under(key), Nothing) => Referee,
            (Self::Data, b"position") => Needed(Self::Position, POSITION),
            (Self::Position, b"id") => Value(Field::Id),
            (Self::Position, b"location") => Into(Self::Location, Field::Location),
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
            (Self::Position, b"booking") => Into(Self::Booking, Field::Booking),
            (Self::Position, b"registrationData") => Value(Field::RegistrationData),
            (Self::Position, b"feedback") => Into(Self::Feedback, Field::Feedback),
            (Self::Location, b"locationName") => Value(Field::LocationName),
            (Self::Booking, b"start") => Value(Field::BookingStart),
            (Self::Booking, b"end") => Value(Field::BookingEnd),
            (Self::Feedback, b"rating") => Value(Field::Rating),
            _ => Nothing,
        }
    }

    /// The bit of the key whose value is a field.
    fn bit(self, field: Field) -> u32 {
        match (self, field) {
            (Self::Inner, Field::Kind) => INNER_TYPE,
            (Self::Inner, Field::Organization) => INNER_ORGANIZATION,
            _ => field.bit(),
        }
    }
}

/// The steps of a line; `None` if the reference decoder must decide.
pub(super) fn steps(line: &[u8]) -> Option<Vec<Step>> {
    let mut parser = Parser {
        line,
        at: 0,
        open: Vec::new(),
        key: Vec::new(),
        keys: 0,
        marks: Vec::new(),
        steps: Vec::new(),
    };
    parser.space();
    (parser.peek()? == b'{').then_some(())?;
    parser.value(None, Role::Top)?;
    parser.space();
    (parser.at == line.len()).then_some(())?;
    parser.step(line.len(), line.len(), Slot::End, None);
    Some(parser.steps)
}

struct Parser<'a> {
    line: &'a [u8],
    at: usize,
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
    fn step(&mut self, from: usize, to: usize, slot: Slot, field: Option<Field>) {
        let kind = match slot {
            Slot::Text => b'"',
            Slot::Number => b'0',
            Slot::End => b'.',
        };
        let mut place = Vec::with_capacity(self.open.len() + self.key.len() + 2);
        for (role, field) in &self.open {
            place.push(*role as u8);
            place.extend(field.map(|field| 0x80 | field as u8));
        }
        place.push(kind);
        place.extend(&self.key);
        let (keys, marks) = (std::mem::take(&mut self.keys), std::mem::take(&mut self.marks));
        self.steps.push(Step { from, to, slot, field, keys, marks, place });
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

    fn member(&mut self, role: Role) -> Option<()> {
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
        match role.under(key) {
            Under::Nothing => self.value(None, Role::Object),
            Under::Value(field) => {
                self.needed(role.bit(field))?;
                self.value(Some(field), Role::Object)
            }
            Under::Needed(role, bit) => {
                self.needed(bit)?;
                (self.peek()? == b'{').then_some(())?;
                self.value(None, role)
            }
            Under::Into(role, field) => {
                self.needed(field.bit())?;
                if self.peek()? == b'{' {
                    self.value(None, role)
                } else {
                    self.value(Some(field), Role::Object)
                }
            }
            Under::Payload => {
                self.needed(Field::Payload.bit())?;
                match self.peek()? {
                    b'{' => {}
                    b'"' => self.needed(TEXT)?,
                    _ => return None,
                }
                self.value(Some(Field::Payload), Role::Inner)
            }
            Under::Referee => None,
        }
    }

    /// Reads one value; an object has the role.
    fn value(&mut self, field: Option<Field>, role: Role) -> Option<()> {
        match self.peek()? {
            b'"' => {
                let from = self.at + 1;
                let (end, _) = text_end(self.line, from)?;
                self.step(from, end, Slot::Text, field);
                // The closing quote is the begin of the next text.
                self.at = end + 1;
                Some(())
            }
            b'-' | b'0'..=b'9' => {
                let end = self.at + number_length(self.line.get(self.at..)?)?;
                self.step(self.at, end, Slot::Number, field);
                Some(())
            }
            open @ (b'{' | b'[') => {
                if let Some(field) = field {
                    self.mark(field, true);
                }
                let role = if open == b'[' { Role::Array } else { role };
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
        self.open.push((role, field));
        let close = if open == b'{' { b'}' } else { b']' };
        self.at += 1;
        self.space();
        if self.peek()? == close {
            self.at += 1;
        } else {
            loop {
                if open == b'{' {
                    self.member(role)?;
                } else {
                    self.value(None, Role::Object)?;
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
