//! No two source files of `src/` use each other, on no way around: what both need stands in a file below both.
//!
//! A file uses another if it names one of its items, in a `use` or in place. A path through `mod.rs` counts for the file
//! that defines the item, wherever a `use` in `mod.rs` tells which that is. Comments, literals and tests do not count.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::named_paths::{Source, read};
use crate::tidy::{is_test_file, rust_files};
use crate::workspace::root;

/// Floors that still have circles.
const STILL_ALLOWED: &[&str] = &[];

/// A module by its names from the root of the crate: `src/report/chart/axis.rs` is `report`, `chart`, `axis`.
type Module = Vec<String>;

/// For each file, the files it uses. Files are named by their module, as in `report::chart::axis`.
type Uses = BTreeMap<String, BTreeSet<String>>;

/// The crate: every module's file.
struct House {
    files: BTreeMap<Module, Source>,
}

impl House {
    /// Each file by its path below `src/` and its text.
    fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let files = files.into_iter().map(|(path, text)| {
            let path = path.trim_end_matches(".rs").trim_end_matches("mod");
            let names = path.split('/').filter(|name| !name.is_empty() && *name != "lib");
            (names.map(str::to_owned).collect(), read(text))
        });
        Self { files: files.collect() }
    }

    /// The file that defines what `path` names in `module`; none if that is outside of the crate, or a module as a whole.
    fn defines(&self, module: &[String], path: &[String], steps: usize) -> Option<Module> {
        let (first, mut rest) = path.split_first()?;
        let mut module = match first.as_str() {
            "crate" => Vec::new(),
            "self" => module.to_vec(),
            "super" => module[..module.len().saturating_sub(1)].to_vec(),
            _ if self.knows(module, first) => {
                rest = path;
                module.to_vec()
            }
            _ => return None,
        };
        while let Some((name, after)) = rest.split_first() {
            let below: Module = module.iter().chain([name]).cloned().collect();
            if name == "super" {
                module.pop();
            } else if self.files.contains_key(&below) && !after.is_empty() {
                module = below;
            } else {
                let source = self.files.get(&module)?;
                // An item may be called like the module that it comes from: as the last name it is the item.
                let named = source.names.get(name).filter(|_| steps > 0).and_then(|path| {
                    let path: Vec<String> = path.iter().chain(after).cloned().collect();
                    self.defines(&module, &path, steps - 1)
                });
                let is_elsewhere =
                    self.files.contains_key(&below) || source.names.contains_key(name);
                return named.or_else(|| (!is_elsewhere).then_some(module));
            }
            rest = after;
        }
        None
    }

    /// Whether `name` is a module below `module`, or given to it by a `use`.
    fn knows(&self, module: &[String], name: &String) -> bool {
        let below: Module = module.iter().chain([name]).cloned().collect();
        self.files.contains_key(&below)
            || self.files.get(module).is_some_and(|source| source.names.contains_key(name))
    }

    fn uses(&self) -> Uses {
        let used_by = |module: &Module, source: &Source| {
            let taken = source.names.iter().filter(|(name, _)| !source.handed_on.contains(*name));
            let written = source
                .written
                .iter()
                .filter(|path| path.len() > 1 || source.handed_on.contains(&path[0]));
            let paths = taken.map(|(_, path)| path).chain(written);
            let files = paths.filter_map(|path| self.defines(module, path, 8));
            files.filter(|file| file != module).map(|file| file.join("::")).collect()
        };
        self.files
            .iter()
            .map(|(module, source)| (module.join("::"), used_by(module, source)))
            .collect()
    }
}

/// The shortest way from `from` to `to` along what uses what, both included; `from` itself is left at least once.
fn way(uses: &Uses, from: &str, to: &str) -> Option<Vec<String>> {
    let mut waiting = VecDeque::from([vec![from.to_owned()]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = waiting.pop_front() {
        for next in uses.get(way.last()?).into_iter().flatten() {
            let longer = || way.iter().chain([next]).cloned().collect::<Vec<_>>();
            if next == to {
                return Some(longer());
            }
            if seen.insert(next) {
                waiting.push_back(longer());
            }
        }
    }
    None
}

/// Groups of files that each reach all others of their group and are reached by them, with a shortest way around.
fn circles(uses: &Uses) -> Vec<(BTreeSet<String>, Vec<String>)> {
    let mut circles: Vec<(BTreeSet<String>, Vec<String>)> = Vec::new();
    for file in uses.keys() {
        if circles.iter().any(|(members, _)| members.contains(file)) {
            continue;
        }
        if let Some(around) = way(uses, file, file) {
            let both = |other: &&String| {
                way(uses, file, other).is_some() && way(uses, other, file).is_some()
            };
            circles.push((uses.keys().filter(both).cloned().collect(), around));
        }
    }
    circles
}

#[test]
fn files_use_each_other_in_one_direction() {
    let source = root().join("src");
    let files: Vec<(String, String)> = rust_files(&source)
        .iter()
        .filter(|file| !is_test_file(file) && !file.ends_with("src/main.rs"))
        .map(|file| {
            let below = file.strip_prefix(&source).unwrap().to_string_lossy().into_owned();
            (below, std::fs::read_to_string(file).unwrap())
        })
        .collect();
    let uses = House::new(files.iter().map(|(path, text)| (path.as_str(), text.as_str()))).uses();
    let edges: usize = uses.values().map(BTreeSet::len).sum();
    assert!(edges > 3 * uses.len(), "{edges} uses by {} files: are paths still read?", uses.len());

    let (mut found, mut spared) = (String::new(), BTreeSet::new());
    for (members, around) in circles(&uses) {
        let floor = around[0].split("::").next().unwrap().to_owned();
        if STILL_ALLOWED.contains(&floor.as_str()) {
            spared.insert(floor);
        } else {
            let members = members.into_iter().collect::<Vec<_>>().join(", ");
            found += &format!("  {}\n    among {members}\n", around.join(" → "));
        }
    }
    assert!(
        found.is_empty(),
        "files that use each other; move what both need below both:\n{found}"
    );
    for floor in STILL_ALLOWED {
        assert!(spared.contains(*floor), "`{floor}` has no circles: take it out of STILL_ALLOWED");
    }
}

#[test]
fn a_made_up_circle_is_found() {
    let graph = |edges: &[(&str, &str)]| {
        let mut uses = Uses::new();
        for (from, to) in edges {
            uses.entry((*from).to_owned()).or_default().insert((*to).to_owned());
            uses.entry((*to).to_owned()).or_default();
        }
        uses
    };
    let line = graph(&[("a", "b"), ("b", "c"), ("a", "c"), ("d", "c")]);
    assert_eq!(circles(&line), []);
    let two = graph(&[
        ("a", "b"),
        ("b", "c"),
        ("c", "d"),
        ("d", "b"),
        ("c", "b"),
        ("x", "y"),
        ("y", "x"),
    ]);
    let found: Vec<String> = circles(&two)
        .into_iter()
        .map(|(members, around)| {
            format!("{} {}", members.into_iter().collect::<String>(), around.concat())
        })
        .collect();
    assert_eq!(found, ["bcd bcb", "xy xyx"]);
}

#[test]
fn paths_lead_to_the_file_that_defines_an_item() {
    let house = House::new([
        ("lib.rs", "pub mod low; pub mod high;"),
        (
            "low/mod.rs",
            "mod thing; mod tool; mod user; pub use thing::{Kind as Sort, Thing};\n\
             pub(crate) use tool::tool; pub struct Own(Thing);",
        ),
        ("low/thing.rs", "pub struct Thing; pub enum Kind { One }"),
        ("low/tool.rs", "use super::Own; pub fn tool(own: Own) { own.user() }"),
        (
            "low/user.rs",
            "//! Not [`Own`](super::Own), not `crate::high::b`.\n\
             use std::fmt; use super::{thing::{self, Thing as It}, tool};\n\
             const TEXT: &str = \"crate::high::a::A \\\" crate::high::a::A\"; const RAW: &str = r#\"\"crate::high\"#;\n\
             fn f<'a>(c: char) -> bool { c == '\"' || c == '\\'' || thing::new() /* super::Own */ }\n\
             #[cfg(test)] fn only() { crate::high::b::B } #[cfg(test)] mod tests { use super::super::Own; }",
        ),
        ("high/mod.rs", "mod a; mod b; use a::A; fn all(a: A) -> b::B { self::b::B }"),
        ("high/a.rs", "pub struct A; fn f() { crate::low::tool(crate::low::Sort::One) }"),
        (
            "high/b.rs",
            "pub struct B; use super::A; use super::super::low::*; impl crate::low::Own {}",
        ),
    ]);
    let expected: &[(&str, &[&str])] = &[
        ("", &[]),
        ("high", &["high::a", "high::b"]),
        ("high::a", &["low::thing", "low::tool"]),
        ("high::b", &["high::a", "low"]),
        ("low", &["low::thing"]),
        ("low::thing", &[]),
        ("low::tool", &["low"]),
        ("low::user", &["low::thing", "low::tool"]),
    ];
    let uses = house.uses();
    let found: Vec<(&str, Vec<&str>)> = uses
        .iter()
        .map(|(file, uses)| (file.as_str(), uses.iter().map(String::as_str).collect()))
        .collect();
    let expected: Vec<(&str, Vec<&str>)> =
        expected.iter().map(|(file, uses)| (*file, uses.to_vec())).collect();
    assert_eq!(found, expected);
}
