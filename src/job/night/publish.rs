//! The last stages of a night: make the reports of all windows, and publish them.

use crate::dataframe::stack;
use crate::night::Month;
use crate::report::render::{self, Tenant, Window};
use crate::ticket::Gazetteer;

use super::Night;
use super::keep::Kept;
use super::open::{Opened, Recognised};
use super::read::ReadTonight;
use crate::job::error::JobError;
use crate::job::made_from::{MADE_FROM, made_from};
use crate::job::make::{FileOut, make};
use crate::job::night_plan::NamedWindow;
use crate::job::notice::Silent;
use crate::job::run_file::RUN;
use crate::job::silence::zone_of;
use crate::job::whole::Whole;

impl Night<'_> {
    /// Makes the files of the site.
    pub(super) fn make(
        &mut self,
        opened: &mut Opened<'_>,
        recognised: &Recognised<'_>,
        read: &ReadTonight,
        mut kept: Kept,
        silent: &[Silent],
    ) -> Result<Vec<FileOut>, JobError> {
        let (night, committed) = (self.plan, kept.committed);
        let asks = |month: Month| night.windows.iter().any(|window| touches(window, month));
        kept.chronicle.load(&kept.state, asks)?;
        self.timer.stage("load rows", kept.chronicle.height(), "rows");
        let whole = Whole {
            account: &read.all.ingested.account,
            findings: &kept.gazetteer.findings,
            silent,
            skipped: &read.all.discovery.skipped,
            gone: &recognised.tonight.gone(),
        };
        let mut files: Vec<FileOut> = Vec::new();
        for window in &night.windows {
            let made = self.window(window, whole, &kept);
            files.extend(made.map_err(|error| error.after_commit(committed))?);
        }
        self.run.mended = opened.watch.say();
        let tenants = self.tenants(&kept.gazetteer, silent);
        let index = render::windows(&self.run.reports, &tenants, night.through);
        files.push(("index.html".to_owned(), index.into_bytes()));
        files.push((MADE_FROM.to_owned(), made_from(night, &kept.state)));
        files.push((
            RUN.to_owned(),
            self.run.as_json(night, self.timer.seconds(), &self.timer.stages),
        ));
        night.plan.stop.check().map_err(|error| error.after_commit(committed))?;
        Ok(files)
    }

    /// Makes the report of a window; returns its files, below the folder of the window.
    fn window(
        &mut self,
        window: &NamedWindow,
        whole: Whole<'_>,
        kept: &Kept,
    ) -> Result<Vec<FileOut>, JobError> {
        let (plan, wanted) = (&self.plan.plan, window.wanted);
        let Kept { gazetteer, chronicle, .. } = kept;
        let rows = chronicle.rows(|month| touches(window, month));
        let settings = plan.frame(wanted.from, wanted.to);
        let frames = stack(&gazetteer.locations, &rows, &chronicle.left_out, settings)?;
        let made = make(plan, wanted, whole, frames, &mut self.timer)?;
        self.run.reports.push(Window {
            name: window.name.clone(),
            asked: (wanted.from, wanted.to),
            found: made.dates,
            tickets: made.tickets as u64,
            locations: made.locations as u64,
        });
        let in_folder = |(path, bytes)| (format!("{}/{path}", window.name), bytes);
        Ok(made.files.into_iter().map(in_folder).collect())
    }

    /// What the first page of the site says of each organization.
    fn tenants(&self, gazetteer: &Gazetteer, silent: &[Silent]) -> Vec<Tenant> {
        let through = &gazetteer.findings.data_through;
        let tenant = |(name, at): (&String, &i64)| {
            let zone = zone_of(name, &gazetteer.locations, self.plan.plan.default_zone);
            Tenant {
                name: name.clone(),
                data_through: zone.wall_clock(*at),
                is_silent: silent.iter().any(|one| one.organization == *name),
            }
        };
        through.iter().map(tenant).collect()
    }

    /// Publishes the files; returns their number.
    pub(super) fn publish(
        &mut self,
        opened: &mut Opened<'_>,
        files: &[FileOut],
    ) -> Result<usize, JobError> {
        let published = opened.site.publish(self.run.generation, files)?;
        self.observer.published();
        self.timer.stage("publish", published.files, "files");
        Ok(published.files)
    }
}

/// Whether a month may have rows in a window.
fn touches(window: &NamedWindow, month: Month) -> bool {
    month.may_touch(window.wanted.from, window.wanted.to)
}
