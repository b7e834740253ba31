//! Receive times outside a record: before it on its line, or in another column of its row.

use std::borrow::Cow;

use super::receive;
use super::settings::Settings;
use super::timestamp::{self, Range, Unusable};
use super::value::Value;

/// Longest text of a time with its zone, bytes.
const LONGEST: usize = 40;

/// Whether a time is plausible, and its instant, UTC milliseconds; `None` if it cannot be read.
fn instant(text: &[u8], settings: &Settings) -> Option<(bool, i64)> {
    match timestamp::received(Value::Plain(text), Range::of(settings)) {
        Ok(at) => at.map(|at| (true, at)),
        Err(Unusable::OutOfRange { at, .. }) => Some((false, at)),
        Err(Unusable::Bad) => None,
    }
}

/// The time at the start of the text before a record, perhaps in brackets: RFC 3339, with a `T` or a blank. The priority and the
/// version of syslog may stand before it.
#[must_use]
pub fn time_of_prefix(prefix: &[u8], settings: &Settings) -> Option<i64> {
    let text = behind_priority(prefix.trim_ascii_start());
    let text = text.strip_prefix(b"[").unwrap_or(text);
    let text = text.get(..LONGEST.min(text.len()))?;
    let end_of_word = |from: usize| {
        let rest = text.get(from..)?;
        Some(
            from + rest.iter().position(|c| matches!(c, b' ' | b'\t' | b']')).unwrap_or(rest.len()),
        )
    };
    let first = end_of_word(0)?;
    let second = end_of_word(first + 1);
    let both = second.and_then(|end| text.get(..end));
    [both, text.get(..first)].into_iter().flatten().find_map(|text| {
        // What parts it from the rest is no part of it.
        let parts = |c: &u8| matches!(c, b':' | b',' | b';' | b'|');
        let text = text.split_at(text.len() - text.iter().rev().take_while(|c| parts(c)).count()).0;
        // A number alone is more likely a process id than a time.
        let date = text.get(4) == Some(&b'-');
        date.then(|| instant(text, settings)).flatten().map(|(_, at)| at)
    })
}

/// What follows the `<134>1 ` of syslog (RFC 5424, section 6), or `<134>` alone; the text itself if it does not begin so.
fn behind_priority(text: &[u8]) -> &[u8] {
    let digits = |text: &[u8]| text.iter().take_while(|c| c.is_ascii_digit()).count();
    let Some(rest) = text.strip_prefix(b"<") else { return text };
    let (priority, rest) = rest.split_at(digits(rest));
    let Some(rest) = rest.strip_prefix(b">").filter(|_| (1..=3).contains(&priority.len())) else {
        return text;
    };
    let (version, behind) = rest.split_at(digits(rest));
    match behind.strip_prefix(b" ") {
        Some(behind) if (1..=2).contains(&version.len()) => behind,
        Some(_) | None => rest,
    }
}

/// The time in a row of a table: the first usable cell in a column that is named like a receive time. A row without column names
/// whose cells are parted by tabs may be a line of a log: the time that it begins with, in RFC 3339.
#[must_use]
pub fn time_of_cells(
    names: &[String],
    is_by_tabs: bool,
    cells: &[Cow<'_, [u8]>],
    settings: &Settings,
) -> Option<i64> {
    if names.is_empty() {
        return cells
            .first()
            .filter(|_| is_by_tabs)
            .and_then(|cell| time_of_prefix(cell, settings));
    }
    let mut ranked: Vec<(u32, &[u8])> = names
        .iter()
        .zip(cells)
        .filter_map(|(name, cell)| {
            let name: String = name.split_whitespace().collect();
            Some((receive::rank(name.as_bytes())?, cell.trim_ascii()))
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let times: Vec<(bool, i64)> =
        ranked.into_iter().filter_map(|(_, cell)| instant(cell, settings)).collect();
    let believed = times.iter().find(|(believed, _)| *believed);
    believed.or(times.first()).map(|(_, at)| *at)
}

#[cfg(test)]
mod tests {
    use super::super::Scale;
    use super::*;

    fn settings() -> Settings {
        Settings {
            as_of: 1_622_505_600_000,
            earliest: 0,
            payload: None,
            received_at: None,
            scale: Scale::FIVE,
        }
    }

    #[test]
    fn times_before_a_record() {
        let nine = Some(1_614_589_200_000);
        for (prefix, expected) in [
            ("2021-03-01T09:00:00Z app[1]: ", nine),
            ("2021-03-01 09:00:00 INFO ", nine),
            ("[2021-03-01T10:00:00+01:00] x", nine),
            ("2021-03-01T09:00:00Z", nine),
            ("<134>1 2021-03-01T09:00:00.000Z host app 12 - - ", nine),
            ("<13>2021-03-01T10:00:00+01:00 host app: ", nine),
            ("<13>Mar  1 09:00:00 host app: ", None),
            ("<x>1 2021-03-01T09:00:00Z ", None),
            ("1614589200 x", None),
            ("2021-03-01 app", None),
            ("app 2021-03-01T09:00:00Z", None),
            ("", None),
        ] {
            assert_eq!(time_of_prefix(prefix.as_bytes(), &settings()), expected, "{prefix}");
        }
    }

    #[test]
    fn times_in_other_columns() {
        let names = ["id", "Received_At", "timestamp"].map(str::to_owned);
        let cells = |cells: [&'static str; 3]| cells.map(|cell| Cow::Borrowed(cell.as_bytes()));
        let time = |texts| time_of_cells(&names, false, &cells(texts), &settings());
        assert_eq!(time(["1", "2021-03-01 09:00:00+00", "1"]), Some(1_614_589_200_000));
        assert_eq!(time(["1", "", "1614589200"]), Some(1_614_589_200_000));
        assert_eq!(time(["1614589200", "", ""]), None);
        let unnamed =
            |is_by_tabs, texts| time_of_cells(&[], is_by_tabs, &cells(texts), &settings());
        let line = ["2021-03-01T09:00:00+00:00", "hooks", "{}"];
        assert_eq!(unnamed(true, line), Some(1_614_589_200_000));
        assert_eq!(unnamed(false, line), None);
        assert_eq!(unnamed(true, ["7", "2021-03-01T09:00:00Z", "{}"]), None);
    }
}
