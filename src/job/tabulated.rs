//! What chosen tickets add up to: of a whole archive, or of some of its places.

use chrono::NaiveDate;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::dataframe::TicketFrame;
use crate::metric::{Courses, OrganizationSums};
use crate::ticket::{Gazetteer, TicketSet};

use super::asked::Asked;
use super::compose::choose;
use super::error::JobError;
use super::looked_at::looked_at;
use super::obeyed::Known;
use super::plan::Plan;
use super::read::Timer;

/// First and last service date, both included; `None` has no limit.
pub(crate) type Window = (Option<NaiveDate>, Option<NaiveDate>);

/// What chosen tickets add up to.
pub(crate) struct Tabulated {
    /// Of every chosen organization, also without a ticket.
    pub(crate) sums: Vec<OrganizationSums>,
    /// The weeks that are looked at when it is asked what changed.
    pub(crate) courses: Courses,
    /// What was asked for besides dates, in words and with whole names.
    pub(crate) filter: String,
    /// First and last service date of the chosen tickets in and outside of the window, if none lies in it.
    pub(crate) covered: Option<(NaiveDate, NaiveDate)>,
}

impl Tabulated {
    /// Whether no ticket is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.sums.iter().all(|one| one.sums.iter().all(Option::is_none))
    }
}

/// Chooses tickets and adds up those of a window; the dates of `asked` do not count. The set may hold all tickets of some places only: what comes of these is the same.
///
/// # Errors
/// [`JobError`] for a name that was asked for and is not there, or an internal error.
pub(crate) fn tabulate(
    plan: &Plan,
    ((from, to), asked): (Window, &Asked),
    mut set: TicketSet,
    (gazetteer, known): (&Gazetteer, &Known),
    timer: &mut Timer<'_>,
) -> Result<Tabulated, JobError> {
    let mut meant = choose(&mut set, asked, plan, known)?;
    let starts_on = plan.rules.week_starts_on;
    // What changed is told from weeks before the window too.
    let begins = looked_at(gazetteer, to, starts_on).map(|(first, _)| first);
    let looked_from = from.map(|from| begins.fold(from, NaiveDate::min));
    let mut frames = TicketFrame::build(&set, plan.frame(looked_from, to))?;
    if asked.is_narrow() {
        let (kept, rest) = asked.beside_places().of(frames, &plan.groups, known)?;
        frames = kept;
        meant = Asked {
            organizations: meant.organizations,
            locations: meant.locations,
            groups: meant.groups,
            ..rest
        };
    }
    let mut courses = Courses::new(starts_on);
    if looked_from != from {
        for frame in &frames {
            courses.merge(Courses::of_frame(starts_on, frame)?);
        }
        let narrowed = |frame: TicketFrame| frame.narrowed(from, to);
        frames = frames.into_iter().map(narrowed).collect::<Result<_, _>>()?;
    }
    let rows = frames.iter().map(|frame| frame.rows.height()).sum();
    let covered = if rows == 0 { covered(plan, &set)? } else { None };
    drop(set);
    timer.stage("frames", rows, "rows");
    let sums = frames.par_iter().map(OrganizationSums::of).collect::<Result<Vec<_>, _>>()?;
    drop(frames);
    if looked_from == from {
        courses = Courses::of(starts_on, &sums);
    }
    Ok(Tabulated { sums, courses, filter: meant.words(), covered })
}

/// First and last service date of tickets, whatever the window.
fn covered(plan: &Plan, set: &TicketSet) -> Result<Option<(NaiveDate, NaiveDate)>, JobError> {
    let frames = TicketFrame::build(set, plan.frame(None, None))?;
    let dates = frames.iter().filter_map(|frame| frame.dates);
    Ok(dates.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))))
}
