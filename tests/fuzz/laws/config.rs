//! The laws of the configuration that the fuzz target `config` and the replay of its corpus hold, for any bytes.
//!
//! Any bytes give a configuration, or an error that names the file and a line of it. Whatever is said of it is fit to be printed
//! on a terminal. A TOML reader that knows no keys accepts whatever is accepted. Comments and line ends of other systems change
//! nothing.

use chrono::NaiveDate;

use crate::cli::config::{self, Config};
use crate::cli::failure::Failure;
use crate::cli::{day, ratings};

/// The name that errors begin with.
const NAME: &str = "q.toml";

/// Reads bytes as a configuration and holds the laws. Whether they are one, and whether all that it says can be obeyed.
///
/// # Panics
/// If a law is broken.
pub(crate) fn hold(bytes: &[u8]) -> (bool, bool) {
    let Ok(text) = std::str::from_utf8(bytes) else { return (false, false) };
    match Config::parse(text, NAME) {
        Ok(config) => {
            let table: Result<toml::Table, _> = toml::from_str(text);
            assert!(table.is_ok(), "accepted, but no TOML: {text:?}");
            // Compared as they are printed: no number is equal to itself if it is none.
            let printed = |text: &str| format!("{:?}", Config::parse(text, NAME).ok());
            // A byte order mark may only stand first.
            let rest = text.trim_start_matches('\u{feff}');
            let mark = text.strip_suffix(rest).unwrap_or_default();
            let other = format!("{mark}# {NAME}\r\n{rest}\n# end");
            assert_eq!(printed(&other), printed(text), "{text:?}");
            (true, obeyed(&config))
        }
        Err(failure) => {
            let said = fit(&failure);
            let place = said.strip_prefix("error: q.toml:").and_then(|rest| rest.split_once(": "));
            let line: usize = place.and_then(|(line, _)| line.parse().ok()).expect("a line");
            let lines = text.split('\n').count();
            assert!((1..=lines).contains(&line), "line {line} of {lines}: {said}");
            (false, false)
        }
    }
}

/// What is printed of a failure.
///
/// # Panics
/// If it is not fit for a terminal, or longer than anybody reads.
fn fit(failure: &Failure) -> String {
    let said = failure.text();
    let is_fit = |c: char| c == '\n' || !c.is_control();
    assert!(said.chars().all(is_fit), "{said:?}");
    assert!(said.len() < 4_000, "{} bytes", said.len());
    said
}

/// Asks for everything that a configuration says; whether nothing of it is refused.
fn obeyed(config: &Config) -> bool {
    let mut refused = 0;
    let mut note = |failure: Option<Failure>| {
        if let Some(failure) = failure {
            fit(&failure);
            refused += 1;
        }
    };
    note(config.csv.dialect().err());
    note(config::organizations(&config.organizations).err());
    note(ratings::scale_of(&config.ratings).err());
    note(config.target_minutes.and_then(|minutes| config::target_ms(minutes).err()));
    note(config.day_starts_at.as_deref().and_then(|text| config::day_start(text).err()));
    note(config.time_zone.as_ref().and_then(|zone| zone.zones().err()));
    note(config.archive.earliest.as_ref().and_then(|at| at.instant().err()));
    note(day::parse(&config.closed, "closed").err());
    for (key, place) in config.locations.iter().chain(&config.queues) {
        note(place.entry(false, false).err());
        note(day::parse(&place.closed, "closed").err());
        note(config::refuse_empty_name(key, place.name.as_deref()).err());
    }
    if let Ok(dates) = day::parse(&config.gates.closed, "closed") {
        for date in dates {
            if let crate::job::ClosedDay::Span(from, to) = date {
                assert!(from <= to && from >= NaiveDate::MIN);
            }
        }
    }
    refused == 0
}
