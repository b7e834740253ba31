//! Classifies every file that was found: an archive, a container of archives, or something to skip, with the reason.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use globset::{GlobBuilder, GlobMatcher};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

use super::ahead::ahead;
use super::candidate::{Candidate, Place};
use super::container::{self, Info};
use super::error::ArchiveError;
use super::kind::{self, Kind};
use super::limits::Limits;
use super::names::Names;
use super::opening::stream;
use super::root::Spares;
use super::sniff::{self, Look};
use super::stored::Raw;

/// Why a file is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipState {
    /// It holds no archived webhooks.
    Skipped,
    /// `archive.exclude` names it.
    Excluded,
    /// It exists but cannot be used, or only in part.
    Unusable,
}

impl SkipState {
    /// As written in `files.csv`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Excluded => "excluded",
            Self::Unusable => "unusable",
        }
    }
}

/// A path that is not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Path relative to the input, as for files that are read.
    pub name: String,
    /// Why it is not read.
    pub state: SkipState,
    /// What it is, as in "2 Parquet, 1 PNG".
    pub kind: String,
    /// What to do about it, in plain words; may be empty.
    pub advice: String,
    /// Whether it can go unmentioned.
    pub quiet: bool,
    /// Size in bytes.
    pub bytes: u64,
    /// Modification time, UTC milliseconds.
    pub modified_ms: Option<i64>,
    /// `ETag` of the object that it is or is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
}

impl Skipped {
    /// What it is and what to do about it, as one text.
    #[must_use]
    pub fn note(&self) -> String {
        if self.advice.is_empty() {
            self.kind.clone()
        } else {
            format!("{}: {}", self.kind, self.advice)
        }
    }

    fn of(candidate: &Candidate, kind: Kind) -> Self {
        let state = SkipState::Skipped;
        Self::because(candidate, state, kind.name, kind.advice, false)
    }

    fn quiet(candidate: &Candidate, what: &str) -> Self {
        Self::because(candidate, SkipState::Skipped, what, "", true)
    }

    fn because(c: &Candidate, state: SkipState, kind: &str, advice: &str, quiet: bool) -> Self {
        Self {
            name: c.name.clone(),
            state,
            kind: kind.to_owned(),
            advice: advice.to_owned(),
            quiet,
            bytes: c.bytes,
            modified_ms: c.modified_ms,
            tag: c.tag().map(str::to_owned),
        }
    }
}

/// What a container holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Listing {
    /// Members to read: name inside the container, index, size in bytes.
    pub members: Vec<(String, u64, u64)>,
    /// Members that are not read, under their full names; the container itself, if it is damaged.
    pub skipped: Vec<Skipped>,
}

/// What is already known of a file, without opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Nothing.
    No,
    /// It is an archive.
    Archive,
    /// It is a container with this content.
    Container(Listing),
    /// It is skipped.
    Skipped(Skipped),
}

/// Patterns of files that must not be read.
#[derive(Debug, Clone, Default)]
pub struct Exclude(Vec<(GlobMatcher, bool)>);

impl Exclude {
    /// Patterns relative to the input; one without `/` matches the name of a file at any depth.
    ///
    /// # Errors
    /// [`ArchiveError::BadPattern`].
    pub fn new(patterns: &[String]) -> Result<Self, ArchiveError> {
        let matcher = |pattern: &String| {
            let bad = |_| ArchiveError::BadPattern(pattern.clone());
            let text = pattern.strip_prefix("./").unwrap_or(pattern);
            let glob = GlobBuilder::new(text).literal_separator(true).build().map_err(bad)?;
            Ok((glob.compile_matcher(), text.contains('/')))
        };
        patterns.iter().map(matcher).collect::<Result<_, _>>().map(Self)
    }

    /// Whether a path relative to the input matches.
    #[must_use]
    pub fn names(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.0.iter().any(|(glob, whole)| glob.is_match(if *whole { path } else { name }))
    }
}

/// How to classify files.
pub struct Rules<'a> {
    /// Patterns of files that must not be read.
    pub exclude: &'a Exclude,
    /// Caps on lines, files and expansion.
    pub limits: Limits,
    /// What is already known of a file, without opening it.
    pub known: &'a (dyn Fn(&Candidate) -> Known + Sync),
    /// Which of several inputs may hold nothing.
    pub spares: Spares,
    /// True once the run is asked to stop; looked at before each file, and while a store is waited for.
    pub stop: Arc<AtomicBool>,
}

impl Rules<'_> {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }
}

/// A file that was found.
pub(super) struct Found {
    pub(super) candidate: Candidate,
    /// Path relative to its input.
    pub(super) relative: String,
    /// Whether it was named explicitly: then it is always tried.
    pub(super) named: bool,
    /// What the walk already found out about it.
    pub(super) told: Option<Told>,
}

/// What the walk can tell about an entry without opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Hidden,
    Nowhere,
    Device,
    Unreadable,
    OwnReport,
    /// An object that no request can name.
    Unspeakable,
}

/// What a file turned out to be.
pub(super) enum Class {
    Archive(Candidate),
    Container(Candidate, Listing),
    Skipped(Skipped),
}

/// Classifies files, several at a time.
///
/// # Errors
/// [`ArchiveError`]: `Io` if the storage fails; `Foreign` for a file that was named explicitly and is something else;
/// `Stopped`.
pub(super) fn classify(found: Vec<Found>, rules: &Rules<'_>) -> Result<Vec<Class>, ArchiveError> {
    let is_remote = |file: &&Found| matches!(file.candidate.place, Place::Object(_));
    let opened = found.iter().filter(|file| is_remote(file) && may_be_opened(file, rules));
    ahead(opened.map(|file| &file.candidate));
    found.into_par_iter().map(|file| class(file, rules)).collect()
}

/// Whether the content of a file may be looked at; never false if it is.
fn may_be_opened(file: &Found, rules: &Rules<'_>) -> bool {
    let is_left_out = || {
        file.told.is_some()
            || rules.exclude.names(&file.relative)
            || sniff::is_side_file(&file.relative)
    };
    (file.named || !is_left_out()) && (rules.known)(&file.candidate) == Known::No
}

fn class(found: Found, rules: &Rules<'_>) -> Result<Class, ArchiveError> {
    if rules.is_stopped() {
        return Err(ArchiveError::Stopped);
    }
    let Found { candidate, relative, named, told } = found;
    let told = told.filter(|_| !named);
    let skip = |skipped| Ok(Class::Skipped(skipped));
    if !named && rules.exclude.names(&relative) {
        let excluded = SkipState::Excluded;
        let text = "named in `archive.exclude`";
        return skip(Skipped::because(&candidate, excluded, text, "", true));
    }
    match told {
        Some(Told::Hidden) => return skip(Skipped::quiet(&candidate, "hidden")),
        Some(Told::OwnReport) => return skip(Skipped::quiet(&candidate, "report of queuestat")),
        Some(Told::Nowhere) => return skip(Skipped::of(&candidate, kind::NOWHERE)),
        Some(Told::Device) => return skip(Skipped::of(&candidate, kind::DEVICE)),
        Some(Told::Unreadable) => {
            let what = "the folder or link cannot be followed";
            let skipped = Skipped::because(
                &candidate,
                SkipState::Unusable,
                what,
                "check its permissions",
                false,
            );
            return skip(skipped);
        }
        Some(Told::Unspeakable) => {
            let (state, what) =
                (SkipState::Unusable, "an object with `.` or `..` as a part of its key");
            let advice = "no request can name it: copy it to another key";
            return skip(Skipped::because(&candidate, state, what, advice, false));
        }
        None => {}
    }
    let Some(holder) = candidate.holder() else { return Ok(Class::Archive(candidate)) };
    if !named && sniff::is_side_file(&relative) {
        return skip(Skipped::quiet(&candidate, "side file"));
    }
    match (rules.known)(&candidate) {
        Known::No => {}
        Known::Archive => return Ok(Class::Archive(candidate)),
        Known::Container(listing) => return Ok(Class::Container(candidate, listing)),
        Known::Skipped(skipped) => return skip(skipped),
    }
    // A file that cannot be opened is kept, so that reading it fails and appears in the account.
    let look = stream(&holder)
        .and_then(|raw| sniff::look(&candidate.name, raw, rules.limits))
        .unwrap_or(Look::Archive);
    match look {
        Look::Archive => Ok(Class::Archive(candidate)),
        Look::Empty if named => Ok(Class::Archive(candidate)),
        Look::Empty => skip(Skipped::quiet(&candidate, "empty")),
        Look::Foreign(kind::TEXT) if named => Ok(Class::Archive(candidate)),
        Look::Foreign(kind) if named => {
            let (name, advice) = (kind.name, kind.advice);
            Err(ArchiveError::Foreign { name: candidate.name, kind: name, advice })
        }
        Look::Foreign(kind) => skip(Skipped::of(&candidate, kind)),
        Look::Tar | Look::Zip => {
            let listing = list(&candidate, rules)?;
            Ok(Class::Container(candidate, listing))
        }
    }
}

/// Lists a container; each member is classified like a file.
fn list(container: &Candidate, rules: &Rules<'_>) -> Result<Listing, ArchiveError> {
    let Some(holder) = container.holder() else { return Ok(Listing::default()) };
    let mut listing = Listing::default();
    let mut names = Names::default();
    let mut stopped = false;
    let damage = container::each(&holder, rules.limits, &mut |mut info, raw| {
        stopped = rules.is_stopped();
        if stopped {
            return Ok(ControlFlow::Break(()));
        }
        info.name = names.unique(info.name);
        member(container, &mut listing, info, raw, rules)?;
        Ok(ControlFlow::Continue(()))
    });
    if stopped {
        return Err(ArchiveError::Stopped);
    }
    let damage = match damage {
        Ok(damage) => damage,
        Err(source) => return Err(ArchiveError::reading(&container.name, source)),
    };
    if let Some(what) = damage {
        let n = listing.members.len();
        let what = format!("{what}; {n} of its members can be read");
        listing.skipped.push(Skipped::because(container, SkipState::Unusable, &what, "", false));
    }
    Ok(listing)
}

fn member(
    container: &Candidate,
    listing: &mut Listing,
    info: Info,
    raw: Raw,
    rules: &Rules<'_>,
) -> io::Result<()> {
    let name = format!("{}!/{}", container.name, info.name);
    let as_file = Candidate { name, bytes: info.size, ..container.clone() };
    let is_hidden = |part: &str| part.starts_with('.') && part != "." && part != "..";
    let skipped = if rules.exclude.names(&info.name) || rules.exclude.names(&as_file.name) {
        let text = "named in `archive.exclude`";
        Some(Skipped::because(&as_file, SkipState::Excluded, text, "", true))
    } else if let Some(kind) = info.skip {
        Some(Skipped::of(&as_file, kind))
    } else if info.name.split('/').any(is_hidden) {
        Some(Skipped::quiet(&as_file, "hidden"))
    } else if sniff::is_side_file(&info.name) {
        Some(Skipped::quiet(&as_file, "side file"))
    } else {
        match sniff::look(&info.name, raw, rules.limits)? {
            Look::Archive => None,
            Look::Empty => Some(Skipped::quiet(&as_file, "empty")),
            Look::Tar | Look::Zip => Some(Skipped::of(&as_file, kind::NESTED)),
            Look::Foreign(kind) => Some(Skipped::of(&as_file, kind)),
        }
    };
    match skipped {
        Some(skipped) => listing.skipped.push(skipped),
        None => listing.members.push((info.name, info.number, info.size)),
    }
    Ok(())
}
