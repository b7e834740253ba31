//! What kept tickets add up to: of all time from the sums of their periods, of some days from their rows.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::calendar::WeekStart;
use crate::dataframe::{TicketFrame, left_out_of, organizations, stack};
use crate::metric::{Courses, LocationSums, OrganizationSums, PeriodSums};
use crate::night::{Chronicle, Period};
use crate::store::Generation;
use crate::ticket::Gazetteer;

use super::error::JobError;
use super::looked_at::looked_at;
use super::plan::Plan;
use super::wanted::Wanted;
use super::window::Window;

/// The weeks that windows look at when it is asked what changed, from the sums of their periods. `ends` are the last days of
/// the windows.
///
/// # Errors
/// [`JobError::State`] if sums cannot be read.
pub(crate) fn courses_of(
    (starts_on, ends): (WeekStart, &BTreeSet<Option<NaiveDate>>),
    (state, gazetteer): (&Generation, &Gazetteer),
    chronicle: &Chronicle,
) -> Result<Courses, JobError> {
    let spans: Vec<(NaiveDate, NaiveDate)> =
        ends.iter().flat_map(|to| looked_at(gazetteer, *to, starts_on)).collect();
    let wanted =
        |period: Period| spans.iter().any(|(from, to)| period.may_touch(Some(*from), Some(*to)));
    let of = |sums: &PeriodSums| Courses::of_period(starts_on, sums);
    let mut courses = Courses::new(starts_on);
    for part in chronicle.of_sums(state, wanted, of)? {
        courses.merge(part);
    }
    Ok(courses)
}

/// What the tickets of a window add up to: of all time from the sums of the periods, else from the rows of those periods that
/// the window may touch.
///
/// # Errors
/// [`JobError`] if sums or rows cannot be read.
pub(crate) fn sums_of(
    plan: &Plan,
    wanted: Wanted,
    (state, gazetteer): (&Generation, &Gazetteer),
    chronicle: &mut Chronicle,
) -> Result<Vec<OrganizationSums>, JobError> {
    let Wanted { from, to, .. } = wanted;
    if from.is_none() && to.is_none() {
        let whole = chronicle.sum_of_all(state)?;
        let left_out = |organization: &str| left_out_of(&chronicle.left_out, organization);
        let sums = whole.by_organization(organizations(&gazetteer.locations), left_out);
        // Who stands in line far outside of the period of the visit is seen in the rows alone.
        // Of forgotten tickets there are no rows to look at.
        let is_frozen = chronicle.is_frozen(|_| true);
        let all = || sums.par_iter().flat_map(|one| &one.sums).flatten();
        if is_frozen || all().all(LocationSums::is_whole) {
            return Ok(sums);
        }
    }
    let frames = frames_of(plan, (from, to), (state, gazetteer), chronicle)?;
    Ok(frames.par_iter().map(OrganizationSums::of).collect::<Result<_, _>>()?)
}

/// The kept tickets of a window as frames, from the rows of those periods that it may touch; of all tickets without dates.
///
/// # Errors
/// [`JobError`] if rows cannot be read.
pub(crate) fn frames_of(
    plan: &Plan,
    (from, to): Window,
    (state, gazetteer): (&Generation, &Gazetteer),
    chronicle: &mut Chronicle,
) -> Result<Vec<TicketFrame>, JobError> {
    let touches = |period: Period| period.may_touch(from, to);
    chronicle.load_rows(state, touches)?;
    let rows = chronicle.rows(touches);
    Ok(stack(&gazetteer.locations, &rows, &chronicle.left_out, plan.frame(from, to))?)
}
