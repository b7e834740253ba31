//! A report of what nights keep: of any of its tickets, without reading an archive. The state is not changed.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use chrono::NaiveDate;

use crate::archive::Discovery;
use crate::calendar::rfc3339;
use crate::dataframe::TicketFrame;
use crate::disk::Disk;
use crate::ingest::Ingested;
use crate::night::{Forgotten, Period, read_ledger};
use crate::report::publish::FolderWriter;
use crate::store::Generation;
use crate::ticket::{Fold, Gazetteer};

use super::asked::Asked;
use super::error::JobError;
use super::input::Input;
use super::kept::of_state;
use super::kept_account::account_of;
use super::kept_sums::{courses_of, frames_of, sums_of};
use super::notice::Notice;
use super::obeyed;
use super::observer::Observer;
use super::picked::{Picked, looked_from};
use super::plan::Plan;
use super::read::Timer;
use super::report::{Of, ReportPlan, Reported, finish};
use super::source::recalled;
use super::tabulated::Tabulated;
use super::wanted::Wanted;

/// What a state keeps, as far as a report is about it.
struct Kept {
    input: Input,
    gazetteer: Gazetteer,
    tabulated: Tabulated,
    warnings: Vec<Notice>,
    /// Figures of earlier service dates are kept as they were made.
    made_before: Option<NaiveDate>,
    /// Whether chosen tickets lack those that are forgotten: of these only whole sums are kept.
    lacks_forgotten: bool,
}

/// Publishes a report of what nights keep, and says whether it lacks forgotten tickets. Without a given instant, the plan gets
/// that of the last night. `wait` is how long to wait for the lock of the state.
///
/// # Errors
/// [`JobError`]; nothing was published.
pub fn report_kept(
    asked: &mut ReportPlan,
    (folder, wait): (&Path, Duration),
    observer: &dyn Observer,
) -> Result<(Reported, bool), JobError> {
    let mut timer = Timer::start(observer);
    // Before anything is read, so that a bad folder is found at once.
    let writer = FolderWriter::open(&Disk::new(), &asked.out)?;
    let ReportPlan { plan, wanted, asked: filter, .. } = &mut *asked;
    let kept = of_state(folder, wait, |state| kept(plan, state, (*wanted, filter)))?;
    let Kept { input, gazetteer, tabulated, warnings, made_before, lacks_forgotten } = kept;
    // Not of now: the pages tell the instant.
    plan.as_of_given.get_or_insert_with(|| rfc3339(plan.waits.as_of));
    timer.stage("load rows and sums", tabulated.sums.len(), "organizations");
    for warning in &warnings {
        observer.notice(warning);
    }
    let of = Of { input: &input, gazetteer: &gazetteer, tabulated, made_before };
    let published = finish(asked, writer, of, &mut timer)?;
    let seconds = timer.seconds();
    let excluded = gazetteer.findings.excluded;
    Ok((Reported::of(published, (input, excluded), warnings, seconds), lacks_forgotten))
}

fn kept(
    plan: &mut Plan,
    state: Option<&Generation>,
    (wanted, asked): (Wanted, &Asked),
) -> Result<Kept, JobError> {
    let Some(state) = state else { return Err(JobError::EmptyState) };
    let (gazetteer, known, mut chronicle) = recalled(plan, state)?;
    let warnings = obeyed::notices(plan, &known);
    let window = (wanted.from, wanted.to);
    let is_whole = Asked { from: None, to: None, ..asked.clone() } == Asked::default();
    let mut tabulated = if is_whole {
        // As a night does it, so that forgotten tickets count as they do there.
        let of = (state, &gazetteer);
        let sums = sums_of(plan, wanted, of, &mut chronicle)?;
        let ends = BTreeSet::from([wanted.to]);
        let courses = courses_of((plan.rules.week_starts_on, &ends), of, &chronicle)?;
        Tabulated { sums, courses, filter: String::new(), covered: None }
    } else {
        let from = looked_from(plan, &gazetteer, window);
        let of = (state, &gazetteer);
        let frames = frames_of(plan, (from, wanted.to), of, &mut chronicle)?;
        let (frames, meant) = asked.of(frames, plan, &known)?;
        let picked = Picked::of_frames(plan, frames, meant, (from, window))?;
        let filter = picked.meant.words();
        let (sums, courses) = picked.sums()?;
        Tabulated { sums, courses, filter, covered: None }
    };
    if tabulated.is_empty() {
        let all = frames_of(plan, (None, None), (state, &gazetteer), &mut chronicle)?;
        let (chosen, _) = asked.of(all, plan, &known)?;
        let dates = chosen.iter().filter_map(|frame: &TicketFrame| frame.dates);
        tabulated.covered = dates.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    }
    let touches = |period: Period| period.may_touch(wanted.from, wanted.to);
    let lacks_forgotten = !is_whole && chronicle.is_frozen(touches);
    let account = account_of(&read_ledger(state)?, &plan.directory);
    // What lies in the archive and was not read, only a look at it tells.
    let input = Input::new(Discovery::default(), Ingested { fold: Fold::default(), account });
    let frozen = is_whole && chronicle.is_frozen(|_| true);
    let made_before = Forgotten::read(state)?.before().filter(|_| frozen);
    Ok(Kept { input, gazetteer, tabulated, warnings, made_before, lacks_forgotten })
}
