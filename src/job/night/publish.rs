//! The last stages of a night: make the reports of all windows, and publish them.

use crate::archive::Root;
use crate::metric::{Courses, OrganizationSums};
use crate::report::render::{self, Tenant, Window};
use crate::ticket::Gazetteer;

use super::keep::Kept;
use super::open::{Opened, Recognised};
use super::read::ReadTonight;
use super::running::Night;
use crate::job::error::JobError;
use crate::job::kept_sums::{courses_of, sums_of};
use crate::job::made_from::{MADE_FROM, made_from};
use crate::job::make::{FileOut, make};
use crate::job::night_plan::NamedWindow;
use crate::job::notice::Notice;
use crate::job::run_file::RUN;
use crate::job::silence::{Silences, clock_of};
use crate::job::whole::Whole;

impl Night<'_> {
    /// Makes the files of the site.
    pub(super) fn make(
        &mut self,
        opened: &mut Opened<'_>,
        recognised: &Recognised<'_>,
        read: &ReadTonight,
        kept: Kept,
        silent: &Silences,
    ) -> Result<Vec<FileOut>, JobError> {
        let Kept { state, committed, gazetteer, mut chronicle, made_before } = kept;
        let night = self.plan;
        let whole = Whole {
            account: &read.all.ingested.account,
            findings: &gazetteer.findings,
            silent,
            skipped: &read.all.discovery.skipped,
            made_before,
            filter: "",
            gone: &recognised.tonight.gone(),
        };
        let mut files: Vec<FileOut> = Vec::new();
        let ends = night.windows.iter().map(|window| window.wanted.to).collect();
        let weeks = (night.plan.rules.week_starts_on, &ends);
        let courses = courses_of(weeks, (&state, &gazetteer), &chronicle);
        let courses = courses.map_err(|error| error.after_commit(committed))?;
        for window in &night.windows {
            let sums = sums_of(&night.plan, window.wanted, (&state, &gazetteer), &mut chronicle);
            let made = sums.and_then(|sums| self.window(window, whole, (sums, &courses)));
            files.extend(made.map_err(|error| error.after_commit(committed))?);
        }
        self.run.mended = opened.watch.say();
        let tenants = self.tenants(&gazetteer, silent);
        let troubles = self.troubles(&read.all.discovery.roots, silent);
        let index = render::windows(&self.run.reports, &tenants, &troubles, night.through);
        files.push(("index.html".to_owned(), index.into_bytes()));
        files.push((MADE_FROM.to_owned(), made_from(night, &state)));
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
        (sums, courses): (Vec<OrganizationSums>, &Courses),
    ) -> Result<Vec<FileOut>, JobError> {
        let (plan, wanted) = (&self.plan.plan, window.wanted);
        self.timer.stage("load rows and sums", sums.len(), "organizations");
        let made = make(plan, wanted, whole, (sums, courses), &mut self.timer)?;
        self.run.reports.push(Window {
            name: window.name.clone(),
            asked: (wanted.from, wanted.to),
            found: made.dates,
            tickets: made.tickets as u64,
            locations: made.locations as u64,
            told: made.told,
        });
        self.run.findings.push(made.findings);
        let in_folder = |(path, bytes)| (format!("{}/{path}", window.name), bytes);
        Ok(made.files.into_iter().map(in_folder).collect())
    }

    /// What the first page of the site says of each organization.
    fn tenants(&self, gazetteer: &Gazetteer, silent: &Silences) -> Vec<Tenant> {
        let through = &gazetteer.findings.data_through;
        let tenant = |(name, at): (&String, &i64)| {
            let zone = clock_of(name, &gazetteer.locations, self.plan.plan.default_clock());
            Tenant {
                name: name.clone(),
                data_through: zone.wall_clock(*at),
                zone: zone.zone_at(*at).name().to_owned(),
                is_silent: silent.organizations.iter().any(|one| one.organization == *name),
                silent_locations: silent
                    .locations
                    .iter()
                    .filter(|one| one.organization == *name)
                    .map(|one| (one.location.clone(), one.last))
                    .collect(),
            }
        };
        through.iter().map(tenant).collect()
    }

    /// What the first page of the site says of roots: which hold nothing, and which bring nothing new.
    fn troubles(&self, roots: &[Root], silent: &Silences) -> Vec<String> {
        let gone = roots.iter().filter_map(|root| root.trouble.clone());
        let silent = silent.roots.iter().cloned().map(|one| Notice::SilentRoot(one).words());
        gone.chain(silent).collect()
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
