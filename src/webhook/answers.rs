//! Finds the category among registration answers in one pass, or leaves it to the reference decoder.

use super::strings::text_end;
use super::value::Raw;

/// The value of the first answer of type `category` (inner `None` = there is none), in JSON known to be valid. Outer `None`
/// if the reference decoder must decide: a key with an escape, or one that occurs twice, may mean anything.
///
/// ```text
/// [ { "name": "topic", "type": "category", "value": "Returns" }, … ]     or     { "category": { "value": "Returns" }, … }
/// ```
pub(super) fn category(json: &[u8]) -> Option<Raw<'_>> {
    let (close, named) = match json.first()? {
        b'[' => (b']', false),
        b'{' => (b'}', true),
        _ => return Some(None),
    };
    let mut reader = Reader { json, at: 1 };
    let mut found = None;
    let mut first = true;
    while reader.goes_on(close, &mut first)? {
        let is_category = named && reader.key()? == b"category";
        if reader.peek()? == b'{' {
            let (kind, value) = reader.answer()?;
            if found.is_none() && (is_category || kind == Some(b"\"category\"")) {
                found = value;
            }
        } else {
            reader.value()?;
        }
    }
    Some(found)
}

struct Reader<'a> {
    json: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.json.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// Whether another item follows; moves to its start, or past the closing bracket.
    fn goes_on(&mut self, close: u8, first: &mut bool) -> Option<bool> {
        self.space();
        if self.peek()? == close {
            self.at += 1;
            return Some(false);
        }
        if !std::mem::replace(first, false) {
            (self.peek()? == b',').then(|| self.at += 1)?;
            self.space();
        }
        Some(true)
    }

    /// Reads a key without escapes; moves to its value.
    fn key(&mut self) -> Option<&'a [u8]> {
        (self.peek()? == b'"').then_some(())?;
        let (end, escaped) = text_end(self.json, self.at + 1)?;
        let key = self.json.get(self.at + 1..end)?;
        (!escaped).then_some(())?;
        self.at = end + 1;
        self.space();
        (self.peek()? == b':').then(|| self.at += 1)?;
        self.space();
        Some(key)
    }

    /// `type` and `value` of an answer; null counts as absent.
    fn answer(&mut self) -> Option<(Raw<'a>, Raw<'a>)> {
        self.at += 1;
        let (mut kind, mut value) = (None, None);
        let (mut kinds, mut values) = (0, 0);
        let mut first = true;
        while self.goes_on(b'}', &mut first)? {
            let key = self.key()?;
            let raw = self.value()?;
            let raw = Some(raw).filter(|raw| *raw != b"null");
            match key {
                b"type" => (kind, kinds) = (raw, kinds + 1),
                b"value" => (value, values) = (raw, values + 1),
                _ => {}
            }
        }
        (kinds <= 1 && values <= 1).then_some((kind, value))
    }

    /// Reads any value.
    fn value(&mut self) -> Option<&'a [u8]> {
        let begin = self.at;
        match self.peek()? {
            b'"' => self.at = text_end(self.json, self.at + 1)?.0 + 1,
            b'{' | b'[' => {
                let mut open = 0;
                loop {
                    match self.peek()? {
                        b'"' => {
                            self.at = text_end(self.json, self.at + 1)?.0 + 1;
                            continue;
                        }
                        b'{' | b'[' => open += 1,
                        b'}' | b']' => open -= 1,
                        _ => {}
                    }
                    self.at += 1;
                    if open == 0 {
                        break;
                    }
                }
            }
            _ => {
                let rest = self.json.get(self.at..)?;
                let ends = |c: &u8| matches!(c, b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n');
                self.at += rest.iter().position(ends).unwrap_or(rest.len());
            }
        }
        self.json.get(begin..self.at)
    }
}
