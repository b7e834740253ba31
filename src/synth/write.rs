//! Plans the visits, sorts their events by the day of receipt, and writes the files.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{Datelike, Days};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

use crate::calendar::DAY_MS;

use super::fault::{EVERY, faulty};
use super::places::{ORGANIZATIONS, Place, day_weight, places};
use super::render::{Envelope, line};
use super::rng::Rng;
use super::visit::{Era, Step, Visit, visit};
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

/// Days that a booking is made ahead, at most; events of a day are complete once visits this far ahead are planned.
const AHEAD: u32 = 11;

/// An event waiting for its day's file.
type Pending = (i64, Step, Arc<Visit>);

/// Writes an archive and the `queuestat.toml` that fits it into a folder that does not exist or is empty.
///
/// # Errors
/// [`SynthError`] if the folder holds something, the recipe is empty, or the storage refuses.
pub fn write(recipe: &Recipe, out: &Path) -> Result<Summary, SynthError> {
    if recipe.tickets == 0 || recipe.days == 0 || recipe.days > 4_000 || recipe.locations > 5_000 {
        return Err(SynthError::BadRecipe(
            "an archive needs at least 1 ticket, 1 to 4000 days and at most 5000 locations",
        ));
    }
    let trouble = |path: &Path| {
        let path = path.to_owned();
        move |source| SynthError::Io { path, source }
    };
    if fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(SynthError::NotEmpty(out.to_owned()));
    }
    fs::create_dir_all(out).map_err(trouble(out))?;
    let places = places(recipe.locations);
    let config = out.join("queuestat.toml");
    fs::write(&config, configuration(&places)).map_err(trouble(&config))?;

    let counts = counts(recipe, &places);
    let mut writer = Files { recipe, out, places: &places, summary: Summary::default(), one: None };
    let mut pending: BTreeMap<i64, Vec<Pending>> = BTreeMap::new();
    let first = midnight(recipe, 0);
    for day in 0..recipe.days {
        for planned in plan_day(recipe, &places, day, &counts) {
            writer.summary.tickets += 1;
            let planned = Arc::new(planned);
            for (at, step) in &planned.events {
                let slot = pending.entry(at.div_euclid(DAY_MS)).or_default();
                slot.push((*at, *step, Arc::clone(&planned)));
            }
        }
        let complete = first.div_euclid(DAY_MS) + i64::from(day) - i64::from(AHEAD);
        let later = pending.split_off(&(complete + 1));
        for (number, events) in std::mem::replace(&mut pending, later) {
            writer.day(number, events)?;
        }
    }
    for (number, events) in pending {
        writer.day(number, events)?;
    }
    writer.finish()
}

/// Visits of each (day, place): by weight, and exactly as many as asked for.
fn counts(recipe: &Recipe, places: &[Place]) -> Vec<u64> {
    let weights: Vec<f64> = (0..recipe.days)
        .flat_map(|day| {
            let date =
                recipe.first_day.checked_add_days(Days::new(u64::from(day))).unwrap_or_default();
            let weekday = date.weekday().number_from_monday();
            // No two Tuesdays are alike.
            let mut rng = Rng::of(recipe.seed, &[u64::from(day), u64::MAX]);
            let mut mood = move || 0.75 + 0.5 * rng.unit();
            places.iter().map(move |place| place.weight * day_weight(place, weekday) * mood())
        })
        .collect();
    let total: f64 = weights.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let mut sum = 0.0;
    let mut given = 0;
    let last = weights.len().saturating_sub(1);
    weights
        .iter()
        .enumerate()
        .map(|(at, weight)| {
            sum += weight;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a share of the number of tickets"
            )]
            let until = if at == last {
                recipe.tickets
            } else {
                (sum / total * recipe.tickets as f64) as u64
            };
            let n = until.saturating_sub(given);
            given = given.max(until);
            n
        })
        .collect()
}

/// Local midnight of a day, as wall-clock milliseconds.
fn midnight(recipe: &Recipe, day: u32) -> i64 {
    let date = recipe.first_day.checked_add_days(Days::new(u64::from(day))).unwrap_or_default();
    date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis()
}

fn plan_day(recipe: &Recipe, places: &[Place], day: u32, counts: &[u64]) -> Vec<Visit> {
    let midnight = midnight(recipe, day);
    let era = match u64::from(day) * 4 / u64::from(recipe.days) {
        0 => Era::Text,
        1 => Era::Object,
        2 => Era::Timed,
        _ => Era::Listed,
    };
    let begin = usize::try_from(day).unwrap_or(0) * places.len();
    let planned: Vec<Vec<Visit>> = places
        .par_iter()
        .enumerate()
        .map(|(at, place)| {
            let n = counts.get(begin + at).copied().unwrap_or(0);
            let key = [u64::from(day), u64::try_from(at).unwrap_or(0)];
            let mut rng = Rng::of(recipe.seed, &key);
            (0..n).map(|_| visit(place, at, midnight, era, recipe.faults, &mut rng)).collect()
        })
        .collect();
    planned.into_iter().flatten().collect()
}

fn configuration(places: &[Place]) -> String {
    let mut text = "# Zones and targets of the locations of this invented archive.\ntime_zone = \"Europe/Stockholm\"\ntarget_minutes = 10.0\n".to_owned();
    for place in places {
        if let Some(name) = &place.renamed {
            // Old and new name are one location.
            text.push_str(&format!("\n[queues.\"{}\"]\nname = \"{name}\"\n", place.queue));
        }
    }
    for place in places.iter().filter(|place| place.zone.name() != "Europe/Stockholm") {
        let name = place.name.replace('\\', "\\\\").replace('"', "\\\"");
        text.push_str(&format!(
            "\n[locations.\"{name}\"]\ntime_zone = \"{}\"\n",
            place.zone.name()
        ));
        if place.arab_week {
            text.push_str("target_minutes = 15.0\n");
        }
    }
    text
}

/// The files of an archive.
struct Files<'a> {
    recipe: &'a Recipe,
    out: &'a Path,
    places: &'a [Place],
    summary: Summary,
    one: Option<(PathBuf, Box<dyn Write>)>,
}

impl Files<'_> {
    /// Writes the events received on one UTC day.
    fn day(&mut self, number: i64, mut events: Vec<Pending>) -> Result<(), SynthError> {
        events.sort_by_key(|(at, _, visit)| (*at, visit.id));
        if self.recipe.one_file {
            let lines = self.lines(&events, Envelope::RAW);
            return self.append(&lines);
        }
        for organization in 0..ORGANIZATIONS.len() {
            let mine: Vec<Pending> = events
                .iter()
                .filter(|(_, _, visit)| {
                    self.places.get(visit.place).is_some_and(|p| p.organization == organization)
                })
                .cloned()
                .collect();
            if !mine.is_empty() {
                self.file(number, organization, &mine)?;
            }
        }
        Ok(())
    }

    fn envelope(&self, number: i64, organization: usize) -> Envelope {
        let turn = u8::try_from(number.rem_euclid(40)).unwrap_or(0);
        // The first organization archives raw payloads, and in its last week wraps them; the second always wraps.
        let last_week =
            number >= midnight(self.recipe, self.recipe.days.saturating_sub(7)).div_euclid(DAY_MS);
        if organization == 0 && !last_week {
            return Envelope::RAW;
        }
        Envelope { key: 1 + turn % 5, as_text: turn % 2 == 1, time: turn / 2 % 5 }
    }

    /// The lines of some events, each with its line end.
    fn lines(&self, events: &[Pending], envelope: Envelope) -> Vec<Vec<u8>> {
        let half = midnight(self.recipe, self.recipe.days / 2);
        events
            .par_chunks(2_048)
            .flat_map_iter(|chunk| {
                chunk.iter().filter_map(|(at, step, visit)| {
                    let place = self.places.get(visit.place)?;
                    let mut text = String::with_capacity(1_100);
                    let event = (*at, *step);
                    line(
                        &mut text,
                        visit,
                        event,
                        place,
                        *at >= half,
                        envelope,
                        self.recipe.line_bytes,
                    );
                    text.push('\n');
                    Some(text.into_bytes())
                })
            })
            .collect()
    }

    fn file(
        &mut self,
        number: i64,
        organization: usize,
        events: &[Pending],
    ) -> Result<(), SynthError> {
        let mut lines = self.lines(events, self.envelope(number, organization));
        let mut rng = Rng::of(
            self.recipe.seed,
            &[u64::MAX, number.unsigned_abs(), u64::try_from(organization).unwrap_or(0)],
        );
        if self.recipe.faults {
            lines = sprinkle(lines, &mut rng);
        }
        let (suffix, kind) = match (self.recipe.compression, number.rem_euclid(4)) {
            (Compression::Plain, _) | (Compression::Mixed, 0) => ("", Compression::Plain),
            (Compression::Gzip, _) | (Compression::Mixed, 1) => (".gz", Compression::Gzip),
            (Compression::Zstd | Compression::Mixed, _) => (".zst", Compression::Zstd),
        };
        let date = chrono::DateTime::from_timestamp_millis(number * DAY_MS)
            .map(|d| d.date_naive())
            .unwrap_or_default();
        let folder = self.out.join(ORGANIZATIONS.get(organization).copied().unwrap_or("org"));
        let path = folder.join(format!("{date}.jsonl{suffix}"));
        let trouble = |source| SynthError::Io { path: path.clone(), source };
        fs::create_dir_all(&folder).map_err(trouble)?;
        let file = BufWriter::new(File::create(&path).map_err(trouble)?);
        let written = write_lines(file, kind, &lines);
        written.map_err(trouble)?;
        self.count(&lines);
        self.summary.files += 1;
        Ok(())
    }

    fn append(&mut self, lines: &[Vec<u8>]) -> Result<(), SynthError> {
        if self.one.is_none() {
            let (suffix, kind) = match self.recipe.compression {
                Compression::Plain | Compression::Mixed => ("", Compression::Plain),
                Compression::Gzip => (".gz", Compression::Gzip),
                Compression::Zstd => (".zst", Compression::Zstd),
            };
            let path = self.out.join(format!("archive.jsonl{suffix}"));
            let trouble = |source| SynthError::Io { path: path.clone(), source };
            let file = BufWriter::with_capacity(1 << 20, File::create(&path).map_err(trouble)?);
            let sink: Box<dyn Write> = match kind {
                Compression::Plain | Compression::Mixed => Box::new(file),
                Compression::Gzip => {
                    Box::new(flate2::write::GzEncoder::new(file, flate2::Compression::new(6)))
                }
                Compression::Zstd => {
                    Box::new(zstd::Encoder::new(file, 3).map_err(trouble)?.auto_finish())
                }
            };
            self.one = Some((path.clone(), sink));
            self.summary.files = 1;
        }
        if let Some((path, sink)) = &mut self.one {
            for line in lines {
                sink.write_all(line)
                    .map_err(|source| SynthError::Io { path: path.clone(), source })?;
            }
        }
        self.count(lines);
        Ok(())
    }

    fn count(&mut self, lines: &[Vec<u8>]) {
        for line in lines {
            self.summary.lines += 1;
            self.summary.bytes += u64::try_from(line.len()).unwrap_or(0);
        }
    }

    fn finish(mut self) -> Result<Summary, SynthError> {
        if let Some((path, mut sink)) = self.one.take() {
            sink.flush().map_err(|source| SynthError::Io { path, source })?;
        }
        Ok(self.summary)
    }
}

fn write_lines(file: BufWriter<File>, kind: Compression, lines: &[Vec<u8>]) -> io::Result<()> {
    let write = |sink: &mut dyn Write| lines.iter().try_for_each(|line| sink.write_all(line));
    let mut file = match kind {
        Compression::Plain | Compression::Mixed => {
            let mut file = file;
            write(&mut file)?;
            file
        }
        Compression::Gzip => {
            let mut sink = flate2::write::GzEncoder::new(file, flate2::Compression::new(6));
            write(&mut sink)?;
            sink.finish()?
        }
        Compression::Zstd => {
            let mut sink = zstd::Encoder::new(file, 3)?;
            write(&mut sink)?;
            sink.finish()?
        }
    };
    file.flush()
}

/// Adds faulty, repeated, blank and unordered lines, byte order marks and carriage returns.
fn sprinkle(lines: Vec<Vec<u8>>, rng: &mut Rng) -> Vec<Vec<u8>> {
    let mut out: Vec<Vec<u8>> = Vec::with_capacity(lines.len() + 8);
    if rng.chance(0.1) {
        out.push(b"\xef\xbb\xbf\n".to_vec());
    }
    for line in lines {
        if rng.below(EVERY) == 0 {
            let mut bad = faulty(line.strip_suffix(b"\n").unwrap_or(&line), rng);
            bad.push(b'\n');
            out.push(bad);
        }
        if rng.chance(0.008) {
            out.push(line.clone());
        }
        if rng.chance(0.002) {
            out.push(b"  \r\n".to_vec());
        }
        out.push(line);
        if rng.chance(0.01) && out.len() > 1 {
            let last = out.len() - 1;
            out.swap(last, last - 1);
        }
    }
    out
}
