//! The settings of a report in pieces, written down with the list, so that every step goes by the same.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::calendar::rfc3339;

use super::config::Config;
use super::failure::{Exit, Failure};
use super::input_args::{InputArgs, WaitEndArg};
use super::pieces_args::StepArgs;
use super::plan::Request;

/// Arguments and configuration of `list`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    inputs: Vec<PathBuf>,
    /// Path and text of the configuration.
    config: Option<(PathBuf, String)>,
    payload_pointer: Option<String>,
    received_at_pointer: Option<String>,
    /// The instant of the run, and whether it was given.
    as_of: (String, bool),
    time_zone: Option<String>,
    target_minutes: Option<f64>,
    wait_ends_at: Option<WaitEndArg>,
}

/// What is drawn and written besides the CSV files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extras {
    pub(super) png: bool,
    pub(super) parquet: bool,
    pub(super) xlsx: bool,
}

impl Settings {
    /// Those of arguments, which are resolved.
    pub(super) fn of(args: InputArgs) -> Result<(Self, Request), Failure> {
        let path = args.config.clone().or_else(|| Config::beside(&args.inputs));
        let config = path.map(|path| Ok::<_, Failure>((path.clone(), Config::text(&path)?)));
        let mut settings = Self {
            inputs: args.inputs.clone(),
            config: config.transpose()?,
            payload_pointer: args.payload_pointer.clone(),
            received_at_pointer: args.received_at_pointer.clone(),
            as_of: (String::new(), args.as_of.is_some()),
            time_zone: args.time_zone.clone(),
            target_minutes: args.target_minutes,
            wait_ends_at: args.wait_ends_at,
        };
        let config = settings.parsed()?;
        let path = settings.config.as_ref().map(|(path, _)| path.clone());
        let request = Request::resolve(args, config, path)?;
        settings.as_of.0 = rfc3339(request.plan.waits.as_of);
        Ok((settings, request))
    }

    fn parsed(&self) -> Result<Config, Failure> {
        let parse =
            |(path, text): &(PathBuf, String)| Config::parse(text, &path.display().to_string());
        self.config.as_ref().map_or_else(|| Ok(Config::default()), parse)
    }

    /// As they are written down.
    pub(super) fn to_text(&self) -> Result<String, Failure> {
        serde_json::to_string(self).map_err(|error| {
            Failure::new(Exit::Usage, format!("the settings cannot be written down: {error}"))
                .hint("name the inputs and the configuration with paths in UTF-8")
        })
    }

    /// What was written down in the list of a folder.
    pub(super) fn of_text(text: &str, folder: &Path) -> Result<Self, Failure> {
        serde_json::from_str(text).map_err(|_| {
            let message = format!(
                "the settings in the list of `{}` are of another version",
                folder.display()
            );
            Failure::new(Exit::Refused, message).hint("make the list again with this queuestat")
        })
    }

    /// Resolves them for a step. Fonts are read only where something is drawn.
    pub(super) fn request(
        self,
        how: &StepArgs,
        extras: Option<Extras>,
    ) -> Result<Request, Failure> {
        let mut config = self.parsed()?;
        if extras.is_none() {
            (config.png, config.parquet, config.xlsx) = (false, false, false);
        }
        let input = InputArgs {
            inputs: self.inputs,
            config: None,
            payload_pointer: self.payload_pointer,
            received_at_pointer: self.received_at_pointer,
            as_of: Some(self.as_of.0),
            threads: how.threads,
            quiet: how.quiet,
            verbose: how.verbose,
            log_format: how.log_format,
            png: extras.is_some_and(|extras| extras.png),
            parquet: extras.is_some_and(|extras| extras.parquet),
            xlsx: extras.is_some_and(|extras| extras.xlsx),
            time_zone: self.time_zone,
            target_minutes: self.target_minutes,
            wait_ends_at: self.wait_ends_at,
        };
        let mut request = Request::resolve(input, config, self.config.map(|(path, _)| path))?;
        if !self.as_of.1 {
            request.plan.as_of_given = None;
        }
        Ok(request)
    }
}
