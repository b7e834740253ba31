//! A report of a whole archive: read, judge, choose, make, publish.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use chrono::NaiveDate;

use crate::disk::Disk;
use crate::report::publish::FolderWriter;
use crate::ticket::{Excluded, Gazetteer};

use super::asked::Asked;
use super::error::JobError;
use super::excluded;
use super::input::{Input, Quality};
use super::judged::Judged;
use super::located::Located;
use super::make::{Made, make};
use super::notice::Notice;
use super::observer::Observer;
use super::plan::Plan;
use super::read::{Timer, read};
use super::silence::Silences;
use super::tabulated::{Tabulated, tabulate};
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
    let mut judged = Judged::of(plan, &mut input, None, (*force, observer))?;
    let Located { fold, gazetteer, known, .. } = &mut judged.located;
    let set = std::mem::take(fold).finish_at(gazetteer);
    timer.stage("finish tickets", set.len(), "tickets");
    let chosen = ((wanted.from, wanted.to), &asked.asked);
    let tabulated = tabulate(plan, chosen, set, (gazetteer, known), &mut timer)?;
    conclude(asked, writer, (input, judged, tabulated), timer)
}

/// Publishes a report of what was read and added up.
///
/// # Errors
/// [`JobError`]; nothing was published.
pub(crate) fn conclude(
    asked: &ReportPlan,
    writer: FolderWriter,
    (input, judged, tabulated): (Input, Judged, Tabulated),
    mut timer: Timer<'_>,
) -> Result<Reported, JobError> {
    let gazetteer = &judged.located.gazetteer;
    let of = Of { input: &input, gazetteer, tabulated, made_before: None };
    let published = finish(asked, writer, of, &mut timer)?;
    judged.tell(&input, timer.observer);
    let Judged { verdict, located, .. } = judged;
    let excluded = located.gazetteer.findings.excluded;
    let reported = Reported::of(published, (input, excluded), verdict.notices, timer.seconds());
    Ok(Reported { needs_a_look: verdict.quality != Quality::Good, ..reported })
}

/// What a report is made of.
pub(crate) struct Of<'a> {
    pub(crate) input: &'a Input,
    pub(crate) gazetteer: &'a Gazetteer,
    pub(crate) tabulated: Tabulated,
    /// Figures of earlier service dates are kept as they were made.
    pub(crate) made_before: Option<NaiveDate>,
}

/// What was published.
pub(crate) struct Published {
    made: Made,
    files: usize,
    filter: String,
}

/// Makes a report and publishes it.
///
/// # Errors
/// [`JobError`]; nothing was published.
pub(crate) fn finish(
    asked: &ReportPlan,
    writer: FolderWriter,
    of: Of<'_>,
    timer: &mut Timer<'_>,
) -> Result<Published, JobError> {
    let ReportPlan { plan, wanted, force, .. } = asked;
    let Of { input, gazetteer, tabulated, made_before } = of;
    if !force && tabulated.is_empty() {
        return Err(nothing(wanted, &tabulated, gazetteer, input));
    }
    let Tabulated { sums, courses, filter, .. } = tabulated;
    let whole = Whole {
        account: &input.ingested.account,
        findings: &gazetteer.findings,
        silent: &Silences::default(),
        skipped: &input.discovery.skipped,
        made_before,
        filter: &filter,
        gone: &BTreeSet::new(),
    };
    let made = make(plan, *wanted, whole, (sums, &courses), timer)?;
    let files = publish(plan, writer, &made)?;
    timer.observer.published();
    timer.stage("publish", files, "files");
    Ok(Published { made, files, filter })
}

impl Reported {
    /// Of what was published, and of what it was made from.
    pub(crate) fn of(
        published: Published,
        (input, excluded): (Input, BTreeMap<Excluded, u64>),
        warnings: Vec<Notice>,
        seconds: f64,
    ) -> Self {
        let Published { made, files, filter } = published;
        let Made { organizations, locations, tickets, dates, .. } = made;
        Self {
            needs_a_look: !warnings.is_empty(),
            organizations,
            locations,
            tickets,
            dates,
            files,
            warnings,
            excluded,
            seconds,
            filter,
            input,
        }
    }
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
fn nothing(
    wanted: &Wanted,
    tabulated: &Tabulated,
    gazetteer: &Gazetteer,
    input: &Input,
) -> JobError {
    let left_out = excluded::words(&gazetteer.findings.excluded);
    JobError::EmptyWindow {
        window: (wanted.from, wanted.to),
        covered: tabulated.covered,
        read: Box::new(input.counts()),
        left_out,
    }
}
