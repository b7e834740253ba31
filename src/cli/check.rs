//! `queuestat check`: reads the archive and prints its account; writes nothing.

use serde_json::json;

use crate::archive::Form;
use crate::ingest::FileAccount;
use crate::job::run_file::counts;
use crate::job::{self, Checked, Input, Observer, Quality};
use crate::report::text::logged;
use crate::webhook::Reject;

use super::answer::{answer, answer_whole};
use super::args::CheckArgs;
use super::failure::{Exit, Failure};
use super::plan::Request;
use super::shapes;
use super::threads::with_threads;
use super::verdict::{exit_of, say_input};
use super::voice::Volume;
use super::words::{count, grouped};

/// Reads the archive and prints its account.
pub(super) fn run(args: CheckArgs) -> Result<Exit, Failure> {
    let json = args.json;
    let Request { plan, voice, threads } = Request::from_args(args.input)?;
    with_threads(threads, || {
        let checked = job::check(&plan, &voice)?;
        let Checked { input, quality, warnings, notes, left_out, tickets } = &checked;
        say_input(&voice, input, *quality, warnings);
        if json {
            answer_whole(&as_json(input, *tickets))?;
        } else {
            answer(&as_table(input, *tickets, voice.volume == Volume::Verbose))?;
        }
        let exit = exit_of(*quality);
        if !voice.is_quiet() {
            for note in notes {
                voice.notice(note);
            }
            let fields = json!({"exit_code": exit as u8, "read": counts(&input.totals)});
            let skipped = input.counts().skipped_words();
            let message = format!("{}{skipped}{left_out}; nothing was written", words(*quality));
            voice.log.summary(&message, fields);
        }
        Ok(exit)
    })
}

fn words(quality: Quality) -> &'static str {
    match quality {
        Quality::Good => "all well",
        Quality::NeedsALook => "usable, but look at the warnings",
        Quality::Refused => "a report would be refused",
        Quality::Unreadable => "nothing could be read",
    }
}

fn row(file: &FileAccount) -> [u64; 8] {
    [
        file.bytes,
        file.records,
        file.blank,
        file.accepted,
        file.duplicate,
        file.rejected_total(),
        file.other,
        file.deferred,
    ]
}

const HEAD: [&str; 8] =
    ["bytes", "records", "blank", "accepted", "duplicate", "rejected", "other", "deferred"];

fn as_table(input: &Input, tickets: usize, all: bool) -> String {
    let files = &input.ingested.account.files;
    let totals = input.totals;
    let total_row = [
        totals.bytes,
        totals.records,
        totals.blank,
        totals.accepted,
        totals.duplicate,
        totals.rejected,
        totals.other,
        totals.deferred,
    ];
    let total_name = format!("{} in all", count(totals.files, "file"));
    let mut rows: Vec<(String, [u64; 8])> = Vec::new();
    // Nobody reads a table of a year of files: list the odd ones, unless asked for all.
    let all = all || files.len() <= 40;
    let odd = |file: &FileAccount| {
        file.rejected_total() + file.other + file.deferred > 0 || file.state.words().is_some()
    };
    for file in files.iter().filter(|file| all || odd(file)) {
        let mark = if file.state.words().is_some() { " (left out)" } else { "" };
        rows.push((format!("{}{mark}", logged(&file.name)), row(file)));
    }
    rows.push((total_name, total_row));
    let name_width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let width = 13;
    let mut text = format!("{:<name_width$}", "file");
    for head in HEAD {
        text.push_str(&format!("{head:>width$}"));
    }
    text.push('\n');
    for (name, numbers) in &rows {
        text.push_str(&format!("{name:<name_width$}"));
        for n in numbers {
            text.push_str(&format!("{:>width$}", grouped(*n)));
        }
        text.push('\n');
    }
    if !all {
        text.push_str("(files without anything odd are not listed; --verbose lists them)\n");
    }
    text.push_str(&shapes::as_text(files));
    text.push_str(&format!("{}\n", count(u64::try_from(tickets).unwrap_or(u64::MAX), "ticket")));
    text
}

fn as_json(input: &Input, tickets: usize) -> String {
    let reasons = |file: &FileAccount| -> serde_json::Map<String, serde_json::Value> {
        Reject::ALL
            .iter()
            .zip(file.rejected)
            .filter(|(_, n)| *n > 0)
            .map(|(reason, n)| (reason.name().to_owned(), n.into()))
            .collect()
    };
    let files: Vec<_> = input
        .ingested
        .account
        .files
        .iter()
        .map(|file| {
            let rejects: Vec<_> = file
                .rejects
                .iter()
                .map(|r| json!({"line": r.line, "offset": r.offset, "length": r.length, "reason": r.reason.name()}))
                .collect();
            json!({
                "path": file.name,
                "bytes": file.bytes,
                "decompressed_bytes": file.decompressed,
                "records": file.records,
                "blank": file.blank,
                "accepted": file.accepted,
                "duplicate": file.duplicate,
                "rejected": file.rejected_total(),
                "rejected_by_reason": reasons(file),
                "other": file.other,
                "deferred": file.deferred,
                "deferred_bytes": file.deferred_bytes,
                "form": file.form().map(Form::name),
                "shapes": shapes::of_file(file),
                "keys": shapes::hint_keys(file),
                "left_out": file.trouble(),
                "rejected_records": rejects,
            })
        })
        .collect();
    let skipped = input.discovery.skipped.iter().map(|s| {
        json!({"path": s.name, "state": s.state.name(), "kind": s.kind, "note": s.note(), "bytes": s.bytes})
    });
    let skipped: Vec<_> = skipped.collect();
    let whole = json!({
        "files": files,
        "skipped": skipped,
        "shapes": shapes::as_json(&input.ingested.account.files),
        "total": counts(&input.totals),
        "tickets": tickets,
    });
    format!("{whole:#}\n")
}
