//! `queuestat report`: read, compute, render, publish.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::dataframe::{TicketFrame, location_ids};
use crate::metric::{self, Group, Tables};
use crate::report::csv::to_csv;
use crate::report::model::OrganizationReport;
use crate::report::publish::{FolderWriter, Published};
use crate::report::render;
use crate::ticket::TicketSet;

use super::account::{counters, file_rows, files_of};
use super::args::{Only, ReportArgs};
use super::compose::{choose, organization_report};
use super::failure::{Exit, Failure};
use super::plan::{Plan, Volume};
use super::read::{Input, Timer, Verdict, read, with_threads};
use super::say;
use super::words::{count, grouped};

/// A file of a report: path below the folder, and bytes.
type FileOut = (String, Vec<u8>);

/// Reads the archive and publishes a report.
pub(super) fn run(args: ReportArgs) -> Result<Exit, Failure> {
    let ReportArgs { input, out, only, force, from, to, organization, location } = args;
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(Failure::new(
            Exit::Usage,
            format!("the window ends ({to}) before it begins ({from})"),
        )
        .hint("give --from a date that is not after --to"));
    }
    let plan = Plan::from_args(input)?;
    let wanted = Wanted { from, to, organizations: organization, locations: location, only };
    with_threads(plan.threads, || {
        let mut timer = Timer::start(&plan);
        // Before the first line is read, so that a bad folder costs nothing.
        let mut writer = FolderWriter::open(&out)?;
        let mut input = read(&plan, &mut timer)?;
        let verdict = input.verdict(&plan);
        refuse(&input, &verdict, force)?;
        let set = std::mem::take(&mut input.ingested.fold).finish(&plan.directory);
        timer.stage("finish tickets", set.len(), "tickets");
        let made = make(&plan, &wanted, &input, &verdict, set, &mut timer)?;
        for (path, bytes) in &made.files {
            writer.write(path, bytes)?;
        }
        let published = writer.publish()?;
        timer.stage("publish", published.files, "files");
        input.say_warnings(&plan, &verdict);
        let exit = if verdict.exit == Exit::Ok { Exit::Ok } else { Exit::LookAtInput };
        if plan.volume != Volume::Quiet || exit != Exit::Ok {
            summary(&plan, &input, &made, published, &out, timer.begin.elapsed().as_secs_f64());
        }
        Ok(exit)
    })
}

/// What part of the archive was asked for.
struct Wanted {
    from: Option<chrono::NaiveDate>,
    to: Option<chrono::NaiveDate>,
    organizations: Vec<String>,
    locations: Vec<String>,
    only: Option<Only>,
}

/// Everything to publish, and what to say of it.
struct Made {
    files: Vec<FileOut>,
    organizations: usize,
    locations: usize,
    tickets: usize,
    dates: Option<(chrono::NaiveDate, chrono::NaiveDate)>,
}

fn refuse(input: &Input, verdict: &Verdict, force: bool) -> Result<(), Failure> {
    let refused = match verdict.exit {
        Exit::Io => Failure::new(Exit::Io, "no file of the archive could be read")
            .hint("check the permissions; nothing was published"),
        Exit::Refused if !force => {
            let rejected = grouped(input.totals.rejected);
            let lines = count(input.totals.lines, "line");
            Failure::new(
                Exit::Refused,
                format!("{rejected} of {lines} could not be used, none of it was published"),
            )
            .hint("`queuestat check --verbose` lists them; --force publishes all the same")
        }
        Exit::Ok | Exit::Internal | Exit::Usage | Exit::LookAtInput | Exit::Refused => {
            return Ok(());
        }
    };
    for warning in verdict.warnings.iter().take(20) {
        say(&format!("warning: {}", crate::report::text::shown(warning, 400)));
    }
    Err(refused)
}

fn make(
    plan: &Plan,
    wanted: &Wanted,
    input: &Input,
    verdict: &Verdict,
    mut set: TicketSet,
    timer: &mut Timer,
) -> Result<Made, Failure> {
    choose(&mut set, &wanted.organizations, &wanted.locations)?;
    let settings = plan.frame(wanted.from, wanted.to);
    let mut frames = TicketFrame::build(&set, settings)?;
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
    let mut reports = Vec::new();
    for (frame, slug) in frames.iter().zip(slugs) {
        let prefix = if several { format!("{slug}/") } else { String::new() };
        let tables = Tables::of(frame, Group::Location)?;
        let files = files_of(&frame.organization, &input.ingested.account, &set);
        let rows = file_rows(&frame.organization, &files, &set);
        let quality = counters(&files, &set, frame);
        let accounting = [
            ("data_quality.csv", metric::data_quality(&quality)?),
            ("files.csv", metric::files(&rows)?),
        ];
        timer.stage("tables", frame.rows.height(), "rows");
        let accounting = accounting.iter().map(|(name, table)| (*name, table));
        let all: Vec<(&str, &metric::Table)> = tables.files().chain(accounting).collect();
        let files: Result<Vec<FileOut>, metric::MetricError> = all
            .par_iter()
            .map(|(name, table)| Ok((format!("{prefix}{name}"), to_csv(table)?)))
            .collect();
        made.files.extend(files?);
        timer.stage("CSV", made.files.len(), "files");
        made.locations += tables.whole.height();
        made.tickets += frame.rows.height();
        made.dates = match (made.dates, frame.dates) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        if wanted.only == Some(Only::Csv) {
            continue;
        }
        let whole = Tables::of(frame, Group::Organization)?;
        let report = organization_report(plan, verdict, frame, &tables, &whole, (quality, rows))?;
        timer.stage("overview tables", frame.rows.height(), "rows");
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

/// Charts and pages of one organization, the locations side by side.
fn pages(report: &OrganizationReport, prefix: &str) -> Result<Vec<FileOut>, Failure> {
    let failed = |error: render::RenderError| Failure::from_error(Exit::Internal, &error);
    let mut files = render::overview(report).map_err(failed)?;
    let of_locations: Result<Vec<Vec<FileOut>>, render::RenderError> =
        report.locations.par_iter().map(|location| render::location(report, location)).collect();
    files.extend(of_locations.map_err(failed)?.into_iter().flatten());
    Ok(files.into_iter().map(|(path, bytes)| (format!("{prefix}{path}"), bytes)).collect())
}

fn summary(
    plan: &Plan,
    input: &Input,
    made: &Made,
    published: Published,
    out: &std::path::Path,
    seconds: f64,
) {
    let tickets = count(u64::try_from(made.tickets).unwrap_or(u64::MAX), "ticket");
    let locations = count(u64::try_from(made.locations).unwrap_or(u64::MAX), "location");
    let organizations =
        count(u64::try_from(made.organizations).unwrap_or(u64::MAX), "organization");
    let dates = made.dates.map_or_else(String::new, |(from, to)| format!(", {from} to {to}"));
    let config = plan.config_path.as_ref().map_or_else(
        || "no configuration".to_owned(),
        |path| format!("configuration `{}`", path.display()),
    );
    say(&format!(
        "queuestat: {}. {tickets} at {locations} of {organizations}{dates}; {config}. Published {} to `{}` in {seconds:.1} s.",
        input.account_words(),
        count(u64::try_from(published.files).unwrap_or(u64::MAX), "file"),
        out.display(),
    ));
}
