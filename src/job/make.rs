//! Makes the files of a report from its tickets, for `report` and `nightly`.

use chrono::NaiveDate;
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::archive::Skipped;
use crate::dataframe::{FrameError, location_ids};
use crate::metric::{self, Courses, OrganizationSums, Sections, Table, place_groups};
use crate::report::csv::to_csv_as;
use crate::report::model::OrganizationReport;
use crate::report::parquet::to_parquet;
use crate::report::png::Painter;
use crate::report::render::{self, RenderError, Shared, Told};
use crate::report::workbook::to_workbook;

use super::about::about;
use super::account::{Owners, counters, file_rows, files_of};
use super::compose::{organization_report, view};
use super::error::JobError;
use super::findings::{Found, found};
use super::groups::levels;
use super::notice::Notice;
use super::numbers::Numbers;
use super::plan::Plan;
use super::read::Timer;
use super::schema::{SCHEMA, schema};
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
    /// What changed, of those that changed or ended.
    pub(crate) findings: Vec<Found>,
    /// What the pages say of each organization, in short; empty without pages.
    pub(crate) told: Vec<Told>,
}

/// Name of the workbook in the folder of an organization.
const WORKBOOK: &str = "tables.xlsx";
/// Rows that a spreadsheet shows, its header too.
const SHEET: u64 = 1_048_576;

/// Computes and renders the report of a window, from what its tickets add up to.
pub(crate) fn make(
    plan: &Plan,
    wanted: Wanted,
    whole: Whole<'_>,
    (mut sums, courses): (Vec<OrganizationSums>, &Courses),
    timer: &mut Timer<'_>,
) -> Result<Made, JobError> {
    plan.stop.check()?;
    if sums.is_empty() {
        // Nothing was read: the report is empty, but whole.
        let window = (wanted.from, wanted.to);
        sums.push(OrganizationSums { window, ..OrganizationSums::default() });
    }
    let slugs =
        location_ids(sums.iter().map(|one| (one.organization.as_str(), one.organization.as_str())));
    let mut made = Made {
        files: Vec::new(),
        organizations: sums.len(),
        locations: 0,
        tickets: 0,
        dates: None,
        findings: Vec::new(),
        told: Vec::new(),
    };
    let numbers = |one: OrganizationSums| {
        plan.stop.check()?;
        Numbers::of(plan, one, whole, courses)
    };
    let numbers = sums.into_par_iter().map(numbers).collect::<Result<Vec<_>, JobError>>()?;
    let tickets = numbers.iter().map(|numbers| numbers.sections.tickets);
    made.tickets = usize::try_from(tickets.sum::<u64>()).unwrap_or(usize::MAX);
    timer.stage("tables", made.tickets, "tickets");
    let mut reports = Vec::new();
    for (slug, numbers) in slugs.into_iter().zip(numbers) {
        plan.stop.check()?;
        // Also of the only one: a second organization moves no path.
        let prefix = format!("{}/", folder_of(&slug, &numbers));
        let files = numbers.files(&prefix, plan, whole)?;
        for long in files.iter().filter_map(longer_than_a_sheet) {
            timer.observer.notice(&long);
        }
        made.files.extend(files);
        timer.stage("CSV", made.files.len(), "files");
        made.locations += numbers.sections.locations.len();
        made.findings.extend(found(&numbers.sections));
        made.dates = match (made.dates, numbers.sections.dates) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        if wanted.only == Some(Only::Csv) {
            continue;
        }
        plan.stop.check()?;
        let report = organization_report(plan, whole, numbers);
        plan.stop.check()?;
        let pages = pages(&report, &prefix, plan.png.as_ref())?;
        timer.stage("charts and pages", pages.len(), "files");
        made.files.extend(pages);
        made.told.push(Told::of(&report, prefix.trim_end_matches('/')));
        reports.push((report, prefix));
    }
    if wanted.only.is_none() {
        let reports = reports.iter().map(|(report, prefix)| (report, prefix.trim_end_matches('/')));
        let index = render::organizations(reports);
        made.files.push(("index.html".to_owned(), index.into_bytes()));
    }
    Ok(made)
}

/// The folder of a report in which nothing was read. No slug of a name is like this, for those end in hex digits.
const NO_DATA: &str = "no-data";

/// The folder of an organization, given with its slug.
fn folder_of<'a>(slug: &'a str, numbers: &Numbers) -> &'a str {
    if numbers.sections.organization.is_empty() && numbers.locations.is_empty() {
        NO_DATA
    } else {
        slug
    }
}

impl Numbers {
    /// The numbers of an organization from its sums.
    pub(crate) fn of(
        plan: &Plan,
        mut sums: OrganizationSums,
        whole: Whole<'_>,
        courses: &Courses,
    ) -> Result<Self, JobError> {
        let Whole { account, findings, skipped, gone, .. } = whole;
        let view = view(plan, whole, &sums);
        let mut sections = Sections::of(&mut sums, view, courses)?;
        let levels = |name: &str| {
            let group = plan.groups.get(name);
            group.map_or_else(Vec::new, |group| levels(group).collect())
        };
        sections.groups = place_groups(&sums.locations, &sums.sums, plan.rules, levels);
        let OrganizationSums { organization, locations, left_out, .. } = sums;
        let files = files_of(&organization, account, findings);
        let owners = Owners::of(account, findings);
        let skipped: Vec<&Skipped> = skipped
            .iter()
            .filter(|skipped| owners.may_belong(&skipped.name, &organization))
            .collect();
        let rows = file_rows(&organization, &files, findings, (&skipped, gone));
        let quality = counters(&files, findings, (&organization, &left_out));
        Ok(Self { sections, locations, quality, files: rows })
    }

    /// The CSV files, what their columns are, and the same tables as Parquet and as a workbook if these are wanted.
    fn files(&self, prefix: &str, plan: &Plan, whole: Whole<'_>) -> Result<Vec<FileOut>, JobError> {
        let accounting = [metric::data_quality(&self.quality), metric::files(&self.files)];
        let all: Vec<Table<'_>> = self.sections.tables().into_iter().chain(accounting).collect();
        let csv =
            |table: &Table<'_>| (format!("{prefix}{}", table.file), to_csv_as(table, plan.csv));
        let mut files: Vec<FileOut> = all.par_iter().map(csv).collect();
        files.push((format!("{prefix}{SCHEMA}"), schema(&all, plan.csv)));
        if plan.parquet {
            let twin = |table: &Table<'_>| {
                let name = table.file.trim_end_matches(".csv");
                Ok((format!("{prefix}parquet/{name}.parquet"), to_parquet(table)?))
            };
            files.extend(all.par_iter().map(twin).collect::<Result<Vec<_>, FrameError>>()?);
        }
        if plan.xlsx {
            plan.stop.check()?;
            let workbook = to_workbook(&about(plan, whole, self), &self.sections, &all)?;
            files.push((format!("{prefix}{WORKBOOK}"), workbook));
        }
        Ok(files)
    }
}

/// What is said of a CSV file with more rows than a spreadsheet shows.
fn longer_than_a_sheet((path, bytes): &FileOut) -> Option<Notice> {
    // Every row has at least a byte and its end.
    if !path.ends_with(".csv") || bytes.len() as u64 <= 2 * SHEET {
        return None;
    }
    // A line end inside a text is made inert, so each ends a row.
    let rows = bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
    (rows > SHEET).then(|| Notice::LongTable {
        file: path.clone(),
        rows: rows - 1,
        shown: SHEET - 1,
    })
}

/// Charts and pages of one organization, its overview and locations side by side.
fn pages(
    report: &OrganizationReport,
    prefix: &str,
    png: Option<&Painter>,
) -> Result<Vec<FileOut>, JobError> {
    let shared = Shared::of(report);
    let of_location = |location| render::location(report, &shared, location, png);
    let of_locations = || report.locations.par_iter().map(of_location).collect();
    let (overview, of_locations): (_, Result<Vec<Vec<FileOut>>, RenderError>) =
        rayon::join(|| render::overview(report, &shared, png), of_locations);
    let mut files = overview?;
    files.extend(of_locations?.into_iter().flatten());
    files.extend(report.absent.iter().map(|location| render::absent(report, location)));
    Ok(files.into_iter().map(|(path, bytes)| (format!("{prefix}{path}"), bytes)).collect())
}
