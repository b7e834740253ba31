//! `queuestat locations`: which locations an archive or a state has, and what the configuration makes of them.

use std::collections::BTreeSet;

use serde_json::json;

use crate::job::{ListedLocation, Locations, Observer, Source, kept_locations, locations};

use super::answer::{answer, answer_whole};
use super::failure::{Exit, Failure};
use super::locations_args::LocationsArgs;
use super::locations_list::{as_csv, as_json, as_table};
use super::plan::Request;
use super::threads::with_threads;
use super::verdict::{exit_of, say_input};
use super::voice::Voice;
use super::words::count;

/// How the locations are printed.
#[derive(Debug, Clone, Copy)]
enum Form {
    Table,
    Csv,
    Json,
}

/// Prints the locations.
pub(super) fn run(args: LocationsArgs) -> Result<Exit, Failure> {
    let form = match (args.csv, args.json) {
        (true, _) => Form::Csv,
        (_, true) => Form::Json,
        (false, false) => Form::Table,
    };
    let (source, input) = args.source.split();
    let Request { mut plan, voice, threads } = Request::asking(&source, input)?;
    with_threads(threads, || {
        let (list, exit) = match &source {
            Source::State(folder, wait) => {
                let list = kept_locations(&mut plan, folder, *wait)?;
                for warning in &list.warnings {
                    voice.notice(warning);
                }
                let is_well = list.warnings.is_empty();
                (list, if is_well { Exit::Ok } else { Exit::LookAtInput })
            }
            Source::Archive => {
                let (list, input, quality) = locations(&plan, &voice)?;
                say_input(&voice, &input, quality, &list.warnings);
                (list, exit_of(quality))
            }
        };
        for note in &list.notes {
            voice.notice(note);
        }
        print(&voice, &list, form, exit)?;
        Ok(exit)
    })
}

fn print(voice: &Voice, list: &Locations, form: Form, exit: Exit) -> Result<(), Failure> {
    match form {
        Form::Table => answer(&as_table(&list.rows, &list.renamed, &list.shared))?,
        Form::Csv => answer(&as_csv(&list.rows))?,
        // A program needs all of it.
        Form::Json => answer_whole(&as_json(&list.rows))?,
    }
    if !voice.is_quiet() {
        let (left_out, rows): (Vec<_>, Vec<_>) =
            list.rows.iter().partition(|row| row.excluded_by.is_some());
        let organizations: BTreeSet<&str> =
            rows.iter().map(|row| row.organization.as_str()).collect();
        let sum = |rows: &[&ListedLocation]| rows.iter().map(|row| row.tickets).sum::<u64>();
        let tickets = sum(&rows);
        let left_out_words = match sum(&left_out) {
            0 => String::new(),
            n => format!("; left out by the configuration: {}", count(n, "ticket")),
        };
        let message = format!(
            "{} of {}, {}{left_out_words}; nothing was written",
            count(rows.len() as u64, "location"),
            count(organizations.len() as u64, "organization"),
            count(tickets, "ticket"),
        );
        let fields = json!({
            "exit_code": exit as u8,
            "locations": rows.len(),
            "organizations": organizations.len(),
            "tickets": tickets,
        });
        voice.log.summary(&message, fields);
    }
    Ok(())
}
