//! `queuestat compare`: two windows or two locations, measure by measure; or two reports.

use std::path::Path;

use serde_json::json;

use crate::job::{self, Asked, Comparison, Verdict, window_before};
use crate::report::published::is_report;
use crate::report::text::shown;

use super::ask::{Form, say, say_of_figure};
use super::ask_args::AnswerFormat;
use super::compare_args::CompareArgs;
use super::compare_reports;
use super::compare_table::{as_table, chosen, in_words};
use super::dates::Today;
use super::failure::{Exit, Failure};
use super::plan::Request;
use super::threads::with_threads;

/// Compares two reports, or two parts of the tickets.
pub(super) fn run(args: CompareArgs) -> Result<Exit, Failure> {
    if let [first, second] = args.source.inputs.as_slice() {
        match (is_report(first), is_report(second)) {
            (true, true) => return compare_reports::run(args),
            (true, false) => return Err(no_report(second)),
            (false, true) => return Err(no_report(first)),
            (false, false) => {}
        }
    }
    let CompareArgs { source, select, with_from, with_to, with_location, .. } = args;
    let measures = chosen(&args.measure)?;
    let form = Form::of(args.json.then_some(AnswerFormat::Json).or(args.format), args.output)?;
    let (source, input) = source.split();
    let Request { mut plan, voice, threads } = Request::asking(&source, input)?;
    job::go_by_last_night(&mut plan, &source)?;
    let today = Today::of(&plan)?;
    let after = select.asked(today)?;
    let with =
        today.window(with_from.as_deref(), with_to.as_deref(), ("--with-from", "--with-to"))?;
    let before = other_side(&after, with, with_location)?;
    let mut comparison = Comparison { plan, source, before, after, measures };
    with_threads(threads, || {
        let (rows, sides, tickets, basis) = job::compare(&mut comparison, &voice)?;
        let exit = say(&voice, &basis);
        say_of_figure(&voice, &basis, tickets as u64);
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

/// The failure for a folder that stands beside that of a report.
fn no_report(folder: &Path) -> Failure {
    let message = format!("`{}` holds no published report", folder.display());
    Failure::new(Exit::Usage, message).hint(
        "a report can be compared with another one: name the folder that `report --out` was given, or one report of a site, such as \
         site/current/all",
    )
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
