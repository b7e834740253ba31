//! How the records of a file are written: line ends, commas, brackets, columns, encodings.

use std::io::{self, Write};

use super::fault::Sprinkler;
use super::named::named;
use super::pretty::pretty;
use super::text::{TimeForm, push, time};

named! {
    /// How the records of a file are written.
    Form {
        Lines "lines" "one JSON value a line",
        Crlf "crlf" "the same, with the line ends of Windows",
        CommaLines "comma-lines" "a comma after each line",
        Concatenated "concatenated" "one value after another, without line ends",
        Several "several" "two to five values a line",
        Pretty "pretty" "each value indented over several lines",
        Array "array" "one JSON array, an element a line",
        ArrayOneLine "array-one-line" "one JSON array on one line",
        ArrayPretty "array-pretty" "one JSON array, indented",
        Batches "batches" "an array of ten values a line",
        Sequence "sequence" "RFC 7464: 0x1E before each value",
        Prefixed "prefixed" "a time and a program name before each value, as in a log file",
        Csv "csv" "RFC 4180 with the columns id, received_at and payload",
        Tsv "tsv" "the same columns with tabs, and nothing quoted",
        Copy "copy" "the text format of PostgreSQL's COPY: tabs, no header, backslashes doubled",
        Utf16Le "utf16le" "lines in UTF-16, little endian, with a byte order mark",
        Utf16Be "utf16be" "lines in UTF-16, big endian, with a byte order mark",
        NulPadded "nul-padded" "lines with runs of NUL between them, as in preallocated logs",
    }
}

/// Which records of every fourteen begin a line of [`Form::Several`]: lines of two, three, four and five.
const LINE_BEGINS: [u64; 4] = [0, 2, 5, 9];
/// Values on a line of [`Form::Batches`].
const BATCH: u64 = 10;
/// Lengths of the runs of NUL, in turn, and how many records are between them.
const NULS: [usize; 4] = [1, 16, 511, 4_096];
const BETWEEN_NULS: u64 = 7;

impl Form {
    /// Suffix of a file's name.
    pub(super) const fn suffix(self) -> &'static str {
        self.frame().suffix
    }

    /// Whether there is a receive time next to each record. (It is not used in COPY text, whose columns have no names.)
    #[must_use]
    pub const fn carries_time(self) -> bool {
        matches!(self, Self::Prefixed | Self::Csv | Self::Tsv)
    }

    /// Writes one record, given as JSON on one line, with everything that belongs to it alone. `number` is its number in the
    /// file, from 1; `received` is in UTC milliseconds.
    pub(super) fn record(self, out: &mut String, json: &str, number: u64, received: i64) {
        match self {
            Self::Lines | Self::Utf16Le | Self::Utf16Be | Self::NulPadded => {
                out.push_str(json);
                out.push('\n');
            }
            Self::Crlf => {
                out.push_str(json);
                out.push_str("\r\n");
            }
            Self::CommaLines => {
                out.push_str(json);
                out.push_str(",\n");
            }
            Self::Concatenated
            | Self::Several
            | Self::Array
            | Self::ArrayOneLine
            | Self::Batches => out.push_str(json),
            Self::Pretty => {
                pretty(out, json, 0);
                out.push('\n');
            }
            Self::ArrayPretty => pretty(out, json, 1),
            Self::Sequence => {
                out.push('\u{1e}');
                out.push_str(json);
                out.push('\n');
            }
            Self::Prefixed => {
                time(out, received, TimeForm::Millis);
                out.push_str(" app[1]: ");
                out.push_str(json);
                out.push('\n');
            }
            Self::Csv => {
                push(out, format_args!("{number},"));
                time(out, received, TimeForm::Millis);
                out.push_str(",\"");
                doubled(out, json, '"');
                out.push_str("\"\r\n");
            }
            Self::Tsv => {
                push(out, format_args!("{number}\t"));
                time(out, received, TimeForm::Millis);
                out.push('\t');
                out.push_str(json);
                out.push('\n');
            }
            Self::Copy => {
                push(out, format_args!("{number}\t"));
                time(out, received, TimeForm::Postgres);
                out.push('\t');
                doubled(out, json, '\\');
                out.push('\n');
            }
        }
    }

    const fn frame(self) -> Frame {
        match self {
            Self::Lines | Self::Crlf | Self::CommaLines | Self::Concatenated | Self::NulPadded => {
                Frame::of("jsonl", "", "", "")
            }
            Self::Several => Frame::of("jsonl", "", " ", "\n"),
            Self::Batches => Frame::of("jsonl", "[", ",", "]\n"),
            Self::Pretty => Frame::of("json", "", "", ""),
            Self::Array | Self::ArrayPretty => Frame::of("json", "[\n", ",\n", "\n]\n"),
            Self::ArrayOneLine => Frame::of("json", "[", ",", "]\n"),
            Self::Sequence => Frame::of("json-seq", "", "", ""),
            Self::Prefixed => Frame::of("log", "", "", ""),
            Self::Csv => Frame::of("csv", "id,received_at,payload\r\n", "", ""),
            Self::Tsv => Frame::of("tsv", "id\treceived_at\tpayload\n", "", ""),
            Self::Copy => Frame::of("copy.txt", "", "", ""),
            Self::Utf16Le | Self::Utf16Be => Frame::of("jsonl", "\u{feff}", "", ""),
        }
    }

    /// The separator between a record and the `before` ones before it.
    fn between(self, before: u64) -> &'static str {
        if self == Self::Several && LINE_BEGINS.contains(&(before % 14)) {
            return "\n";
        }
        if self == Self::Batches && before.is_multiple_of(BATCH) {
            return "]\n[";
        }
        self.frame().between
    }
}

/// The texts around and between the records of a file.
struct Frame {
    suffix: &'static str,
    opening: &'static str,
    between: &'static str,
    closing: &'static str,
}

impl Frame {
    const fn of(
        suffix: &'static str,
        opening: &'static str,
        between: &'static str,
        closing: &'static str,
    ) -> Self {
        Self { suffix, opening, between, closing }
    }
}

/// Writes a text and doubles every occurrence of one character.
fn doubled(out: &mut String, text: &str, twice: char) {
    let mut rest = text;
    while let Some(at) = rest.find(twice) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        out.push(twice);
        out.push(twice);
        rest = special.get(twice.len_utf8()..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// Writes the records of one file in a form and counts them.
#[derive(Debug)]
pub(super) struct Shaper<'a> {
    form: Form,
    sprinkler: Sprinkler<'a>,
    records: u64,
    /// Buffer for text in another encoding.
    encoded: Vec<u8>,
}

impl<'a> Shaper<'a> {
    /// Begins a file. Only lines get faults.
    pub(super) fn new(form: Form, sprinkler: Sprinkler<'a>) -> Self {
        Self { form, sprinkler, records: 0, encoded: Vec::new() }
    }

    /// Records and bytes so far; for lines, including faulty, repeated and blank ones.
    pub(super) fn written(&self) -> (u64, u64) {
        let lines = if self.form == Form::Lines { self.sprinkler.lines } else { self.records };
        (lines, self.sprinkler.bytes)
    }

    /// Writes what comes before the first record; perhaps a line that is too long.
    pub(super) fn begin(&mut self, too_long: bool, sink: &mut dyn Write) -> io::Result<()> {
        self.sprinkler.begin(too_long, sink)?;
        self.around(self.form.frame().opening, sink)
    }

    /// Writes one record, prepared by [`Form::record`].
    pub(super) fn record(&mut self, text: &str, sink: &mut dyn Write) -> io::Result<()> {
        if self.form == Form::NulPadded && self.records.is_multiple_of(BETWEEN_NULS) {
            self.nuls(sink)?;
        }
        if self.records > 0 {
            self.around(self.form.between(self.records), sink)?;
        }
        self.records += 1;
        if self.encode(text) {
            return self.sprinkler.line(&self.encoded, sink);
        }
        self.sprinkler.line(text.as_bytes(), sink)
    }

    /// Writes what comes after the last record.
    pub(super) fn end(&mut self, sink: &mut dyn Write) -> io::Result<()> {
        self.sprinkler.release(sink)?;
        if self.form == Form::NulPadded {
            self.nuls(sink)?;
        }
        self.around(self.form.frame().closing, sink)
    }

    /// Writes a run of NUL.
    fn nuls(&mut self, sink: &mut dyn Write) -> io::Result<()> {
        let run = (self.records / BETWEEN_NULS) % NULS.len() as u64;
        let length = usize::try_from(run).ok().and_then(|run| NULS.get(run)).copied().unwrap_or(1);
        self.sprinkler.beside(&vec![0; length], sink)
    }

    fn around(&mut self, text: &str, sink: &mut dyn Write) -> io::Result<()> {
        if self.encode(text) {
            return self.sprinkler.beside(&self.encoded, sink);
        }
        self.sprinkler.beside(text.as_bytes(), sink)
    }

    /// Encodes a text into `encoded`, unless the file is in UTF-8.
    fn encode(&mut self, text: &str) -> bool {
        let bytes: fn(u16) -> [u8; 2] = if self.form == Form::Utf16Le {
            u16::to_le_bytes
        } else if self.form == Form::Utf16Be {
            u16::to_be_bytes
        } else {
            return false;
        };
        self.encoded.clear();
        self.encoded.extend(text.encode_utf16().flat_map(bytes));
        true
    }
}
