//! `queuestat pieces`: a report in pieces that can run anywhere.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::job::pieces::{self, Done, PublishPlan, Which, Work};
use crate::job::{Asked, JobError, Only, Plan, ReportPlan, Wanted};

use super::dates::Today;
use super::failure::{Exit, Failure};
use super::only_arg::OnlyArg;
use super::pieces_args::{FoldArgs, ListArgs, PiecesArgs, PlacesArgs, PublishArgs, Step, StepArgs};
use super::pieces_settings::{Extras, Settings};
use super::plan::Request;
use super::report;
use super::select_args::SelectArgs;
use super::stop::Ear;
use super::threads::with_threads;
use super::voice::Voice;
use super::words::count;

/// Runs a step.
pub(super) fn run(args: PiecesArgs, ear: &Ear) -> Result<Exit, Failure> {
    match args.step {
        Step::List(args) => list(args, ear),
        Step::Fold(args) => fold(args, ear),
        Step::Names(args) => {
            let work = Work::at(&args.how.work);
            step(&args.how, ear, "brought together", |_, voice| {
                pieces::names(&work, &args.pieces, voice)
            })
        }
        Step::Join(args) => {
            let work = Work::at(&args.how.work);
            step(&args.how, ear, "joined", |plan, voice| {
                pieces::join(plan, &work, &args.tickets, &args.out, voice)
            })
        }
        Step::Places(args) => places(args, ear),
        Step::Tabulate(args) => {
            let work = Work::at(&args.how.work);
            let request = request(&args.how, ear, None)?;
            let asked = asked(&work, &request.plan, &args.how.work)?;
            told(request, "added up", |plan, voice| {
                pieces::tables(plan, &work, &args.tickets, &asked, &args.out, voice)
            })
        }
        Step::Publish(args) => publish(args, ear),
    }
}

fn list(args: ListArgs, ear: &Ear) -> Result<Exit, Failure> {
    let ListArgs { input, work, parts } = args;
    if input.inputs.iter().any(|input| input == Path::new("-")) {
        return Err(Failure::new(Exit::Usage, "standard input cannot be listed")
            .hint("write it to a file, or read it with `queuestat report -`"));
    }
    let (settings, mut request) = Settings::of(input)?;
    request.plan.stop = ear.stop();
    let settings = settings.to_text()?;
    told(request, "listed", |plan, voice| {
        pieces::list(plan, settings, &Work::at(&work), parts, voice)
    })
}

fn fold(args: FoldArgs, ear: &Ear) -> Result<Exit, Failure> {
    let FoldArgs { how, files, out } = args;
    let work = Work::at(&how.work);
    let which = files.as_deref().map_or(Ok(Which::All), which)?;
    step(&how, ear, "read", |plan, voice| pieces::fold(plan, &work, &which, &out, voice))
}

/// Numbers such as `0-99,120`, or else the path of a table.
fn which(text: &str) -> Result<Which, Failure> {
    let is_numbers = |c: char| c.is_ascii_digit() || matches!(c, '-' | ',' | ' ');
    if text.is_empty() || !text.chars().all(is_numbers) {
        return Ok(Which::Table(text.into()));
    }
    let span = |part: &str| {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        Some((from.trim().parse().ok()?, to.trim().parse().ok()?))
    };
    let spans: Option<Vec<(u32, u32)>> = text.split(',').map(span).collect();
    spans.map(Which::Numbers).ok_or_else(|| {
        Failure::new(Exit::Usage, format!("`{text}` cannot be understood"))
            .hint("use numbers such as 0-99,120, or a Parquet file with rows of `files.parquet`")
    })
}

fn places(args: PlacesArgs, ear: &Ear) -> Result<Exit, Failure> {
    let PlacesArgs { pieces, how, select } = args;
    let request = request(&how, ear, None)?;
    let written = serde_json::to_string(&select);
    let written = written.map_err(|error| Failure::from_error(Exit::Internal, &error))?;
    let asked = select.asked(Today::of(&request.plan)?)?;
    told(request, "brought together", |plan, voice| {
        pieces::places(plan, &Work::at(&how.work), &pieces, (&asked, written), voice)
    })
}

fn publish(args: PublishArgs, ear: &Ear) -> Result<Exit, Failure> {
    let PublishArgs { pieces: tables, how, out, only, png, parquet, xlsx, force, json } = args;
    let Request { plan, voice, threads } = request(&how, ear, Some(Extras { png, parquet, xlsx }))?;
    let work = Work::at(&how.work);
    let asked = asked(&work, &plan, &how.work)?;
    let only = only.map(|OnlyArg::Csv| Only::Csv);
    let wanted = Wanted { from: asked.from, to: asked.to, only };
    let report = ReportPlan { plan, wanted, asked, out, force };
    let asked = PublishPlan { report, work, tables };
    with_threads(threads, || {
        let reported = pieces::publish(&asked, &voice).map_err(report::failed)?;
        report::tell(&asked.report, &reported, &voice, json)
    })
}

/// What the report is about, as `places` was told.
fn asked(work: &Work, plan: &Plan, folder: &Path) -> Result<Asked, Failure> {
    let text = work.asked().map_err(JobError::from)?;
    let select: SelectArgs = serde_json::from_str(&text).map_err(|_| {
        let message =
            format!("what `places` wrote to `{}` is of another version", folder.display());
        Failure::new(Exit::Refused, message).hint("run `places` again with this queuestat")
    })?;
    select.asked(Today::of(plan)?)
}

/// The settings of a step, as `list` wrote them.
fn request(how: &StepArgs, ear: &Ear, extras: Option<Extras>) -> Result<Request, Failure> {
    let text = Work::at(&how.work).settings().map_err(JobError::from)?;
    let mut request = Settings::of_text(&text, &how.work)?.request(how, extras)?;
    request.plan.stop = ear.stop();
    Ok(request)
}

/// Runs a step with the settings of the list, and says what it did.
fn step(
    how: &StepArgs,
    ear: &Ear,
    did: &str,
    work: impl FnOnce(&Plan, &Voice) -> Result<Done, JobError> + Send,
) -> Result<Exit, Failure> {
    told(request(how, ear, None)?, did, work)
}

/// Runs a step, and says what it did.
fn told(
    request: Request,
    did: &str,
    work: impl FnOnce(&Plan, &Voice) -> Result<Done, JobError> + Send,
) -> Result<Exit, Failure> {
    let Request { plan, voice, threads } = request;
    with_threads(threads, || {
        let done = work(&plan, &voice)?;
        if !voice.is_quiet() {
            let words: Vec<String> = done.counts.iter().map(|(n, noun)| count(*n, noun)).collect();
            let fields = done.counts.iter().map(|(n, noun)| (noun.replace(' ', "_"), json!(n)));
            let fields: Map<String, Value> = fields.collect();
            voice.log.summary(&format!("{did}: {}.", words.join(", ")), Value::Object(fields));
        }
        Ok(Exit::Ok)
    })
}
