//! `queuestat synth`: writes an invented archive.

use std::time::Instant;

use crate::synth::{Form, Recipe, SynthError, write};

use super::args::SynthArgs;
use super::failure::{Exit, Failure};
use super::log::Log;
use super::words::{bytes, count};

/// Writes an archive.
pub(super) fn run(args: SynthArgs) -> Result<Exit, Failure> {
    let begin = Instant::now();
    let (pack, compression) = args.container.parts();
    let recipe = Recipe {
        tickets: args.tickets,
        locations: args.locations,
        days: args.days,
        first_day: args.first_day,
        seed: args.seed,
        compression,
        pack,
        form: args.form,
        envelope: args.envelope,
        faults: !args.clean,
        line_bytes: args.line_bytes,
        one_file: args.one_file,
        ..Recipe::default()
    };
    let written = write(&recipe, &args.out).map_err(|error| match &error {
        SynthError::NotEmpty(_) => Failure::from_error(Exit::Refused, &error)
            .hint("give --out a folder that does not exist yet"),
        SynthError::BadRecipe(_) => Failure::from_error(Exit::Usage, &error),
        SynthError::Io { .. } => Failure::of_system(&error),
    })?;
    let message = format!(
        "wrote {} in {} ({}, {}) to `{}` in {:.1} s",
        count(written.tickets, "ticket"),
        count(written.records, if args.form == Form::Lines { "line" } else { "record" }),
        bytes(written.bytes),
        count(written.files, "file"),
        args.out.display(),
        begin.elapsed().as_secs_f64()
    );
    Log::Text.summary(&message, serde_json::json!({}));
    Ok(Exit::Ok)
}
