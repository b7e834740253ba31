//! `queuestat state`: lists, checks and repairs what nightly runs keep.

use std::path::Path;

use serde_json::{Value, json};

use crate::calendar::rfc3339;
use crate::disk::Disk;
use crate::night::About;
use crate::store::{self, Generation, Health, Options, StoreError};

use super::answer::{answer, answer_whole};
use super::args::{StateAction, StateArgs};
use super::failure::{Exit, Failure};
use super::forget;
use super::nightly_plan::{places, read};
use super::state_check;
use super::stop::Ear;
use super::words::{aligned, bytes, grouped};

/// Lists, checks, repairs or rolls back.
pub(super) fn run(args: &StateArgs, ear: &Ear) -> Result<Exit, Failure> {
    let (_, _, nightly) = read(&args.config)?;
    let places = places(&args.config, &nightly, args.lock_wait)?;
    let (state, options, disk) = (&places.state, places.options, Disk::new());
    match &args.action {
        StateAction::List { json } => list(&disk, state, options, *json),
        StateAction::Verify { json } => state_check::verify(&disk, state, options, *json),
        StateAction::Repair { json } => state_check::repair(&disk, state, options, *json),
        StateAction::Rollback { json } => rollback(&disk, state, options, *json),
        StateAction::Forget(what) => forget::run(&args.config, &places, args.lock_wait, what, ear),
    }
}

fn rollback(disk: &Disk, state: &Path, options: Options, json: bool) -> Result<Exit, Failure> {
    let done = store::rollback(disk, state, options)?;
    if json {
        let whole = json!({
            "state": state.display().to_string(),
            "from": done.from,
            "current": done.to.number(),
            "passed_over": done.damaged,
            "mended": done.mended.iter().map(state_check::mended_as_json).collect::<Vec<_>>(),
        });
        answer_whole(&format!("{whole:#}\n"))?;
        return Ok(Exit::Ok);
    }
    let from = done.from.map_or_else(String::new, |from| format!(" from {from}"));
    let mut text = format!("went back{from} to generation {}\n", done.to.number());
    for number in done.damaged {
        text.push_str(&format!("generation {number} is damaged and was passed over\n"));
    }
    for mended in done.mended {
        text.push_str(&format!("{mended}\n"));
    }
    answer(&text)?;
    Ok(Exit::Ok)
}

/// A generation as it is listed.
struct Row {
    number: u64,
    is_current: bool,
    about: Option<About>,
    /// All its bytes, those that no other generation shares, and the version that wrote it.
    found: Result<(u64, u64, String), StoreError>,
}

fn list(disk: &Disk, state: &Path, options: Options, json: bool) -> Result<Exit, Failure> {
    let health = store::list(disk, state, options)?;
    let (is_good, current) = (health.is_good(), health.current);
    let Health { trouble, generations, .. } = health;
    let mut rows = Vec::with_capacity(generations.len());
    for (number, listed) in generations {
        let about = listed.as_ref().ok().and_then(About::read);
        let found = match listed {
            Ok(generation) => Ok(sizes(&generation)?),
            Err(error) => Err(error),
        };
        rows.push(Row { number, is_current: current == Some(number), about, found });
    }
    if json {
        let whole = json!({
            "state": state.display().to_string(),
            "current": current,
            "damaged": trouble.map(|error| error.to_string()),
            "generations": rows.iter().map(Row::as_json).collect::<Vec<_>>(),
        });
        answer_whole(&format!("{whole:#}\n"))?;
    } else {
        answer(&as_text(trouble.as_ref(), &rows))?;
    }
    Ok(if is_good { Exit::Ok } else { Exit::Refused })
}

fn sizes(generation: &Generation) -> Result<(u64, u64, String), StoreError> {
    let all = generation.names().filter_map(|name| generation.size(name)).sum();
    Ok((all, generation.own_bytes()?, generation.written_by().to_owned()))
}

impl Row {
    fn as_json(&self) -> Value {
        let about = self.about.as_ref();
        let through = |about: &About| {
            let each = about.data_through.iter();
            each.map(|(organization, at)| (organization.clone(), json!(rfc3339(*at)))).collect()
        };
        let found = self.found.as_ref();
        json!({
            "generation": self.number,
            "current": self.is_current,
            "made_as_of": about.map(|about| rfc3339(about.as_of)),
            "files": about.map(|about| &about.files),
            "records": about.map(|about| about.records),
            "tickets": about.map(|about| about.tickets),
            "data_through": about.and_then(About::newest).map(rfc3339),
            "data_through_by_organization":
                about.map(|about| Value::Object(through(about))),
            "bytes": found.ok().map(|(bytes, _, _)| bytes),
            "own_bytes": found.ok().map(|(_, own, _)| own),
            "written_by": found.ok().map(|(_, _, by)| by),
            "damaged": found.err().map(ToString::to_string),
        })
    }

    fn cells(&self) -> Option<[String; 9]> {
        let (all, own, by) = self.found.as_ref().ok()?;
        let unknown = || "-".to_owned();
        let about = |cell: fn(&About) -> String| self.about.as_ref().map_or_else(unknown, cell);
        let mark = if self.is_current { " (current)" } else { "" };
        Some([
            format!("{}{mark}", self.number),
            about(|about| rfc3339(about.as_of)),
            about(|about| {
                let kinds = about.files.iter().map(|(kind, n)| format!("{} {kind}", grouped(*n)));
                kinds.collect::<Vec<_>>().join(", ")
            }),
            about(|about| grouped(about.records)),
            about(|about| grouped(about.tickets)),
            about(|about| about.newest().map_or_else(|| "-".to_owned(), rfc3339)),
            bytes(*all),
            bytes(*own),
            by.clone(),
        ])
    }
}

const HEAD: [&str; 9] = [
    "generation",
    "made as of",
    "files of that night",
    "records read",
    "tickets",
    "data through",
    "size",
    "of its own",
    "written by",
];
/// Columns of numbers, which are right-aligned.
const NUMBERS: [usize; 4] = [3, 4, 6, 7];

fn as_text(trouble: Option<&StoreError>, rows: &[Row]) -> String {
    let mut text = String::new();
    let mut hint = None;
    if let Some(trouble) = trouble {
        text.push_str(&format!("damaged: {trouble}\n"));
        hint = Some(trouble.way_out());
    }
    let lines: Vec<[String; 9]> = std::iter::once(HEAD.map(str::to_owned))
        .chain(rows.iter().filter_map(Row::cells))
        .collect();
    if lines.len() > 1 {
        text.push_str(&aligned(&lines, &NUMBERS));
    }
    for row in rows {
        if let Err(error) = &row.found {
            let mark = if row.is_current { " (current)" } else { "" };
            text.push_str(&format!("generation {}{mark}: damaged: {error}\n", row.number));
            hint = hint.or(Some("`queuestat state verify` says what can be done"));
        }
    }
    if rows.is_empty() {
        text.push_str("nothing was kept yet\n");
    }
    if let Some(hint) = hint {
        text.push_str(&format!("hint: {hint}\n"));
    }
    text
}
