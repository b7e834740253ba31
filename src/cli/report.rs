//! `queuestat report`: read, compute, render, publish.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::json;

use crate::dataframe::TicketFrame;
use crate::disk::Disk;
use crate::metric::OrganizationSums;
use crate::report::publish::{FolderWriter, Published};
use crate::ticket::TicketSet;

use super::args::ReportArgs;
use super::banner;
use super::compose::choose;
use super::failure::{Exit, Failure};
use super::fate;
use super::log::rounded;
use super::make::{Made, Wanted, Whole, make};
use super::obeyed::{self, Known};
use super::plan::{Plan, Volume};
use super::read::{Input, Timer, read, refuse, with_threads};
use super::renamed;
use super::run_file::counts;
use super::stop::Stop;
use super::words::count;

/// Reads the archive and publishes a report.
pub(super) fn run(args: ReportArgs, stop: &Stop) -> Result<Exit, Failure> {
    let ReportArgs { input, out, only, force, from, to, organization, location } = args;
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(Failure::new(
            Exit::Usage,
            format!("the window ends ({to}) before it begins ({from})"),
        )
        .hint("give --from a date that is not after --to"));
    }
    let plan = Plan { stop: stop.clone(), ..Plan::from_args(input)? };
    let wanted = Wanted { from, to, only };
    with_threads(plan.threads, || {
        let mut timer = Timer::start(&plan);
        // Before the first line is read, so that a bad folder costs nothing.
        let mut writer = FolderWriter::open(&Disk::new(), &out)?;
        let mut input = read(&plan, &mut timer)?;
        let mut verdict = input.verdict(&plan);
        let kept = "nothing was published; the old report, if there was one, stays";
        refuse(&plan, &input, &verdict, force).map_err(|failure| failure.outcome(kept))?;
        let fold = std::mem::take(&mut input.ingested.fold);
        let census = fold.census();
        let gazetteer = fold.gazetteer(&census, &plan.directory);
        let known = Known::of(&plan, &fold, &census, &gazetteer);
        obeyed::add(&mut verdict, obeyed::warnings(&plan, &known));
        let numbered = (0..).zip(&input.ingested.account.files);
        obeyed::add(&mut verdict, banner::losses(&plan, numbered, &gazetteer.findings));
        let renamed = fold.renamed(&plan.directory, &gazetteer.locations);
        let mut set = fold.finish_at(&gazetteer);
        timer.stage("finish tickets", set.len(), "tickets");
        choose(&mut set, &organization, &location, &known)?;
        let frames = TicketFrame::build(&set, plan.frame(from, to))?;
        if !force && frames.iter().all(|frame| frame.rows.height() == 0) {
            return Err(nothing(&plan, &set, (from, to), &input));
        }
        drop(set);
        let account = &input.ingested.account;
        let whole = Whole {
            account,
            findings: &gazetteer.findings,
            silent: &[],
            skipped: &input.discovery.skipped,
            gone: &BTreeSet::new(),
        };
        let sums = frames.iter().map(OrganizationSums::of).collect::<Result<Vec<_>, _>>()?;
        drop(frames);
        let made = make(&plan, wanted, whole, sums, &mut timer)?;
        for (path, bytes) in &made.files {
            plan.stop.check()?;
            writer.write(path, bytes)?;
        }
        plan.stop.check()?;
        let published = writer.publish()?;
        fate::published();
        timer.stage("publish", published.files, "files");
        input.say_warnings(&plan, &verdict);
        let exit = if verdict.exit == Exit::Ok { Exit::Ok } else { Exit::LookAtInput };
        if plan.volume != Volume::Quiet || exit != Exit::Ok {
            obeyed::note_overruled(&plan, &known);
            renamed::say(&plan, &renamed);
            summary(&plan, (&input, exit), &made, published, &out, &timer);
        }
        Ok(exit)
    })
}

/// Refuses to replace a report by one that says nothing.
fn nothing(
    plan: &Plan,
    set: &TicketSet,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    input: &Input,
) -> Failure {
    let frames = TicketFrame::build(set, plan.frame(None, None)).unwrap_or_default();
    let covered =
        frames.iter().filter_map(|frame| frame.dates).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let window = match (from, to) {
        (Some(from), Some(to)) => format!("of {from} to {to}"),
        (Some(from), None) => format!("since {from}"),
        (None, Some(to)) => format!("until {to}"),
        (None, None) => "to report".to_owned(),
    };
    let message = match covered {
        Some((first, last)) => {
            format!(
                "there is no ticket {window}; the chosen part of the archive covers {first} to {last}"
            )
        }
        None => format!("there is no ticket {window}; {}", input.account_words()),
    };
    Failure::new(Exit::Refused, message).hint(
        "nothing was published, the old report stays; choose another window, or publish an empty report with --force",
    )
}

fn summary(
    plan: &Plan,
    (input, exit): (&Input, Exit),
    made: &Made,
    published: Published,
    out: &std::path::Path,
    timer: &Timer,
) {
    let seconds = timer.begin.elapsed().as_secs_f64();
    let tickets = count(u64::try_from(made.tickets).unwrap_or(u64::MAX), "ticket");
    let locations = count(u64::try_from(made.locations).unwrap_or(u64::MAX), "location");
    let organizations =
        count(u64::try_from(made.organizations).unwrap_or(u64::MAX), "organization");
    let dates = made.dates.map_or_else(String::new, |(from, to)| format!(", {from} to {to}"));
    let config = plan.config_path.as_ref().map_or_else(
        || "no configuration".to_owned(),
        |path| format!("configuration `{}`", path.display()),
    );
    let message = format!(
        "{}. {tickets} at {locations} of {organizations}{dates}; {config}. Published {} to `{}` in {seconds:.1} s.",
        input.account_words(),
        count(u64::try_from(published.files).unwrap_or(u64::MAX), "file"),
        out.display(),
    );
    plan.log.summary(
        &message,
        json!({
            "exit_code": exit as u8,
            "read": counts(&input.totals),
            "tickets": made.tickets,
            "locations": made.locations,
            "organizations": made.organizations,
            "from": made.dates.map(|dates| dates.0.to_string()),
            "to": made.dates.map(|dates| dates.1.to_string()),
            "published": true,
            "published_files": published.files,
            "seconds": rounded(seconds),
        }),
    );
}
