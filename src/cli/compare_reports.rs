//! Two published reports: measure by measure, and cell by cell. Exit code 1 if a figure differs beyond the tolerance, as of a
//! test.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::json;

use crate::job::{ComparedPlace, SCHEMA, Tables, Verdict, compare_reports, dialects};
use crate::metric::{Cell, Kind, Table};
use crate::report::difference::{Difference, differences};
use crate::report::published::{Published, tables_of};
use crate::report::text::shown;

use super::answer::answer;
use super::ask::Form;
use super::ask_args::AnswerFormat;
use super::compare_args::CompareArgs;
use super::compare_table::{chosen, places_as_table, places_in_words};
use super::failure::{Exit, Failure};
use super::log::Log;
use super::select_args::SelectArgs;
use super::words::{count, cut, grouped};

/// The exit code for reports that differ: 1, as that of `diff`.
const DIFFERS: Exit = Exit::Internal;

/// Cells that are listed for people, unless they ask for more.
const LISTED: usize = 20;

/// Compares the reports in two folders.
pub(super) fn run(args: CompareArgs) -> Result<Exit, Failure> {
    refuse_filters(&args)?;
    let CompareArgs { source, measure, tolerance, limit, cells, format, json, output, .. } = args;
    let measures = chosen(&measure)?;
    let format = json.then_some(AnswerFormat::Json).or(format);
    let as_lines = format.is_none() && output.is_none();
    let form = Form::of(format, output)?;
    let [first, second] = source.inputs.as_slice() else { return Ok(Exit::Usage) };
    if !(0.0..=1.0).contains(&tolerance) {
        return Err(Failure::new(Exit::Usage, "--tolerance must lie between 0 and 1")
            .hint("it is a share: 0.001 allows a tenth of a per cent"));
    }
    let (first, second) = (read(first)?, read(second)?);
    let (found, files) = all_differences(&first, &second, tolerance);
    let places = compare_reports(&first, &second, &measures);
    let listed = limit.unwrap_or(if as_lines { LISTED } else { usize::MAX });
    match (cells, as_lines) {
        (false, _) => form.write(&places_as_table(&places), || places_in_words(&places))?,
        (true, true) => answer(&found.iter().take(listed).map(line).collect::<String>())?,
        (true, false) => {
            let table = cells_as_table(found.get(..listed.min(found.len())).unwrap_or_default());
            form.write(&table, || super::sheet::Sheet::of(&table))?;
        }
    }
    let exit = if found.is_empty() { Exit::Ok } else { DIFFERS };
    if !source.how.quiet {
        let log = source.how.log_format.map_or(Log::Text, Log::from);
        let judged = |verdict| {
            let all = places.iter().flat_map(|place| &place.measures);
            all.filter(|row| row.verdict == verdict).count()
        };
        let message = if cells {
            in_words(found.len(), files, listed)
        } else {
            format!(
                "{}{} rose, {} fell. {}{}",
                windows(&places),
                judged(Verdict::Rose),
                judged(Verdict::Fell),
                in_words(found.len(), files, 0),
                if found.is_empty() { "" } else { "; --cells lists them" }
            )
        };
        let fields = json!({
            "exit_code": exit as u8,
            "differences": found.len(),
            "files": files,
            "rose": judged(Verdict::Rose),
            "fell": judged(Verdict::Fell),
        });
        log.summary(&message, fields);
    }
    Ok(exit)
}

/// What is published can be compared only as it is.
fn refuse_filters(args: &CompareArgs) -> Result<(), Failure> {
    let CompareArgs { select, with_from, with_to, with_location, .. } = args;
    let is_plain = *select == SelectArgs::default()
        && with_from.is_none()
        && with_to.is_none()
        && with_location.is_empty();
    if is_plain {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Usage,
        "of two reports no part can be chosen: they hold figures, no tickets",
    )
    .hint("leave out the filters, or compare parts of an archive"))
}

/// The CSV files of a report, by path, and how each is written: `schema.json` beside it says so. Reports of early versions
/// have none, and only the usual dialect.
fn read(folder: &Path) -> Result<Tables, Failure> {
    let Published { tables, schemas } = tables_of(folder, SCHEMA).map_err(|(path, error)| {
        Failure::io(format!("cannot read `{}`", path.display()), &error)
    })?;
    let mut by_folder = BTreeMap::new();
    for (path, schema) in &schemas {
        let known = dialects(schema).ok_or_else(|| {
            let path = folder.join(path);
            Failure::new(
                Exit::Usage,
                format!(
                    "`{}` does not say how the CSV files beside it are written",
                    path.display()
                ),
            )
            .hint("it is damaged, or of another version: publish that report anew")
        })?;
        by_folder.insert(path.trim_end_matches(SCHEMA), known);
    }
    let with_dialect = |(path, text): (String, String)| {
        let (above, file) = path.rsplit_once('/').map_or(("", path.as_str()), |(_, file)| {
            (path.strip_suffix(file).unwrap_or_default(), file)
        });
        let known = by_folder.get(above).and_then(|known| known.get(file));
        let dialect = known.copied().unwrap_or_default();
        (path, (text, dialect))
    };
    Ok(tables.into_iter().map(with_dialect).collect())
}

/// Where the files differ, and the number of files.
fn all_differences(first: &Tables, second: &Tables, tolerance: f64) -> (Vec<Difference>, usize) {
    let names: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    let files = names.len();
    let mut found = Vec::new();
    for name in names {
        match (first.get(name), second.get(name)) {
            (Some(a), Some(b)) if a == b => {}
            (Some((a, as_a)), Some((b, as_b))) => {
                found.extend(differences(name, (a, *as_a), (b, *as_b), tolerance));
            }
            (a, b) => found.push(Difference {
                file: name.clone(),
                row: String::new(),
                column: String::new(),
                first: a.map(|_| "a file".to_owned()),
                second: b.map(|_| "a file".to_owned()),
            }),
        }
    }
    (found, files)
}

/// A difference as a line.
fn line(one: &Difference) -> String {
    let cell = |cell: &Option<String>| match cell.as_deref() {
        None => "nothing".to_owned(),
        Some("") => "empty".to_owned(),
        Some(text) => cut(&shown(text, 60), 60),
    };
    let place = [one.row.as_str(), one.column.as_str()];
    let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
    let place = shown(&place.join(": "), 200);
    let gap = if place.is_empty() { "" } else { " " };
    format!(
        "{}{gap}{place}: {} in the first, {} in the second\n",
        shown(&one.file, 200),
        cell(&one.first),
        cell(&one.second)
    )
}

/// Differences as a table for programs.
fn cells_as_table(found: &[Difference]) -> Table<'_> {
    let columns = ["file", "row", "column", "first", "second"].map(|name| (name, Kind::Text));
    Table::new("differences", columns.to_vec(), move |sink| {
        for Difference { file, row, column, first, second } in found {
            let keys = [file, row, column].map(|text| Cell::Text(text));
            let both = [first, second].map(|cell| Cell::text(cell.as_deref()));
            sink(&[&keys[..], &both].concat());
        }
    })
}

/// The windows of both reports, if each has one for all organizations.
fn windows(places: &[ComparedPlace]) -> String {
    let side = |at: usize| {
        let of = places.iter().filter(|place| place.location.is_none());
        let all: BTreeSet<_> = of.filter_map(|place| place.windows.get(at)?.as_ref()).collect();
        let mut all = all.into_iter();
        all.next().filter(|_| all.next().is_none())
    };
    let Some(((from, to), (other_from, other_to))) = side(0).zip(side(1)) else {
        return String::new();
    };
    // Dates as texts are in the order of time.
    let shares_days = from <= other_to && other_from <= to;
    let shared = if shares_days {
        "The windows share days: intervals take the visits of both sides as others, and are too wide. "
    } else {
        ""
    };
    format!("before: {from} to {to}; after: {other_from} to {other_to}. {shared}")
}

/// How many differences there are, and how many of them are not among those that are listed.
fn in_words(found: usize, files: usize, listed: usize) -> String {
    let files = count(files as u64, "CSV file");
    if found == 0 {
        return format!("{files} with the same figures");
    }
    let more = match found.saturating_sub(listed) {
        more if more > 0 && listed > 0 => format!(", {} of them not listed", grouped(more as u64)),
        _ => String::new(),
    };
    format!("{} in {files}{more}", count(found as u64, "difference"))
}
