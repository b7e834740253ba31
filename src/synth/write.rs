//! Writes the files: each day's events in the order of receipt, as lines, compressed.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::Datelike;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

use crate::calendar::DAY_MS;

use super::fault::Sprinkler;
use super::output::Output;
use super::places::{Place, configuration, organizations, places};
use super::plan::{AHEAD, Pending, Plan, midnight};
use super::render::{Envelope, Event, line};
use super::rng::Rng;
use super::text::date;
use super::{Compression, Recipe};

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Tickets.
    pub tickets: u64,
    /// Lines, faulty and repeated ones included.
    pub lines: u64,
    /// Bytes before compression.
    pub bytes: u64,
    /// Archive files; `queuestat.toml` apart.
    pub files: u64,
}

/// Why an archive could not be written.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// The folder holds something.
    #[error("`{}` is not empty", .0.display())]
    NotEmpty(PathBuf),
    /// Nothing to write, or more than fits.
    #[error("{0}")]
    BadRecipe(&'static str),
    /// The storage refused.
    #[error("cannot write `{}`", path.display())]
    Io {
        /// What.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Text that is rendered before it is written, about, in bytes.
const BATCH_BYTES: usize = 8 << 20;

/// Writes an archive and the `queuestat.toml` that fits it into a folder that does not exist or is empty.
///
/// # Errors
/// [`SynthError`] if the folder holds something, the recipe is out of bounds, or the storage refuses.
pub fn write(recipe: &Recipe, out: &Path) -> Result<Summary, SynthError> {
    check(recipe)?;
    let trouble = |path: &Path| {
        let path = path.to_owned();
        move |source| SynthError::Io { path, source }
    };
    if fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(SynthError::NotEmpty(out.to_owned()));
    }
    fs::create_dir_all(out).map_err(trouble(out))?;
    // Every organization has a location.
    let owners = recipe.organizations.min(recipe.locations);
    let organizations = organizations(owners);
    let places = places(recipe.locations, owners);
    let config = out.join("queuestat.toml");
    fs::write(&config, configuration(&places)).map_err(trouble(&config))?;
    Archive { recipe, out, places: &places, organizations: &organizations }.write()
}

fn check(recipe: &Recipe) -> Result<(), SynthError> {
    let sound = recipe.tickets > 0
        && (1..=4_000).contains(&recipe.days)
        && (1..=5_000).contains(&recipe.locations)
        && recipe.organizations > 0
        && recipe.line_bytes.is_none_or(|bytes| bytes <= 1 << 19)
        && (1970..=9_000).contains(&recipe.first_day.year());
    sound.then_some(()).ok_or(SynthError::BadRecipe(
        "an archive needs at least 1 ticket, 1 to 4000 days from 1970 on, 1 to 5000 locations, an organization, \
         and lines of at most 512 KiB",
    ))
}

/// An archive being written.
struct Archive<'a> {
    recipe: &'a Recipe,
    out: &'a Path,
    places: &'a [Place],
    organizations: &'a [String],
}

impl Archive<'_> {
    fn write(&self) -> Result<Summary, SynthError> {
        let mut summary = Summary::default();
        let mut one = if self.recipe.one_file {
            Some(Output::create(self.out, "archive.jsonl", self.recipe.compression)?)
        } else {
            None
        };
        summary.files += u64::from(one.is_some());
        let plan = Plan::new(self.recipe, self.places);
        let mut pending: BTreeMap<i64, Vec<Pending>> = BTreeMap::new();
        let first = midnight(self.recipe, 0).div_euclid(DAY_MS);
        for day in 0..self.recipe.days {
            let (events, visits) = plan.day(day);
            summary.tickets += visits;
            for event in events {
                pending.entry(event.received.div_euclid(DAY_MS)).or_default().push(event);
            }
            let complete = first + i64::from(day) - i64::from(AHEAD);
            let later = if day + 1 < self.recipe.days {
                pending.split_off(&(complete + 1))
            } else {
                BTreeMap::new()
            };
            for (number, events) in std::mem::replace(&mut pending, later) {
                self.day(number, events, one.as_mut(), &mut summary)?;
            }
        }
        if let Some(one) = one {
            one.finish()?;
        }
        Ok(summary)
    }

    /// Writes the events received on one UTC day.
    fn day(
        &self,
        number: i64,
        mut events: Vec<Pending>,
        one: Option<&mut Output>,
        summary: &mut Summary,
    ) -> Result<(), SynthError> {
        events.sort_by_key(|event| (event.received, event.visit.id));
        if let Some(one) = one {
            let mut sprinkler = Sprinkler::new("", None);
            let events: Vec<&Pending> = events.iter().collect();
            self.lines(&events, Envelope::RAW, &mut sprinkler, one)?;
            summary.lines += sprinkler.lines;
            summary.bytes += sprinkler.bytes;
            return Ok(());
        }
        let mut by_organization: Vec<Vec<&Pending>> = vec![Vec::new(); self.organizations.len()];
        for event in &events {
            let place = self.places.get(event.visit.place);
            if let Some(mine) = place.and_then(|p| by_organization.get_mut(p.organization)) {
                mine.push(event);
            }
        }
        let written: Vec<(u64, u64)> = by_organization
            .par_iter()
            .enumerate()
            .filter(|(_, events)| !events.is_empty())
            .map(|(organization, events)| self.file(number, organization, events))
            .collect::<Result<_, _>>()?;
        for (lines, bytes) in written {
            summary.files += 1;
            summary.lines += lines;
            summary.bytes += bytes;
        }
        Ok(())
    }

    /// Writes the file of a day and an organization; its lines and bytes.
    fn file(&self, number: i64, at: usize, events: &[&Pending]) -> Result<(u64, u64), SynthError> {
        let organization = self.organizations.get(at).map_or("", String::as_str);
        let kind = match (self.recipe.compression, number.rem_euclid(5)) {
            (Compression::Mixed, 0) => Compression::Plain,
            (Compression::Mixed, 1 | 2) => Compression::Gzip,
            (Compression::Mixed, _) => Compression::Zstd,
            (all, _) => all,
        };
        let mut output =
            Output::create(&self.out.join(organization), &format!("{}.jsonl", date(number)), kind)?;
        let key = [u64::MAX, number.unsigned_abs(), at as u64];
        let rng = self.recipe.faults.then(|| Rng::of(self.recipe.seed, &key));
        let mut sprinkler = Sprinkler::new(organization, rng);
        // One such line, and none in small archives: they are made to be kept in a repository.
        let middle = midnight(self.recipe, self.recipe.days / 2).div_euclid(DAY_MS);
        let too_long = at == 0 && number == middle && self.recipe.tickets >= 10_000;
        sprinkler.begin(too_long, &mut output.sink).map_err(output.trouble())?;
        self.lines(events, self.envelope(number, at), &mut sprinkler, &mut output)?;
        output.finish()?;
        Ok((sprinkler.lines, sprinkler.bytes))
    }

    /// Odd organizations archive raw payloads, and in their last week wrap them; the others always wrap.
    fn envelope(&self, number: i64, organization: usize) -> Envelope {
        let last_week =
            number >= midnight(self.recipe, self.recipe.days.saturating_sub(7)).div_euclid(DAY_MS);
        let wraps = organization % 2 == 1 || (last_week && self.recipe.days > 7);
        if !self.recipe.envelopes || !wraps {
            return Envelope::RAW;
        }
        let turn = u8::try_from(number.rem_euclid(40)).unwrap_or(0);
        Envelope { key: 1 + turn % 5, as_text: turn % 2 == 1, time: turn / 2 % 5 }
    }

    /// Renders events in parallel, batch by batch, and writes their lines.
    fn lines(
        &self,
        events: &[&Pending],
        envelope: Envelope,
        sprinkler: &mut Sprinkler<'_>,
        output: &mut Output,
    ) -> Result<(), SynthError> {
        let half = midnight(self.recipe, self.recipe.days / 2);
        let render = |pending: &Pending, text: &mut String| {
            let Some(place) = self.places.get(pending.visit.place) else { return };
            let event = Event {
                visit: &pending.visit,
                place,
                organization: self.organizations.get(place.organization).map_or("", String::as_str),
                at: pending.at,
                step: pending.step,
                received: pending.received,
                renamed: pending.at >= half,
            };
            line(text, &event, envelope, self.recipe.line_bytes);
            text.push('\n');
        };
        let bytes = self.recipe.line_bytes.unwrap_or(0).max(800);
        let batch = (BATCH_BYTES / bytes).max(16);
        for batch in events.chunks(batch) {
            let texts: Vec<String> = batch
                .par_chunks(batch.len().div_ceil(16))
                .map(|chunk| {
                    let mut text = String::with_capacity(chunk.len() * (bytes + bytes / 4));
                    for pending in chunk {
                        render(pending, &mut text);
                    }
                    text
                })
                .collect();
            for text in &texts {
                for line in text.split_inclusive('\n') {
                    sprinkler.line(line.as_bytes(), &mut output.sink).map_err(output.trouble())?;
                }
            }
        }
        sprinkler.release(&mut output.sink).map_err(output.trouble())
    }
}
