//! `queuestat compare`: two windows or two locations, measure by measure; or two reports.

use std::path::Path;

use serde_json::json;

use crate::job::{self, Asked, ComparedParts, Comparison, Verdict, window_before};
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
use super::voice::Voice;

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
    if args.cells || args.limit.is_some() || args.tolerance > 0.0 {
        return Err(Failure::new(
            Exit::Usage,
            "--cells, --limit and --tolerance are for two published reports",
        )
        .hint("name the folders of both, such as reports/before reports/after"));
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
        let ComparedParts { rows, meant, tickets, basis } = job::compare(&mut comparison, &voice)?;
        let exit = say(&voice, &basis);
        say_of_figure(&voice, &basis, tickets.iter().sum::<usize>() as u64);
        let [before, after] = meant.map(|side| about(&side));
        match tickets.map(|n| n == 0) {
            [true, false] => say_empty_part(&voice, "before", &before),
            [false, true] => say_empty_part(&voice, "after", &after),
            [true, true] | [false, false] => {}
        }
        let table = as_table(&rows);
        form.write(&table, || in_words(&rows))?;
        if !voice.is_quiet() {
            let judged = |verdict| rows.iter().filter(|row| row.verdict == verdict).count() as u64;
            let message = format!(
                "before: {before}; after: {after}. {} rose, {} fell. Intervals treat visits as independent. Of 20 measures that did \
                 not change, about one is still told; changes.csv is stricter",
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

/// Says which of the two parts has no ticket.
fn say_empty_part(voice: &Voice, which: &str, part: &str) {
    if !voice.is_quiet() {
        voice.log.note(&format!(
            "there is no ticket {which} ({part}); `queuestat locations` lists the locations with their first and last day"
        ));
    }
}
