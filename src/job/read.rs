//! How every job begins: finds and reads the archive, and stops if the gates refuse it.

use std::time::Instant;

use crate::archive::{Candidate, Discovery, Known, Place, Rules, Spares, discover_by};
use crate::ingest::{Totals, Traced, Watch, ingest_watching};

use super::error::JobError;
use super::input::{Input, Quality, Verdict};
use super::observer::Observer;
use super::plan::Plan;
use super::united::unite;

/// Notices that are told before a refusal.
const REFUSED_NAMED: usize = 20;

/// Finds the files of the archive.
pub(crate) fn find_files(plan: &Plan, timer: &mut Timer<'_>) -> Result<Discovery, JobError> {
    let rules = Rules {
        exclude: &plan.exclude.1,
        limits: plan.ingest.limits,
        known: &|_| Known::No,
        spares: Spares::Empty,
        stop: plan.stop.flag(),
    };
    let discovery = discover_by(&plan.inputs, &rules)?;
    timer.stage("find files", discovery.files.len(), "files");
    Ok(discovery)
}

/// Finds and reads the archive.
pub(crate) fn read(plan: &Plan, timer: &mut Timer<'_>) -> Result<Input, JobError> {
    read_watching(plan, Watch::Nothing, timer).map(|(input, _)| input)
}

/// As [`read`]; also finds the records that are watched for, in file order.
pub(crate) fn read_watching(
    plan: &Plan,
    watch: Watch,
    timer: &mut Timer<'_>,
) -> Result<(Input, Vec<Traced>), JobError> {
    let discovery = find_files(plan, timer)?;
    let observer = timer.observer;
    let is_piped = |file: &Candidate| file.place == Place::StandardInput;
    let ahead = discovery.files.iter().map(|file| file.bytes).sum();
    observer.reading((!discovery.files.iter().any(is_piped)).then_some(ahead));
    let progress = |n| {
        observer.more_read(n);
        plan.stop.flow()
    };
    let read = ingest_watching(&discovery.files, watch, &plan.ingest, &progress);
    observer.read();
    let (mut ingested, traced) = read?;
    unite(&mut ingested.account, &plan.directory);
    let input = Input::new(discovery, ingested);
    timer.stage(
        "read and join",
        usize::try_from(input.totals.records).unwrap_or(usize::MAX),
        "records",
    );
    Ok((input, traced))
}

/// Ends the job if the gates refuse the input, after up to [`REFUSED_NAMED`] notices.
///
/// # Errors
/// [`JobError::Unreadable`], also if forced; [`JobError::NothingToRead`] and [`JobError::TooManyRejected`] unless forced.
pub(crate) fn refuse(
    input: &Input,
    verdict: &Verdict,
    force: bool,
    observer: &dyn Observer,
) -> Result<(), JobError> {
    let Totals { rejected, records, files_left_out: files, .. } = input.totals;
    let refused = match verdict.quality {
        Quality::Unreadable => JobError::Unreadable,
        Quality::Refused if !force => match records {
            0 => JobError::NothingToRead { files },
            _ => JobError::TooManyRejected { rejected, records, worst: input.worst() },
        },
        Quality::Good | Quality::NeedsALook | Quality::Refused => return Ok(()),
    };
    for notice in verdict.notices.iter().take(REFUSED_NAMED) {
        observer.notice(notice);
    }
    Err(refused)
}

/// Measures the stages of a job and tells each one as it ends.
pub(crate) struct Timer<'a> {
    since: Instant,
    begin: Instant,
    pub(crate) observer: &'a dyn Observer,
    /// Names and seconds of the stages that have ended.
    pub(crate) stages: Vec<(String, f64)>,
}

impl<'a> Timer<'a> {
    pub(crate) fn start(observer: &'a dyn Observer) -> Self {
        let now = Instant::now();
        Self { since: now, begin: now, observer, stages: Vec::new() }
    }

    /// Seconds since the job began.
    pub(crate) fn seconds(&self) -> f64 {
        self.begin.elapsed().as_secs_f64()
    }

    /// A stage has ended.
    pub(crate) fn stage(&mut self, name: &str, rows: usize, unit: &str) {
        let seconds = self.since.elapsed().as_secs_f64();
        self.stages.push((name.to_owned(), seconds));
        self.observer.stage(name, seconds, u64::try_from(rows).unwrap_or(u64::MAX), unit);
        self.since = Instant::now();
    }
}
