//! What chosen tickets add up to: of a whole archive, or of some of its places.

use chrono::NaiveDate;

use crate::dataframe::TicketFrame;
use crate::metric::{Courses, OrganizationSums};
use crate::ticket::{Gazetteer, TicketSet};

use super::asked::Asked;
use super::error::JobError;
use super::obeyed::Known;
use super::picked::Picked;
use super::plan::Plan;
use super::read::Timer;
use super::window::Window;

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
    (window, asked): (Window, &Asked),
    mut set: TicketSet,
    (gazetteer, known): (&Gazetteer, &Known),
    timer: &mut Timer<'_>,
) -> Result<Tabulated, JobError> {
    let picked = Picked::of(plan, &mut set, asked, window, (gazetteer, known))?;
    let rows = picked.height();
    // Without a window, there is nothing outside of it.
    let covered = if rows == 0 { covered(plan, &set, asked, known)? } else { None };
    drop(set);
    timer.stage("frames", rows, "rows");
    let filter = picked.meant.words();
    let (sums, courses) = picked.sums()?;
    Ok(Tabulated { sums, courses, filter, covered })
}

/// First and last service date of the tickets that are asked for, whatever the window.
fn covered(
    plan: &Plan,
    set: &TicketSet,
    asked: &Asked,
    known: &Known,
) -> Result<Option<(NaiveDate, NaiveDate)>, JobError> {
    let (frames, _) = asked.of(TicketFrame::build(set, plan.frame(None, None))?, plan, known)?;
    let dates = frames.iter().filter_map(|frame| frame.dates);
    Ok(dates.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))))
}
