//! `changes.csv`: what changed, for each location and measure that was judged, and for the organization as a whole.

use crate::statistics::what_changed::{Measure, Told};

use super::cell::{Cell, Kind};
use super::changes::Finding;
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
    let amount = |value: Option<f64>| value.map_or(Cell::Missing, |value| of(measure, value));
    let count = |n: usize| Cell::Count(n as u64);
    let mut cells = [Cell::Missing; 17];
    match &finding.told {
        Some(Told::Judged(judged)) => {
            cells = [
                Cell::Text(judged.verdict.name()),
                Cell::text(judged.state.name()),
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
    let name = Cell::Text(measure.name());
    let row: Vec<Cell<'_>> = keys.into_iter().chain([name]).chain(cells).collect();
    sink(&row);
}

/// A value of a measure: a share or seconds.
pub(super) fn of(measure: Measure, value: f64) -> Cell<'static> {
    match measure {
        Measure::Wait => Cell::Seconds(value),
        Measure::Csat | Measure::Cancellation | Measure::NoShow => Cell::Number(value),
    }
}
