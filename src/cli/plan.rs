//! What was meant: arguments, configuration and the one clock, resolved once.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{DateTime, NaiveDate};

use crate::archive::{Exclude, Limits};
use crate::calendar::{DEFAULT_EARLIEST_MS, HOUR_MS, Zone, rfc3339};
use crate::dataframe::{Settings as FrameSettings, WaitEnd, WaitRules};
use crate::ingest;
use crate::metric::Rules;
use crate::ticket::Directory;
use crate::webhook::{self, Pointer};

use super::args::{InputArgs, WaitEndArg};
use super::closed::ClosedDays;
use super::config::{Config, Gates, target_ms};
use super::failure::{Exit, Failure};
use super::log::Log;
use super::obeyed::{self, Sections};
use super::ratings_gate::scale_of;
use super::stop::Stop;

/// How much is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Volume {
    /// Nothing when all is well.
    Quiet,
    /// One paragraph.
    Normal,
    /// Times and places too.
    Verbose,
}

/// Everything a run needs to know, the output apart.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) inputs: Vec<PathBuf>,
    pub(crate) config_path: Option<PathBuf>,
    /// Files that are not to be read: as written, and ready to match.
    pub(crate) exclude: (Vec<String>, Exclude),
    pub(crate) ingest: ingest::Settings,
    pub(crate) directory: Directory,
    /// What the sections of the configuration are called.
    pub(super) sections: Sections,
    pub(crate) waits: WaitRules,
    /// How figures are shown.
    pub(crate) rules: Rules,
    pub(crate) default_zone: Zone,
    /// The instant as given, if it was: printed, so that the run can be repeated.
    pub(crate) as_of_given: Option<String>,
    /// Whether somebody said which times are too early.
    pub(crate) earliest_given: bool,
    pub(crate) gates: Gates,
    /// Who is closed when.
    pub(crate) closed: ClosedDays,
    /// Organizations with another number of silent days.
    pub(crate) silent_days: BTreeMap<String, u32>,
    pub(crate) volume: Volume,
    pub(crate) log: Log,
    /// Whether somebody asked the run to end.
    pub(crate) stop: Stop,
    pub(crate) threads: Option<usize>,
}

/// A file that was changed less than this before a run may still be being written.
const SETTLE_MINUTES: f64 = 10.0;

impl Plan {
    /// Resolves arguments and configuration.
    pub(crate) fn from_args(args: InputArgs) -> Result<Self, Failure> {
        let (config, config_path) = Config::find(args.config.as_deref(), &args.inputs)?;
        Self::resolve(args, config, config_path)
    }

    /// Resolves arguments with a configuration that was read before.
    pub(crate) fn resolve(
        args: InputArgs,
        config: Config,
        config_path: Option<PathBuf>,
    ) -> Result<Self, Failure> {
        let (as_of, as_of_given) = match &args.as_of {
            None => (now(), None),
            Some(text) => {
                let at = parse_as_of(text)?;
                (at, Some(rfc3339(at)))
            }
        };
        let zone_name = args.time_zone.as_deref().or(config.time_zone.as_deref());
        let zone = zone_name.map(Zone::parse).transpose()?;
        let target = args.target_minutes.or(config.target_minutes).unwrap_or(10.0);
        let flags = (args.time_zone.is_some(), args.target_minutes.is_some());
        let entries = |places: &BTreeMap<String, super::config::Place>| {
            places
                .iter()
                .map(|(key, place)| {
                    obeyed::refuse_empty_name(key, place.name.as_deref())?;
                    Ok((key.clone(), place.entry(flags.0, flags.1)?))
                })
                .collect::<Result<_, Failure>>()
        };
        let directory = Directory::new(
            entries(&config.queues)?,
            entries(&config.locations)?,
            zone,
            target_ms(target)?,
        );
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
        let earliest = config.archive.earliest.as_ref().map(|at| at.instant(as_of)).transpose()?;
        shares(&config.gates)?;
        let closed = ClosedDays::of(&config)?;
        let webhook = webhook::Settings {
            as_of,
            earliest: earliest.unwrap_or(DEFAULT_EARLIEST_MS),
            payload: pointer(args.payload_pointer, config.archive.payload_pointer)?,
            received_at: pointer(args.received_at_pointer, config.archive.received_at_pointer)?,
            scale: scale_of(&config.ratings)?,
        };
        let webhook_scale = webhook.scale;
        let max_ms = max_wait_ms(config.wait.max_hours.unwrap_or(24.0))?;
        let leave_out_bursts = config.wait.leave_out_bursts;
        Ok(Self {
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
            waits: WaitRules { ends_at, max_ms, as_of, leave_out_bursts },
            rules: Rules { scale: webhook_scale, hide_below: config.ratings.hide_below },
            default_zone: zone.unwrap_or(Zone::UTC),
            as_of_given,
            earliest_given: earliest.is_some(),
            closed,
            silent_days: config
                .organizations
                .iter()
                .filter_map(|(name, one)| Some((name.clone(), one.silent_days?)))
                .collect(),
            gates: config.gates,
            volume: match (args.quiet, args.verbose) {
                (true, _) => Volume::Quiet,
                (false, true) => Volume::Verbose,
                (false, false) => Volume::Normal,
            },
            log: args.log_format.map_or(Log::Text, Log::from),
            stop: Stop::never(),
            threads: args.threads,
        })
    }

    /// The frame of a window.
    pub(crate) fn frame(&self, from: Option<NaiveDate>, to: Option<NaiveDate>) -> FrameSettings {
        FrameSettings { waits: self.waits, scale: self.ingest.webhook.scale, from, to }
    }
}

/// Shares lie between 0 and 1; one in per cent would switch its gate off in silence.
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
        Failure::new(Exit::Usage, format!("`{}` is no instant", crate::report::text::logged(text)))
            .hint("use RFC 3339 with a zone, such as 2021-04-05T02:00:00Z")
    })
}

/// The one clock of the run, read once.
#[expect(clippy::disallowed_methods, reason = "this is the one clock")]
fn now() -> i64 {
    chrono::Utc::now().timestamp_millis()
}
