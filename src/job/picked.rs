//! The tickets that a report is about, and those before them by which it is judged what changed.

use chrono::NaiveDate;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::calendar::WeekStart;
use crate::dataframe::TicketFrame;
use crate::metric::{Courses, OrganizationSums};
use crate::ticket::{Gazetteer, TicketSet};

use super::asked::Asked;
use super::error::JobError;
use super::looked_at::looked_at;
use super::obeyed::Known;
use super::plan::Plan;
use super::window::Window;

/// The tickets of a report.
pub(crate) struct Picked {
    frames: Vec<TicketFrame>,
    /// The weeks that are looked at, if they reach back before the window.
    courses: Option<Courses>,
    /// What was asked for, with whole names.
    pub(crate) meant: Asked,
    starts_on: WeekStart,
}

/// The first day that is looked at for a report of a window.
pub(crate) fn looked_from(
    plan: &Plan,
    gazetteer: &Gazetteer,
    (from, to): Window,
) -> Option<NaiveDate> {
    // What changed is told from weeks before the window too.
    let begins = looked_at(gazetteer, to, plan.rules.week_starts_on).map(|(first, _)| first);
    from.map(|from| begins.fold(from, NaiveDate::min))
}

impl Picked {
    /// Picks the tickets that are asked for of a set.
    ///
    /// # Errors
    /// [`JobError::Missing`] or [`JobError::Ambiguous`] for a name that is not there, or begins several.
    pub(crate) fn of(
        plan: &Plan,
        set: &mut TicketSet,
        asked: &Asked,
        window: Window,
        (gazetteer, known): (&Gazetteer, &Known),
    ) -> Result<Self, JobError> {
        let from = looked_from(plan, gazetteer, window);
        let settings = plan.frame(from, window.1);
        // Nobody asks for the tickets again if all of them are in the window.
        let frames = match (settings.from, settings.to) {
            (None, None) => TicketFrame::build_draining(set, settings)?,
            (_, _) => TicketFrame::build(set, settings)?,
        };
        let (frames, meant) = asked.of(frames, plan, known)?;
        Self::of_frames(plan, frames, meant, (from, window))
    }

    /// The tickets of frames that begin with the first day that is looked at.
    ///
    /// # Errors
    /// [`JobError`] if a column is missing.
    pub(crate) fn of_frames(
        plan: &Plan,
        mut frames: Vec<TicketFrame>,
        meant: Asked,
        (looked_from, (from, to)): (Option<NaiveDate>, Window),
    ) -> Result<Self, JobError> {
        let starts_on = plan.rules.week_starts_on;
        let mut courses = None;
        if looked_from != from {
            let mut all = Courses::new(starts_on);
            for frame in &frames {
                all.merge(Courses::of_frame(starts_on, frame)?);
            }
            courses = Some(all);
            let narrowed = |frame: TicketFrame| frame.narrowed(from, to);
            frames = frames.into_iter().map(narrowed).collect::<Result<_, _>>()?;
        }
        Ok(Self { frames, courses, meant, starts_on })
    }

    /// Number of tickets in the window.
    pub(crate) fn height(&self) -> usize {
        self.frames.iter().map(|frame| frame.rows.height()).sum()
    }

    /// What they add up to, and the weeks that are looked at.
    ///
    /// # Errors
    /// [`JobError`] if a column is missing, or a date lies outside the calendar.
    pub(crate) fn sums(self) -> Result<(Vec<OrganizationSums>, Courses), JobError> {
        let sums = self.frames.par_iter().map(OrganizationSums::of);
        let sums = sums.collect::<Result<Vec<_>, _>>()?;
        drop(self.frames);
        let courses = self.courses.unwrap_or_else(|| Courses::of(self.starts_on, &sums));
        Ok((sums, courses))
    }
}
