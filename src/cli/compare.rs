//! `queuestat compare`: two windows or two locations, measure by measure; or the files of two reports.

use serde_json::json;

use crate::job::{self, Asked, Compared, Comparison, Verdict, window_before};
use crate::metric::{Cell, Kind, KnownValue, Measure, Table};
use crate::report::published::is_report;
use crate::report::text::shown;

use super::ask::{Form, measures, say};
use super::compare_args::CompareArgs;
use super::compare_reports::reports;
use super::dates::Today;
use super::failure::{Exit, Failure};
use super::plan::Request;
use super::sheet::Sheet;
use super::threads::with_threads;

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

/// Compares two reports, or two parts of the tickets.
pub(super) fn run(args: CompareArgs) -> Result<Exit, Failure> {
    if let [first, second] = args.source.inputs.as_slice()
        && is_report(first)
        && is_report(second)
    {
        return reports(&args);
    }
    let CompareArgs { source, select, with_from, with_to, with_location, .. } = args;
    let usual = USUAL.map(str::to_owned);
    let measures = measures(if args.measure.is_empty() { &usual } else { &args.measure })?;
    let form = Form::of(args.format, args.output)?;
    let (source, input) = source.split();
    let Request { mut plan, voice, threads } = Request::from_args(input)?;
    job::go_by_last_night(&mut plan, &source)?;
    let today = Today::of(&plan)?;
    let after = select.asked(today)?;
    let with =
        today.window(with_from.as_deref(), with_to.as_deref(), ("--with-from", "--with-to"))?;
    let before = other_side(&after, with, with_location)?;
    let mut comparison = Comparison { plan, source, before, after, measures };
    with_threads(threads, || {
        let (rows, sides, basis) = job::compare(&mut comparison, &voice)?;
        let exit = say(&voice, &basis);
        let [before, after] = sides.map(|side| about(&side));
        let table = as_table(&rows);
        form.write(&table, || in_words(&rows))?;
        if !voice.is_quiet() {
            let judged = |verdict| rows.iter().filter(|row| row.verdict == verdict).count() as u64;
            let message = format!(
                "before: {before}; after: {after}. {} rose, {} fell. Intervals take visits as independent of each other, and of \
                 20 measures in which nothing happened one is still told; changes.csv judges weeks by their own scatter",
                judged(Verdict::Rose),
                judged(Verdict::Fell),
            );
            let fields = json!({
                "exit_code": exit as u8,
                "before": before,
                "after": after,
                "rose": judged(Verdict::Rose),
                "fell": judged(Verdict::Fell),
            });
            voice.log.summary(&message, fields);
        }
        Ok(exit)
    })
}

/// The side that is compared with.
fn other_side(
    after: &Asked,
    with: super::dates::Limits,
    locations: Vec<String>,
) -> Result<Asked, Failure> {
    if !locations.is_empty() {
        if after.locations.is_empty() {
            return Err(Failure::new(Exit::Usage, "--with-location needs a --location to compare")
                .hint("name both: --location A --with-location B"));
        }
        let (from, to) = if with == (None, None) { (after.from, after.to) } else { with };
        return Ok(Asked { from, to, locations, ..after.clone() });
    }
    let (from, to) = match (with, after.from.zip(after.to)) {
        ((None, None), None) => {
            return Err(Failure::new(Exit::Usage, "nothing to compare with").hint(
                "name a window with both --from and --to, two windows (--with-from, --with-to), two locations \
                 (--location A --with-location B), or the folders of two reports",
            ));
        }
        ((None, None), Some((from, to))) => {
            let before = window_before(from, to).ok_or_else(|| {
                Failure::new(Exit::Usage, "the window before lies outside of the calendar")
            })?;
            (Some(before.0), Some(before.1))
        }
        (with, _) => with,
    };
    Ok(Asked { from, to, ..after.clone() })
}

/// What a side is about.
fn about(side: &Asked) -> String {
    let window = match (side.from, side.to) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        (Some(from), None) => format!("since {from}"),
        (None, Some(to)) => format!("until {to}"),
        (None, None) => "all dates".to_owned(),
    };
    let words = side.words();
    if words.is_empty() { window } else { format!("{window}, {}", shown(&words, 200)) }
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

/// The comparison as a table for programs.
fn as_table(rows: &[Compared]) -> Table<'_> {
    let columns = COLUMNS.into_iter().chain([("verdict", Kind::Text)]).collect();
    Table::new("compare", columns, move |sink| {
        for row in rows {
            let is_seconds = row.measure.unit() == "seconds";
            let cell = |value: Option<f64>| match value {
                None => Cell::Missing,
                Some(value) if is_seconds => Cell::Seconds(value),
                Some(value) => Cell::Number(value),
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
            sink(&cells);
        }
    })
}

/// The comparison for people.
fn in_words(rows: &[Compared]) -> Sheet {
    let n = |n: Option<u64>| n.map_or_else(String::new, super::words::grouped);
    let head = ["measure", "before", "n", "after", "n", "difference [95 %]", "verdict"];
    let mut lines = vec![head.map(str::to_owned).to_vec()];
    for row in rows {
        let known = row.difference;
        let ends = known.and_then(|known| known.ends).map_or_else(String::new, |(low, high)| {
            format!(" [{}, {}]", signed(row.measure, low, false), signed(row.measure, high, false))
        });
        let difference =
            known.map_or_else(String::new, |known| signed(row.measure, known.value, true));
        lines.push(vec![
            named(row.measure),
            value(row.measure, row.before.known),
            n(row.before.n),
            value(row.measure, row.after.known),
            n(row.after.n),
            difference + &ends,
            row.verdict.words().to_owned(),
        ]);
    }
    Sheet { lines, is_number: vec![false, true, true, true, true, false, false] }
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
