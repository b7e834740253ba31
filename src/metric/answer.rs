//! The answer to a question: groups of tickets, the measures asked for, and beside each rate how sure it is.

use crate::calendar::WeekStart;

use super::cell::{Cell, Kind};
use super::evidence::Evidence;
use super::group::Rules;
use super::grouping::{By, GroupKey, Grouped};
use super::measure::{Figures, Measure, Sample};
use super::table::Table;
use super::tally::Tally;

/// A group of tickets.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerRow {
    /// Its values, in the order of what was asked for.
    pub key: Vec<GroupKey>,
    /// Its figures.
    pub figures: Figures,
    tally: Tally,
}

/// Groups of tickets and their figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What the tickets are grouped by.
    pub by: Vec<By>,
    /// The groups, by their values unless they were sorted.
    pub rows: Vec<AnswerRow>,
    /// Groups left out because they rest on too little.
    pub too_small: usize,
    /// Groups beyond the limit.
    pub more: usize,
    rules: Rules,
}

/// In which order groups come, and which of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Order {
    /// The measure that they are sorted by; without one by their values.
    pub sort: Option<&'static Measure>,
    /// Whether the largest come first.
    pub descending: bool,
    /// How many are shown.
    pub limit: Option<usize>,
    /// Groups with fewer tickets, or a smaller sample of what they are sorted by, are left out.
    pub min_n: u64,
}

impl Answer {
    /// The figures of grouped tickets.
    #[must_use]
    pub fn of(by: Vec<By>, grouped: Grouped, rules: Rules, order: Order) -> Self {
        let row = |(key, tally): (Vec<GroupKey>, Tally)| {
            let figures = Figures::of(&tally, rules);
            AnswerRow { key, figures, tally }
        };
        let mut rows: Vec<AnswerRow> = grouped.into_iter().map(row).collect();
        let before = rows.len();
        let sample = |row: &AnswerRow| match order.sort.map(|measure| measure.sample) {
            None | Some(Sample::Exact) => row.figures.tickets,
            Some(sample) => sample.size(&row.figures).unwrap_or(0),
        };
        rows.retain(|row| sample(row) >= order.min_n);
        let too_small = before - rows.len();
        if let Some(measure) = order.sort {
            // What is missing comes last, whatever the direction; equal ones stay in the order of their values.
            let value = |row: &AnswerRow| {
                let known = Evidence::of(measure, &row.tally, &row.figures, rules).known();
                known.map(|known| if order.descending { -known.value } else { known.value })
            };
            rows.sort_by(|a, b| match (value(a), value(b)) {
                (Some(a), Some(b)) => a.total_cmp(&b),
                (a, b) => b.is_some().cmp(&a.is_some()),
            });
        }
        let limit = order.limit.unwrap_or(rows.len());
        let more = rows.len().saturating_sub(limit);
        rows.truncate(limit);
        Self { by, rows, too_small, more, rules }
    }

    /// Number of tickets in the groups.
    #[must_use]
    pub fn tickets(&self) -> u64 {
        self.rows.iter().map(|row| row.figures.tickets).sum()
    }

    /// The answer as a table: what it is grouped by, each measure with the ends of its 95 % interval, and how many tickets,
    /// ratings or times the measures rest on.
    #[must_use]
    pub fn table(&self, measures: &[&'static Measure]) -> Table<'_> {
        let mut columns: Vec<(&'static str, Kind)> =
            self.by.iter().map(|by| (by.name(), kind_of(*by))).collect();
        let mut made: Vec<Column> = Vec::new();
        for measure in measures {
            columns.push((measure.name, measure.kind));
            made.push(Column::Value(measure));
            if let Some((low, high)) = ends_of(measure) {
                columns.extend([(low, measure.kind), (high, measure.kind)]);
                made.extend([Column::Low(measure), Column::High(measure)]);
            }
        }
        let named: Vec<&str> = measures.iter().map(|measure| measure.name).collect();
        for sample in SAMPLES {
            let name = name_of(sample);
            let is_wanted = measures.iter().any(|measure| measure.sample == sample);
            if is_wanted && !named.contains(&name) {
                columns.push((name, Kind::Count));
                made.push(Column::Sample(sample));
            }
        }
        Table::new("answer", columns, move |sink| {
            for row in &self.rows {
                let texts: Vec<Option<String>> = row
                    .key
                    .iter()
                    .zip(&self.by)
                    .map(|(key, by)| text_of(key, *by, self.rules.week_starts_on))
                    .collect();
                let keys = row.key.iter().zip(&texts).map(|(key, text)| match key {
                    GroupKey::Unknown => Cell::Missing,
                    GroupKey::Number(number) => Cell::Count((*number).into()),
                    GroupKey::Date(date) if text.is_none() => Cell::Date(*date),
                    GroupKey::Date(_) | GroupKey::Text(_) => Cell::text(text.as_deref()),
                });
                let cells: Vec<Cell<'_>> =
                    keys.chain(made.iter().map(|column| column.cell(row, self.rules))).collect();
                sink(&cells);
            }
        })
    }
}

/// Samples that have a column, in its order.
const SAMPLES: [Sample; 7] = [
    Sample::Offered,
    Sample::ServedKnown,
    Sample::Closed,
    Sample::Ratings,
    Sample::Waits,
    Sample::Calls,
    Sample::Services,
];

/// The column of a sample.
const fn name_of(sample: Sample) -> &'static str {
    match sample {
        Sample::Exact => "tickets",
        Sample::Closed => "closed",
        Sample::Offered => "offered",
        Sample::ServedKnown => "served_known",
        Sample::Ratings => "ratings",
        Sample::Waits => "waits",
        Sample::Calls => "calls",
        Sample::Services => "services",
    }
}

/// The names of the ends of the interval of a measure, if it has one.
fn ends_of(measure: &Measure) -> Option<(&'static str, &'static str)> {
    Some(match measure.name {
        "cancellation_rate" => ("cancellation_rate_low", "cancellation_rate_high"),
        "customer_cancellation_rate" => {
            ("customer_cancellation_rate_low", "customer_cancellation_rate_high")
        }
        "staff_cancellation_rate" => {
            ("staff_cancellation_rate_low", "staff_cancellation_rate_high")
        }
        "no_show_rate" => ("no_show_rate_low", "no_show_rate_high"),
        "lost_rate" => ("lost_rate_low", "lost_rate_high"),
        "csat" => ("csat_low", "csat_high"),
        "response_rate" => ("response_rate_low", "response_rate_high"),
        "within_target_rate" => ("within_target_rate_low", "within_target_rate_high"),
        "rating_mean" => ("rating_mean_low", "rating_mean_high"),
        "wait_p50_s" => ("wait_p50_low_s", "wait_p50_high_s"),
        "wait_p90_s" => ("wait_p90_low_s", "wait_p90_high_s"),
        _ => return None,
    })
}

/// A column of figures.
#[derive(Clone, Copy)]
enum Column {
    Value(&'static Measure),
    Low(&'static Measure),
    High(&'static Measure),
    Sample(Sample),
}

impl Column {
    fn cell(self, row: &AnswerRow, rules: Rules) -> Cell<'static> {
        let ends = |measure| {
            Evidence::of(measure, &row.tally, &row.figures, rules).known().and_then(|it| it.ends)
        };
        match self {
            Self::Value(measure) => (measure.of)(&row.figures),
            Self::Low(measure) => Cell::number(ends(measure).map(|ends| ends.0)),
            Self::High(measure) => Cell::number(ends(measure).map(|ends| ends.1)),
            Self::Sample(sample) => Cell::count(sample.size(&row.figures)),
        }
    }
}

fn kind_of(by: By) -> Kind {
    match by {
        By::Day => Kind::Date,
        By::Weekday | By::Hour => Kind::Count,
        By::Organization
        | By::Group
        | By::Location
        | By::Category
        | By::Queue
        | By::Type
        | By::Outcome
        | By::Week
        | By::Month => Kind::Text,
    }
}

/// A value as text, where it is one: `2021-W03`, `2021-03`. Weeks that do not begin on Monday have no name: their first day.
fn text_of(key: &GroupKey, by: By, starts_on: WeekStart) -> Option<String> {
    match (key, by) {
        (GroupKey::Text(text), _) => Some(text.clone()),
        (GroupKey::Date(first), By::Week) => {
            Some(starts_on.iso_name(*first).unwrap_or_else(|| first.to_string()))
        }
        (GroupKey::Date(first), By::Month) => Some(first.format("%Y-%m").to_string()),
        (GroupKey::Unknown | GroupKey::Number(_) | GroupKey::Date(_), _) => None,
    }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
