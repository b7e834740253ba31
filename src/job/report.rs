//! A report of a whole archive: read, judge, choose, make, publish.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use chrono::NaiveDate;

use crate::dataframe::TicketFrame;
use crate::disk::Disk;
use crate::report::publish::FolderWriter;
use crate::ticket::{Excluded, Gazetteer, TicketSet};

use super::asked::Asked;
use super::banner::losses;
use super::clock::before_data;
use super::error::JobError;
use super::excluded;
use super::input::{Input, Quality};
use super::join_gate;
use super::located::Located;
use super::make::{Made, make};
use super::notice::Notice;
use super::obeyed;
use super::observer::Observer;
use super::picked::Picked;
use super::plan::Plan;
use super::read::{Timer, read, refuse};
use super::renamed;
use super::shared_queues;
use super::silence::Silences;
use super::wanted::Wanted;
use super::whole::Whole;

/// Everything a report needs to know.
#[derive(Debug)]
pub struct ReportPlan {
    /// What it has in common with every job.
    pub plan: Plan,
    /// What it is about.
    pub wanted: Wanted,
    /// The tickets it is about; its dates are those of `wanted`.
    pub asked: Asked,
    /// The folder to publish to.
    pub out: PathBuf,
    /// Publishes what the gates would refuse, and a report without a ticket.
    pub force: bool,
}

/// A report that was published.
#[derive(Debug)]
pub struct Reported {
    /// What was read.
    pub input: Input,
    /// Whether the input needs a look.
    pub needs_a_look: bool,
    /// Number of organizations.
    pub organizations: usize,
    /// Number of locations with a ticket.
    pub locations: usize,
    /// Number of tickets.
    pub tickets: usize,
    /// First and last service date, if there is any.
    pub dates: Option<(NaiveDate, NaiveDate)>,
    /// Number of files published.
    pub files: usize,
    /// What somebody has to look at.
    pub warnings: Vec<Notice>,
    /// Numbers of tickets that the configuration leaves out.
    pub excluded: BTreeMap<Excluded, u64>,
    /// What it is about besides dates, in words; empty for all tickets.
    pub filter: String,
    /// Seconds that it took.
    pub seconds: f64,
}

/// Reads the archive and publishes a report.
///
/// # Errors
/// [`JobError`]; nothing was published.
pub fn report(asked: &ReportPlan, observer: &dyn Observer) -> Result<Reported, JobError> {
    let ReportPlan { plan, wanted, force, .. } = asked;
    let mut timer = Timer::start(observer);
    // Before anything is read, so that a bad folder is found at once.
    let writer = FolderWriter::open(&Disk::new(), &asked.out)?;
    let mut input = read(plan, &mut timer)?;
    let mut verdict = input.verdict(plan);
    refuse(&input, &verdict, *force, observer)?;
    let Located { fold, gazetteer, known, .. } = Located::take(plan, &mut input);
    before_data(plan, &input.ingested.account, &gazetteer.findings.data_through)?;
    verdict.add(obeyed::notices(plan, &known));
    let numbered = (0..).zip(&input.ingested.account.files);
    verdict.add(losses(plan, numbered, &gazetteer.findings));
    verdict.add(join_gate::warnings(plan, &gazetteer.findings));
    let passed_on = join_gate::notes(plan, &gazetteer.findings);
    let renamed = fold.renamed(&plan.directory, &gazetteer.locations);
    let shared = fold.shared_queues(&plan.directory);
    let mut set = fold.finish_at(&gazetteer);
    timer.stage("finish tickets", set.len(), "tickets");
    let window = (wanted.from, wanted.to);
    let picked = Picked::of(plan, &mut set, &asked.asked, window, (&gazetteer, &known))?;
    let filter = picked.meant.words();
    if !force && picked.height() == 0 {
        return Err(nothing(asked, &set, &gazetteer, &input));
    }
    drop(set);
    timer.stage("frames", picked.height(), "rows");
    let whole = Whole {
        account: &input.ingested.account,
        findings: &gazetteer.findings,
        silent: &Silences::default(),
        skipped: &input.discovery.skipped,
        made_before: None,
        filter: &filter,
        gone: &BTreeSet::new(),
    };
    let (sums, courses) = picked.sums()?;
    let made = make(plan, *wanted, whole, (sums, &courses), &mut timer)?;
    let files = publish(plan, writer, &made)?;
    observer.published();
    timer.stage("publish", files, "files");
    for notice in &verdict.notices {
        observer.notice(notice);
    }
    observer.account(&input, verdict.quality == Quality::Good);
    let notes = obeyed::overruled(&known).into_iter().chain(renamed::notes(&renamed));
    for note in notes.chain(shared_queues::notes(&shared)).chain(passed_on) {
        observer.notice(&note);
    }
    let Made { organizations, locations, tickets, dates, .. } = made;
    Ok(Reported {
        needs_a_look: verdict.quality != Quality::Good,
        organizations,
        locations,
        tickets,
        dates,
        files,
        warnings: verdict.notices,
        excluded: gazetteer.findings.excluded,
        seconds: timer.seconds(),
        filter,
        input,
    })
}

/// Files that are written before a run looks whether it is to stop.
const AT_A_TIME: usize = 256;

/// Publishes the files; returns their number.
fn publish(plan: &Plan, mut writer: FolderWriter, made: &Made) -> Result<usize, JobError> {
    for some in made.files.chunks(AT_A_TIME) {
        plan.stop.check()?;
        writer.write(some)?;
    }
    plan.stop.check()?;
    Ok(writer.publish()?.files)
}

/// The error for a report without a ticket.
fn nothing(asked: &ReportPlan, set: &TicketSet, gazetteer: &Gazetteer, input: &Input) -> JobError {
    let frames = TicketFrame::build(set, asked.plan.frame(None, None)).unwrap_or_default();
    let covered =
        frames.iter().filter_map(|frame| frame.dates).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let Wanted { from, to, .. } = asked.wanted;
    let left_out = excluded::words(&gazetteer.findings.excluded);
    JobError::EmptyWindow { window: (from, to), covered, read: Box::new(input.counts()), left_out }
}
