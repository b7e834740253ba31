//! stderr, as text for people or as JSON for machines, one object a line.
//!
//! Nothing else prints there, except clap, which answers wrong arguments as text. Both forms say the same and never
//! quote a payload; callers escape and shorten names.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde_json::{Value, json};

use crate::report::text::on_one_line;

use super::failure::{Exit, Failure};
use super::log_format::LogFormatArg;
use super::words::{count as counted, grouped, rounded};

/// The format of stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Log {
    /// Text for people.
    Text,
    /// JSON for machines.
    Json,
}

impl From<LogFormatArg> for Log {
    fn from(format: LogFormatArg) -> Self {
        match format {
            LogFormatArg::Text => Self::Text,
            LogFormatArg::Json => Self::Json,
        }
    }
}

/// A line of JSON.
#[derive(Serialize)]
struct Line<'a> {
    level: &'static str,
    event: &'static str,
    message: &'a str,
    #[serde(flatten)]
    fields: Value,
}

impl Log {
    /// What a run did, in one paragraph; JSON adds the counts.
    pub(crate) fn summary(self, message: &str, fields: Value) {
        self.line(("info", "summary"), &format!("queuestat: {message}"), message, fields);
    }

    /// Something a reader must know.
    pub(crate) fn warning(self, message: &str) {
        self.line(("warning", "warning"), &format!("warning: {message}"), message, json!({}));
    }

    /// So many records were rejected, and why.
    pub(crate) fn rejected(self, message: &str, rejected: u64, records: u64) {
        let fields = json!({"rejected": rejected, "records": records});
        let text = format!("warning: {message}");
        self.line(("warning", "rejected_records"), &text, message, fields);
    }

    /// Where a record was rejected.
    pub(crate) fn rejected_record(self, file: &str, line: u64, reason: &str) {
        let message = format!("{file}:{line}: {reason}");
        let fields = json!({"file": file, "line": line, "reason": reason});
        self.line(("warning", "rejected_record"), &format!("  {message}"), &message, fields);
    }

    /// There is more to see.
    pub(crate) fn more(self, message: &str) {
        self.line(("info", "hint"), &format!("  … ({message})"), message, json!({}));
    }

    /// Something good to know that nobody has to act on.
    pub(crate) fn note(self, message: &str) {
        self.line(("info", "note"), &format!("note: {message}"), message, json!({}));
    }

    /// Records of a file that wait for the next run.
    pub(crate) fn deferred(self, file: &str, records: u64, bytes: u64) {
        let message =
            format!("{file}: {bytes} bytes of an unfinished last record wait for the next run");
        let fields = json!({"file": file, "records": records, "bytes": bytes});
        self.line(("info", "deferred"), &format!("note: {message}"), &message, fields);
    }

    /// A stage has ended.
    pub(crate) fn stage(self, name: &str, seconds: f64, rows: u64, unit: &str) {
        let text = format!("{name:<22}{seconds:>9.3} s {:>14} {unit}", grouped(rows));
        let fields = json!({"seconds": rounded(seconds), "rows": rows, "unit": unit});
        self.line(("info", "stage"), &text, name, fields);
    }

    /// Why a run failed.
    pub(crate) fn failure(self, failure: &Failure) {
        let event = match failure.exit {
            Exit::Interrupted | Exit::Terminated => "stopped",
            Exit::Refused => "refused",
            Exit::LookAtInput => "warning",
            Exit::Ok | Exit::Internal | Exit::Usage | Exit::Io | Exit::Busy => "error",
        };
        let level = if failure.exit == Exit::LookAtInput { "warning" } else { "error" };
        self.line((level, event), &failure.text(), failure.message(), failure.fields());
    }

    /// An internal error.
    pub(crate) fn fault(self, message: &str, hint: &str) {
        let text = format!("error: {message}; {hint}");
        self.line(("error", "fault"), &text, message, json!({"hint": hint}));
    }

    /// What a command after a night printed; `key` is that of the configuration.
    pub(crate) fn hook(self, key: &'static str, message: &str) {
        let text = format!("{key}: {message}");
        self.line(("info", key), &text, message, json!({}));
    }

    fn line(
        self,
        (level, event): (&'static str, &'static str),
        text: &str,
        message: &str,
        fields: Value,
    ) {
        SAID.lock().unwrap_or_else(PoisonError::into_inner).add(text);
        let line = match self {
            Self::Text => text.to_owned(),
            Self::Json => {
                let line = Line { level, event, message, fields };
                // Text and numbers can always be serialized.
                inert(&serde_json::to_string(&line).unwrap_or_default())
            }
        };
        let _nobody_listens = writeln!(std::io::stderr().lock(), "{line}");
    }
}

/// JSON that neither controls a terminal nor ends a line: JSON itself escapes only what is below a blank.
fn inert(json: &str) -> String {
    if on_one_line(json) == json {
        return json.to_owned();
    }
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        let one = c.to_string();
        if on_one_line(&one) == one {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text
}

/// Lines remembered from the beginning and from the end.
const FIRST: usize = 400;
const LAST: usize = 600;

/// The first and the last lines printed, for `nightly.on_trouble`.
#[derive(Debug)]
struct Said {
    first: Vec<String>,
    last: VecDeque<String>,
    left_out: u64,
}

static SAID: Mutex<Said> =
    Mutex::new(Said { first: Vec::new(), last: VecDeque::new(), left_out: 0 });

impl Said {
    fn add(&mut self, text: &str) {
        for line in text.lines().map(str::to_owned) {
            if self.first.len() < FIRST {
                self.first.push(line);
                continue;
            }
            if self.last.len() == LAST {
                self.last.pop_front();
                self.left_out += 1;
            }
            self.last.push_back(line);
        }
    }

    fn lines(&self) -> Vec<String> {
        let left_out = (self.left_out > 0)
            .then(|| format!("  … ({} more, left out here)", counted(self.left_out, "line")));
        self.first.iter().cloned().chain(left_out).chain(self.last.iter().cloned()).collect()
    }
}

/// The lines printed so far, as text; of very many, the first and the last.
pub(super) fn said() -> Vec<String> {
    SAID.lock().unwrap_or_else(PoisonError::into_inner).lines()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_inert_and_says_the_same() {
        let hostile =
            "a\u{85}b\u{9b}31m\u{2028}\u{202e}\u{7f}\u{feff}\u{10ffff}\n\u{1b} \u{e9}\u{1f600}";
        let json = serde_json::to_string(&json!({ hostile: hostile })).unwrap();
        let text = inert(&json);
        assert_eq!(on_one_line(&text), text);
        assert!(text.contains("\\u0085") && text.contains("\\u2028") && text.contains("\u{1f600}"));
        let (before, after): (Value, Value) =
            (serde_json::from_str(&json).unwrap(), serde_json::from_str(&text).unwrap());
        assert_eq!(before, after);
    }

    #[test]
    fn of_many_lines_the_first_and_the_last_are_remembered() {
        let mut said = Said { first: Vec::new(), last: VecDeque::new(), left_out: 0 };
        said.add("one\n  hint: two");
        assert_eq!(said.lines(), ["one", "  hint: two"]);
        (2..5_000).for_each(|n| said.add(&n.to_string()));
        let lines = said.lines();
        assert_eq!(lines.len(), FIRST + LAST + 1);
        assert_eq!((lines[FIRST - 1].as_str(), lines[FIRST + 1].as_str()), ("399", "4400"));
        assert_eq!(lines[FIRST], "  … (4,000 lines more, left out here)");
        assert_eq!(lines.last().map(String::as_str), Some("4999"));
    }
}
