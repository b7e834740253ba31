//! `queuestat init`: a configuration to begin with, made of what an archive holds.

use std::io;
use std::path::Path;

use serde_json::json;

use crate::disk::{Disk, parent_of};
use crate::job::{JobError, Quality, locations};

use super::answer::answer;
use super::config::Config;
use super::failure::{Exit, Failure};
use super::init_args::InitArgs;
use super::init_paths::Places;
use super::init_text::{Basis, Given, text};
use super::plan::Request;
use super::shapes;
use super::threads::with_threads;
use super::verdict::{exit_of, say_input};
use super::words::count;

/// Mode of the file.
const MODE: u32 = 0o644;

/// Writes the configuration.
pub(super) fn run(args: InitArgs) -> Result<Exit, Failure> {
    let InitArgs { input, output } = args;
    let to_stdout = output == Path::new("-");
    // Before anything is read, so that it is known at once.
    if !to_stdout && output.symlink_metadata().is_ok() {
        return Err(there(&output));
    }
    let unwritten =
        |error: &io::Error| Failure::io(format!("cannot write `{}`", output.display()), error);
    let folder = if to_stdout { Path::new(".") } else { parent_of(&output) };
    let places = Places::of(folder).map_err(|error| unwritten(&error))?;
    let given = Given::of(&input);
    // What an older configuration says of names, zones and files must not end up in a new one unseen.
    let older = if input.config.is_none() { Config::beside(&input.inputs) } else { None };
    let Request { plan, voice, threads } = if input.config.is_some() {
        Request::from_args(input)?
    } else {
        Request::resolve(input, Config::default(), None)?
    };
    with_threads(threads, || {
        let (list, input, quality) = locations(&plan, &voice)?;
        say_input(&voice, &input, quality, &list.warnings);
        if list.rows.iter().all(|row| row.tickets == 0) {
            return Err(nothing(
                quality,
                JobError::NoTicket { read: Box::new(input.counts()), left_out: None },
            ));
        }
        let shapes = shapes::as_text(&input.ingested.account.files);
        let basis = Basis {
            given,
            older: older.as_deref(),
            config: plan.config_path.as_deref(),
            inputs: &plan.inputs,
            list: &list,
            files: &input.ingested.account.files,
            scale: plan.rules.scale,
            shapes: &shapes,
        };
        let text = text(&basis, &places);
        if to_stdout {
            answer(&text)?;
        } else {
            let written = Disk::new().write_whole(&output, text.as_bytes(), MODE);
            written.map_err(|error| {
                let is_there = error.kind() == io::ErrorKind::AlreadyExists;
                if is_there { there(&output) } else { unwritten(&error) }
            })?;
        }
        // The file is there, whatever a report would do.
        let exit = match quality {
            Quality::Refused => Exit::LookAtInput,
            Quality::Good | Quality::NeedsALook | Quality::Unreadable => exit_of(quality),
        };
        if !voice.is_quiet() {
            if let Some(older) = &older {
                let words = format!("`{}` is there already and was not looked at", older.display());
                voice.log.note(&words);
            }
            let place =
                if to_stdout { String::new() } else { format!(" to `{}`", output.display()) };
            let zone = if basis.given.time_zone.is_some() {
                ""
            } else {
                "; set time_zone first: until then days are those of UTC"
            };
            let n = count(list.rows.len() as u64, "location");
            let fields = json!({"exit_code": exit as u8, "locations": list.rows.len()});
            voice.log.summary(&format!("wrote {n}{place}{zone}"), fields);
        }
        Ok(exit)
    })
}

fn there(output: &Path) -> Failure {
    Failure::new(Exit::Usage, format!("`{}` is there already", output.display()))
        .hint("name another file with --output, or - to see what would be written")
}

/// The failure for an archive without a ticket.
fn nothing(quality: Quality, no_ticket: JobError) -> Failure {
    let error = match quality {
        Quality::Unreadable => JobError::Unreadable,
        Quality::Good | Quality::NeedsALook | Quality::Refused => no_ticket,
    };
    let hint = "nothing was written; `queuestat check` says what is in the archive";
    Failure::from(error).hint(hint)
}
