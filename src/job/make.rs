//! Makes the files of a report from its tickets, for `report` and `nightly`.

use chrono::NaiveDate;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::archive::Skipped;
use crate::dataframe::{TicketFrame, location_ids};
use crate::metric::{self, Counter, FileRow, Sections, Table, sums_of};
use crate::report::csv::to_csv;
use crate::report::model::OrganizationReport;
use crate::report::render;

use super::account::{Owners, counters, file_rows, files_of};
use super::compose::{organization_report, view};
use super::error::JobError;
use super::plan::Plan;
use super::read::Timer;
use super::wanted::{Only, Wanted};
use super::whole::Whole;

/// A file of a report: path below the folder, and bytes.
pub(crate) type FileOut = (String, Vec<u8>);

/// The files of a report, and its size.
pub(crate) struct Made {
    pub(crate) files: Vec<FileOut>,
    pub(crate) organizations: usize,
    pub(crate) locations: usize,
    pub(crate) tickets: usize,
    pub(crate) dates: Option<(NaiveDate, NaiveDate)>,
}

/// Computes and renders the report of a window, from the rows in it.
pub(crate) fn make(
    plan: &Plan,
    wanted: Wanted,
    whole: Whole<'_>,
    mut frames: Vec<TicketFrame>,
    timer: &mut Timer<'_>,
) -> Result<Made, JobError> {
    plan.stop.check()?;
    let settings = plan.frame(wanted.from, wanted.to);
    if frames.is_empty() {
        // Nothing was read: the report is empty, but whole.
        frames.push(TicketFrame::empty(settings)?);
    }
    timer.stage("frames", frames.iter().map(|frame| frame.rows.height()).sum(), "rows");

    let slugs = location_ids(
        frames.iter().map(|frame| (frame.organization.as_str(), frame.organization.as_str())),
    );
    let several = frames.len() > 1;
    let mut made = Made {
        files: Vec::new(),
        organizations: frames.len(),
        locations: 0,
        tickets: 0,
        dates: None,
    };
    let numbers = |frame: &TicketFrame| {
        plan.stop.check()?;
        Numbers::of(plan, frame, whole)
    };
    let numbers = frames.par_iter().map(numbers).collect::<Result<Vec<_>, JobError>>()?;
    timer.stage("tables", frames.iter().map(|frame| frame.rows.height()).sum(), "rows");
    let mut reports = Vec::new();
    for ((frame, slug), numbers) in frames.iter().zip(slugs).zip(numbers) {
        plan.stop.check()?;
        let prefix = if several { format!("{slug}/") } else { String::new() };
        made.files.extend(numbers.files(&prefix));
        timer.stage("CSV", made.files.len(), "files");
        let Numbers { sections, quality, files: rows } = numbers;
        made.locations += sections.locations.len();
        made.tickets += frame.rows.height();
        made.dates = match (made.dates, frame.dates) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        if wanted.only == Some(Only::Csv) {
            continue;
        }
        plan.stop.check()?;
        let report = organization_report(plan, whole, frame, sections, (quality, rows));
        plan.stop.check()?;
        let pages = pages(&report, &prefix)?;
        timer.stage("charts and pages", pages.len(), "files");
        made.files.extend(pages);
        reports.push((report, slug));
    }
    if several && wanted.only.is_none() {
        let index =
            render::organizations(reports.iter().map(|(report, slug)| (report, slug.as_str())));
        made.files.push(("index.html".to_owned(), index.into_bytes()));
    }
    Ok(made)
}

/// The numbers of one organization.
struct Numbers {
    sections: Sections,
    quality: Vec<Counter>,
    files: Vec<FileRow>,
}

impl Numbers {
    fn of(plan: &Plan, frame: &TicketFrame, whole: Whole<'_>) -> Result<Self, JobError> {
        let Whole { account, findings, skipped, gone, .. } = whole;
        let sums = sums_of(frame)?;
        let window = (frame.settings.from, frame.settings.to);
        let view = view(plan, whole, frame);
        let sections = Sections::of(&frame.organization, &frame.locations, sums, window, view)?;
        let files = files_of(&frame.organization, account, findings);
        let owners = Owners::of(account, findings);
        let skipped: Vec<&Skipped> = skipped
            .iter()
            .filter(|skipped| owners.may_belong(&skipped.name, &frame.organization))
            .collect();
        let rows = file_rows(&frame.organization, &files, findings, (&skipped, gone));
        let quality = counters(&files, findings, frame);
        Ok(Self { sections, quality, files: rows })
    }

    /// The CSV files.
    fn files(&self, prefix: &str) -> Vec<FileOut> {
        let accounting = [metric::data_quality(&self.quality), metric::files(&self.files)];
        let all: Vec<Table<'_>> = self.sections.tables().into_iter().chain(accounting).collect();
        all.par_iter().map(|table| (format!("{prefix}{}", table.file), to_csv(table))).collect()
    }
}

/// Charts and pages of one organization, the locations side by side.
fn pages(report: &OrganizationReport, prefix: &str) -> Result<Vec<FileOut>, JobError> {
    let mut files = render::overview(report)?;
    let of_locations: Result<Vec<Vec<FileOut>>, render::RenderError> =
        report.locations.par_iter().map(|location| render::location(report, location)).collect();
    files.extend(of_locations?.into_iter().flatten());
    Ok(files.into_iter().map(|(path, bytes)| (format!("{prefix}{path}"), bytes)).collect())
}
