//! Finds the fields of a documented payload in one forward pass, or gives up.
//!
//! The reference decoder (`serde_json`) looks at every byte several times; this scanner looks once, and only as closely
//! as it must. It is certain or it is silent: whatever it does not fully understand (an envelope, a key with an escape,
//! a key that stands twice, invalid UTF-8, deep nesting, anything that may be no JSON) is `None`, and the reference
//! decides. A test holds that both give the same result on documented, invented and mutated lines.

use super::assemble::Fields;

/// Nesting beyond which the scanner gives up; documented payloads reach 6.
const DEEPEST: usize = 24;

/// The fields of a bare payload; `None` if the reference decoder must decide.
pub(super) fn fields(line: &[u8]) -> Option<Fields<'_>> {
    let mut scanner = Scanner { bytes: line, at: 0 };
    let mut fields = Fields::default();
    let mut seen_data = false;
    scanner.space();
    scanner.object(&mut |scanner, key| {
        match key {
            b"type" => scanner.keep(&mut fields.kind),
            b"organization" => scanner.keep(&mut fields.organization),
            b"data" if !seen_data => {
                seen_data = true;
                data(scanner, &mut fields)
            }
            // Keys of envelopes, and a second `data`.
            b"data" | b"body" | b"payload" | b"event" | b"webhook" | b"detail" | b"receivedAt"
            | b"received_at" | b"timestamp" | b"time" | b"@timestamp" => None,
            _ => scanner.skip(0),
        }
    })?;
    scanner.space();
    (scanner.at == line.len() && seen_data).then_some(fields)
}

fn data<'a>(scanner: &mut Scanner<'a>, fields: &mut Fields<'a>) -> Option<()> {
    let mut seen = false;
    scanner.object(&mut |scanner, key| {
        if key != b"position" {
            return scanner.skip(0);
        }
        if std::mem::replace(&mut seen, true) {
            return None;
        }
        position(scanner, fields)
    })?;
    seen.then_some(())
}

fn position<'a>(scanner: &mut Scanner<'a>, f: &mut Fields<'a>) -> Option<()> {
    // A null counts as absent for its value, but not for standing twice.
    let mut seen = 0_u32;
    scanner.object(&mut |scanner, key| {
        let (bit, field) = match key {
            b"id" => (0, &mut f.id),
            b"location" => (1, &mut f.location),
            b"type" => (2, &mut f.ticket_type),
            b"queue" => (3, &mut f.queue),
            b"status" => (4, &mut f.status),
            b"createdAt" => (5, &mut f.created_at),
            b"activatedAt" => (6, &mut f.activated_at),
            b"calledAt" => (7, &mut f.called_at),
            b"fulfilledAt" => (8, &mut f.fulfilled_at),
            b"completedAt" => (9, &mut f.completed_at),
            b"rejectedAt" => (10, &mut f.rejected_at),
            b"retryCount" => (11, &mut f.retry_count),
            b"numberOfPeople" => (12, &mut f.number_of_people),
            b"booking" => (13, &mut f.booking),
            b"registrationData" => (14, &mut f.registration_data),
            b"feedback" => (15, &mut f.feedback),
            _ => return scanner.skip(0),
        };
        if seen & (1 << bit) != 0 {
            return None;
        }
        seen |= 1 << bit;
        *field = scanner.value()?;
        Some(())
    })
}

/// A place in a line.
struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Reads an object; `member` consumes the value of each key (without escapes).
    fn object(&mut self, member: &mut dyn FnMut(&mut Self, &'a [u8]) -> Option<()>) -> Option<()> {
        (self.peek()? == b'{').then_some(())?;
        self.items(b'}', |scanner| {
            scanner.take(b'"')?;
            let begin = scanner.at;
            if scanner.string_end()? {
                return None;
            }
            let key = scanner.bytes.get(begin..scanner.at - 1)?;
            // A key is decoded by the referee, so it must be text.
            if !key.is_ascii() {
                return None;
            }
            scanner.colon()?;
            member(scanner, key)
        })
    }

    /// Reads what an opening bracket encloses: nothing, or items with commas between them.
    fn items(&mut self, close: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.at += 1;
        self.space();
        if self.peek()? == close {
            self.at += 1;
            return Some(());
        }
        loop {
            item(self)?;
            self.space();
            let end = self.peek()?;
            self.at += 1;
            if end == close {
                return Some(());
            }
            if end != b',' {
                return None;
            }
            self.space();
        }
    }

    fn colon(&mut self) -> Option<()> {
        self.space();
        self.take(b':')?;
        self.space();
        Some(())
    }

    /// The JSON text of a value; `None` inside for null.
    #[expect(clippy::option_option, reason = "the outer one gives up, the inner one is null")]
    fn value(&mut self) -> Option<Option<&'a str>> {
        let begin = self.at;
        self.skip(0)?;
        let text = self.bytes.get(begin..self.at)?;
        if text == b"null" {
            return Some(None);
        }
        std::str::from_utf8(text).ok().map(Some)
    }

    /// Keeps a value that has not stood before.
    fn keep(&mut self, field: &mut Option<&'a str>) -> Option<()> {
        if field.is_some() {
            return None;
        }
        // A null first and a value later would go unseen.
        *field = Some(self.value()??);
        Some(())
    }

    /// Skips one value and makes sure that it is JSON.
    fn skip(&mut self, depth: usize) -> Option<()> {
        match self.peek()? {
            b'"' => {
                self.at += 1;
                self.string_end().map(|_| ())
            }
            b'{' => {
                if depth >= DEEPEST {
                    return None;
                }
                self.object_unread(depth)
            }
            b'[' => {
                if depth >= DEEPEST {
                    return None;
                }
                self.array(depth)
            }
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            b'-' | b'0'..=b'9' => self.number(),
            _ => None,
        }
    }

    fn object_unread(&mut self, depth: usize) -> Option<()> {
        self.items(b'}', |scanner| {
            scanner.take(b'"')?;
            scanner.string_end()?;
            scanner.colon()?;
            scanner.skip(depth + 1)
        })
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        self.items(b']', |scanner| scanner.skip(depth + 1))
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let found = self.bytes.get(self.at..)?.starts_with(word);
        self.at += word.len();
        found.then_some(())
    }

    /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?`; exponents are left to the referee.
    fn number(&mut self) -> Option<()> {
        if self.peek()? == b'-' {
            self.at += 1;
        }
        let begin = self.at;
        let first = self.peek()?;
        self.digits()?;
        if first == b'0' && self.at > begin + 1 {
            return None;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        (!matches!(self.peek(), Some(b'e' | b'E'))).then_some(())
    }

    fn digits(&mut self) -> Option<()> {
        let begin = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        (self.at > begin).then_some(())
    }

    /// Goes behind the closing quote of a string whose opening one was read; whether it holds an escape.
    fn string_end(&mut self) -> Option<bool> {
        let mut escaped = false;
        loop {
            self.plain();
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(escaped);
                }
                b'\\' => {
                    escaped = true;
                    self.at += 1;
                    match self.peek()? {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 1,
                        b'u' => {
                            let digits = self.bytes.get(self.at + 1..self.at + 5)?;
                            if !digits.iter().all(u8::is_ascii_hexdigit) {
                                return None;
                            }
                            self.at += 5;
                        }
                        _ => return None,
                    }
                }
                // A control character.
                _ => return None,
            }
        }
    }

    /// Goes to the next quote, backslash or control character, eight bytes at a time.
    fn plain(&mut self) {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const HIGH: u64 = 0x8080_8080_8080_8080;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let (words, tail) = rest.as_chunks::<8>();
        for word in words {
            let x = u64::from_le_bytes(*word);
            // The lowest set bit of each term is exact (Mycroft's test for a zero byte, and for a byte below 0x20).
            let quote = x ^ (ONES * 0x22);
            let slash = x ^ (ONES * 0x5c);
            let found = (quote.wrapping_sub(ONES) & !quote
                | slash.wrapping_sub(ONES) & !slash
                | x.wrapping_sub(ONES * 0x20) & !x)
                & HIGH;
            if found != 0 {
                self.at += (found.trailing_zeros() / 8) as usize;
                return;
            }
            self.at += 8;
        }
        let ends = |c: &u8| matches!(c, b'"' | b'\\' | 0..0x20);
        self.at += tail.iter().position(ends).unwrap_or(tail.len());
    }
}
