//! A comparison as a table for programs and for people.

use crate::job::{Compared, ComparedPlace};
use crate::metric::{Cell, Kind, KnownValue, Measure, Table};
use crate::report::text::shown;

use super::ask::measures;
use super::failure::Failure;
use super::sheet::Sheet;
use super::words::{cut, grouped};

/// Width of a name, columns.
const NAME: usize = 40;

/// The measures of a comparison that names none.
const USUAL: [&str; 10] = [
    "tickets",
    "served",
    "lost_rate",
    "customer_cancellation_rate",
    "no_show_rate",
    "wait_p50_s",
    "wait_p90_s",
    "within_target_rate",
    "csat",
    "response_rate",
];

/// The measures that are compared.
pub(super) fn chosen(names: &[String]) -> Result<Vec<&'static Measure>, Failure> {
    let usual = USUAL.map(str::to_owned);
    measures(if names.is_empty() { &usual } else { names })
}

/// The columns of a comparison.
const COLUMNS: [(&str, Kind); 13] = [
    ("measure", Kind::Text),
    ("unit", Kind::Text),
    ("before", Kind::Amount),
    ("before_low", Kind::Amount),
    ("before_high", Kind::Amount),
    ("before_n", Kind::Count),
    ("after", Kind::Amount),
    ("after_low", Kind::Amount),
    ("after_high", Kind::Amount),
    ("after_n", Kind::Count),
    ("difference", Kind::Amount),
    ("difference_low", Kind::Amount),
    ("difference_high", Kind::Amount),
];

/// A comparison as a table for programs.
pub(super) fn as_table(rows: &[Compared]) -> Table<'_> {
    let columns = COLUMNS.into_iter().chain([("verdict", Kind::Text)]).collect();
    Table::new("compare", columns, move |sink| rows.iter().for_each(|row| sink(&cells(row))))
}

/// That of reports; the rows of an organization as a whole have no location.
pub(super) fn places_as_table(places: &[ComparedPlace]) -> Table<'_> {
    let keys = [("organization", Kind::Text), ("location", Kind::Text)];
    let columns = keys.into_iter().chain(COLUMNS).chain([("verdict", Kind::Text)]).collect();
    Table::new("compare", columns, move |sink| {
        for place in places {
            let keys = [Cell::Text(&place.organization), Cell::text(place.location.as_deref())];
            for row in &place.measures {
                sink(&[&keys[..], &cells(row)].concat());
            }
        }
    })
}

fn cells(row: &Compared) -> Vec<Cell<'static>> {
    #[expect(clippy::cast_possible_truncation, reason = "counts of tickets, and their differences")]
    let cell = |value: Option<f64>| match (value, row.measure.kind) {
        (None, _) => Cell::Missing,
        (Some(value), Kind::Count) => Cell::Whole(value.round() as i64),
        (Some(value), Kind::Seconds) => Cell::Seconds(value),
        (Some(value), _) if row.measure.unit() == "seconds" => Cell::Seconds(value),
        (Some(value), _) => Cell::Number(value),
    };
    let three = |known: Option<KnownValue>| {
        let ends = known.and_then(|known| known.ends).unzip();
        [known.map(|known| known.value), ends.0, ends.1].map(cell)
    };
    let mut cells = vec![Cell::Text(row.measure.name), Cell::Text(row.measure.unit())];
    for side in [row.before, row.after] {
        cells.extend(three(side.known));
        cells.push(Cell::count(side.n));
    }
    cells.extend(three(row.difference));
    cells.push(Cell::Text(row.verdict.words()));
    cells
}

/// The heads of a comparison for people.
const HEADS: [&str; 7] = ["measure", "before", "n", "after", "n", "difference [95 %]", "verdict"];
/// Which of these columns are numbers.
const NUMBERS: [bool; 7] = [false, true, true, true, true, false, false];

/// A comparison for people.
pub(super) fn in_words(rows: &[Compared]) -> Sheet {
    let heads = HEADS.map(str::to_owned).to_vec();
    let lines = std::iter::once(heads).chain(rows.iter().map(line)).collect();
    Sheet { lines, is_number: NUMBERS.to_vec() }
}

/// That of reports.
pub(super) fn places_in_words(places: &[ComparedPlace]) -> Sheet {
    let heads = ["organization", "location"].into_iter().chain(HEADS).map(str::to_owned).collect();
    let mut lines: Vec<Vec<String>> = vec![heads];
    for place in places {
        let name = |name: &str| cut(&shown(name, NAME), NAME);
        let location = place.location.as_deref().map_or_else(|| "(all)".to_owned(), name);
        let keys = [name(&place.organization), location];
        lines.extend(place.measures.iter().map(|row| [&keys[..], &line(row)].concat()));
    }
    let is_number = [false, false].into_iter().chain(NUMBERS).collect();
    Sheet { lines, is_number }
}

fn line(row: &Compared) -> Vec<String> {
    let n = |n: Option<u64>| n.map_or_else(String::new, grouped);
    let known = row.difference;
    let ends = known.and_then(|known| known.ends).map_or_else(String::new, |(low, high)| {
        format!(" [{}, {}]", signed(row.measure, low, false), signed(row.measure, high, false))
    });
    let difference = known.map_or_else(String::new, |known| signed(row.measure, known.value, true));
    vec![
        named(row.measure),
        value(row.measure, row.before.known),
        n(row.before.n),
        value(row.measure, row.after.known),
        n(row.after.n),
        difference + &ends,
        row.verdict.words().to_owned(),
    ]
}

/// The name of a measure with its unit.
fn named(measure: &Measure) -> String {
    let name = measure.name.strip_suffix("_s").unwrap_or(measure.name).replace('_', " ");
    if measure.unit() == "seconds" { format!("{name}, min") } else { name }
}

fn value(measure: &Measure, known: Option<KnownValue>) -> String {
    let Some(KnownValue { value, .. }) = known else { return "–".to_owned() };
    match measure.unit() {
        "share" => format!("{:.1} %", value * 100.0),
        "seconds" => format!("{:.1}", value / 60.0),
        "rating" => format!("{value:.2}"),
        _ => format!("{value:.0}"),
    }
}

/// A difference with its sign; of shares in points of a per cent.
fn signed(measure: &Measure, value: f64, with_unit: bool) -> String {
    match measure.unit() {
        "share" if with_unit => format!("{:+.1} points", value * 100.0),
        "share" => format!("{:+.1}", value * 100.0),
        "seconds" => format!("{:+.1}", value / 60.0),
        "rating" => format!("{value:+.2}"),
        _ => format!("{value:+.0}"),
    }
}
