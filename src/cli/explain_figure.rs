//! A figure that is explained: its value as the tables have it, how it is computed, the tickets behind it in order, and the
//! figures that it is made of.

use std::ops::Range;

use serde_json::{Map, Value, json};

use crate::dataframe::{Single, Singles};
use crate::job::Asked;
use crate::metric::{Counted, Mark};
use crate::report::text::shown;

use super::answer::{answer, answer_whole};
use super::explain_again::shell;
use super::failure::Failure;
use super::words::{aligned, count, grouped};

/// Characters of a text that are printed.
const LONGEST: usize = 400;
/// Characters of a command that are printed: long enough for any, because a part of one is of no use.
const COMMAND: usize = 10_000;

/// A figure and what is behind it.
pub(super) struct Figure<'a> {
    /// Its name, for people.
    pub(super) name: String,
    /// Its name and place, for programs.
    pub(super) head: Map<String, Value>,
    /// The row that it stands in, if it is one of a table.
    pub(super) row: Option<String>,
    /// As the CSV files have it; empty if there is none.
    pub(super) value: String,
    pub(super) unit: &'a str,
    pub(super) meaning: &'a str,
    pub(super) formula: &'a str,
    /// With the numbers of this figure; where there is no value, why.
    pub(super) calculation: &'a str,
    pub(super) counts: &'a [(&'static str, u64)],
    pub(super) values_are: Option<&'static str>,
    /// What a mark means; `None` for what it means in lists of tickets.
    pub(super) marked: Option<&'static str>,
    pub(super) tickets: &'a [Counted],
    /// All single tickets.
    pub(super) singles: &'a Singles,
    pub(super) parts: Vec<ShownPart>,
    pub(super) parts_left_out: u64,
    /// What was asked for.
    pub(super) meant: &'a Asked,
    pub(super) is_of_state: bool,
    /// Whether it is of tickets without a service date alone.
    pub(super) is_undated: bool,
}

/// A figure that another one is made of.
pub(super) struct ShownPart {
    pub(super) name: String,
    /// Empty if there is none.
    pub(super) value: String,
    pub(super) n: Option<u64>,
    pub(super) is_marked: bool,
    /// The arguments of the command that explains it.
    pub(super) command: Option<Vec<String>>,
    /// File and line of a record.
    pub(super) record: Option<(String, u64)>,
}

/// The places of the tickets that are listed: all, or as many as the limit says, about those that decide the value.
fn places(tickets: &[Counted], limit: Option<usize>) -> Range<usize> {
    let n = tickets.len();
    let Some(limit) = limit.filter(|limit| *limit < n) else { return 0..n };
    let decides = |one: &Counted| one.mark == Mark::Decides;
    let first = tickets.iter().position(decides);
    let last = tickets.iter().rposition(decides);
    let Some((first, last)) = first.zip(last) else { return 0..limit };
    let more = limit.saturating_sub(last - first + 1);
    let behind = (n - last - 1).min(more - (more / 2).min(first));
    let before = first.min(more - behind);
    first - before..last + 1 + behind
}

impl Figure<'_> {
    /// Prints it, with as many tickets as the limit says.
    pub(super) fn print(&self, limit: Option<usize>, json: bool) -> Result<(), Failure> {
        let places = places(self.tickets, limit);
        if json { answer_whole(&self.as_json(places)) } else { answer(&self.as_text(places)) }
    }

    /// How it is computed from these tickets.
    fn calculation(&self) -> String {
        if self.value.is_empty() {
            self.calculation.to_owned()
        } else {
            format!("{} = {}", self.calculation, self.value)
        }
    }

    /// Of which tickets, in words.
    fn part(&self) -> String {
        let meant = self.meant;
        let window = match (meant.from, meant.to) {
            (None, None) if self.is_undated => "without a service date".to_owned(),
            (None, None) => String::new(),
            (Some(from), None) => format!("since {from}"),
            (None, Some(to)) => format!("until {to}"),
            (Some(from), Some(to)) if from == to => from.to_string(),
            (Some(from), Some(to)) => format!("{from} to {to}"),
        };
        let parts = [meant.words(), window];
        let parts: Vec<&str> =
            parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        if parts.is_empty() { "all tickets".to_owned() } else { parts.join("; ") }
    }

    /// What a mark in the lists means.
    fn marked(&self) -> Option<&'static str> {
        let has = |mark: Mark| self.tickets.iter().any(|one| one.mark == mark);
        let is_any = has(Mark::Part) || self.parts.iter().any(|part| part.is_marked);
        if has(Mark::Decides) {
            Some("its value decides the figure")
        } else if is_any {
            self.marked.or(Some("it counts above the line; the others only below"))
        } else {
            None
        }
    }

    /// How to go on from here.
    fn next(&self) -> &'static str {
        match (self.tickets.is_empty(), self.is_of_state) {
            (true, _) if !self.parts.is_empty() => {
                "each part is explained by the command beside it, down to its tickets or lines"
            }
            (_, true) => {
                "`queuestat explain TICKET --state DIR` shows one of them as it is kept; `queuestat explain TICKET ARCHIVE` its \
                 records, with file and line"
            }
            (_, false) => {
                "`queuestat explain TICKET ARCHIVE` shows the records of one of them, with file and line"
            }
        }
    }

    /// The listed tickets with their places, counted from 1.
    fn listed(&self, places: &Range<usize>) -> impl Iterator<Item = (usize, &Counted, &Single)> {
        let begin = places.start;
        let counted = self.tickets.get(places.clone()).unwrap_or_default();
        counted
            .iter()
            .enumerate()
            .filter_map(move |(at, one)| Some((begin + at + 1, one, self.singles.get(one.at)?)))
    }

    fn as_text(&self, places: Range<usize>) -> String {
        let value = match &self.value {
            value if value.is_empty() => "is empty".to_owned(),
            value => format!("= {value}"),
        };
        let counts: Vec<String> = self
            .counts
            .iter()
            .map(|(name, n)| format!("{} {}", name.replace('_', " "), grouped(*n)))
            .collect();
        let counts =
            if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) };
        let mut text = format!("{} {value}\n\n{}\n", self.name, self.meaning);
        if let Some(row) = &self.row {
            text.push_str(&format!("Row:     {}\n", shown(row, LONGEST)));
        }
        text.push_str(&format!(
            "Formula: {}\nHere:    {}\nOf:      {}{counts}\n",
            self.formula,
            shown(&self.calculation(), LONGEST),
            shown(&self.part(), LONGEST),
        ));
        if !self.tickets.is_empty() {
            text.push_str(&self.list(&places));
        }
        if !self.parts.is_empty() {
            text.push_str(&self.list_of_parts());
        }
        if let Some(marked) = self.marked() {
            text.push_str(&format!("\n=  {marked}.\n"));
        }
        if !(self.tickets.is_empty() && self.parts.is_empty()) {
            text.push_str(&format!("\n{}.\n", self.next()));
        }
        text
    }

    /// The tickets, one a line.
    fn list(&self, places: &Range<usize>) -> String {
        let value = self.values_are.unwrap_or_default();
        let mut lines =
            vec![["", "", "ticket", "service_date", "outcome", value].map(str::to_owned)];
        for (place, one, ticket) in self.listed(places) {
            lines.push([
                if one.mark == Mark::None { "" } else { "=" }.to_owned(),
                grouped(place as u64),
                ticket.id_text().as_str().to_owned(),
                ticket.service_date().map_or_else(String::new, |date| date.to_string()),
                ticket.outcome.name().to_owned(),
                one.value.map_or_else(String::new, |value| value.to_string()),
            ]);
        }
        let table = aligned(&lines, &[1, 5]);
        let (head, rows) = table.split_once('\n').unwrap_or_default();
        let left_out = |n: usize| match n {
            0 => String::new(),
            n => format!("   … {} left out by --limit\n", count(n as u64, "ticket")),
        };
        let behind = left_out(self.tickets.len().saturating_sub(places.end));
        format!("\n{head}\n{}{rows}{behind}", left_out(places.start))
    }

    /// The figures that it is made of, one a line, each with the command that explains it.
    fn list_of_parts(&self) -> String {
        let mut lines = vec![["", "made of", "value", "n", "explained by"].map(str::to_owned)];
        for part in &self.parts {
            let by = match (&part.command, &part.record) {
                (Some(command), _) => shown(&shell(command), COMMAND),
                (None, Some((path, line))) => format!("{}:{line}", shown(path, LONGEST)),
                (None, None) => String::new(),
            };
            lines.push([
                if part.is_marked { "=" } else { "" }.to_owned(),
                shown(&part.name, LONGEST),
                part.value.clone(),
                part.n.map_or_else(String::new, grouped),
                by,
            ]);
        }
        let more = match self.parts_left_out {
            0 => String::new(),
            n => format!("   … {} not listed\n", grouped(n)),
        };
        format!("\n{}{more}", aligned(&lines, &[2, 3]))
    }

    fn as_json(&self, places: Range<usize>) -> String {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let counts: Map<String, Value> =
            self.counts.iter().map(|(name, n)| ((*name).to_owned(), json!(n))).collect();
        let ticket = |(place, one, ticket): (usize, &Counted, &Single)| {
            let at = self.singles.places.get(ticket.place as usize);
            json!({
                "place": place,
                "ticket": ticket.id_text().as_str(),
                "organization": at.map(|at| &at.organization),
                "location": at.map(|at| &at.name),
                "location_id": at.map(|at| &at.id),
                "service_date": ticket.service_date().map(|date| date.to_string()),
                "outcome": ticket.outcome.name(),
                "value": one.value,
                "marked": one.mark != Mark::None,
            })
        };
        let tickets: Vec<Value> = self.listed(&places).map(ticket).collect();
        let part = |part: &ShownPart| {
            json!({
                "name": part.name,
                "value": some(&part.value),
                "n": part.n,
                "marked": part.is_marked,
                "command": part.command,
                "file": part.record.as_ref().map(|record| &record.0),
                "line": part.record.as_ref().map(|record| record.1),
            })
        };
        let mut all = self.head.clone();
        let rest = json!({
            "value": some(&self.value),
            "unit": self.unit,
            "meaning": self.meaning,
            "formula": self.formula,
            "calculation": self.calculation(),
            "filter": self.meant.words(),
            "without_service_date": self.is_undated,
            "from": self.meant.from.map(|date| date.to_string()),
            "to": self.meant.to.map(|date| date.to_string()),
            "counts": counts,
            "values_are": self.values_are,
            "marked_means": self.marked(),
            "tickets": tickets,
            "left_out": self.tickets.len().saturating_sub(places.len()),
            "made_of": self.parts.iter().map(part).collect::<Vec<_>>(),
            "made_of_left_out": self.parts_left_out,
            "next": self.next(),
        });
        if let Value::Object(rest) = rest {
            all.extend(rest);
        }
        format!("{:#}\n", Value::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counted(n: usize, decides: &[usize]) -> Vec<Counted> {
        let mark = |at: &usize| if decides.contains(at) { Mark::Decides } else { Mark::Part };
        (0..n).map(|at| Counted { at, value: None, mark: mark(&at) }).collect()
    }

    #[test]
    fn a_list_is_cut_about_what_decides() {
        for (n, decides, limit, expected) in [
            (10, &[][..], 3, 0..3),
            (10, &[4, 5], 4, 3..7),
            (10, &[4, 5], 5, 3..8),
            (10, &[0], 4, 0..4),
            (10, &[9], 4, 6..10),
            (10, &[8, 9], 3, 7..10),
            (10, &[4, 5], 0, 4..6),
            (3, &[1], 9, 0..3),
        ] {
            assert_eq!(places(&counted(n, decides), Some(limit)), expected, "{decides:?} {limit}");
        }
    }

    proptest! {
        /// As many as the limit says, or those that decide; these are always there.
        #[test]
        fn what_decides_is_kept(n in 1_usize..40, at in any::<prop::sample::Index>(), two in any::<bool>(), limit in 0_usize..50) {
            let first = at.index(n);
            let decides: Vec<usize> = [first, first + usize::from(two)].into_iter().filter(|at| *at < n).collect();
            let kept = places(&counted(n, &decides), Some(limit));
            prop_assert!(decides.iter().all(|at| kept.contains(at)) && kept.end <= n);
            let least = decides.last().unwrap() - first + 1;
            prop_assert_eq!(kept.len(), limit.max(least).min(n));
        }
    }
}
