//! `queuestat report`: publishes a report and prints a summary.

use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::job::excluded::{as_json as left_out_json, words as left_out_words};
use crate::job::notice_kinds;
use crate::job::run_file::counts;
use crate::job::{self, JobError, Only, Plan, ReportPlan, Reported, Source, Wanted};

use super::answer::answer_whole;
use super::args::ReportArgs;
use super::ask::say_forgotten;
use super::dates::Today;
use super::failure::{Exit, Failure};
use super::only_arg::OnlyArg;
use super::plan::Request;
use super::stop::Ear;
use super::threads::with_threads;
use super::voice::Voice;
use super::words::{count, rounded};

/// Reads the archive and publishes a report.
pub(super) fn run(args: ReportArgs, ear: &Ear) -> Result<Exit, Failure> {
    let ReportArgs { mut input, out, only, png, parquet, xlsx, force, json, select, .. } = args;
    (input.png, input.parquet, input.xlsx) = (png, parquet, xlsx);
    let wait = Duration::from_secs(args.lock_wait);
    let source = args.state.map_or(Source::Archive, |folder| Source::State(folder, wait));
    let Request { mut plan, voice, threads } = Request::asking(&source, input)?;
    job::go_by_last_night(&mut plan, &source)?;
    let asked = select.asked(Today::of(&plan)?)?;
    plan.stop = ear.stop();
    let only = only.map(|OnlyArg::Csv| Only::Csv);
    let wanted = Wanted { from: asked.from, to: asked.to, only };
    let mut asked = ReportPlan { plan, wanted, asked, out, force };
    with_threads(threads, || {
        let reported = match &source {
            Source::Archive => job::report(&asked, &voice).map_err(failed)?,
            Source::State(folder, wait) => {
                let of = (folder.as_path(), *wait);
                let (reported, lacks) = job::report_kept(&mut asked, of, &voice).map_err(failed)?;
                say_forgotten(&voice, lacks);
                reported
            }
        };
        tell(&asked, &reported, &voice, json)
    })
}

/// Prints what was published.
pub(super) fn tell(
    asked: &ReportPlan,
    reported: &Reported,
    voice: &Voice,
    json: bool,
) -> Result<Exit, Failure> {
    let exit = if reported.needs_a_look { Exit::LookAtInput } else { Exit::Ok };
    let fields = fields(reported, exit);
    if !voice.is_quiet() || exit != Exit::Ok {
        let words = words(&asked.plan, reported, &asked.out);
        voice.log.summary(&words, Value::Object(fields.clone()));
    }
    if json {
        answer_whole(&as_json(fields, reported, &asked.out))?;
    }
    Ok(exit)
}

/// Says that the old report stays, if a gate refused the new one.
pub(super) fn failed(error: JobError) -> Failure {
    let is_refused = matches!(
        error,
        JobError::TooManyRejected { .. } | JobError::NothingToRead { .. } | JobError::Unreadable
    );
    let failure = Failure::from(error);
    if is_refused {
        failure.outcome("nothing was published; the old report, if there was one, stays")
    } else {
        failure
    }
}

/// What was read and published, in one paragraph.
fn words(plan: &Plan, reported: &Reported, out: &Path) -> String {
    let Reported { excluded, seconds, .. } = reported;
    let Reported { input, organizations, locations, tickets, dates, files, .. } = reported;
    let left_out = left_out_words(excluded).map(|words| format!("; {words}")).unwrap_or_default();
    let number = |n: usize, noun: &str| count(u64::try_from(n).unwrap_or(u64::MAX), noun);
    let span = dates.map_or_else(String::new, |(from, to)| format!(", {from} to {to}"));
    let config = plan.config_path.as_ref().map_or_else(
        || "no configuration".to_owned(),
        |path| format!("configuration `{}`", path.display()),
    );
    let filter = match reported.filter.as_str() {
        "" => String::new(),
        filter => format!("; only {filter}"),
    };
    format!(
        "{}. {} at {} of {}{span}{filter}{left_out}; {config}. Published {} to `{}` in {seconds:.1} s.",
        input.counts(),
        number(*tickets, "ticket"),
        number(*locations, "location"),
        number(*organizations, "organization"),
        number(*files, "file"),
        out.display(),
    )
}

/// The same for programs.
fn fields(reported: &Reported, exit: Exit) -> Map<String, Value> {
    let Reported { input, organizations, locations, tickets, dates, files, .. } = reported;
    let (from, to) = dates.unzip();
    let fields = [
        ("exit_code", json!(exit as u8)),
        ("read", counts(&input.totals)),
        ("tickets", json!(tickets)),
        ("locations", json!(locations)),
        ("organizations", json!(organizations)),
        ("from", json!(from.map(|date| date.to_string()))),
        ("to", json!(to.map(|date| date.to_string()))),
        ("excluded", left_out_json(&reported.excluded)),
        ("filter", json!(reported.filter)),
        ("published", json!(true)),
        ("published_files", json!(files)),
        ("seconds", json!(rounded(reported.seconds))),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The answer of `--json`: the fields of the summary, the folder, and the warnings with their kinds.
fn as_json(mut fields: Map<String, Value>, reported: &Reported, out: &Path) -> String {
    fields.insert("out".to_owned(), json!(out.display().to_string()));
    fields.insert("warnings".to_owned(), notice_kinds::as_json(&reported.warnings));
    format!("{:#}\n", Value::Object(fields))
}
