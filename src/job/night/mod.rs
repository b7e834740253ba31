//! A night: reads what is new, commits it, publishes the reports.
//!
//! ```text
//! open ─ recognise ─ read ─ judge ─ merge ─ judge days ─ restate ─ commit ─ make ─ publish
//! ```
//!
//! Nothing is changed before the commit. A run that dies after it leaves the old site; the next one notices that and
//! publishes again. If nothing is new and the site is up to date, the night ends after the first `judge`.

mod clean;
mod forget;
mod judge;
mod keep;
mod open;
mod publish;
mod read;
mod running;
mod take_back;

use super::error::JobError;
use super::input::Input;
use super::known_files::find;
use super::metrics_file;
use super::night_plan::NightPlan;
use super::observer::Observer;
use super::read::Timer;
use super::run_file::{NightEnd, Run};

use keep::Wish;
use open::Opened;

pub use forget::{Forget, ForgetDone, last_night};
pub use running::Night;

impl<'a> Night<'a> {
    /// Runs a night and returns what it did.
    ///
    /// # Errors
    /// [`JobError`]. Nothing was published, except with [`JobError::CountersUnwritten`]. [`Observer::committed`] has told
    /// whether a generation was committed.
    pub fn run(plan: &'a NightPlan, observer: &'a dyn Observer) -> Result<Run, JobError> {
        let timer = Timer::start(observer);
        let mut night = Self { plan, observer, timer, run: Run::default() };
        let mut opened = night.open()?;
        let discovery = find(plan, &opened.ledger)?;
        let mut recognised = night.recognise(&discovery, &mut opened)?;
        let mut read = night.read(&mut recognised, &discovery)?;
        night.judge(&opened, &mut recognised, &mut read)?;
        if night.is_still_told(&opened, &read)? {
            night.clean(&opened)?;
            return night.end(&mut opened, &read.fresh, None);
        }
        let mut merged = night.merge(&opened, &recognised, &mut read, &Wish::default())?;
        let silent = night.judge_days(&opened, &mut recognised, &read, &mut merged)?;
        night.restate(&opened, &mut merged)?;
        let kept = night.commit(&mut opened, &recognised, &read, merged)?;
        let files = night.make(&mut opened, &recognised, &read, kept, &silent)?;
        let published = night.publish(&mut opened, &files)?;
        night.clean(&opened)?;
        night.end(&mut opened, &read.fresh, Some(published))
    }

    /// Tells how it ended, and writes the counters.
    fn end(
        mut self,
        opened: &mut Opened<'_>,
        fresh: &Input,
        published_files: Option<usize>,
    ) -> Result<Run, JobError> {
        self.run.mended = opened.watch.say();
        let seconds = self.timer.seconds();
        let (plan, run) = (self.plan, &self.run);
        self.observer.night(&NightEnd { plan, run, fresh, published_files, seconds });
        if let Some(path) = &plan.metrics_file {
            metrics_file::write(path, &run.gauges(plan, self.timer.seconds()))?;
        }
        Ok(self.run)
    }
}
