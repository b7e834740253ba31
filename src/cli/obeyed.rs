//! Configuration that is not obeyed is said: sections whose name or id nothing in the archive has.
//!
//! A section matches if any webhook ever carried its name or id, or if a location is called so at last. What was seen
//! counts, not what became of it: a section for a place that is closed, or whose tickets moved on, is no mistake.

use std::collections::{BTreeMap, BTreeSet};

use crate::night::{History, Merged};
use crate::report::text::shown;
use crate::store::Generation;
use crate::ticket::{Census, Fold, Gazetteer, SeenNames, normalise, queue_key};

use super::failure::{Exit, Failure};
use super::nearest::{either, nearest};
use super::nightly_plan::NightlyPlan;
use super::plan::Plan;
use super::possible;
use super::read::Verdict;
use super::words::count;

/// Sections of one kind that are named one by one.
const NAMED: usize = 5;
/// Graphemes of a name that are printed.
const SHOWN: usize = 60;

/// What the sections of the configuration are called.
#[derive(Debug, Clone, Default)]
pub(super) struct Sections {
    locations: Vec<String>,
    queues: Vec<String>,
    organizations: Vec<String>,
}

impl Sections {
    /// Those with these keys.
    pub(super) fn of<'a>(
        locations: impl Iterator<Item = &'a String>,
        queues: impl Iterator<Item = &'a String>,
        organizations: impl Iterator<Item = &'a String>,
    ) -> Self {
        Self {
            locations: locations.cloned().collect(),
            queues: queues.cloned().collect(),
            organizations: organizations.cloned().collect(),
        }
    }

    /// Whether there is nothing to obey.
    pub(super) fn is_empty(&self) -> bool {
        self.locations.is_empty() && self.queues.is_empty() && self.organizations.is_empty()
    }
}

/// What an archive, or everything kept, has names for.
#[derive(Debug, Default)]
pub(super) struct Known {
    seen: SeenNames,
    /// Locations as they are called at last, with each name that leads there.
    locations: BTreeMap<String, BTreeSet<String>>,
    /// Number of locations.
    number: usize,
}

impl Known {
    /// Of a fold that has seen all names, and of all tickets, counted and placed.
    pub(super) fn of(fold: &Fold, census: &Census, gazetteer: &Gazetteer) -> Self {
        let mut locations: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for place in &gazetteer.locations {
            locations.entry(place.name.clone()).or_default().insert(place.name.clone());
        }
        for kind in census.kinds.keys() {
            let place = gazetteer.place(kind).and_then(|at| gazetteer.locations.get(at));
            if let (Some(own), Some(place)) = (&kind.own, place) {
                locations.entry(place.name.clone()).or_default().insert(own.clone());
            }
        }
        Self { seen: fold.seen_names(), locations, number: gazetteer.locations.len() }
    }

    fn has_location(&self, name: &str) -> bool {
        let name = normalise(name);
        self.seen.locations.contains(&name) || self.locations.contains_key(&name)
    }
}

/// Everything that a generation holds, without its tickets.
pub(super) fn recall(state: &Generation) -> Result<Merged, Failure> {
    let history = History::open(Some(state.clone()), |id| id, &BTreeSet::new())?;
    Ok(history.merge(Fold::default(), |_| false, |id| id, |id| id)?)
}

/// A kind of sections, and what they can match.
struct Table<'a> {
    /// Its name in the configuration, and what it is about.
    names: (&'static str, &'static str),
    keys: &'a [String],
    known: Vec<&'a str>,
    /// How many things there are.
    number: usize,
}

/// What is to be said of sections that match nothing; nothing if nothing was seen at all.
pub(super) fn warnings(plan: &Plan, known: &Known) -> Vec<String> {
    let Known { seen, locations, number } = known;
    if seen.organizations.is_empty() {
        return Vec::new();
    }
    let file = plan.config_path.as_ref().map_or_else(
        || "the configuration".to_owned(),
        |path| format!("`{}`", shown(&path.display().to_string(), SHOWN)),
    );
    let of_locations = seen.locations.iter().chain(locations.keys()).map(String::as_str);
    let sections = &plan.sections;
    let mut all = Vec::new();
    let table = Table {
        names: ("locations", "location"),
        keys: &sections.locations,
        known: of_locations.collect(),
        number: *number,
    };
    table.warn(&file, |name| known.has_location(name), &mut all);
    let table = Table {
        names: ("queues", "queue"),
        keys: &sections.queues,
        known: seen.queues.iter().map(String::as_str).collect(),
        number: seen.queues.len(),
    };
    table.warn(&file, |id| seen.queues.contains(&*queue_key(id)), &mut all);
    let table = Table {
        names: ("organizations", "organization"),
        keys: &sections.organizations,
        known: seen.organizations.iter().map(String::as_str).collect(),
        number: seen.organizations.len(),
    };
    table.warn(&file, |name| seen.organizations.contains(name), &mut all);
    all
}

impl Table<'_> {
    fn warn(&self, file: &str, matches: impl Fn(&str) -> bool, all: &mut Vec<String>) {
        let (table, noun) = self.names;
        let idle: Vec<&String> = self.keys.iter().filter(|key| !matches(key)).collect();
        for key in idle.iter().take(NAMED) {
            let near = nearest(key, self.known.iter().copied());
            let advice = if near.is_empty() {
                let (there, things) = if self.number == 1 {
                    ("there is", count(1, noun))
                } else {
                    ("there are", count(self.number as u64, noun))
                };
                let them = if self.number == 1 { "it" } else { "them" };
                format!("{there} {things}, and `queuestat locations` lists {them}")
            } else {
                format!("did you mean {}?", either(&near))
            };
            let key = toml_text(&shown(key, SHOWN));
            all.push(format!("`[{table}.{key}]` of {file} matches no {noun}; {advice}"));
        }
        if let Some(more) = idle.len().checked_sub(NAMED).filter(|more| *more > 0) {
            let sections = count(more as u64, "more section");
            let verb = if more == 1 { "matches" } else { "match" };
            all.push(format!("{sections} `[{table}.…]` of {file} {verb} no {noun}"));
        }
    }
}

/// What a night has to say of its configuration: by everything that is kept and new.
pub(super) fn tonight(night: &NightlyPlan, merged: &Merged, gazetteer: &Gazetteer) -> Vec<String> {
    let mut all = possible::warnings(night);
    if !night.plan.sections.is_empty() {
        let known = Known::of(merged.names(), &merged.census(), gazetteer);
        all.extend(warnings(&night.plan, &known));
    }
    all
}

/// The same of a night that brought nothing: by what is kept.
pub(super) fn without_news(
    night: &NightlyPlan,
    state: Option<&Generation>,
) -> Result<Vec<String>, Failure> {
    match state {
        Some(state) if !night.plan.sections.is_empty() => {
            let merged = recall(state)?;
            let gazetteer = merged.names().gazetteer(&merged.census(), &night.plan.directory);
            Ok(tonight(night, &merged, &gazetteer))
        }
        _ => Ok(possible::warnings(night)),
    }
}

/// Says warnings, and what they make of the exit code.
pub(super) fn say(plan: &Plan, warnings: &[String], exit: Exit) -> Exit {
    for warning in warnings {
        plan.log.warning(warning);
    }
    if warnings.is_empty() { exit } else { exit.max(Exit::LookAtInput) }
}

/// Takes warnings into a verdict.
pub(super) fn add(verdict: &mut Verdict, warnings: Vec<String>) {
    if !warnings.is_empty() {
        verdict.exit = verdict.exit.max(Exit::LookAtInput);
        verdict.warnings.extend(warnings);
    }
}

/// Refuses a location or an organization that was asked for and is not there.
pub(super) fn refuse_missing(
    noun: &str,
    asked: &[String],
    there: &BTreeSet<&str>,
    known: &Known,
) -> Result<(), Failure> {
    let Some(missing) = asked.iter().find(|name| !there.contains(name.as_str())) else {
        return Ok(());
    };
    let failure = Failure::new(
        Exit::Usage,
        format!("there is no {noun} `{}` in the archive", shown(missing, SHOWN)),
    );
    // A name that the configuration maps is offered as what it is mapped to.
    let mapped: Vec<(&str, &str)> = if noun == "location" {
        let called = known.locations.iter();
        called.flat_map(|(name, own)| own.iter().map(move |own| (own.as_str(), &**name))).collect()
    } else {
        Vec::new()
    };
    let spellings = there.iter().copied().chain(mapped.iter().map(|(own, _)| *own));
    let mut near: Vec<&str> = Vec::new();
    for spelling in nearest(missing, spellings) {
        let called = mapped.iter().filter(|(own, name)| *own == spelling && there.contains(name));
        let mut offered: Vec<&str> = called.map(|(_, name)| *name).collect();
        if there.contains(spelling) {
            offered.push(spelling);
        }
        for name in offered {
            if !near.contains(&name) {
                near.push(name);
            }
        }
    }
    near.truncate(3);
    Err(if near.is_empty() {
        let number = if noun == "location" { known.number } else { there.len() };
        let verb = if number == 1 { "is" } else { "are" };
        let things = count(number as u64, noun);
        failure.hint(format!("there {verb} {things}; `queuestat locations` lists what there is"))
    } else {
        failure.hint(format!("did you mean {}?", either(&near)))
    })
}

/// A text as TOML writes it, on one line and harmless to a terminal.
pub(super) fn toml_text(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() || is_format(c) => {
                quoted.push_str(&format!("\\U{:08X}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Characters without a shape of their own: a reader could not tell what to type.
fn is_format(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}'
        | '\u{e0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_in_toml_is_read_back(text in any::<String>()) {
            let quoted = toml_text(&text);
            prop_assert!(!quoted.chars().any(char::is_control));
            let table: toml::Table = toml::from_str(&format!("[queues.{quoted}]\nname = {quoted}")).unwrap();
            prop_assert_eq!(table["queues"][text.as_str()]["name"].as_str(), Some(text.as_str()));
        }
    }

    #[test]
    fn sections_that_match_nothing_are_named_and_counted() {
        let table = |keys: &[String], known: Vec<&'static str>| {
            let mut all = Vec::new();
            let known_names = known.clone();
            let table =
                Table { names: ("locations", "location"), keys, number: known.len(), known };
            table.warn("`q.toml`", |name| known_names.contains(&name), &mut all);
            all
        };
        let keys =
            |names: &[&str]| -> Vec<String> { names.iter().map(|n| (*n).to_owned()).collect() };
        assert_eq!(table(&keys(&["Pier"]), vec!["Pier"]), Vec::<String>::new());
        assert_eq!(
            table(&keys(&["A \"B\""]), vec!["Pier"]),
            [
                "`[locations.\"A \\\"B\\\"\"]` of `q.toml` matches no location; there is 1 location, and `queuestat locations` lists it"
            ]
        );
        let many: Vec<String> = (0..8).map(|n| format!("Nowhere {n}")).collect();
        let said = table(&many, vec!["Pier", "Quay"]);
        assert_eq!(said.len(), 6);
        assert!(said[0].ends_with("there are 2 locations, and `queuestat locations` lists them"));
        assert_eq!(said[5], "3 more sections `[locations.…]` of `q.toml` match no location");
    }
}
