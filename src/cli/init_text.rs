//! The text of a configuration to begin with. Everything in it is a comment, or says what was asked for on the command line, or
//! what holds anyway: it changes no figure until somebody edits it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::ingest::{FileAccount, Ratings};
use crate::job::renamed_words::note as renamed_note;
use crate::job::shared_queues::note as shared_note;
use crate::job::toml_text::toml_text;
use crate::job::{ListedLocation, Locations, Notice, usual_scale};
use crate::report::text::shown;
use crate::webhook::Scale;

use super::init_paths::Places;
use super::input_args::{InputArgs, WaitEndArg};
use super::words::{count, grouped};

/// Queues that are named under a location; of more, the number.
const QUEUES: usize = 20;
/// Longest name in a comment, letters.
const NAME: usize = 80;
/// Longest line of another kind in a comment, letters.
const LINE: usize = 200;
/// Queues with several names, and groups of organizations with the same queues, that are told.
const TOLD: usize = 100;

/// Settings that were given on the command line.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) time_zone: Option<String>,
    target_minutes: Option<f64>,
    wait_ends_at: Option<WaitEndArg>,
    payload_pointer: Option<String>,
    received_at_pointer: Option<String>,
}

impl Given {
    /// Those of the arguments.
    pub(super) fn of(args: &InputArgs) -> Self {
        Self {
            time_zone: args.time_zone.clone(),
            target_minutes: args.target_minutes,
            wait_ends_at: args.wait_ends_at,
            payload_pointer: args.payload_pointer.clone(),
            received_at_pointer: args.received_at_pointer.clone(),
        }
    }
}

/// What the configuration is made of.
pub(super) struct Basis<'a> {
    pub(super) given: Given,
    /// A configuration that was there and was not looked at.
    pub(super) older: Option<&'a Path>,
    /// The configuration that the archive was read by.
    pub(super) config: Option<&'a Path>,
    pub(super) inputs: &'a [PathBuf],
    pub(super) list: &'a Locations,
    pub(super) files: &'a [FileAccount],
    /// The scale that ratings were read by.
    pub(super) scale: Scale,
    /// How the records look, in lines.
    pub(super) shapes: &'a str,
}

/// The configuration.
pub(super) fn text(basis: &Basis<'_>, places: &Places) -> String {
    let mut text = head(basis);
    settings(&mut text, &basis.given);
    ratings(&mut text, basis);
    archive(&mut text, basis);
    organizations(&mut text, basis.list);
    renamed(&mut text, basis.list);
    // A name that two organizations have is one section.
    let (mut last, mut written) = (None, BTreeSet::new());
    for row in &basis.list.rows {
        if last.replace(&row.organization) != Some(&row.organization) {
            text.push_str(&format!("# Locations of {}\n\n", shown(&row.organization, NAME)));
        }
        if row.name == "(unknown)" {
            continue;
        }
        if written.insert(&row.name) {
            section(&mut text, row);
        } else {
            let name = toml_text(&row.name);
            let tickets = count(row.tickets, "ticket");
            text.push_str(&format!(
                "# [locations.{name}] stands above and holds here too: {tickets}\n\n"
            ));
        }
    }
    nightly(&mut text, basis.inputs, places);
    text
}

fn head(basis: &Basis<'_>) -> String {
    let rows = &basis.list.rows;
    let tickets: u64 = rows.iter().map(|row| row.tickets).sum();
    let dates = rows.iter().filter_map(|row| row.dates);
    let dates = dates.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let span = dates.map_or_else(String::new, |(from, to)| format!(", {from} to {to}"));
    let path = |path: &Path| shown(&path.display().to_string(), LINE);
    let older = basis.older.map_or_else(String::new, |older| {
        format!(
            "# There was a configuration already, `{}`: nothing here is taken from it. To use this one beside it, name it with \
             --config.\n",
            path(older)
        )
    });
    let config = basis.config.map_or_else(String::new, |config| {
        format!(
            "# The archive was read by `{}`; its settings are not repeated here.\n",
            path(config)
        )
    });
    format!(
        "# Configuration of queuestat, made from an archive of {}{span}.\n\
         # Lines that begin with # have no effect. Take the # away, change the value, and run `queuestat report`.\n{older}{config}\n",
        count(tickets, "ticket")
    )
}

/// The settings at the top, and `[wait]`.
fn settings(text: &mut String, given: &Given) {
    let zone = given.time_zone.as_ref().map_or_else(
        || "# time_zone = \"Europe/Stockholm\"".to_owned(),
        |zone| format!("time_zone = {}", toml_text(zone)),
    );
    let target = given.target_minutes.map_or_else(
        || "# target_minutes = 10".to_owned(),
        |minutes| format!("target_minutes = {minutes:?}"),
    );
    text.push_str(&format!(
        "# The zone of all local days and hours, unless a location has its own. Without it they are those of UTC.\n\
         {zone}\n\
         # Waits up to this are within the target.\n\
         {target}\n\
         # day_starts_at = \"00:00\"\n\
         # week_starts_on = \"Monday\"\n\
         # closed = [\"2021-12-24..2021-12-26\", \"Sunday\"]\n\n"
    ));
    if let Some(end) = given.wait_ends_at {
        let end = match end {
            WaitEndArg::Call => "call",
            WaitEndArg::CheckIn => "check-in",
        };
        text.push_str(&format!("[wait]\nends_at = \"{end}\"\n\n"));
    }
}

/// `[ratings]`, with the scale that the ratings above the one they were read by point to.
fn ratings(text: &mut String, basis: &Basis<'_>) {
    let mut met = Ratings::default();
    for ratings in basis.files.iter().flat_map(|file| file.ratings.values()) {
        met.merge(*ratings);
    }
    let top = basis.scale.top();
    let largest = met.met.map(|(_, high)| high);
    // A few numbers above the scale are slips; of many, the gate says that the scale is another one.
    let is_other = basis.list.warnings.iter().any(|one| matches!(one, Notice::OffScale { .. }));
    let usual = largest.filter(|_| is_other).and_then(usual_scale);
    let usual = usual.and_then(|top| Scale::new(u8::try_from(top).ok()?, None));
    let scale = usual.unwrap_or(basis.scale);
    let all = met.good + met.beyond;
    let mut words = "the best rating".to_owned();
    if met.beyond > 0 {
        let verb = if met.beyond == 1 { "lies" } else { "lie" };
        words.push_str(&format!(
            "; {} of {} {verb} above {top}",
            grouped(met.beyond),
            count(all, "rating")
        ));
    }
    if let Some(largest) = largest {
        words.push_str(&format!(", the largest is {largest}"));
    }
    if met.on_no_scale > 0 {
        let (n, longest) = (grouped(met.on_no_scale), Scale::LONGEST);
        words.push_str(&format!("; above {longest}, which no scale holds: {n}"));
    }
    text.push_str(&format!(
        "# [ratings]\n\
         # scale = {:<14} # {words}\n\
         # satisfied_from = {:<5} # ratings that count as satisfied\n\
         # hide_below = 0         # groups with fewer ratings show none\n\n",
        scale.top(),
        scale.satisfied_from(),
    ));
}

/// `[archive]`.
fn archive(text: &mut String, basis: &Basis<'_>) {
    text.push_str("# How its records look; set a pointer only if the wrong thing is found:\n");
    for line in basis.shapes.lines() {
        text.push_str(&format!("#   {}\n", shown(line, LINE)));
    }
    let Given { payload_pointer, received_at_pointer, .. } = &basis.given;
    let is_given = payload_pointer.is_some() || received_at_pointer.is_some();
    text.push_str(if is_given { "[archive]\n" } else { "# [archive]\n" });
    for (key, pointer, example) in [
        ("payload_pointer", payload_pointer, "/detail/body"),
        ("received_at_pointer", received_at_pointer, "/detail/at"),
    ] {
        match pointer {
            Some(pointer) => text.push_str(&format!("{key} = {}\n", toml_text(pointer))),
            None => text.push_str(&format!("# {key} = \"{example}\"\n")),
        }
    }
    text.push('\n');
}

/// `[organizations]`, and which of them have the same queues.
fn organizations(text: &mut String, list: &Locations) {
    let names: BTreeSet<&str> = list.rows.iter().map(|row| row.organization.as_str()).collect();
    let mut joined: BTreeSet<&str> = BTreeSet::new();
    for shared in list.shared.iter().take(TOLD) {
        commented(text, &shared_note(shared));
        let older = shared.organizations.iter().rev().skip(1);
        joined.extend(older.map(|one| one.name.as_str()));
    }
    if names.len() > 1 {
        text.push_str(
            "# Organizations: `name` joins one to another, `exclude = true` leaves its tickets out.\n",
        );
        // A section can stand only once.
        for name in names.difference(&joined) {
            text.push_str(&format!("# [organizations.{}]\n", toml_text(name)));
        }
        text.push('\n');
    }
}

/// Queues with several names, and the lines that make each one location.
fn renamed(text: &mut String, list: &Locations) {
    for queue in list.renamed.iter().take(TOLD) {
        commented(text, &renamed_note(queue));
    }
    if let Some(more) = list.renamed.len().checked_sub(TOLD).filter(|more| *more > 0) {
        let more = count(more as u64, "queue");
        text.push_str(&format!(
            "# {more} more with several names; `queuestat locations` lists them\n\n"
        ));
    }
}

/// A note and its lines of configuration, commented out.
fn commented(text: &mut String, note: &str) {
    for line in note.lines() {
        text.push_str(&format!("# {}\n", line.trim_start()));
    }
    text.push('\n');
}

/// The section of a location.
fn section(text: &mut String, row: &ListedLocation) {
    let dates = row.dates.map_or_else(String::new, |(from, to)| format!(", {from} to {to}"));
    text.push_str(&format!("[locations.{}]\n", toml_text(&row.name)));
    text.push_str(&format!("# {}{dates}\n", count(row.tickets, "ticket")));
    let queues: Vec<String> = row.queues.iter().take(QUEUES).map(|id| toml_text(id)).collect();
    if !queues.is_empty() {
        let more = row.queues.len().saturating_sub(QUEUES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        text.push_str(&format!("# queues: {}{more}\n", queues.join(", ")));
    }
    text.push_str(
        "# name = \"\"            # the name to show; two sections with one name are one location\n\
         # time_zone = \"Europe/Stockholm\"\n\
         # target_minutes = 10\n\
         # group = \"North/City\"\n\
         # closed = [\"Sunday\"]\n\n",
    );
}

/// `[nightly]`; its paths are relative to the folder of the file.
fn nightly(text: &mut String, inputs: &[PathBuf], places: &Places) {
    let files = || inputs.iter().filter(|input| *input != Path::new("-"));
    let mut archive: Vec<String> =
        files().map(|input| toml_text(&places.named(input).display().to_string())).collect();
    if archive.is_empty() {
        archive.push(toml_text("archive"));
    }
    let out = places.beside("site", files()).display().to_string();
    text.push_str(&format!(
        "# What `queuestat nightly` reads and publishes. Paths are relative to the folder of this file.\n\
         # [nightly]\n\
         # archive = [{}]\n\
         # out = {}\n\
         # [[nightly.report]]\n\
         # name = \"last-28-days\"\n\
         # days = 28\n",
        archive.join(", "),
        toml_text(&out)
    ));
}
