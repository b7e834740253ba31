//! How a figure came about: its value as the tables have it, how it is computed, and the tickets behind it in order.

use std::ops::Range;

use serde_json::{Map, Value, json};

use crate::dataframe::Single;
use crate::job::{self, ExportPlan, Exported, Source};
use crate::metric::{Behind, Cell, Counted, Mark, Measure};
use crate::report::csv::cell;
use crate::report::text::shown;

use super::answer::{answer, answer_whole};
use super::ask::{named, say};
use super::dates::Today;
use super::explain_args::ExplainOf;
use super::failure::{Exit, Failure};
use super::plan::Request;
use super::threads::with_threads;
use super::words::{aligned, count, grouped};

/// Asks for tickets whose service date is unknown.
const UNDATED: &str = "unknown";

/// Prints what a figure is made of.
pub(super) fn run(measure: &str, of: ExplainOf) -> Result<Exit, Failure> {
    let ExplainOf { date, select, limit, json, source, input } = of;
    let measure = named(measure)?;
    let Request { mut plan, voice, threads } = Request::asking(&source, input)?;
    job::go_by_last_night(&mut plan, &source)?;
    let today = Today::of(&plan)?;
    // The rows of the tables without a date, week or month.
    let is_undated = date.as_deref().is_some_and(|date| date.trim().eq_ignore_ascii_case(UNDATED));
    let date = date.filter(|_| !is_undated);
    let window = today.window(date.as_deref(), date.as_deref(), ("--date", "--date"))?;
    let mut asked = select.asked(today)?;
    if date.is_some() {
        (asked.from, asked.to) = window;
    }
    let mut plan = ExportPlan { plan, source, asked };
    with_threads(threads, || {
        let mut exported = job::export(&mut plan, &voice)?;
        if is_undated {
            exported.tickets.rows.retain(|ticket| ticket.service_day.is_none());
        }
        let exit = say(&voice, &exported.basis);
        let behind = Behind::of(measure, &exported.tickets.rows, plan.plan.rules);
        let is_of_state = matches!(plan.source, Source::State(..));
        let figure =
            Figure { measure, behind: &behind, exported: &exported, is_of_state, is_undated };
        let places = places(&behind.tickets, limit);
        if json {
            answer_whole(&figure.as_json(places))?;
        } else {
            answer(&figure.as_text(places))?;
        }
        Ok(exit)
    })
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

/// A figure and what is behind it.
struct Figure<'a> {
    measure: &'a Measure,
    behind: &'a Behind,
    exported: &'a Exported,
    is_of_state: bool,
    /// Whether it is of tickets without a service date alone.
    is_undated: bool,
}

impl Figure<'_> {
    /// Its value as the CSV files have it; empty if there is none.
    fn value(&self) -> String {
        cell(self.behind.value, self.measure.kind)
    }

    /// How it is computed from these tickets.
    fn calculation(&self) -> String {
        let Behind { value, calculation, .. } = self.behind;
        if *value == Cell::Missing {
            calculation.clone()
        } else {
            format!("{calculation} = {}", self.value())
        }
    }

    /// Of which tickets, in words.
    fn part(&self) -> String {
        let meant = &self.exported.basis.meant;
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

    /// What a mark in the list means.
    fn marked(&self) -> Option<&'static str> {
        let has = |mark: Mark| self.behind.tickets.iter().any(|one| one.mark == mark);
        if has(Mark::Decides) {
            Some("its value decides the figure")
        } else if has(Mark::Part) {
            Some("it counts above the line; the others only below")
        } else {
            None
        }
    }

    /// How to go on from here.
    const fn next(&self) -> &'static str {
        if self.is_of_state {
            "`queuestat explain TICKET --state DIR` shows one of them as it is kept; `queuestat explain TICKET ARCHIVE` its \
             records, with file and line"
        } else {
            "`queuestat explain TICKET ARCHIVE` shows the records of one of them, with file and line"
        }
    }

    /// The listed tickets with their places, counted from 1.
    fn listed(&self, places: &Range<usize>) -> impl Iterator<Item = (usize, &Counted, &Single)> {
        let begin = places.start;
        let counted = self.behind.tickets.get(places.clone()).unwrap_or_default();
        counted.iter().enumerate().filter_map(move |(at, one)| {
            Some((begin + at + 1, one, self.exported.tickets.rows.get(one.at)?))
        })
    }

    fn as_text(&self, places: Range<usize>) -> String {
        let Self { measure, behind, .. } = self;
        let value = match self.value() {
            value if value.is_empty() => "is empty".to_owned(),
            value => format!("= {value}"),
        };
        let counts = behind
            .counts
            .iter()
            .map(|(name, n)| format!("{} {}", name.replace('_', " "), grouped(*n)));
        let mut text = format!(
            "{} {value}\n\n{}\nFormula: {}\nHere:    {}\nOf:      {} ({})\n",
            measure.name,
            measure.meaning,
            measure.formula,
            self.calculation(),
            shown(&self.part(), 400),
            counts.collect::<Vec<_>>().join(", ")
        );
        if behind.tickets.is_empty() {
            return text;
        }
        let head = ["", "", "ticket", "service_date", "outcome", behind.column.unwrap_or_default()];
        let mut lines = vec![head.map(str::to_owned)];
        for (place, one, ticket) in self.listed(&places) {
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
        text.push_str(&format!("\n{head}\n{}", left_out(places.start)));
        text.push_str(rows);
        text.push_str(&left_out(behind.tickets.len().saturating_sub(places.end)));
        if let Some(marked) = self.marked() {
            text.push_str(&format!("\n=  {marked}.\n"));
        }
        text.push_str(&format!("\n{}.\n", self.next()));
        text
    }

    fn as_json(&self, places: Range<usize>) -> String {
        let Self { measure, behind, exported, .. } = self;
        let value = Some(self.value()).filter(|value| !value.is_empty());
        let counts: Map<String, Value> =
            behind.counts.iter().map(|(name, n)| ((*name).to_owned(), json!(n))).collect();
        let ticket = |(place, one, ticket): (usize, &Counted, &Single)| {
            let at = exported.tickets.places.get(ticket.place as usize);
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
        let meant = &exported.basis.meant;
        let all = json!({
            "measure": measure.name,
            "value": value,
            "unit": measure.unit(),
            "meaning": measure.meaning,
            "formula": measure.formula,
            "calculation": self.calculation(),
            "filter": meant.words(),
            "without_service_date": self.is_undated,
            "from": meant.from.map(|date| date.to_string()),
            "to": meant.to.map(|date| date.to_string()),
            "counts": counts,
            "values_are": behind.column,
            "marked_means": self.marked(),
            "tickets": tickets,
            "left_out": behind.tickets.len().saturating_sub(places.len()),
            "next": self.next(),
        });
        format!("{all:#}\n")
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
