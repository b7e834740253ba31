//! Recognises files that are known, under whatever name, and finds those with something new.
//!
//! ```text
//! same name, size and time (ETag)     unchanged, not read
//! same name, same content             verified
//! same name, the old content first    grown
//! another name, and the content of a known file that is gone or has changed:
//!   the same content                  renamed (rotated, compressed, decompressed)
//!   the old content first             grown (and renamed)
//! else, same name                     rewritten
//! else                                new
//! ```
//!
//! Content means the decompressed bytes. A copy beside its original is a file of its own, as in a report; its lines
//! join into the same tickets.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::archive::{
    ArchiveError, Candidate, Digest, End, Ending, Limits, Place, ahead, digest, read_members,
    together,
};
use crate::ingest::{FileState, Progress, cannot_open};

use super::ledger::{Content, Ledger, Row};

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    /// Size and time are unchanged since it was read.
    Unchanged,
    /// Its content is unchanged since it was read.
    Verified,
    /// Its content was read under another name.
    Renamed,
    /// Lines were added.
    Grown,
    /// Nothing of it was read before.
    New,
    /// Its content was replaced by another.
    Rewritten,
    /// It cannot be read now.
    Unusable(FileState),
}

/// A file found tonight.
#[derive(Debug, Clone)]
pub struct Sighting<'a> {
    /// The file.
    pub file: &'a Candidate,
    /// What it turned out to be.
    pub treatment: Treatment,
    /// Id of its row in the ledger; `None` for a new file.
    pub row: Option<u32>,
    /// Its content, if it was opened and is complete.
    pub content: Option<Content>,
    /// How its bytes ended, if it was opened.
    pub ending: Option<Ending>,
}

/// Recognises files, given in file order. With `verify`, every file is opened, even if its size and time are unchanged.
///
/// # Errors
/// [`ArchiveError::Io`] if the storage fails; [`ArchiveError::Stopped`] if `progress` asks to stop.
pub fn recognise<'a>(
    ledger: &Ledger,
    files: &'a [Candidate],
    limits: Limits,
    verify: bool,
    progress: Progress<'_>,
) -> Result<Vec<Sighting<'a>>, ArchiveError> {
    let by_name: HashMap<&str, &Row> =
        ledger.files.values().map(|row| (row.account.name.as_str(), row)).collect();
    let places: HashMap<&str, usize> =
        files.iter().enumerate().map(|(at, file)| (file.name.as_str(), at)).collect();
    let own = |file: &Candidate| by_name.get(file.name.as_str()).copied();
    let is_trusted = |file: &Candidate| own(file).filter(|row| !verify && is_as_it_was(row, file));
    let trusted: BTreeSet<u32> = files.iter().filter_map(is_trusted).map(|row| row.id).collect();
    let others = ledger.files.values().filter(|row| !trusted.contains(&row.id));
    let lengths: BTreeSet<u64> = others.map(|row| row.content.length).collect();
    let lengths: Vec<u64> = lengths.into_iter().collect();
    let unknown: Vec<&'a Candidate> =
        files.iter().filter(|file| is_trusted(file).is_none()).collect();
    let groups = together(unknown.iter().copied());
    ahead(unknown.iter().copied());
    let fresh: Result<Vec<Vec<Looked<'a>>>, ArchiveError> = groups
        .into_par_iter()
        .map(|group| {
            let group: Vec<&'a Candidate> =
                group.iter().filter_map(|at| unknown.get(*at).copied()).collect();
            look_at(&group, limits, &lengths, progress)
        })
        .collect();
    let mut matching = Matching { rows: &ledger.files, open: BTreeMap::new() };
    for row in ledger.files.values().filter(|row| !trusted.contains(&row.id)) {
        matching.open.entry(key(&row.content)).or_default().insert(row.id);
    }
    let known = files.iter().filter_map(|file| Some(Looked::known(file, is_trusted(file)?)));
    let mut looked: Vec<Looked<'a>> = fresh?.into_iter().flatten().chain(known).collect();
    // Groups finish in any order; files are matched in file order.
    looked.sort_by_key(|looked| {
        let name = looked.sighting.file.name.as_str();
        places.get(name).copied().unwrap_or(usize::MAX)
    });
    for file in &mut looked {
        matching.by_own_name(file, own(file.sighting.file));
    }
    for file in &mut looked {
        matching.by_whole_content(file);
    }
    for file in &mut looked {
        matching.by_begin(file);
    }
    for file in &mut looked {
        matching.rest(file, own(file.sighting.file));
    }
    Ok(looked.into_iter().map(|file| file.sighting).collect())
}

/// Whether a file shows no sign of a change.
fn is_as_it_was(row: &Row, file: &Candidate) -> bool {
    !row.unsure && row.seen().is_same(file)
}

fn key(content: &Content) -> (u64, String) {
    (content.length, content.hash.clone())
}

/// Digests a file, or the members of a container in the order in which it holds them.
fn look_at<'a>(
    group: &[&'a Candidate],
    limits: Limits,
    lengths: &[u64],
    progress: Progress<'_>,
) -> Result<Vec<Looked<'a>>, ArchiveError> {
    if let [file] = group
        && !matches!(file.place, Place::Member { .. })
    {
        return Ok(vec![Looked::at(file, file, limits, lengths, progress)?]);
    }
    let mut looked = Vec::with_capacity(group.len());
    read_members(group, limits, |which, open| {
        if let Some(file) = group.get(which) {
            looked.push(Looked::at(file, open, limits, lengths, progress)?);
        }
        Ok::<(), ArchiveError>(())
    })?;
    Ok(looked)
}

/// A file being recognised.
struct Looked<'a> {
    sighting: Sighting<'a>,
    prefixes: Vec<(u64, String)>,
    settled: bool,
}

impl<'a> Looked<'a> {
    fn known(file: &'a Candidate, row: &Row) -> Self {
        let (treatment, row) = (Treatment::Unchanged, Some(row.id));
        let sighting = Sighting { file, treatment, row, content: None, ending: None };
        Self { sighting, prefixes: Vec::new(), settled: true }
    }

    /// Digests a file; `open` is where its bytes can be read.
    fn at(
        file: &'a Candidate,
        open: &Candidate,
        limits: Limits,
        lengths: &[u64],
        progress: Progress<'_>,
    ) -> Result<Self, ArchiveError> {
        let mut sighting =
            Sighting { file, treatment: Treatment::New, row: None, content: None, ending: None };
        let Digest { ending, hash, prefixes } = match digest(open, limits, lengths, progress) {
            Ok(digest) => digest,
            Err(ArchiveError::Io { source, .. }) if cannot_open(&source) => {
                sighting.treatment = Treatment::Unusable(FileState::Unreadable(source.kind()));
                return Ok(Self { sighting, prefixes: Vec::new(), settled: false });
            }
            Err(error) => return Err(error),
        };
        sighting.ending = Some(ending);
        let length = ending.decompressed;
        match ending.end {
            End::Complete => sighting.content = Some(Content { hash, length }),
            End::Truncated => sighting.treatment = Treatment::Unusable(FileState::Truncated),
            End::Corrupt => sighting.treatment = Treatment::Unusable(FileState::Corrupt),
            End::TooLarge => sighting.treatment = Treatment::Unusable(FileState::TooLarge),
            End::TooDeep => sighting.treatment = Treatment::Unusable(FileState::TooDeep),
        }
        Ok(Self { sighting, prefixes, settled: false })
    }

    fn settle(&mut self, treatment: Treatment, row: Option<u32>) {
        self.sighting.treatment = treatment;
        self.sighting.row = row;
        self.settled = true;
    }

    fn begins_with(&self, content: &Content) -> bool {
        let same =
            |(length, hash): &(u64, String)| *length == content.length && *hash == content.hash;
        self.prefixes.iter().any(same)
    }
}

/// Rows that no file has claimed yet.
struct Matching<'a> {
    rows: &'a BTreeMap<u32, Row>,
    /// By length and hash.
    open: BTreeMap<(u64, String), BTreeSet<u32>>,
}

impl Matching<'_> {
    /// Claims a row, unless it was claimed before.
    fn claim(&mut self, id: u32) -> bool {
        let Some(row) = self.rows.get(&id) else { return false };
        self.open.get_mut(&key(&row.content)).is_some_and(|ids| ids.remove(&id))
    }

    fn by_own_name(&mut self, file: &mut Looked<'_>, own: Option<&Row>) {
        let Some(row) = own.filter(|_| !file.settled) else { return };
        let treatment = match &file.sighting.content {
            // What was read of it stays; the next night tries again.
            None => file.sighting.treatment,
            Some(content) if *content == row.content => Treatment::Verified,
            Some(_) if file.begins_with(&row.content) => Treatment::Grown,
            Some(_) => return,
        };
        self.claim(row.id);
        file.settle(treatment, Some(row.id));
    }

    fn by_whole_content(&mut self, file: &mut Looked<'_>) {
        let Some(content) = file.sighting.content.as_ref().filter(|_| !file.settled) else {
            return;
        };
        let ids = self.open.get(&key(content));
        if let Some(id) = ids.and_then(|ids| ids.first().copied())
            && self.claim(id)
        {
            file.settle(Treatment::Renamed, Some(id));
        }
    }

    fn by_begin(&mut self, file: &mut Looked<'_>) {
        if file.settled || file.sighting.content.is_none() {
            return;
        }
        // Every file begins with an empty one.
        let begins = file.prefixes.iter().rev().filter(|(length, _)| *length > 0);
        let id = begins.filter_map(|begin| self.open.get(begin)?.first().copied()).next();
        if let Some(id) = id
            && self.claim(id)
        {
            file.settle(Treatment::Grown, Some(id));
        }
    }

    fn rest(&mut self, file: &mut Looked<'_>, own: Option<&Row>) {
        if file.settled {
            return;
        }
        match own.filter(|_| file.sighting.content.is_some()) {
            Some(row) if self.claim(row.id) => file.settle(Treatment::Rewritten, Some(row.id)),
            _ => file.settle(file.sighting.treatment, None),
        }
    }
}
