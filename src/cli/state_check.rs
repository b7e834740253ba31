//! `queuestat state verify` and `repair`: what is damaged, what it means, and what to do next.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::disk::Disk;
use crate::night::Period;
use crate::store::{self, Checked, Checkup, Damage, Mended, Options, Repaired, Source, StoreError};

use super::answer::{answer, answer_whole};
use super::failure::{Exit, Failure};
use super::words::{bytes, count};

/// Reads and checks everything.
pub(super) fn verify(
    disk: &Disk,
    state: &Path,
    options: Options,
    json: bool,
) -> Result<Exit, Failure> {
    let found = store::verify(disk, state, options)?;
    if json {
        answer_whole(&format!("{:#}\n", Value::Object(as_json(state, &found, true))))?;
    } else {
        let step = next_step(&found, true);
        answer(&format!("{}{}{}", summary(state, &found), damages(&found), in_a_line(step)))?;
    }
    Ok(if found.is_good() { Exit::Ok } else { Exit::Refused })
}

/// Puts back what copies can restore.
pub(super) fn repair(
    disk: &Disk,
    state: &Path,
    options: Options,
    json: bool,
) -> Result<Exit, Failure> {
    let Repaired { mended, pointed_to, now } = store::repair(disk, state, options)?;
    let exit = if now.is_good() { Exit::Ok } else { Exit::Refused };
    if json {
        let mut whole = as_json(state, &now, false);
        whole.insert("mended".to_owned(), mended.iter().map(mended_as_json).collect());
        whole.insert("made_current".to_owned(), json!(pointed_to));
        answer_whole(&format!("{:#}\n", Value::Object(whole)))?;
        return Ok(exit);
    }
    let mut text = String::new();
    for mended in &mended {
        text.push_str(&format!("{mended}\n"));
    }
    if let Some(number) = pointed_to {
        text.push_str(&format!(
            "`CURRENT` was damaged; generation {number}, the newest whole one, is current now\n"
        ));
    }
    text.push_str(&summary(state, &now));
    text.push_str(&damages(&now));
    text.push_str(&in_a_line(next_step(&now, false)));
    answer(&text)?;
    Ok(exit)
}

/// `checked 3 generations in …: 39 parts in 21 files, 1.2 MB; all is well`.
fn summary(state: &Path, found: &Checkup) -> String {
    let verdict = match found.damaged() {
        0 if found.is_good() => "all is well".to_owned(),
        n => format!("{} damaged", count(n.max(1) as u64, "file")),
    };
    format!(
        "checked {} in `{}`: {} in {}, {}; {verdict}\n",
        count(found.generations.len() as u64, "generation"),
        state.display(),
        count(found.blobs, "part"),
        count(found.files, "file"),
        bytes(found.bytes),
    )
}

fn damages(found: &Checkup) -> String {
    let mut text = String::new();
    if let Some(trouble) = &found.trouble {
        text.push_str(&format!("{trouble}: it says which generation is current\n"));
    }
    for one in &found.generations {
        let mark = if found.current == Some(one.number) { " (current)" } else { "" };
        if let Err(error) = &one.listed {
            text.push_str(&format!("generation {}{mark}: {error}\n", one.number));
        }
        for damage in &one.damage {
            text.push_str(&format!(
                "generation {}{mark}: {}; {}\n",
                one.number,
                damage.error,
                rescue(one.number, damage)
            ));
        }
    }
    if let Some(current) = found.current
        && !found.generations.iter().any(|one| one.number == current)
    {
        text.push_str(&format!("generation {current} (current) is missing\n"));
    }
    text
}

/// Where a whole copy is, or what is lost without.
fn rescue(number: u64, damage: &Damage) -> String {
    match damage.copy_in {
        Some(from) if from == number => "its second copy is whole".to_owned(),
        Some(from) => format!("a whole copy is in generation {from}"),
        None if matches!(damage.error, StoreError::Foreign { .. }) => {
            "move it away; queuestat leaves what it did not write".to_owned()
        }
        None => format!("no copy is whole; it holds {}", meaning(&damage.name)),
    }
}

/// What a part of the state says.
fn meaning(name: &str) -> String {
    let (kind, rest) = name.split_once('/').unwrap_or((name, ""));
    let part = rest.split('.').next().unwrap_or_default();
    let days = Period::parse(part).map_or_else(|| part.to_owned(), Period::words);
    match kind {
        "ledger.json" => "which files were read, and how far".to_owned(),
        "headings.postcard" | "headings.json" => {
            "the names of organizations, locations and queues".to_owned()
        }
        "about.json" => "when the generation was made, for `queuestat state list` alone".to_owned(),
        "tickets" => format!("the tickets of {days}, and so every figure of that time"),
        "ids" | "census" | "rows" | "sums" | "quarters" => {
            format!("what follows from the tickets of {days}, so a night makes it anew")
        }
        _ => "a part of the state".to_owned(),
    }
}

/// Whether a night can do without a part, because it makes it anew or only people read it.
fn is_derived(name: &str) -> bool {
    name == "about.json"
        || ["ids/", "census/", "rows/", "sums/", "quarters/"]
            .iter()
            .any(|kind| name.starts_with(kind))
}

/// Whether a night can work with a generation, once copies were used.
fn is_usable(one: &Checked) -> bool {
    let is_lost = |damage: &Damage| {
        let is_foreign = matches!(damage.error, StoreError::Foreign { .. });
        damage.copy_in.is_none() && !is_foreign && !is_derived(&damage.name)
    };
    one.listed.is_ok() && !one.damage.iter().any(is_lost)
}

/// What a person should do next.
fn next_step(found: &Checkup, before_repair: bool) -> Option<String> {
    if found.is_good() {
        return None;
    }
    let mut damages = found.generations.iter().flat_map(|one| &one.damage);
    if before_repair && (found.trouble.is_some() || damages.any(|one| one.copy_in.is_some())) {
        let step =
            "`queuestat state repair` puts back what copies can restore, and says what is left";
        return Some(step.to_owned());
    }
    let current = found.generations.iter().find(|one| found.current == Some(one.number));
    if current.is_some_and(is_usable) {
        return Some(match current.is_some_and(Checked::is_good) {
            true => "the current generation is whole; only a roll-back would need what is damaged, and it goes with its \
                     generation after some nights"
                .to_owned(),
            false => "the next nightly run does without it, or makes it anew from the kept tickets".to_owned(),
        });
    }
    let below = |one: &&Checked| found.current.is_none_or(|current| one.number < current);
    let earlier = found.generations.iter().filter(below).find(|one| one.can_be_whole());
    Some(match earlier {
        Some(earlier) => format!(
            "`queuestat state rollback` goes back to generation {}; the next nightly run then reads again what came since, \
             if the archive still has it",
            earlier.number
        ),
        None => "no earlier generation is whole: restore a backup of the state folder if there is one. As a last resort \
                 `queuestat nightly --rebuild` reads all archives again; it says first which tickets of files that are gone \
                 that loses, and needs --force for it"
            .to_owned(),
    })
}

fn in_a_line(step: Option<String>) -> String {
    step.map_or_else(String::new, |step| format!("hint: {step}\n"))
}

/// A file that was damaged, and what was done about it.
pub(super) fn mended_as_json(mended: &Mended) -> Value {
    let from = match mended.source {
        Source::Generation(number) => json!(number),
        Source::List | Source::Anew => Value::Null,
    };
    let source = match mended.source {
        Source::Generation(_) => "copy",
        Source::List => "second copy of the list",
        Source::Anew => "made anew",
    };
    json!({
        "file": mended.path.display().to_string(),
        "reason": mended.reason,
        "source": source,
        "copy_in_generation": from,
        "not_put_back": mended.not_put_back,
    })
}

/// What was found, and what a person should do next: before a repair, or after it.
fn as_json(state: &Path, found: &Checkup, before_repair: bool) -> Map<String, Value> {
    let damage = |damage: &Damage| {
        json!({
            "part": damage.name,
            "reason": damage.error.to_string(),
            "whole_copy_in_generation": damage.copy_in,
            "holds": meaning(&damage.name),
        })
    };
    let generation = |one: &Checked| {
        json!({
            "generation": one.number,
            "current": found.current == Some(one.number),
            "damaged": one.listed.as_ref().err().map(ToString::to_string),
            "damaged_parts": one.damage.iter().map(damage).collect::<Vec<_>>(),
        })
    };
    let members = [
        ("state", json!(state.display().to_string())),
        ("is_well", json!(found.is_good())),
        ("current", json!(found.current)),
        ("damaged", json!(found.trouble.as_ref().map(ToString::to_string))),
        ("generations", found.generations.iter().map(generation).collect()),
        ("parts", json!(found.blobs)),
        ("files", json!(found.files)),
        ("bytes", json!(found.bytes)),
        ("next_step", json!(next_step(found, before_repair))),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
