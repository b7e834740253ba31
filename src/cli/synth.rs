//! `queuestat synth`: writes an invented archive.

use std::time::Instant;

use crate::dataframe::location_ids;
use crate::synth::{Change, Form, Located, Recipe, SynthError, located, write};

use super::failure::{Exit, Failure};
use super::log::Log;
use super::synth_args::{ChangeArg, SynthArgs};
use super::words::{bytes, count};

/// Writes an archive.
pub(super) fn run(args: SynthArgs) -> Result<Exit, Failure> {
    let begin = Instant::now();
    let (pack, compression) = args.container.parts();
    let mut recipe = Recipe {
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
        eras: !args.newest_version,
        scatter: args.scatter,
        ..Recipe::default()
    };
    if !args.change.is_empty() {
        let all = located(&recipe);
        recipe.changes =
            args.change.iter().map(|change| planted(change, &all)).collect::<Result<_, _>>()?;
    }
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

/// Most locations that a message lists.
const LISTED: usize = 40;

/// The change that was asked for, at the location of that number, name or id.
fn planted(change: &ChangeArg, all: &[Located]) -> Result<Change, Failure> {
    let asked = change.location.as_str();
    // As in reports made with the configuration of the archive, which gives a renamed location its newer name.
    let name = |of: &Located| of.renamed.clone().unwrap_or_else(|| of.name.clone());
    let names: Vec<(&str, String)> =
        all.iter().map(|of| (of.organization.as_str(), name(of))).collect();
    let ids = location_ids(names.iter().map(|(of, name)| (*of, name.as_str())));
    let numbered = asked.parse().ok().filter(|number| (1..=all.len()).contains(number));
    let named = || {
        all.iter().zip(&ids).position(|(of, id)| {
            asked == of.name || of.renamed.as_deref() == Some(asked) || asked == id
        })
    };
    let number = numbered.or_else(|| named().map(|at| at + 1));
    let Some(location) = number.and_then(|number| u32::try_from(number).ok()) else {
        let mut list: Vec<String> = all
            .iter()
            .zip(&ids)
            .zip(1..)
            .take(LISTED)
            .map(|((of, id), number)| format!("{number} = {} ({id})", of.name))
            .collect();
        if all.len() > LISTED {
            list.push(format!("... up to {}", all.len()));
        }
        return Err(Failure::new(
            Exit::Usage,
            format!("--change: the archive will have no location `{asked}`"),
        )
        .hint(format!("its locations: {}", list.join(", "))));
    };
    let ChangeArg { measure, factor, from, .. } = *change;
    Ok(Change { location, measure, factor, from })
}
