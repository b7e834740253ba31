//! Writes the files of an archive: each day's events in the order of receipt.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use chrono::Datelike;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

use crate::calendar::DAY_MS;

use super::Recipe;
use super::container::{Compression, Pack};
use super::course;
use super::envelope::Envelope;
use super::error::SynthError;
use super::event::Event;
use super::fault::Sprinkler;
use super::form::{Form, Shaper};
use super::output::Output;
use super::pack::Packed;
use super::places::{Place, configuration, organizations, places};
use super::plan::{AHEAD, Pending, Plan, midnight};
use super::records::{Records, Style};
use super::render::Wrap;
use super::rng::Rng;
use super::text::date;

/// What was written, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Tickets.
    pub tickets: u64,
    /// Records; with [`Form::Lines`], including faulty, repeated and blank ones.
    pub records: u64,
    /// Bytes before compression.
    pub bytes: u64,
    /// Archive files, packed or not, without `queuestat.toml`.
    pub files: u64,
}

/// Approximate size of the text that is rendered before it is written, bytes.
const BATCH_BYTES: usize = 8 << 20;

/// Writes an archive and a matching `queuestat.toml` into a new or empty folder.
///
/// # Errors
/// [`SynthError`] if the folder is not empty, the recipe is out of bounds, or the storage fails.
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
    // Every organization has at least one location.
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
    ))?;
    course::check(recipe).map_err(SynthError::BadRecipe)
}

/// An archive being written.
struct Archive<'a> {
    recipe: &'a Recipe,
    out: &'a Path,
    places: &'a [Place],
    organizations: &'a [String],
}

/// The pack of an organization's month, being written.
type Month = Option<(String, Packed)>;

impl Archive<'_> {
    fn write(&self) -> Result<Summary, SynthError> {
        let mut summary = Summary::default();
        let mut one = if self.recipe.one_file { Some(self.one_file()?) } else { None };
        let mut months: Vec<Month> = self.organizations.iter().map(|_| None).collect();
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
            for (number, mut events) in std::mem::replace(&mut pending, later) {
                events.sort_by_key(|event| (event.received, event.visit.id));
                match &mut one {
                    Some(one) => self.append(&events, one)?,
                    None => self.day(number, &events, &mut months, &mut summary)?,
                }
            }
        }
        if let Some(one) = one {
            one.finish(&mut summary)?;
        }
        for (_, pack) in months.into_iter().flatten() {
            pack.finish()?;
        }
        Ok(summary)
    }

    fn one_file(&self) -> Result<OneFile, SynthError> {
        let Recipe { form, pack, compression, .. } = *self.recipe;
        let name = format!("archive.{}", form.suffix());
        let target = match Packed::create(self.out, "archive", (pack, compression))? {
            Some(mut pack) => {
                pack.begin(&name).map_err(pack.trouble())?;
                Target::Packed(pack)
            }
            None => Target::Loose(Output::create(self.out, &name, compression)?),
        };
        let mut one =
            OneFile { target, shaper: Shaper::new(form, Sprinkler::new("", None)), next: 1 };
        one.told(|shaper, sink| shaper.begin(false, sink))?;
        Ok(one)
    }

    /// Appends the events received on one UTC day to the single file.
    fn append(&self, events: &[Pending], one: &mut OneFile) -> Result<(), SynthError> {
        let events: Vec<&Pending> = events.iter().collect();
        let number = one.next;
        one.next += events.len() as u64;
        one.told(|shaper, sink| self.records(&events, number, Wrap::RAW, (shaper, sink)))
    }

    /// Writes the files of one UTC day.
    fn day(
        &self,
        number: i64,
        events: &[Pending],
        months: &mut [Month],
        summary: &mut Summary,
    ) -> Result<(), SynthError> {
        let mut by_organization: Vec<Vec<&Pending>> = vec![Vec::new(); self.organizations.len()];
        for event in events {
            let place = self.places.get(event.visit.place);
            if let Some(mine) = place.and_then(|p| by_organization.get_mut(p.organization)) {
                mine.push(event);
            }
        }
        let written: Vec<(u64, u64)> = by_organization
            .par_iter()
            .zip(months)
            .enumerate()
            .filter(|(_, (events, _))| !events.is_empty())
            .map(|(organization, (events, month))| self.file(number, organization, events, month))
            .collect::<Result<_, _>>()?;
        for (records, bytes) in written {
            summary.files += 1;
            summary.records += records;
            summary.bytes += bytes;
        }
        Ok(())
    }

    /// Writes the file of a day and an organization; returns its records and bytes.
    fn file(
        &self,
        number: i64,
        at: usize,
        events: &[&Pending],
        month: &mut Month,
    ) -> Result<(u64, u64), SynthError> {
        let Recipe { form, pack, compression, .. } = *self.recipe;
        let organization = self.organizations.get(at).map_or("", String::as_str);
        let folder = self.out.join(organization);
        let day = date(number);
        let name = format!("{day}.{}", form.suffix());
        if pack != Pack::Loose {
            let of = day.format("%Y-%m").to_string();
            if month.as_ref().is_none_or(|(before, _)| *before != of) {
                if let Some((_, before)) = month.take() {
                    before.finish()?;
                }
                *month = Packed::create(&folder, &of, (pack, compression))?.map(|pack| (of, pack));
            }
        }
        if let Some((_, pack)) = month {
            let mut write = || {
                pack.begin(&name)?;
                let written = self.content(number, at, events, pack)?;
                pack.end()?;
                Ok(written)
            };
            let written: io::Result<(u64, u64)> = write();
            return written.map_err(pack.trouble());
        }
        let kind = match (compression, number.rem_euclid(5)) {
            (Compression::Mixed, 0) => Compression::Plain,
            (Compression::Mixed, 1 | 2) => Compression::Gzip,
            (Compression::Mixed, _) => Compression::Zstd,
            (all, _) => all,
        };
        let mut output = Output::create(&folder, &name, kind)?;
        let written =
            self.content(number, at, events, &mut output.sink).map_err(output.trouble())?;
        output.finish()?;
        Ok(written)
    }

    /// Writes the content of the file of a day and an organization; returns its records and bytes.
    fn content(
        &self,
        number: i64,
        at: usize,
        events: &[&Pending],
        sink: &mut dyn Write,
    ) -> io::Result<(u64, u64)> {
        let organization = self.organizations.get(at).map_or("", String::as_str);
        let key = [u64::MAX, number.unsigned_abs(), at as u64];
        let faults = self.recipe.faults && self.recipe.form == Form::Lines;
        let rng = faults.then(|| Rng::of(self.recipe.seed, &key));
        let mut shaper = Shaper::new(self.recipe.form, Sprinkler::new(organization, rng));
        // One such line, but none in small archives, which are meant to be kept in a repository.
        let middle = midnight(self.recipe, self.recipe.days / 2).div_euclid(DAY_MS);
        let too_long = at == 0 && number == middle && self.recipe.tickets >= 10_000;
        shaper.begin(too_long, sink)?;
        self.records(events, 1, self.wrap(number, at), (&mut shaper, sink))?;
        shaper.end(sink)?;
        Ok(shaper.written())
    }

    /// Organizations with an odd number archive raw payloads, and wrap them in their last week; the others always wrap them.
    fn wrap(&self, number: i64, organization: usize) -> Wrap {
        let last_week =
            number >= midnight(self.recipe, self.recipe.days.saturating_sub(7)).div_euclid(DAY_MS);
        let wraps = organization % 2 == 1 || (last_week && self.recipe.days > 7);
        if self.recipe.envelope != Envelope::Mixed || !wraps {
            return Wrap::RAW;
        }
        let turn = u8::try_from(number.rem_euclid(40)).unwrap_or(0);
        Wrap { key: 1 + turn % 5, as_text: turn % 2 == 1, time: turn / 2 % 5 }
    }

    /// Renders events in parallel, batch by batch, and writes their records; the first event is number `number` of its
    /// file.
    fn records(
        &self,
        events: &[&Pending],
        number: u64,
        wrap: Wrap,
        (shaper, sink): (&mut Shaper<'_>, &mut dyn Write),
    ) -> io::Result<()> {
        let Recipe { form, envelope, line_bytes, .. } = *self.recipe;
        let style = Style { form, envelope, wrap, line_bytes };
        let half = midnight(self.recipe, self.recipe.days / 2);
        let event = |pending: &'_ &'_ Pending| {
            let place = self.places.get(pending.visit.place)?;
            Some((place, self.organizations.get(place.organization)?))
        };
        let mut number = number;
        for batch in events.chunks((BATCH_BYTES / line_bytes.unwrap_or(0).max(800)).max(16)) {
            let chunk = batch.len().div_ceil(16);
            let rendered: Vec<Records> = batch
                .par_chunks(chunk)
                .enumerate()
                .map(|(at, pendings)| {
                    let events: Vec<Event<'_>> = pendings
                        .iter()
                        .filter_map(|pending| {
                            let (place, organization) = event(pending)?;
                            Some(Event {
                                visit: &pending.visit,
                                place,
                                organization,
                                at: pending.at,
                                step: pending.step,
                                received: pending.received,
                                renamed: pending.at >= half,
                            })
                        })
                        .collect();
                    Records::of(&events, number + (at * chunk) as u64, style)
                })
                .collect();
            for record in rendered.iter().flat_map(Records::iter) {
                shaper.record(record, sink)?;
            }
            number += batch.len() as u64;
        }
        Ok(())
    }
}

/// The single file of [`Recipe::one_file`].
struct OneFile {
    target: Target,
    shaper: Shaper<'static>,
    /// Number of the next event.
    next: u64,
}

enum Target {
    Loose(Output),
    Packed(Packed),
}

impl OneFile {
    /// Writes something; names the file if that fails.
    fn told(
        &mut self,
        write: impl FnOnce(&mut Shaper<'static>, &mut dyn Write) -> io::Result<()>,
    ) -> Result<(), SynthError> {
        match &mut self.target {
            Target::Loose(output) => {
                write(&mut self.shaper, &mut output.sink).map_err(output.trouble())
            }
            Target::Packed(pack) => write(&mut self.shaper, pack).map_err(pack.trouble()),
        }
    }

    fn finish(mut self, summary: &mut Summary) -> Result<(), SynthError> {
        self.told(|shaper, sink| shaper.end(sink))?;
        let (records, bytes) = self.shaper.written();
        summary.files += 1;
        summary.records += records;
        summary.bytes += bytes;
        match self.target {
            Target::Loose(output) => output.finish(),
            Target::Packed(mut pack) => {
                pack.end().map_err(pack.trouble())?;
                pack.finish()
            }
        }
    }
}
