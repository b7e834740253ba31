//! A night while it runs: its settings, who hears of it, and what it did so far.

use crate::job::night_plan::NightPlan;
use crate::job::notice::Notice;
use crate::job::observer::Observer;
use crate::job::read::Timer;
use crate::job::run_file::{Run, Standing};

/// A night while it runs.
pub struct Night<'a> {
    pub(super) plan: &'a NightPlan,
    pub(super) observer: &'a dyn Observer,
    pub(super) timer: Timer<'a>,
    /// What it did so far.
    pub(super) run: Run,
}

impl Night<'_> {
    /// Tells what was found tonight.
    pub(super) fn warn(&mut self, notices: Vec<Notice>) {
        for notice in &notices {
            self.observer.notice(notice);
        }
        self.run.warnings.extend(notices);
    }

    /// Tells what has to be told every night.
    pub(super) fn stand(&mut self, standing: Standing) {
        for notice in &standing.warnings {
            self.observer.notice(notice);
        }
        self.run.standing = standing;
    }
}
