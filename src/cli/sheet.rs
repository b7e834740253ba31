//! Answers for people and programs: a table whose columns end together, Markdown, JSON.
//!
//! For people, shares are percent and times minutes, and an interval stands in brackets behind its value. For programs, the
//! columns are those of the CSV.

use serde_json::{Map, Value, json};

use crate::metric::{Cell, Kind, Table};
use crate::report::text::shown;

use super::words::{cut, grouped, width};

/// Width of a text, columns.
const NAME: usize = 40;

/// A table for people.
pub(super) struct Sheet {
    /// Heads first, then the rows.
    pub(super) lines: Vec<Vec<String>>,
    /// Columns of numbers, which end together.
    pub(super) is_number: Vec<bool>,
}

impl Sheet {
    /// The table of an answer, its times in minutes and its shares in per cent.
    pub(super) fn of(table: &Table<'_>) -> Self {
        // The ends of an interval stand behind its value.
        let shown: Vec<usize> = (0..table.columns.len()).filter(|at| !is_end(table, *at)).collect();
        let head = |at: &usize| {
            let (name, kind) = table.columns.get(*at).copied().unwrap_or(("", Kind::Text));
            let name = name.strip_suffix("_s").unwrap_or(name).replace('_', " ");
            if is_time(table, *at, kind) { format!("{name}, min") } else { name }
        };
        let mut lines: Vec<Vec<String>> = vec![shown.iter().map(head).collect()];
        table.rows(&mut |row| {
            lines.push(shown.iter().map(|at| words(table, row, *at)).collect());
        });
        let kind = |at: &usize| table.columns.get(*at).map(|(_, kind)| *kind);
        let is_text = |at| matches!(kind(at), Some(Kind::Text | Kind::Date | Kind::Truth) | None);
        Self { lines, is_number: shown.iter().map(|at| !is_text(at)).collect() }
    }
}

/// Whether a column holds an end of the interval of the one before it.
fn is_end(table: &Table<'_>, at: usize) -> bool {
    let name = |at: usize| table.columns.get(at).map_or("", |(name, _)| *name);
    let is_low = |at: usize| name(at).ends_with("_low") || name(at).ends_with("_low_s");
    let is_high = |at: usize| name(at).ends_with("_high") || name(at).ends_with("_high_s");
    let begins = |value: usize, end: usize| {
        name(end).starts_with(name(value).strip_suffix("_s").unwrap_or_else(|| name(value)))
    };
    (at >= 1 && is_low(at) && begins(at - 1, at)) || (at >= 2 && is_high(at) && begins(at - 2, at))
}

/// Whether a column holds times, which are seconds.
fn is_time(table: &Table<'_>, at: usize, kind: Kind) -> bool {
    let name = table.columns.get(at).map_or("", |(name, _)| *name);
    kind == Kind::Seconds || name.ends_with("_s")
}

/// A value with its interval.
fn words(table: &Table<'_>, row: &[Cell<'_>], at: usize) -> String {
    let value = word(table, row, at, true);
    let ends = [at + 1, at + 2].map(|end| {
        let there = end < row.len() && is_end(table, end);
        there.then(|| word(table, row, end, false)).filter(|text| !text.is_empty())
    });
    match ends {
        [Some(low), Some(high)] if !value.is_empty() => format!("{value} [{low}, {high}]"),
        _ => value,
    }
}

/// A value.
fn word(table: &Table<'_>, row: &[Cell<'_>], at: usize, with_unit: bool) -> String {
    let (_, kind) = table.columns.get(at).copied().unwrap_or(("", Kind::Text));
    let minutes = |seconds: f64| format!("{:.1}", seconds / 60.0);
    let percent = |share: f64| {
        let text = format!("{:.1}", share * 100.0);
        if with_unit { text + " %" } else { text }
    };
    match row.get(at).copied().unwrap_or(Cell::Missing) {
        Cell::Missing => String::new(),
        Cell::Text(text) => cut(&shown(text, NAME), NAME),
        Cell::Date(date) => date.to_string(),
        #[expect(clippy::cast_precision_loss, reason = "seconds stay far below 2^53")]
        Cell::Count(seconds) if is_time(table, at, kind) => minutes(seconds as f64),
        Cell::Count(count) => grouped(count),
        Cell::Whole(number) => number.to_string(),
        Cell::Seconds(seconds) => minutes(seconds),
        Cell::Number(seconds) if is_time(table, at, kind) => minutes(seconds),
        Cell::Number(share) if kind == Kind::Share => percent(share),
        Cell::Number(number) => format!("{number:.2}"),
        Cell::Truth(holds) => if holds { "yes" } else { "no" }.to_owned(),
    }
}

impl Sheet {
    /// A table with columns two spaces apart; numbers end together.
    pub(super) fn as_table(&self) -> String {
        let Self { lines, is_number } = self;
        let widths = widths(lines);
        let mut text = String::new();
        for line in lines {
            let mut whole = String::new();
            for ((cell, full), is_number) in line.iter().zip(&widths).zip(is_number) {
                let gap = " ".repeat(full.saturating_sub(width(cell)));
                whole.push_str(&if *is_number { gap + cell } else { format!("{cell}{gap}") });
                whole.push_str("  ");
            }
            text.push_str(whole.trim_end());
            text.push('\n');
        }
        text
    }

    /// A table of Markdown.
    pub(super) fn as_markdown(&self) -> String {
        let mut text = String::new();
        for (at, line) in self.lines.iter().enumerate() {
            let cells: Vec<String> = line.iter().map(|cell| cell.replace('|', "\\|")).collect();
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
            if at == 0 {
                let rule = self.is_number.iter().map(|is| if *is { "---:" } else { "---" });
                text.push_str(&format!("| {} |\n", rule.collect::<Vec<_>>().join(" | ")));
            }
        }
        text
    }
}

fn widths(lines: &[Vec<String>]) -> Vec<usize> {
    let mut widths = Vec::new();
    for line in lines {
        widths.resize(line.len().max(widths.len()), 0);
        for (widest, cell) in widths.iter_mut().zip(line) {
            *widest = width(cell).max(*widest);
        }
    }
    widths
}

/// A list of objects with the columns of the CSV; what is missing is null.
pub(super) fn as_json(table: &Table<'_>) -> String {
    let mut rows = Vec::new();
    table.rows(&mut |row| {
        let cells = table.columns.iter().zip(row).map(|((name, kind), cell)| {
            let value = match cell {
                Cell::Missing => Value::Null,
                Cell::Text(text) => json!(text),
                Cell::Date(date) => json!(date.to_string()),
                Cell::Count(count) => json!(count),
                Cell::Whole(number) => json!(number),
                Cell::Number(number) if *kind == Kind::Seconds => fixed(*number, 2),
                Cell::Number(number) => fixed(*number, 4),
                Cell::Seconds(number) => fixed(*number, 2),
                Cell::Truth(holds) => json!(holds),
            };
            ((*name).to_owned(), value)
        });
        rows.push(Value::Object(cells.collect::<Map<String, Value>>()));
    });
    format!("{:#}\n", Value::Array(rows))
}

/// A number with as many decimals as in the CSV.
fn fixed(number: f64, decimals: usize) -> Value {
    format!("{number:.decimals$}").parse::<f64>().map_or(Value::Null, |number| json!(number))
}
