//! `changes.csv`: what changed, for each location and measure that was judged, and for the organization as a whole.

use crate::statistics::what_changed::{Measure, State, Told, Verdict};

use super::cell::{Cell, Kind};
use super::changes::{Finding, JUDGED};
use super::sections::Sections;
use super::table::{Sink, Table};

impl Sections {
    /// `changes.csv`.
    pub(super) fn changes(&self) -> Table<'_> {
        let columns = vec![
            ("organization", Kind::Text),
            ("location", Kind::Text),
            ("location_id", Kind::Text),
            ("measure", Kind::Text),
            ("verdict", Kind::Text),
            ("state", Kind::Text),
            ("since", Kind::Date),
            ("before", Kind::Amount),
            ("after", Kind::Amount),
            ("change", Kind::Amount),
            ("low", Kind::Amount),
            ("high", Kind::Amount),
            ("n_before", Kind::Count),
            ("n_after", Kind::Count),
            ("span_weeks", Kind::Count),
            ("spans_before", Kind::Count),
            ("smallest_visible", Kind::Amount),
            ("first_said", Kind::Date),
            ("why", Kind::Text),
            ("weeks", Kind::Count),
            ("weeks_needed", Kind::Count),
        ];
        Table::new("changes.csv", columns, move |sink| {
            let organization = Cell::Text(&self.organization);
            for finding in &self.all.changes {
                row([organization, Cell::Missing, Cell::Missing], finding, sink);
            }
            for location in &self.locations {
                let keys = [organization, Cell::Text(&location.name), Cell::Text(&location.id)];
                for finding in &location.section.changes {
                    row(keys, finding, sink);
                }
            }
        })
    }
}

/// Hands over what is said of a measure.
fn row(keys: [Cell<'_>; 3], finding: &Finding, sink: &mut Sink<'_>) {
    let measure = finding.measure;
    let name = JUDGED.iter().find(|(one, _)| *one == measure).map(|(_, name)| *name);
    let amount = |value: Option<f64>| value.map_or(Cell::Missing, |value| of(measure, value));
    let count = |n: usize| Cell::Count(n as u64);
    let mut cells = [Cell::Missing; 17];
    match &finding.told {
        Some(Told::Judged(judged)) => {
            let verdict = match judged.verdict {
                Verdict::Worse => "worse",
                Verdict::Better => "better",
                Verdict::NoClearChange => "no_clear_change",
            };
            let state = match judged.state {
                State::Quiet => None,
                State::New => Some("new"),
                State::Ongoing { .. } => Some("ongoing"),
                State::Ended { .. } => Some("ended"),
            };
            cells = [
                Cell::Text(verdict),
                Cell::text(state),
                Cell::date(finding.since()),
                of(measure, judged.before),
                of(measure, judged.before + judged.change),
                of(measure, judged.change),
                of(measure, judged.low),
                of(measure, judged.high),
                Cell::Count(judged.n_before),
                Cell::Count(judged.n_after),
                count(judged.span_weeks),
                count(judged.spans_before),
                amount(judged.smallest_worse),
                Cell::date(finding.first_said()),
                Cell::Missing,
                Cell::Missing,
                Cell::Missing,
            ];
        }
        Some(Told::TooLittle(little)) => {
            let is_young = little.weeks < little.needed;
            let why = if is_young { "too_few_weeks" } else { "too_little_in_the_weeks" };
            let [verdict, _, _, before, after, change, _, _, n_before, n_after, span_weeks, ..] =
                &mut cells;
            *verdict = Cell::Text("too_little");
            if let Some(plain) = little.plain {
                *before = of(measure, plain.before);
                *after = of(measure, plain.after);
                *change = of(measure, plain.after - plain.before);
                *n_before = Cell::Count(plain.n_before);
                *n_after = Cell::Count(plain.n_after);
                *span_weeks = count(plain.weeks);
            }
            let [.., reason, weeks, needed] = &mut cells;
            *reason = Cell::Text(why);
            *weeks = count(little.weeks);
            *needed = count(little.needed);
        }
        None => {
            let [verdict, ..] = &mut cells;
            *verdict = Cell::Text("too_little");
            let [.., reason, _, _] = &mut cells;
            *reason = Cell::Text("hidden");
        }
    }
    let row: Vec<Cell<'_>> = keys.into_iter().chain([Cell::text(name)]).chain(cells).collect();
    sink(&row);
}

/// A share or seconds, without the sign of a value that is printed as zero.
fn of(measure: Measure, value: f64) -> Cell<'static> {
    let is_wait = measure == Measure::Wait;
    let zero = if is_wait { 0.005 } else { 0.000_05 };
    let value = if value.abs() < zero { 0.0 } else { value };
    if is_wait { Cell::Seconds(value) } else { Cell::Number(value) }
}
