//! Resolves arguments, configuration and the clock into the plan of a job, once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::DateTime;

use crate::archive::{Exclude, Limits};
use crate::calendar::{DEFAULT_EARLIEST_MS, HOUR_MS, WEEKDAYS, WeekStart, Zone, rfc3339};
use crate::dataframe::{WaitEnd, WaitRules};
use crate::ingest;
use crate::job::{self, Plan, Sections, Source, Stop};
use crate::metric::Rules;
use crate::report::png::Painter;
use crate::report::text::logged;
use crate::ticket::{Directory, normalise};
use crate::webhook::{self, Pointer};

use super::closed::{closed_days, silent_locations};
use super::config::{
    Config, Gates, TimeZone, day_start, organizations, refuse_empty_name, target_ms,
};
use super::failure::{Exit, Failure};
use super::input_args::{InputArgs, WaitEndArg};
use super::log::Log;
use super::ratings::scale_of;
use super::voice::{Voice, Volume};

/// A resolved command: the plan of its job, its output, its threads.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) plan: Plan,
    pub(crate) voice: Voice,
    pub(crate) threads: Option<usize>,
}

/// A file changed less than this before the run may still be being written, minutes.
const SETTLE_MINUTES: f64 = 10.0;

impl Request {
    /// Resolves arguments and configuration.
    pub(crate) fn from_args(args: InputArgs) -> Result<Self, Failure> {
        let (config, config_path) = Config::find(args.config.as_deref(), &args.inputs)?;
        Self::resolve(args, config, config_path)
    }

    /// Resolves the arguments of a question. Says so if a state is asked without the configuration of its nights, whose zones and
    /// names its figures then do not follow.
    pub(crate) fn asking(source: &Source, args: InputArgs) -> Result<Self, Failure> {
        let request = Self::from_args(args)?;
        let Self { plan, voice, .. } = &request;
        if matches!(source, Source::State(..)) && plan.config_path.is_none() && !voice.is_quiet() {
            voice.log.note(
                "no configuration was found, so the zones, targets, groups and names of the nights are not used; name theirs with \
                 --config",
            );
        }
        Ok(request)
    }

    /// Resolves arguments with a configuration that was read already.
    pub(crate) fn resolve(
        args: InputArgs,
        config: Config,
        config_path: Option<PathBuf>,
    ) -> Result<Self, Failure> {
        let base = config_path.as_deref().and_then(Path::parent).map(Path::to_owned);
        let (as_of, as_of_given) = match &args.as_of {
            None => (now(), None),
            Some(text) => {
                let at = parse_as_of(text)?;
                (at, Some(rfc3339(at)))
            }
        };
        let zones = match (&args.time_zone, &config.time_zone) {
            (Some(name), _) => Some(Zone::parse(name)?.into()),
            (None, configured) => configured.as_ref().map(TimeZone::zones).transpose()?,
        };
        let day_begins = config.day_starts_at.as_deref().map(day_start).transpose()?;
        let target = args.target_minutes.or(config.target_minutes).unwrap_or(10.0);
        let flags = (args.time_zone.is_some(), args.target_minutes.is_some());
        let entries = |places: &BTreeMap<String, super::config::Place>| {
            places
                .iter()
                .map(|(key, place)| {
                    refuse_empty_name(key, place.name.as_deref())?;
                    Ok((key.clone(), place.entry(flags.0, flags.1)?))
                })
                .collect::<Result<_, Failure>>()
        };
        let directory = Directory::new(
            entries(&config.queues)?,
            entries(&config.locations)?,
            zones,
            target_ms(target)?,
        )
        .with_day_start(day_begins.unwrap_or_default())
        .with_organizations(organizations(&config.organizations)?);
        let ends_at = match (args.wait_ends_at, config.wait.ends_at.as_deref()) {
            (Some(WaitEndArg::Call), _) | (None, Some("call")) => WaitEnd::Call,
            (Some(WaitEndArg::CheckIn), _) | (None, Some("check-in") | None) => WaitEnd::CheckIn,
            (None, Some(_)) => {
                return Err(Failure::new(Exit::Usage, "unknown value of `wait.ends_at`")
                    .hint("use \"check-in\" or \"call\""));
            }
        };
        let pointer = |flag: Option<String>, configured: Option<String>| {
            flag.or(configured)
                .map(|text| Pointer::parse(&text))
                .transpose()
                .map_err(|error| Failure::from_error(Exit::Usage, &error))
        };
        let earliest = config.archive.earliest.as_ref().map(|at| at.instant()).transpose()?;
        not_before(earliest.unwrap_or(DEFAULT_EARLIEST_MS), as_of, as_of_given.is_some())?;
        shares(&config.gates)?;
        let closed = closed_days(&config)?;
        let silent_locations = silent_locations(&config)?;
        let webhook = webhook::Settings {
            as_of,
            earliest: earliest.unwrap_or(DEFAULT_EARLIEST_MS),
            payload: pointer(args.payload_pointer, config.archive.payload_pointer)?,
            received_at: pointer(args.received_at_pointer, config.archive.received_at_pointer)?,
            scale: scale_of(&config.ratings)?,
        };
        let webhook_scale = webhook.scale;
        let max_ms = max_wait_ms(config.wait.max_hours.unwrap_or(24.0))?;
        let plan = Plan {
            inputs: args.inputs,
            config_path,
            exclude: (config.archive.exclude.clone(), Exclude::new(&config.archive.exclude)?),
            ingest: ingest::Settings {
                webhook,
                limits: Limits::default(),
                settle_ms: settle_ms(config.archive.settle_minutes)?,
                ignore_others: ignore_others(config.archive.other_records.as_deref())?,
            },
            directory,
            sections: Sections::of(
                config.locations.keys(),
                config.queues.keys(),
                config.organizations.keys(),
            ),
            waits: WaitRules {
                ends_at,
                max_ms,
                as_of,
                leave_out_bursts: config.wait.leave_out_bursts,
            },
            rules: Rules {
                scale: webhook_scale,
                hide_below: config.ratings.hide_below,
                week_starts_on: week_start(config.week_starts_on.as_deref())?,
            },
            as_of_given,
            png: (args.png || config.png)
                .then(|| painter(&config.png_fonts, base.as_deref()))
                .transpose()?,
            parquet: args.parquet || config.parquet,
            xlsx: args.xlsx || config.xlsx,
            csv: config.csv.dialect()?,
            earliest_given: earliest.is_some(),
            groups: groups_of(&config.locations, &config.queues)?,
            closed,
            silent_days: config
                .organizations
                .iter()
                .filter_map(|(name, one)| Some((name, one.silent_days?)))
                .flat_map(|(name, days)| [(name.clone(), days), (normalise(name), days)])
                .collect(),
            silent_locations,
            gates: job::Gates {
                warn_share: config.gates.warn_share,
                refuse_share: config.gates.refuse_share,
                refuse_fall: config.gates.refuse_fall,
                silent_days: config.gates.silent_days,
            },
            stop: Stop::default(),
        };
        let volume = match (args.quiet, args.verbose) {
            (true, _) => Volume::Quiet,
            (false, true) => Volume::Verbose,
            (false, false) => Volume::Normal,
        };
        let voice = Voice::new(volume, args.log_format.map_or(Log::Text, Log::from));
        Ok(Self { plan, voice, threads: args.threads })
    }
}

/// What draws PNG, with the fonts of the configuration; their paths are relative to its folder.
fn painter(fonts: &[PathBuf], base: Option<&Path>) -> Result<Painter, Failure> {
    let base = base.unwrap_or(Path::new(""));
    let read = |path: &PathBuf| {
        std::fs::read(base.join(path)).map_err(|error| {
            let message =
                format!("cannot read the font `{}` of `png_fonts`: {error}", path.display());
            Failure::new(Exit::Usage, message)
                .hint("name a TrueType or OpenType file; the path is relative to the configuration")
        })
    };
    let bytes = fonts.iter().map(read).collect::<Result<Vec<_>, Failure>>()?;
    Painter::new(bytes).map_err(|at| {
        let name = fonts.get(at).map_or_else(String::new, |path| path.display().to_string());
        Failure::new(Exit::Usage, format!("`{name}` of `png_fonts` holds no font"))
            .hint("name a TrueType or OpenType file (.ttf, .otf, .ttc)")
    })
}

/// The groups of locations, by the names that they are shown with. The section of a queue tells the group of the location
/// whose name it gives.
fn groups_of(
    locations: &BTreeMap<String, super::config::Place>,
    queues: &BTreeMap<String, super::config::Place>,
) -> Result<job::Groups, Failure> {
    let mut groups = job::Groups::new();
    for (id, queue) in queues {
        if queue.group.is_some() && queue.name.is_none() {
            let message = format!("`group` of queue `{}` has no location", logged(id));
            return Err(Failure::new(Exit::Usage, message).hint(
                "give the queue the `name` of its location too, or write `group` under [locations.\"name\"]",
            ));
        }
    }
    for (key, place) in locations.iter().chain(queues) {
        let Some(group) = &place.group else { continue };
        let levels: Vec<String> = group.split('/').map(normalise).collect();
        if levels.iter().any(String::is_empty) {
            let message = format!("`group` of location `{}` has an empty level", logged(key));
            return Err(Failure::new(Exit::Usage, message)
                .hint("write its levels with `/` between them: \"North/City\""));
        }
        let (name, group) = (normalise(place.name.as_ref().unwrap_or(key)), levels.join("/"));
        if let Some(other) = groups.get(&name).filter(|other| **other != group) {
            let message = format!(
                "location `{}` is given two groups, `{}` and `{}`",
                logged(&name),
                logged(other),
                logged(&group)
            );
            return Err(
                Failure::new(Exit::Usage, message).hint("give it the same one in each section")
            );
        }
        groups.insert(name, group);
    }
    Ok(groups)
}

/// The weekday on which weeks begin.
fn week_start(name: Option<&str>) -> Result<WeekStart, Failure> {
    let Some(name) = name else { return Ok(WeekStart::default()) };
    WeekStart::parse(name).ok_or_else(|| {
        Failure::new(Exit::Usage, format!("`week_starts_on` names no weekday: `{}`", logged(name)))
            .hint(format!("use one of {}", WEEKDAYS.join(", ")))
    })
}

/// Refuses an instant before anything that is believed, as of a machine that starts with its clock at 1970.
fn not_before(earliest: i64, as_of: i64, given: bool) -> Result<(), Failure> {
    if as_of >= earliest {
        return Ok(());
    }
    let message = format!(
        "the instant of the run ({}) lies before the first one that is believed, `archive.earliest` ({})",
        rfc3339(as_of),
        rfc3339(earliest)
    );
    Err(Failure::new(Exit::Usage, message).hint(if given {
        "give --as-of an instant after the webhooks; if it comes from a clock, set that clock"
    } else {
        "is the clock of this machine right? Set it, then run again"
    }))
}

/// Refuses shares outside 0 to 1: one in per cent would silently switch its gate off.
fn shares(gates: &Gates) -> Result<(), Failure> {
    for (name, share) in [
        ("warn_share", gates.warn_share),
        ("refuse_share", gates.refuse_share),
        ("refuse_fall", gates.refuse_fall),
    ] {
        if !(0.0..=1.0).contains(&share) {
            return Err(Failure::new(
                Exit::Usage,
                format!("`gates.{name}` must lie between 0 and 1"),
            )
            .hint("it is a share: write 0.2 for 20 %"));
        }
    }
    Ok(())
}

fn max_wait_ms(hours: f64) -> Result<i64, Failure> {
    if !(hours > 0.0 && hours <= 8_760.0) {
        return Err(Failure::new(Exit::Usage, "`wait.max_hours` must lie between 0 and 8760"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "at most a year in milliseconds, checked above"
    )]
    Ok((hours * HOUR_MS as f64).round() as i64)
}

fn settle_ms(minutes: Option<f64>) -> Result<i64, Failure> {
    let minutes = minutes.unwrap_or(SETTLE_MINUTES);
    if !(0.0..=1_440.0).contains(&minutes) {
        return Err(Failure::new(
            Exit::Usage,
            "`archive.settle_minutes` must lie between 0 and 1440",
        ));
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "at most a day in milliseconds, checked above"
    )]
    Ok((minutes * 60_000.0).round() as i64)
}

fn ignore_others(other_records: Option<&str>) -> Result<bool, Failure> {
    match other_records {
        None | Some("reject") => Ok(false),
        Some("ignore") => Ok(true),
        Some(_) => {
            Err(Failure::new(Exit::Usage, "`archive.other_records` is neither of its two words")
                .hint("use \"reject\" (the default) or \"ignore\""))
        }
    }
}

fn parse_as_of(text: &str) -> Result<i64, Failure> {
    DateTime::parse_from_rfc3339(text).map(|at| at.timestamp_millis()).map_err(|_| {
        Failure::new(Exit::Usage, format!("`{}` is no instant", logged(text)))
            .hint("use RFC 3339 with a zone, such as 2021-04-05T02:00:00Z")
    })
}

/// The one clock of the run, read once.
#[expect(clippy::disallowed_methods, reason = "this is the one clock")]
fn now() -> i64 {
    chrono::Utc::now().timestamp_millis()
}
