//! `queuestat compare REPORT_A REPORT_B`: where the CSV files of two published reports differ.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::json;

use crate::job::{SCHEMA, dialects};
use crate::report::dialect::Dialect;
use crate::report::difference::{Difference, differences};
use crate::report::published::{Published, tables_of};
use crate::report::text::shown;

use super::answer::answer;
use super::compare_args::CompareArgs;
use super::failure::{Exit, Failure};
use super::log::Log;
use super::words::{count, cut};

/// The exit code for reports that differ: 1, as that of `diff`.
const DIFFERS: Exit = Exit::Internal;

/// Lists where the CSV files of two reports differ; exit code 1 if they do.
pub(super) fn reports(args: &CompareArgs) -> Result<Exit, Failure> {
    let CompareArgs { source, tolerance, limit, .. } = args;
    let [first, second] = source.inputs.as_slice() else { return Ok(Exit::Usage) };
    if !(0.0..=1.0).contains(tolerance) {
        return Err(Failure::new(Exit::Usage, "--tolerance must lie between 0 and 1")
            .hint("it is a share: 0.001 allows a tenth of a per cent"));
    }
    let (mut a, mut b) = (read(first)?, read(second)?);
    let names: BTreeSet<String> = a.keys().chain(b.keys()).cloned().collect();
    let mut found: Vec<Difference> = Vec::new();
    let files = names.len();
    for name in names {
        match (a.remove(&name), b.remove(&name)) {
            (Some(a), Some(b)) if a == b => {}
            (Some((a, as_a)), Some((b, as_b))) => {
                found.extend(differences(&name, (&a, as_a), (&b, as_b), *tolerance));
            }
            (a, b) => found.push(Difference {
                file: name,
                row: String::new(),
                column: String::new(),
                first: a.map(|_| "a file".to_owned()),
                second: b.map(|_| "a file".to_owned()),
            }),
        }
    }
    answer(&listed(&found, *limit))?;
    let exit = if found.is_empty() { Exit::Ok } else { DIFFERS };
    let more = found.len().saturating_sub(*limit);
    let more = if more > 0 { format!(", {more} of them not listed") } else { String::new() };
    let message = match found.len() {
        0 => format!("{} with the same figures", count(files as u64, "CSV file")),
        n => format!(
            "{} in {}{more}",
            count(n as u64, "difference"),
            count(files as u64, "CSV file")
        ),
    };
    if !source.quiet {
        let log = source.log_format.map_or(Log::Text, Log::from);
        let fields = json!({"exit_code": exit as u8, "differences": found.len(), "files": files});
        log.summary(&message, fields);
    }
    Ok(exit)
}

/// The CSV files of a report, by path, and how each is written: `schema.json` beside it says so. Reports of early versions
/// have none, and only the usual dialect.
fn read(folder: &Path) -> Result<BTreeMap<String, (String, Dialect)>, Failure> {
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

/// The first of the differences, a line each.
fn listed(found: &[Difference], limit: usize) -> String {
    let cell = |cell: &Option<String>| match cell.as_deref() {
        None => "nothing".to_owned(),
        Some("") => "empty".to_owned(),
        Some(text) => cut(&shown(text, 60), 60),
    };
    let mut text = String::new();
    for one in found.iter().take(limit) {
        let place = [one.row.as_str(), one.column.as_str()];
        let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
        let place = shown(&place.join(": "), 200);
        let gap = if place.is_empty() { "" } else { " " };
        text.push_str(&format!(
            "{}{gap}{place}: {} in the first, {} in the second\n",
            shown(&one.file, 200),
            cell(&one.first),
            cell(&one.second)
        ));
    }
    text
}
