//! Resolves the arguments and the `[nightly]` section into the plan of a night.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{Datelike, Months, NaiveDate};

use crate::cloud::is_address;
use crate::disk::parent_of;
use crate::job::{NightPlan, Places};
use crate::store::Options;

use super::args::NightlyArgs;
use super::config::{Config, Nightly};
use super::dates::Today;
use super::failure::{Exit, Failure};
use super::hooks;
use super::input_args::InputArgs;
use super::plan::Request;
use super::voice::Voice;
use super::windows::windows;

/// Name of the state folder, unless the configuration names one.
const STATE: &str = "queuestat-state";
/// How many generations are kept, unless the configuration says so.
const KEEP: usize = 3;

/// Resolves arguments and configuration.
pub(super) fn from_args(args: NightlyArgs) -> Result<(NightPlan, Voice, Option<usize>), Failure> {
    let (config_text, config, nightly) = read(&args.config)?;
    let places = places(&args.config, &nightly, args.lock_wait)?;
    let input = InputArgs {
        png: false,
        parquet: false,
        xlsx: false,
        inputs: places.archive.clone(),
        config: None,
        payload_pointer: None,
        received_at_pointer: None,
        as_of: args.as_of,
        threads: args.threads,
        quiet: args.quiet,
        verbose: args.verbose,
        log_format: args.log_format,
        time_zone: None,
        target_minutes: None,
        wait_ends_at: None,
    };
    let Request { plan, voice, threads } = Request::resolve(input, config, Some(args.config))?;
    let today = Today::of(&plan)?;
    let night = NightPlan {
        plan,
        places,
        config_text,
        through: today.yesterday,
        windows: windows(&nightly.report, today)?,
        keep_from: nightly.keep_months.and_then(|months| keep_from(today.yesterday, months)),
        rebuild: args.rebuild,
        verify: args.verify,
        force: args.force,
        metrics_file: args.metrics_file,
    };
    Ok((night, voice, threads))
}

/// The first day of which single tickets are kept: the first of the month that many months before the day of the run, so
/// that a month goes as a whole.
fn keep_from(through: NaiveDate, months: u32) -> Option<NaiveDate> {
    through.succ_opt()?.checked_sub_months(Months::new(months))?.with_day(1)
}

/// Refuses to keep single tickets for a shorter time than a report of some days needs them.
fn check_keep(nightly: &Nightly) -> Result<(), Failure> {
    let Some(months) = nightly.keep_months else { return Ok(()) };
    if months == 0 {
        return Err(Failure::new(Exit::Usage, "`nightly.keep_months` is 0: every night needs the tickets of the running month and the one before")
            .hint("give the number of months for which single tickets are kept, such as 24; left out, they are kept for ever"));
    }
    // No month has fewer days.
    let too_long =
        nightly.report.iter().find(|w| w.days.is_some_and(|days| days > months.saturating_mul(28)));
    if let Some(window) = too_long {
        let name = crate::report::text::logged(&window.name);
        return Err(Failure::new(
            Exit::Usage,
            format!("`nightly.keep_months` is {months}, but the nightly report `{name}` is of {} days", window.days.unwrap_or(0)),
        )
        .hint("a report of some days is made from single tickets: keep them longer, or give the report fewer days or `all = true`"));
    }
    Ok(())
}

/// Reads the configuration of a nightly run.
pub(super) fn read(path: &Path) -> Result<(String, Config, Nightly), Failure> {
    let text = Config::text(path)?;
    let config = Config::parse(&text, &path.display().to_string())?;
    let nightly = config.nightly.clone().ok_or_else(|| {
        Failure::new(Exit::Usage, format!("`{}` has no [nightly] section", path.display()))
            .hint("name an archive and a folder to publish to: [nightly] archive = [\"archive\"], out = \"site\"")
    })?;
    hooks::check(&nightly)?;
    check_keep(&nightly)?;
    Ok((text, config, nightly))
}

/// Where a nightly run keeps and publishes things. Paths are relative to the folder of the configuration.
pub(super) fn places(config: &Path, nightly: &Nightly, lock_wait: u64) -> Result<Places, Failure> {
    let base = config.parent().unwrap_or(Path::new(""));
    let archive: Vec<PathBuf> = nightly.archive.iter().map(|path| below(base, path)).collect();
    let Some(first) = archive.first() else {
        return Err(Failure::new(Exit::Usage, "`nightly.archive` names nothing to read"));
    };
    let beside = || match is_address(first) {
        true => base.join(STATE),
        false => parent_of(first).join(STATE),
    };
    let state = nightly.state_dir.as_ref().map_or_else(beside, |path| base.join(path));
    // The next night would read it as part of the archive.
    if let Some(folder) = archive.iter().find(|folder| is_inside(&state, folder)) {
        return Err(Failure::new(
            Exit::Usage,
            format!("the state would be kept inside the archive `{}`", folder.display()),
        )
        .hint("give `nightly.state_dir` a folder of its own beside it"));
    }
    if let Some(keep) = nightly.keep.filter(|keep| *keep < 2) {
        return Err(Failure::new(
            Exit::Usage,
            format!(
                "`nightly.keep` is {keep}: with one generation there is none to go back to, and of nothing a second copy"
            ),
        )
        .hint("keep 2 or more, or leave it out: then 3 are kept"));
    }
    let options =
        Options { keep: nightly.keep.unwrap_or(KEEP), wait: Duration::from_secs(lock_wait) };
    Ok(Places { state, out: base.join(&nightly.out), archive, options })
}

/// A path relative to a folder; the address of an object store is relative to nothing.
fn below(base: &Path, path: &Path) -> PathBuf {
    if is_address(path) { path.to_owned() } else { base.join(path) }
}

/// Whether a path lies in a folder; of a path that does not exist yet, its nearest existing parent counts.
fn is_inside(path: &Path, folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else { return false };
    let real = path.ancestors().find_map(|part| {
        let part = if part.as_os_str().is_empty() { Path::new(".") } else { part };
        part.canonicalize().ok()
    });
    folder.is_dir() && real.is_some_and(|real| real.starts_with(&folder))
}
