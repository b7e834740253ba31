//! Parses one JSON value byte by byte, where [`super::value`] is not certain: finds where it ends, or where it fails and
//! what can be saved of it.

/// Where a value ends or fails; all positions count from its first byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Parsed {
    /// It ends before this position.
    Whole(usize),
    /// The bytes end inside it.
    Open(Saved),
    /// The byte at `at` is not allowed there.
    Broken {
        /// Position of the first byte that is not allowed.
        at: usize,
        /// Where another value may begin in the middle of a string: two writers in one file.
        torn: Option<usize>,
        saved: Saved,
    },
}

/// Whole values inside a broken one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Saved {
    /// Those at the start of a line, as (start, end), in order; without those inside others.
    pub(super) lines: Vec<(u32, u32)>,
    /// The last object or array that ended.
    pub(super) last: Option<(u32, u32)>,
}

/// What is allowed next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Value,
    /// A value or the end of the array.
    Item,
    /// A key or the end of the object.
    Member,
    Key,
    Colon,
    /// A comma or the end.
    Comma,
}

const ARRAY: u32 = 1 << 31;

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where each open object or array begins; the highest bit is set for arrays.
    open: Vec<u32>,
    next: Next,
    /// Whether only blanks were seen since the last line end.
    fresh: bool,
    torn: Option<usize>,
    saved: Saved,
}

/// Parses the value that `bytes` (less than 2 GiB) begin with.
pub(super) fn parse(bytes: &[u8]) -> Parsed {
    let mut parser = Parser {
        bytes,
        at: 0,
        open: Vec::new(),
        next: Next::Value,
        fresh: false,
        torn: None,
        saved: Saved::default(),
    };
    parser.run()
}

/// Why a token could not be read.
enum Trouble {
    Here,
    AtEnd,
}

impl Parser<'_> {
    fn run(&mut self) -> Parsed {
        loop {
            let Some(byte) = self.bytes.get(self.at).copied() else {
                return Parsed::Open(std::mem::take(&mut self.saved));
            };
            match byte {
                b'\n' => {
                    self.fresh = true;
                    self.at += 1;
                    continue;
                }
                b' ' | b'\t' | b'\r' => {
                    self.at += 1;
                    continue;
                }
                _ => {}
            }
            let before = self.at;
            match self.token(byte) {
                Ok(()) => {}
                Err(Trouble::AtEnd) => return Parsed::Open(std::mem::take(&mut self.saved)),
                Err(Trouble::Here) => {
                    let (at, saved) = (self.at.max(before), std::mem::take(&mut self.saved));
                    return Parsed::Broken { at, torn: self.torn, saved };
                }
            }
            self.fresh = false;
            if self.open.is_empty() {
                return Parsed::Whole(self.at);
            }
        }
    }

    fn token(&mut self, byte: u8) -> Result<(), Trouble> {
        let value = matches!(self.next, Next::Value | Next::Item);
        let torn = self.torn.take();
        match (byte, self.next) {
            (b'{' | b'[', _) if value => {
                let begin = u32::try_from(self.at).map_err(|_| Trouble::Here)?;
                let mark = if byte == b'[' { begin | ARRAY } else { begin };
                self.open.push(mark);
                if self.fresh {
                    self.saved.lines.push((begin, 0));
                }
                self.next = if byte == b'[' { Next::Item } else { Next::Member };
                self.at += 1;
            }
            (b'}', Next::Member | Next::Comma) => self.close(false)?,
            (b']', Next::Item | Next::Comma) => self.close(true)?,
            (b',', Next::Comma) => {
                let array = self.open.last().is_some_and(|open| open & ARRAY != 0);
                self.next = if array { Next::Value } else { Next::Key };
                self.at += 1;
            }
            (b':', Next::Colon) => {
                self.next = Next::Value;
                self.at += 1;
            }
            (b'"', Next::Member | Next::Key) => {
                self.text()?;
                self.next = Next::Colon;
            }
            (b'"', _) if value => {
                self.text()?;
                self.next = Next::Comma;
            }
            (b'-' | b'0'..=b'9', _) if value => {
                self.number()?;
                self.next = Next::Comma;
            }
            (b't', _) if value => self.word(b"true")?,
            (b'f', _) if value => self.word(b"false")?,
            (b'n', _) if value => self.word(b"null")?,
            _ => {
                self.torn = torn;
                return Err(Trouble::Here);
            }
        }
        Ok(())
    }

    fn close(&mut self, array: bool) -> Result<(), Trouble> {
        let Some(open) = self.open.last().filter(|open| (**open & ARRAY != 0) == array) else {
            return Err(Trouble::Here);
        };
        let begin = open & !ARRAY;
        self.open.pop();
        self.at += 1;
        let end = u32::try_from(self.at).map_err(|_| Trouble::Here)?;
        self.saved.last = Some((begin, end));
        let lines = &mut self.saved.lines;
        let place = lines.partition_point(|(from, _)| *from < begin);
        if let Some((from, to)) = lines.get_mut(place)
            && *from == begin
        {
            *to = end;
            // Values inside this one no longer matter.
            lines.truncate(place + 1);
        }
        self.next = Next::Comma;
        Ok(())
    }

    /// Parses a string; notes if it ends as if another value had begun inside it.
    fn text(&mut self) -> Result<(), Trouble> {
        let begin = self.at + 1;
        let mut at = begin;
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            let special = |c: &u8| *c < b' ' || *c == b'"' || *c == b'\\';
            let Some(next) = rest.iter().position(special) else {
                self.at = self.bytes.len();
                return Err(Trouble::AtEnd);
            };
            at += next;
            match self.bytes.get(at..).unwrap_or_default() {
                [b'"', ..] => break,
                [b'\\', b'u', digits @ ..] => {
                    let hex = digits.iter().take(4).take_while(|c| c.is_ascii_hexdigit()).count();
                    if hex < 4 {
                        self.at = at + 2 + hex;
                        return Err(if digits.len() == hex {
                            Trouble::AtEnd
                        } else {
                            Trouble::Here
                        });
                    }
                    at += 6;
                }
                [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => at += 2,
                [b'\\'] => {
                    self.at = at;
                    return Err(Trouble::AtEnd);
                }
                [b'\\', ..] => {
                    self.at = at + 1;
                    return Err(Trouble::Here);
                }
                _ => {
                    self.at = at;
                    return Err(Trouble::Here);
                }
            }
        }
        let inside = self.bytes.get(begin..at).unwrap_or_default();
        if inside.trim_ascii_end().ends_with(b"{") {
            self.torn = Some(begin + inside.trim_ascii_end().len() - 1);
        }
        self.at = at + 1;
        Ok(())
    }

    fn number(&mut self) -> Result<(), Trouble> {
        let begin = self.at;
        let digits = |parser: &mut Self| {
            let rest = parser.bytes.get(parser.at..).unwrap_or_default();
            let n = rest.iter().take_while(|c| c.is_ascii_digit()).count();
            parser.at += n;
            if n > 0 {
                Ok(())
            } else if parser.at == parser.bytes.len() {
                Err(Trouble::AtEnd)
            } else {
                Err(Trouble::Here)
            }
        };
        if self.bytes.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        let first = self.at;
        digits(self)?;
        if self.bytes.get(first) == Some(&b'0') && self.at > first + 1 {
            self.at = first + 1;
            return Err(Trouble::Here);
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            digits(self)?;
        }
        if matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.bytes.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            digits(self)?;
        }
        // At the end of the bytes, more digits may follow, unless there are no more bytes.
        if self.at == self.bytes.len() && begin > 0 { Err(Trouble::AtEnd) } else { Ok(()) }
    }

    fn word(&mut self, word: &[u8]) -> Result<(), Trouble> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let same = rest.iter().zip(word).take_while(|(a, b)| a == b).count();
        self.at += same;
        self.next = Next::Comma;
        if same == word.len() {
            Ok(())
        } else if rest.len() == same {
            Err(Trouble::AtEnd)
        } else {
            Err(Trouble::Here)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn broken(text: &str) -> (usize, Option<usize>, Option<(u32, u32)>) {
        match parse(text.as_bytes()) {
            Parsed::Broken { at, torn, saved } => (at, torn, saved.last),
            other @ (Parsed::Whole(_) | Parsed::Open(_)) => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn where_a_value_fails_and_what_is_left_of_it() {
        assert_eq!(broken(r#"{"a":tru}"#), (8, None, None));
        assert_eq!(broken(r#"{"a":"hel{"b":1}"#), (11, Some(9), None));
        assert_eq!(broken(r#"{"a":{"b":1}{"c":2}"#), (12, None, Some((5, 12))));
        assert_eq!(broken(r#"{"a":[1}"#), (7, None, None));
        assert_eq!(broken("{\"a\":\"b\n\"}"), (7, None, None));
        assert_eq!(broken(r#"{"a":"\x22"}"#), (7, None, None));
        assert_eq!(broken(r#"{"a":01}"#), (6, None, None));
        assert_eq!(broken(r#"{,}"#), (1, None, None));
    }

    #[test]
    fn whole_values_that_begin_a_line_are_saved() {
        let text = "{\"a\":[\n{\"b\":[\n{}]},\n{\"c\":1},\n{\"d\":";
        let Parsed::Open(saved) = parse(text.as_bytes()) else { panic!() };
        let whole: Vec<&str> = saved
            .lines
            .iter()
            .filter(|(_, to)| *to > 0)
            .map(|(from, to)| &text[*from as usize..*to as usize])
            .collect();
        assert_eq!(whole, ["{\"b\":[\n{}]}", "{\"c\":1}"]);
    }

    #[test]
    fn a_million_brackets_are_open() {
        for bracket in ["[", "{\"a\":", "[\n"] {
            let text = bracket.repeat(200_000);
            assert!(matches!(parse(text.as_bytes()), Parsed::Open(_)));
        }
    }

    proptest! {
        #[test]
        fn it_says_whole_of_json_only(text in r#"[{\[]["a{}\[\],: \n1etrufals\\.-]{0,24}"#) {
            let ours = parse(text.as_bytes());
            let mut theirs = serde_json::Deserializer::from_str(&text).into_iter::<serde::de::IgnoredAny>();
            match theirs.next() {
                Some(Ok(_)) => prop_assert_eq!(ours, Parsed::Whole(theirs.byte_offset())),
                _ => prop_assert!(!matches!(ours, Parsed::Whole(_)), "{:?}", ours),
            }
        }
    }
}
