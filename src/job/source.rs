//! The tickets that a question is about: of an archive that is read now, or of what nights keep.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::dataframe::TicketFrame;
use crate::ingest::Watch;
use crate::night::{Chronicle, Ledger, Meaning, Period, read_ledger};
use crate::store::Generation;
use crate::ticket::Gazetteer;

use super::error::JobError;
use super::input::{Input, Quality};
use super::kept::of_state;
use super::kept_sums::frames_of;
use super::located::Located;
use super::notice::Notice;
use super::obeyed::{self, Known};
use super::observer::Observer;
use super::opened::Opened;
use super::plan::Plan;
use super::read::Timer;
use super::window::Window;

/// Where the tickets come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The inputs of the plan.
    Archive,
    /// The folder that nightly runs keep their state in, and how long to wait for its lock.
    State(PathBuf, Duration),
}

/// Makes a plan without a given instant go by that of the last kept night, if the tickets come from a state: days such as
/// `last-week` are relative to it.
///
/// # Errors
/// [`JobError`] if the state cannot be read.
pub fn go_by_last_night(plan: &mut Plan, source: &Source) -> Result<(), JobError> {
    let Source::State(folder, wait) = source else { return Ok(()) };
    if plan.as_of_given.is_none()
        && let Some(as_of) = of_state(folder, *wait, |state| {
            Ok(state.map(read_ledger).transpose()?.map(|ledger| ledger.as_of))
        })?
    {
        plan.waits.as_of = as_of;
    }
    Ok(())
}

/// The tickets of a window, and what is known of them.
pub(crate) struct Loaded {
    pub(crate) frames: Vec<TicketFrame>,
    pub(crate) known: Known,
    /// What was read, and how good it is; of an archive only.
    pub(crate) input: Option<(Input, Quality)>,
    /// What somebody has to look at.
    pub(crate) warnings: Vec<Notice>,
    /// Whether tickets of the window were forgotten: their sums are kept, and no question but those of reports can be
    /// answered from sums.
    pub(crate) is_frozen: bool,
    /// The newest instant at which anything happened, by organization, UTC milliseconds.
    pub(crate) data_through: BTreeMap<String, i64>,
}

/// Loads the tickets of a window. Without a given instant, the plan gets that of the last kept night of a state.
///
/// # Errors
/// [`JobError`] if the archive or the state cannot be found or read. What the gates would refuse is no error here.
pub(crate) fn load(
    plan: &mut Plan,
    source: &Source,
    window: Window,
    observer: &dyn Observer,
) -> Result<Loaded, JobError> {
    match source {
        Source::Archive => of_archive(plan, window, observer),
        Source::State(folder, wait) => {
            of_state(folder, *wait, |state| of_generation(plan, state, window))
        }
    }
}

fn of_archive(plan: &Plan, window: Window, observer: &dyn Observer) -> Result<Loaded, JobError> {
    let mut timer = Timer::start(observer);
    let Opened { input, verdict, located, .. } = Opened::read(plan, Watch::Nothing, &mut timer)?;
    let Located { fold, gazetteer, known, .. } = located;
    let set = fold.finish_at(&gazetteer);
    let frames = TicketFrame::build(&set, plan.frame(window.0, window.1))?;
    timer.stage("frames", frames.iter().map(|frame| frame.rows.height()).sum(), "rows");
    let (quality, warnings) = (verdict.quality, verdict.notices);
    let (input, data_through) = (Some((input, quality)), gazetteer.findings.data_through);
    Ok(Loaded { frames, known, input, warnings, is_frozen: false, data_through })
}

fn of_generation(
    plan: &mut Plan,
    state: Option<&Generation>,
    (from, to): Window,
) -> Result<Loaded, JobError> {
    let Some(state) = state else { return Err(JobError::EmptyState) };
    let (gazetteer, known, mut chronicle) = recalled(plan, state)?;
    let warnings = obeyed::notices(plan, &known);
    let touches = |period: Period| period.may_touch(from, to);
    let frames = frames_of(plan, (from, to), (state, &gazetteer), &mut chronicle)?;
    let is_frozen = chronicle.is_frozen(touches);
    let data_through = gazetteer.findings.data_through;
    Ok(Loaded { frames, known, input: None, warnings, is_frozen, data_through })
}

/// Gives a plan without a given instant that of the last night.
///
/// # Errors
/// [`JobError::LaterState`] if the instant that was given lies before it: what came later is joined with what was there, and
/// cannot be taken out again; [`JobError::OtherFigures`] if ratings or times are read by other settings than in the nights.
pub(crate) fn at_night(plan: &mut Plan, ledger: &Ledger) -> Result<(), JobError> {
    if plan.as_of_given.is_none() {
        plan.waits.as_of = ledger.as_of;
    } else if plan.waits.as_of < ledger.as_of {
        return Err(JobError::LaterState);
    }
    if !ledger.meaning.has_same_figures(&Meaning::of(&plan.ingest)) {
        return Err(JobError::OtherFigures);
    }
    Ok(())
}

/// What a generation keeps: its places, the names that can be meant, and its periods. Without a given instant, the plan gets
/// that of the last kept night.
///
/// # Errors
/// [`JobError::State`] if it cannot be read, [`JobError::LaterState`] if the instant that was given lies before that of the last
/// night.
pub(crate) fn recalled(
    plan: &mut Plan,
    state: &Generation,
) -> Result<(Gazetteer, Known, Chronicle), JobError> {
    let ledger = read_ledger(state)?;
    at_night(plan, &ledger)?;
    let mut merged = obeyed::recall(state, &ledger)?;
    merged.join(&plan.directory)?;
    let census = merged.census();
    let gazetteer = merged.united(&plan.directory).gazetteer(&census, &plan.directory);
    let known = Known::of(plan, merged.names().seen_names(), &census, &gazetteer);
    let chronicle = merged.chronicle(&gazetteer, plan.waits)?;
    Ok((gazetteer, known, chronicle))
}
