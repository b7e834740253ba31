//! `queuestat init`: a configuration to begin with, made of what an archive holds. Everything in it is a comment or says what
//! holds anyway, so that it changes no figure until somebody edits it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use serde_json::json;

use crate::job::toml_text::toml_text;
use crate::job::{ListedLocation, locations};
use crate::report::text::shown;

use super::answer::answer;
use super::failure::{Exit, Failure};
use super::init_args::InitArgs;
use super::plan::Request;
use super::shapes;
use super::threads::with_threads;
use super::verdict::{exit_of, say_input};
use super::words::{count, grouped};

/// Queues that are named under a location; of more, the number.
const QUEUES: usize = 20;
/// Longest name in a comment, letters.
const NAME: usize = 80;

/// Writes the configuration.
pub(super) fn run(args: InitArgs) -> Result<Exit, Failure> {
    let InitArgs { input, output } = args;
    let to_stdout = output == Path::new("-");
    // Before anything is read, so that it is known at once.
    if !to_stdout && output.exists() {
        return Err(there(&output));
    }
    let shown_inputs: Vec<String> =
        input.inputs.iter().map(|path| path.display().to_string()).collect();
    let Request { plan, voice, threads } = Request::from_args(input)?;
    with_threads(threads, || {
        let (list, input, quality) = locations(&plan, &voice)?;
        say_input(&voice, &input, quality, &list.warnings);
        let shapes = shapes::as_text(&input.ingested.account.files);
        let text = text(&shown_inputs, &list.rows, &shapes);
        if to_stdout {
            answer(&text)?;
        } else {
            // Never over a file that came meanwhile.
            let made = std::fs::OpenOptions::new().write(true).create_new(true).open(&output);
            let written = made.and_then(|mut file| file.write_all(text.as_bytes()));
            written.map_err(|error| {
                if error.kind() == std::io::ErrorKind::AlreadyExists {
                    return there(&output);
                }
                Failure::io(format!("cannot write `{}`", output.display()), &error)
            })?;
        }
        let exit = exit_of(quality);
        if !voice.is_quiet() {
            let place =
                if to_stdout { String::new() } else { format!(" to `{}`", output.display()) };
            let message = format!(
                "wrote {}{place}; set time_zone first: until then days are those of UTC",
                count(list.rows.len() as u64, "location")
            );
            let fields = json!({"exit_code": exit as u8, "locations": list.rows.len()});
            voice.log.summary(&message, fields);
        }
        Ok(exit)
    })
}

fn there(output: &Path) -> Failure {
    Failure::new(Exit::Usage, format!("`{}` is there already", output.display()))
        .hint("name another file with --output, or - to see what would be written")
}

/// The configuration; `shapes` are lines on how the records look.
fn text(inputs: &[String], rows: &[ListedLocation], shapes: &str) -> String {
    let tickets: u64 = rows.iter().map(|row| row.tickets).sum();
    let dates = rows.iter().filter_map(|row| row.dates);
    let dates = dates.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let span = dates.map_or_else(String::new, |(from, to)| format!(", {from} to {to}"));
    let mut text = format!(
        "# Configuration of queuestat, made from an archive of {}{span}.\n\
         # Lines that begin with # have no effect. Take the # away, change the value, and run `queuestat report`.\n\n\
         # The zone of all local days and hours, unless a location has its own. Without it they are those of UTC.\n\
         # time_zone = \"Europe/Stockholm\"\n\
         # Waits up to this are within the target.\n\
         # target_minutes = 10\n\
         # day_starts_at = \"00:00\"\n\
         # week_starts_on = \"Monday\"\n\
         # closed = [\"2021-12-24..2021-12-26\", \"Sunday\"]\n\n\
         # [ratings]\n\
         # scale = 5              # the best rating\n\
         # satisfied_from = 4     # ratings that count as satisfied\n\
         # hide_below = 0         # groups with fewer ratings show none\n\n",
        count(tickets, "ticket")
    );
    text.push_str("# How its records look; set a pointer only if the wrong thing is found:\n");
    for line in shapes.lines() {
        text.push_str(&format!("#   {}\n", shown(line, 200)));
    }
    text.push_str("# [archive]\n# payload_pointer = \"/detail/body\"\n\n");
    let mut organizations: BTreeMap<&str, Vec<&ListedLocation>> = BTreeMap::new();
    for row in rows {
        organizations.entry(&row.organization).or_default().push(row);
    }
    if organizations.len() > 1 {
        text.push_str("# Organizations: `name` joins one to another, `exclude = true` leaves its tickets out.\n");
        for name in organizations.keys() {
            text.push_str(&format!("# [organizations.{}]\n", toml_text(name)));
        }
        text.push('\n');
    }
    // A name that two organizations have is one section.
    let mut written: BTreeSet<&str> = BTreeSet::new();
    for (organization, rows) in &organizations {
        text.push_str(&format!("# Locations of {}\n\n", shown(organization, NAME)));
        for row in rows {
            if row.name == "(unknown)" || !written.insert(&row.name) {
                continue;
            }
            section(&mut text, row);
        }
    }
    let archive: Vec<String> = inputs.iter().map(|input| toml_text(input)).collect();
    text.push_str(&format!(
        "# What `queuestat nightly` reads and publishes.\n\
         # [nightly]\n\
         # archive = [{}]\n\
         # out = \"site\"\n\
         # [[nightly.report]]\n\
         # name = \"last-28-days\"\n\
         # days = 28\n",
        archive.join(", ")
    ));
    text
}

/// The section of a location.
fn section(text: &mut String, row: &ListedLocation) {
    let dates = row.dates.map_or_else(String::new, |(from, to)| format!(", {from} to {to}"));
    text.push_str(&format!("[locations.{}]\n", toml_text(&row.name)));
    text.push_str(&format!("# {} tickets{dates}\n", grouped(row.tickets)));
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
