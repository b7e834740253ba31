//! From finished tickets to the files of a report: what `report` and `nightly` have in common.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::archive::Skipped;
use crate::dataframe::{LocationColumn, location_ids};
use crate::ingest::Account;
use crate::metric::{self, Counter, FileRow, OrganizationSums, Sections, Table};
use crate::report::csv::to_csv;
use crate::report::model::OrganizationReport;
use crate::report::render;
use crate::ticket::Findings;

use super::account::{Owners, counters, file_rows, files_of};
use super::args::Only;
use super::compose::{organization_report, view};
use super::failure::{Exit, Failure};
use super::plan::Plan;
use super::read::Timer;
use super::silence::Silent;

/// A file of a report: path below the folder, and bytes.
pub(super) type FileOut = (String, Vec<u8>);

/// What part of the tickets was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) from: Option<NaiveDate>,
    pub(super) to: Option<NaiveDate>,
    pub(super) only: Option<Only>,
}

/// Everything to publish, and what to say of it.
pub(super) struct Made {
    pub(super) files: Vec<FileOut>,
    pub(super) organizations: usize,
    pub(super) locations: usize,
    pub(super) tickets: usize,
    pub(super) dates: Option<(NaiveDate, NaiveDate)>,
}

/// What is known of an archive as a whole, whatever the window.
#[derive(Clone, Copy)]
pub(super) struct Whole<'a> {
    pub(super) account: &'a Account,
    pub(super) findings: &'a Findings,
    /// Organizations of which nothing new came.
    pub(super) silent: &'a [Silent],
    /// What was not read.
    pub(super) skipped: &'a [Skipped],
    /// Names of files that were read before and are gone.
    pub(super) gone: &'a BTreeSet<String>,
}

/// Computes and renders the report of a window, from what its tickets add up to.
pub(super) fn make(
    plan: &Plan,
    wanted: Wanted,
    whole: Whole<'_>,
    mut sums: Vec<OrganizationSums>,
    timer: &mut Timer,
) -> Result<Made, Failure> {
    plan.stop.check()?;
    if sums.is_empty() {
        // Nothing was read: the report is empty, but whole.
        let window = (wanted.from, wanted.to);
        sums.push(OrganizationSums { window, ..OrganizationSums::default() });
    }
    let slugs =
        location_ids(sums.iter().map(|one| (one.organization.as_str(), one.organization.as_str())));
    let several = sums.len() > 1;
    let mut made = Made {
        files: Vec::new(),
        organizations: sums.len(),
        locations: 0,
        tickets: 0,
        dates: None,
    };
    let numbers = |one: OrganizationSums| {
        plan.stop.check()?;
        Numbers::of(plan, one, whole)
    };
    let numbers = sums.into_par_iter().map(numbers).collect::<Result<Vec<_>, Failure>>()?;
    let tickets = numbers.iter().map(|numbers| numbers.sections.tickets);
    made.tickets = usize::try_from(tickets.sum::<u64>()).unwrap_or(usize::MAX);
    timer.stage("tables", made.tickets, "tickets");
    let mut reports = Vec::new();
    for (slug, numbers) in slugs.into_iter().zip(numbers) {
        plan.stop.check()?;
        let prefix = if several { format!("{slug}/") } else { String::new() };
        made.files.extend(numbers.files(&prefix));
        timer.stage("CSV", made.files.len(), "files");
        made.locations += numbers.sections.locations.len();
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
pub(super) struct Numbers {
    pub(super) sections: Sections,
    /// All its locations, by name.
    pub(super) locations: Vec<LocationColumn>,
    pub(super) quality: Vec<Counter>,
    pub(super) files: Vec<FileRow>,
}

impl Numbers {
    fn of(plan: &Plan, mut sums: OrganizationSums, whole: Whole<'_>) -> Result<Self, Failure> {
        let Whole { account, findings, skipped, gone, .. } = whole;
        let view = view(plan, whole, &sums);
        let sections = Sections::of(&mut sums, view)?;
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

    /// The CSV files.
    fn files(&self, prefix: &str) -> Vec<FileOut> {
        let accounting = [metric::data_quality(&self.quality), metric::files(&self.files)];
        let all: Vec<Table<'_>> = self.sections.tables().into_iter().chain(accounting).collect();
        all.par_iter().map(|table| (format!("{prefix}{}", table.file), to_csv(table))).collect()
    }
}

/// Charts and pages of one organization, the locations side by side.
fn pages(report: &OrganizationReport, prefix: &str) -> Result<Vec<FileOut>, Failure> {
    let failed = |error: render::RenderError| Failure::from_error(Exit::Internal, &error);
    let mut files = render::overview(report).map_err(failed)?;
    let of_locations: Result<Vec<Vec<FileOut>>, render::RenderError> =
        report.locations.par_iter().map(|location| render::location(report, location)).collect();
    files.extend(of_locations.map_err(failed)?.into_iter().flatten());
    Ok(files.into_iter().map(|(path, bytes)| (format!("{prefix}{path}"), bytes)).collect())
}
