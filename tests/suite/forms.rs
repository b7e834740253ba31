//! The same webhooks in every form, envelope and container: the generator writes them, and every table is the same.
//!
//! Tables are compared with those of the plainest archive that tells as much: lines with the webhook alone, or in
//! `{"receivedAt":…,"body":…}` with the receive time as exactly as the recorder tells it. A failure names the combinations.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, OnceLock};

use queuestat::synth::{Clock, Container, Envelope, Form, Recipe, write};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::unwrapped::{Hook, unwrapped};
use crate::workspace::{Run, Workspace};

/// One shape of the archive.
#[derive(Debug, Clone, Copy)]
struct Shape {
    form: Form,
    envelope: Envelope,
    container: Container,
}

const PLAIN: Shape =
    Shape { form: Form::Lines, envelope: Envelope::None, container: Container::Plain };

impl Shape {
    fn name(self) -> String {
        format!("{} × {} × {}", self.form.name(), self.envelope.name(), self.container.name())
    }

    /// A week at the clock change, in the last two days of March and the first of April: two months of packs.
    fn recipe(self) -> Recipe {
        let (pack, compression) = self.container.parts();
        Recipe {
            tickets: 150,
            locations: 4,
            days: 6,
            first_day: chrono::NaiveDate::from_ymd_opt(2021, 3, 27).unwrap(),
            seed: 11,
            form: self.form,
            envelope: self.envelope,
            compression,
            pack,
            faults: false,
            ..Recipe::default()
        }
    }

    /// How exactly the receive times are told.
    fn clock(self) -> Clock {
        let own = self.envelope.clock();
        if own == Clock::None && self.form.carries_time() { Clock::Millis } else { own }
    }

    /// Whether a time beside a record is that of the first of several webhooks in it.
    fn shares_times(self) -> bool {
        self.form.carries_time()
            && self.envelope.holds_several()
            && self.envelope.clock() == Clock::None
    }
}

/// Webhooks of an archive by file.
type Hooks = Vec<(String, Vec<Hook>)>;

/// Writes an archive and reads it back.
fn read_back(recipe: &Recipe) -> Hooks {
    let space = Workspace::new();
    let written = write(recipe, &space.path("in")).unwrap();
    let read = unwrapped(&space.path("in"), recipe);
    assert_eq!(written.files, read.len() as u64, "{recipe:?}");
    read
}

/// Every webhook with its receive time: the truth, as a table without envelopes tells it.
fn truth() -> &'static Hooks {
    static TRUTH: OnceLock<Hooks> = OnceLock::new();
    TRUTH.get_or_init(|| read_back(&Shape { form: Form::Csv, ..PLAIN }.recipe()))
}

/// The truth as exactly as a clock tells it.
fn told(truth: &Hooks, clock: Clock) -> Hooks {
    let told = |hook: &Hook| Hook {
        webhook: hook.webhook.clone(),
        received: match clock {
            Clock::None => None,
            Clock::Seconds => hook.received.map(|at| at.div_euclid(1_000) * 1_000),
            Clock::Millis => hook.received,
        },
    };
    truth.iter().map(|(name, hooks)| (name.clone(), hooks.iter().map(told).collect())).collect()
}

/// Fails with the name of every shape in which other webhooks stand than in the plainest one.
fn the_same_webhooks(shapes: &[Shape], adapt: impl Fn(Recipe) -> Recipe + Sync) {
    let truth = read_back(&adapt(Shape { form: Form::Csv, ..PLAIN }.recipe()));
    let differing: Vec<String> = shapes
        .par_iter()
        .filter(|shape| {
            let read = read_back(&adapt(shape.recipe()));
            // What these tell of times depends on organization and day, or on the other webhooks of a record.
            if shape.envelope == Envelope::Mixed || shape.shares_times() {
                return told(&read, Clock::None) != told(&truth, Clock::None);
            }
            read != told(&truth, shape.clock())
        })
        .map(|shape| shape.name())
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

fn forms() -> Vec<Shape> {
    Form::ALL.iter().map(|form| Shape { form: *form, ..PLAIN }).collect()
}

fn envelopes() -> Vec<Shape> {
    Envelope::ALL.iter().map(|envelope| Shape { envelope: *envelope, ..PLAIN }).collect()
}

fn containers() -> Vec<Shape> {
    Container::ALL.iter().map(|container| Shape { container: *container, ..PLAIN }).collect()
}

#[test]
fn the_same_webhooks_stand_in_every_file_of_every_shape() {
    the_same_webhooks(&[forms(), envelopes(), containers()].concat(), |recipe| recipe);
}

#[test]
fn the_same_webhooks_stand_in_one_file_of_every_form_and_envelope() {
    let mut shapes = containers();
    for form in forms() {
        shapes.extend(envelopes().iter().map(|shape| Shape { form: form.form, ..*shape }));
    }
    the_same_webhooks(&shapes, |recipe| Recipe { tickets: 30, one_file: true, ..recipe });
}

/// All tables but those that tell what the archive looked like.
fn tables(space: &Workspace, run: &Run) -> Result<BTreeMap<String, Vec<u8>>, String> {
    if run.code != 0 {
        let last = run.stderr.lines().last().unwrap_or_default();
        return Err(format!("exit code {}: {last}", run.code));
    }
    let mut tables = space.published();
    tables.retain(|name, _| {
        let file = name.rsplit('/').next().unwrap_or(name);
        file.ends_with(".csv") && file != "files.csv" && file != "data_quality.csv"
    });
    Ok(tables)
}

/// The tables of the plainest archive that tells receive times as exactly as a clock.
fn plainest(clock: Clock) -> BTreeMap<String, Vec<u8>> {
    static KNOWN: Mutex<BTreeMap<Clock, BTreeMap<String, Vec<u8>>>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap();
    known.entry(clock).or_insert_with(|| tables_of(&told(truth(), clock))).clone()
}

fn tables_of(archive: &Hooks) -> BTreeMap<String, Vec<u8>> {
    let space = Workspace::new();
    write(&PLAIN.recipe(), &space.path("in")).unwrap();
    for (name, hooks) in archive {
        let mut lines = String::new();
        for Hook { webhook, received } in hooks {
            match received.and_then(chrono::DateTime::from_timestamp_millis) {
                None => writeln!(lines, "{webhook}").unwrap(),
                Some(at) => {
                    let at = at.to_rfc3339();
                    writeln!(lines, "{{\"receivedAt\":\"{at}\",\"body\":{webhook}}}").unwrap();
                }
            }
        }
        space.write(&format!("in/{name}.jsonl"), lines);
    }
    let run = space.report("in", &["--only", "csv"]);
    let tables = tables(&space, &run).unwrap();
    assert!(tables.len() > 10, "{:?}", tables.keys());
    tables
}

/// What is wrong with the tables of a shape, if anything.
fn trouble(shape: Shape, threads: &str) -> Option<String> {
    let space = Workspace::new();
    let recipe = shape.recipe();
    write(&recipe, &space.path("in")).unwrap();
    let expected = if shape.envelope == Envelope::Mixed || shape.shares_times() {
        tables_of(&unwrapped(&space.path("in"), &recipe))
    } else {
        plainest(shape.clock())
    };
    let run = space.report("in", &["--only", "csv", "--threads", threads]);
    let name = format!("{} ({threads} threads)", shape.name());
    match tables(&space, &run) {
        Err(why) => Some(format!("{name}: {why}")),
        Ok(tables) => {
            let other = |file: &&String| tables.get(*file) != expected.get(*file);
            let others: Vec<&String> = expected.keys().chain(tables.keys()).filter(other).collect();
            (!others.is_empty()).then(|| format!("{name}: {others:?}"))
        }
    }
}

/// Fails with the name of every shape whose tables differ.
fn compare(shapes: &[Shape]) {
    // Every third with one thread, and every third with two as well.
    let runs: Vec<(Shape, &str)> = shapes
        .iter()
        .enumerate()
        .flat_map(|(at, shape)| {
            let threads: &[&str] = [&["2"][..], &["1"], &["1", "2"]][at % 3];
            threads.iter().map(|threads| (*shape, *threads))
        })
        .collect();
    let troubles: Vec<String> =
        runs.par_iter().filter_map(|(shape, threads)| trouble(*shape, threads)).collect();
    assert!(
        troubles.is_empty(),
        "{} of {} runs:\n{}",
        troubles.len(),
        runs.len(),
        troubles.join("\n")
    );
}

#[test]
fn tables_are_the_same_in_every_form() {
    compare(&forms());
}

#[test]
fn tables_are_the_same_in_every_envelope() {
    compare(&envelopes());
}

#[test]
fn tables_are_the_same_in_every_container() {
    compare(&containers());
}

/// Every envelope and every container in another form than lines: the lists in step, with strides that meet others.
#[test]
fn tables_are_the_same_in_combinations() {
    let shapes: Vec<Shape> = (0..Envelope::ALL.len())
        .map(|at| Shape {
            form: Form::ALL[(at * 7 + 1) % Form::ALL.len()],
            envelope: Envelope::ALL[at],
            container: Container::ALL[(at * 5) % Container::ALL.len()],
        })
        .collect();
    compare(&shapes);
}
