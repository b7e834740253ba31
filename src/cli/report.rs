//! `queuestat report`: read, compute, render, publish.

use std::collections::BTreeSet;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::calendar::HOUR_MS;
use crate::dataframe::{TicketFrame, WaitEnd, location_ids};
use crate::metric::{self, Group, Tables};
use crate::report::csv::to_csv;
use crate::report::model::{self, LocationReport, OrganizationReport};
use crate::report::publish::{FolderWriter, Published};
use crate::report::{render, sections};
use crate::ticket::TicketSet;

use super::account::{counters, file_rows, files_of};
use super::args::{Only, ReportArgs};
use super::failure::{Exit, Failure};
use super::plan::{Plan, Volume};
use super::read::{Input, Timer, Verdict, read, with_threads};
use super::say;
use super::words::{count, grouped};

/// A file of a report: path below the folder, and bytes.
type FileOut = (String, Vec<u8>);

/// Reads the archive and publishes a report.
pub(super) fn run(args: ReportArgs) -> Result<Exit, Failure> {
    let ReportArgs {
        input,
        out,
        only,
        force,
        from,
        to,
        organization,
        location,
    } = args;
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
    let wanted = Wanted {
        from,
        to,
        organizations: organization,
        locations: location,
        only,
    };
    with_threads(plan.threads, || {
        let mut timer = Timer::start(&plan);
        // Before the first line is read, so that a bad folder costs nothing.
        let mut writer = FolderWriter::open(&out)?;
        let mut input = read(&plan, &mut timer)?;
        let verdict = input.verdict(&plan);
        refuse(&input, &verdict, force)?;
        let set = std::mem::take(&mut input.ingested.fold).finish(&plan.directory);
        timer.stage("finish tickets", set.tickets.len(), "tickets");
        let made = make(&plan, &wanted, &input, &verdict, set, &mut timer)?;
        for (path, bytes) in &made.files {
            writer.write(path, bytes)?;
        }
        let published = writer.publish()?;
        timer.stage("publish", published.files, "files");
        input.say_warnings(&plan, &verdict);
        let exit = if verdict.exit == Exit::Ok {
            Exit::Ok
        } else {
            Exit::LookAtInput
        };
        if plan.volume != Volume::Quiet || exit != Exit::Ok {
            summary(
                &plan,
                &input,
                &made,
                published,
                &out,
                timer.begin.elapsed().as_secs_f64(),
            );
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
        say(&format!(
            "warning: {}",
            crate::report::text::shown(warning, 400)
        ));
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
    choose(&mut set, wanted)?;
    let settings = plan.frame(wanted.from, wanted.to);
    let mut frames = TicketFrame::build(&set, settings)?;
    if frames.is_empty() {
        // Nothing was read: the report is empty, but whole.
        frames.push(TicketFrame::of(&set, "", settings)?);
    }
    timer.stage(
        "frames",
        frames.iter().map(|frame| frame.rows.height()).sum(),
        "rows",
    );

    let slugs = location_ids(
        frames
            .iter()
            .map(|frame| (frame.organization.as_str(), frame.organization.as_str())),
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
        let prefix = if several {
            format!("{slug}/")
        } else {
            String::new()
        };
        let tables = Tables::of(frame, Group::Location)?;
        let files = files_of(&frame.organization, &input.ingested.account, &set);
        let rows = file_rows(&frame.organization, &files, &set);
        let quality = counters(&files, &set, frame);
        let accounting = [
            ("data_quality.csv", metric::data_quality(&quality)?),
            ("files.csv", metric::files(&rows)?),
        ];
        timer.stage("tables", frame.rows.height(), "rows");
        for (name, table) in tables
            .files()
            .chain(accounting.iter().map(|(name, table)| (*name, table)))
        {
            made.files.push((format!("{prefix}{name}"), to_csv(table)?));
        }
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
        let report = organization_report(plan, verdict, frame, &tables, &whole, (&quality, &rows))?;
        timer.stage("overview tables", frame.rows.height(), "rows");
        let pages = pages(&report, &prefix)?;
        timer.stage("charts and pages", pages.len(), "files");
        made.files.extend(pages);
        reports.push((report, slug));
    }
    if several && wanted.only.is_none() {
        let index =
            render::organizations(reports.iter().map(|(report, slug)| (report, slug.as_str())));
        made.files
            .push(("index.html".to_owned(), index.into_bytes()));
    }
    Ok(made)
}

/// Leaves only the organizations and locations that were asked for.
fn choose(set: &mut TicketSet, wanted: &Wanted) -> Result<(), Failure> {
    let ids = location_ids(
        set.locations
            .iter()
            .map(|l| (l.organization.as_str(), l.name.as_str())),
    );
    let check = |what: &str, asked: &[String], known: &BTreeSet<&str>| {
        let Some(missing) = asked.iter().find(|name| !known.contains(name.as_str())) else {
            return Ok(());
        };
        let missing = crate::report::text::logged(missing);
        let near = known
            .iter()
            .min_by_key(|name| strsim::damerau_levenshtein(name, &missing));
        let failure = Failure::new(
            Exit::Usage,
            format!("there is no {what} `{missing}` in the archive"),
        );
        Err(match near {
            Some(near) => failure.hint(format!(
                "did you mean `{}`?",
                crate::report::text::logged(near)
            )),
            None => failure,
        })
    };
    let organizations: BTreeSet<&str> = set
        .locations
        .iter()
        .map(|l| l.organization.as_str())
        .collect();
    check("organization", &wanted.organizations, &organizations)?;
    let locations: BTreeSet<&str> = set
        .locations
        .iter()
        .map(|l| l.name.as_str())
        .chain(ids.iter().map(String::as_str))
        .collect();
    check("location", &wanted.locations, &locations)?;
    let named = |list: &[String], name: &str| list.is_empty() || list.iter().any(|n| n == name);
    let keep: Vec<bool> = set
        .locations
        .iter()
        .zip(&ids)
        .map(|(l, id)| {
            named(&wanted.organizations, &l.organization)
                && (named(&wanted.locations, &l.name) || named(&wanted.locations, id))
        })
        .collect();
    set.keep_locations(|at| keep.get(at).copied().unwrap_or(false));
    Ok(())
}

fn organization_report(
    plan: &Plan,
    verdict: &Verdict,
    frame: &TicketFrame,
    tables: &Tables,
    whole: &Tables,
    (quality, files): (&[metric::Counter], &[metric::FileRow]),
) -> Result<OrganizationReport, Failure> {
    let mut by_location = sections::by_location(tables)?;
    let locations = frame
        .locations
        .iter()
        .filter_map(|location| {
            // A location without a ticket in the window has no page.
            let section = by_location.remove(&location.id)?;
            Some(LocationReport {
                name: location.name.clone(),
                id: location.id.clone(),
                zone: location.zone.name().to_owned(),
                target_minutes: minutes(location.target_ms),
                section,
            })
        })
        .collect();
    let files: Vec<model::FileRow> = files.iter().map(file_row).collect();
    let lines = files
        .iter()
        .fold(model::FileRow::default(), |sum, file| model::FileRow {
            bytes: sum.bytes + file.bytes,
            lines: sum.lines + file.lines,
            blank: sum.blank + file.blank,
            accepted: sum.accepted + file.accepted,
            duplicate: sum.duplicate + file.duplicate,
            rejected: sum.rejected + file.rejected,
            deferred: sum.deferred + file.deferred,
            ..sum
        });
    let quality = quality
        .iter()
        .map(|counter| model::QualityRow {
            measure: counter.measure.clone(),
            detail: counter.detail.clone(),
            count: counter.count,
        })
        .collect();
    // File names may name other organizations, so only what concerns all is passed on.
    let warnings = verdict
        .warnings
        .iter()
        .filter(|text| {
            !text.starts_with('`')
                || files
                    .iter()
                    .any(|f| text.starts_with(&format!("`{}`", f.path)))
        })
        .cloned()
        .collect();
    Ok(OrganizationReport {
        organization: frame.organization.clone(),
        all: sections::whole(whole)?,
        locations,
        quality,
        files,
        lines,
        from: frame.settings.from,
        to: frame.settings.to,
        data_from: frame.dates.map(|dates| dates.0),
        data_through: frame.dates.map(|dates| dates.1),
        as_of: plan.as_of_given.clone(),
        wait_ends_at: match plan.waits.ends_at {
            WaitEnd::CheckIn => model::WaitEnd::CheckIn,
            WaitEnd::Call => model::WaitEnd::Call,
        },
        max_wait_hours: minutes(plan.waits.max_ms) / 60.0,
        default_zone: plan.default_zone.name().to_owned(),
        zone_is_default: frame
            .locations
            .iter()
            .any(|location| !location.zone_is_chosen),
        warnings,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

#[expect(clippy::cast_precision_loss, reason = "at most a year in milliseconds")]
fn minutes(ms: i64) -> f64 {
    ms as f64 / (HOUR_MS as f64 / 60.0)
}

fn file_row(file: &metric::FileRow) -> model::FileRow {
    model::FileRow {
        path: file.path.clone(),
        bytes: file.bytes,
        lines: file.lines,
        blank: file.blank,
        accepted: file.accepted,
        duplicate: file.duplicate,
        rejected: file.rejected,
        deferred: file.deferred,
        first_service_date: file.dates.map(|dates| dates.0),
        last_service_date: file.dates.map(|dates| dates.1),
    }
}

/// Charts and pages of one organization, the locations side by side.
fn pages(report: &OrganizationReport, prefix: &str) -> Result<Vec<FileOut>, Failure> {
    let failed = |error: render::RenderError| Failure::from_error(Exit::Internal, &error);
    let mut files = render::overview(report).map_err(failed)?;
    let of_locations: Result<Vec<Vec<FileOut>>, render::RenderError> = report
        .locations
        .par_iter()
        .map(|location| render::location(report, location))
        .collect();
    files.extend(of_locations.map_err(failed)?.into_iter().flatten());
    Ok(files
        .into_iter()
        .map(|(path, bytes)| (format!("{prefix}{path}"), bytes))
        .collect())
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
    let locations = count(
        u64::try_from(made.locations).unwrap_or(u64::MAX),
        "location",
    );
    let organizations = count(
        u64::try_from(made.organizations).unwrap_or(u64::MAX),
        "organization",
    );
    let dates = made
        .dates
        .map_or_else(String::new, |(from, to)| format!(", {from} to {to}"));
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
