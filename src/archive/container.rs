//! The members of a tar or zip, one after the other, each as a file of its own.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use super::candidate::{Candidate, Opened, Place};
use super::error::ArchiveError;
use super::holder::Holder;
use super::kind::{self, Kind};
use super::limits::Limits;
use super::opening::{random, stream};
use super::source::Source;
use super::storage::is_of_storage;
use super::stored::Raw;
use super::tar::{Entry, Tar};
use super::whole::Whole;
use super::zip::Zip;

/// Most members of a container that are read; if there are more, the report says so.
const MOST: u64 = 1 << 20;
/// Longest name of a member that is kept, bytes.
const LONGEST_NAME: usize = 4_096;

/// A member, before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Info {
    /// Its index in the container, from 0; folders count too.
    pub(super) number: u64,
    /// Its name; never used as a path.
    pub(super) name: String,
    /// Its size in bytes.
    pub(super) size: u64,
    /// Why it cannot be read, if it cannot be.
    pub(super) skip: Option<Kind>,
}

/// Visits the members of a container, except folders, in the order they are stored. Returns what is wrong with the
/// container, if anything; every member that could be found was visited.
pub(super) fn each(
    holder: &Holder,
    limits: Limits,
    visit: &mut dyn FnMut(Info, Raw) -> io::Result<ControlFlow<()>>,
) -> io::Result<Option<String>> {
    let mut mark = [0_u8; 2];
    let n = stream(holder)?.read(&mut mark)?;
    if mark.get(..n) == Some(b"PK") {
        let (bytes, size) = random(holder)?;
        each_of_zip(Zip::open(bytes, size)?, limits, visit)
    } else {
        each_of_tar(holder, limits, visit)
    }
}

fn each_of_tar(
    holder: &Holder,
    limits: Limits,
    visit: &mut dyn FnMut(Info, Raw) -> io::Result<ControlFlow<()>>,
) -> io::Result<Option<String>> {
    let source = Source::of(stream(holder)?, limits)?;
    let tar = Arc::new(Mutex::new((0, Tar::new(source))));
    let lock = || tar.lock().unwrap_or_else(PoisonError::into_inner);
    for number in 0.. {
        let head = {
            let mut tar = lock();
            tar.0 = number;
            tar.1.next()?
        };
        let Some(head) = head else { break };
        if number >= MOST {
            return Ok(Some(format!("it has more than {MOST} members; the others were not read")));
        }
        let skip = match head.entry {
            Entry::Folder => continue,
            Entry::File => None,
            Entry::Link => Some(kind::LINK),
            Entry::Device => Some(kind::DEVICE),
            Entry::Sparse => Some(kind::SPARSE),
        };
        let info = Info { number, name: printable(head.name), size: head.size, skip };
        let member = OfTar { tar: Arc::clone(&tar), number };
        if visit(info, Box::new(member))?.is_break() {
            return Ok(None);
        }
    }
    Ok(lock().1.damage.take())
}

fn each_of_zip(
    zip: Zip,
    limits: Limits,
    visit: &mut dyn FnMut(Info, Raw) -> io::Result<ControlFlow<()>>,
) -> io::Result<Option<String>> {
    for (number, member) in (0..).zip(&zip.members) {
        let skip = match member.entry {
            Entry::Folder => continue,
            _ if member.encrypted => Some(kind::ENCRYPTED),
            Entry::File if !member.is_known() => Some(kind::METHOD),
            Entry::File => None,
            Entry::Link => Some(kind::LINK),
            Entry::Device => Some(kind::DEVICE),
            Entry::Sparse => Some(kind::SPARSE),
        };
        let raw = match zip.reader(member, limits.ratio_stop) {
            Ok(raw) => raw,
            Err(error) if is_of_storage(&error) => return Err(error),
            Err(_) => Box::new(Broken),
        };
        let info = Info { number, name: printable(member.name.clone()), size: member.size, skip };
        if visit(info, raw)?.is_break() {
            return Ok(None);
        }
    }
    Ok(zip.damage)
}

/// Visits the wanted members of a container in the order they are stored: each with its index in `wanted`, as an open
/// candidate. The container is read once, from front to back.
///
/// # Errors
/// [`ArchiveError::Io`] if the storage fails; whatever `visit` returns.
pub fn read_members<E: From<ArchiveError>>(
    wanted: &[&Candidate],
    limits: Limits,
    mut visit: impl FnMut(usize, &Candidate) -> Result<(), E>,
) -> Result<(), E> {
    let place = |candidate: &&Candidate| match &candidate.place {
        Place::Member { container, number, .. } => Some((container.clone(), *number)),
        Place::File(_) | Place::Object(_) | Place::StandardInput | Place::Opened(_) => None,
    };
    let mut left: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (at, candidate) in wanted.iter().enumerate() {
        if let Some((_, number)) = place(candidate) {
            left.entry(number).or_default().push(at);
        }
    }
    let Some((holder, first)) = wanted.first().and_then(|first| Some((place(first)?.0, first)))
    else {
        return Ok(());
    };
    let whole = Arc::new(Whole::of(first.file_bytes()));
    let mut failed = None;
    let each = each(&holder, limits, &mut |info, raw| {
        let Some(at) = left.remove(&info.number).and_then(|at| at.first().copied()) else {
            return Ok(ControlFlow::Continue(()));
        };
        if let Some(candidate) = wanted.get(at) {
            let place = Place::Opened(Opened::new(raw, &whole));
            let open = Candidate { place, ..(*candidate).clone() };
            if let Err(error) = visit(at, &open) {
                failed = Some(error);
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(if left.is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    });
    if let Some(error) = failed {
        return Err(error);
    }
    match each {
        Ok(_) => {}
        // The container cannot be opened: report that for each member.
        Err(error) if is_of_storage(&error) && left.len() == wanted.len() => {
            for at in left.into_values().flatten() {
                if let Some(candidate) = wanted.get(at) {
                    visit(at, &Candidate { place: place_of(&holder), ..(*candidate).clone() })?;
                }
            }
            return Ok(());
        }
        Err(source) => {
            return Err(ArchiveError::reading(&first.name, source).into());
        }
    }
    // The container has become shorter in the meantime.
    for at in left.into_values().flatten() {
        if let Some(candidate) = wanted.get(at) {
            let gone = Opened::new(Box::new(Broken), &whole);
            visit(at, &Candidate { place: Place::Opened(gone), ..(*candidate).clone() })?;
        }
    }
    Ok(())
}

/// Groups files that are best read together, by index: the members of each container, in the order given; every other
/// file alone.
#[must_use]
pub fn together<'a>(files: impl Iterator<Item = &'a Candidate>) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut of_container: HashMap<&Holder, usize> = HashMap::new();
    for (at, file) in files.enumerate() {
        if let Place::Member { container, .. } = &file.place {
            let next = groups.len();
            let group = *of_container.entry(container).or_insert(next);
            if let Some(group) = groups.get_mut(group) {
                group.push(at);
                continue;
            }
        }
        groups.push(vec![at]);
    }
    groups
}

/// A file or object as a whole.
fn place_of(holder: &Holder) -> Place {
    match holder {
        Holder::File(path) => Place::File(path.clone()),
        Holder::Object(object) => Place::Object(object.clone()),
    }
}

/// The bytes of a tar's member, readable only while it is the current one.
struct OfTar {
    tar: Arc<Mutex<(u64, Tar)>>,
    number: u64,
}

impl Read for OfTar {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut tar = self.tar.lock().unwrap_or_else(PoisonError::into_inner);
        if tar.0 == self.number { tar.1.read(buffer) } else { Ok(0) }
    }
}

/// A member that cannot be found where it should be.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::InvalidData.into())
    }
}

/// A name fit to be shown: without a leading `./`, not empty, not too long.
fn printable(name: String) -> String {
    let mut name = name.replace('\\', "/");
    while let Some(rest) = name.strip_prefix("./") {
        name = rest.to_owned();
    }
    if name.len() > LONGEST_NAME {
        let end = name.floor_char_boundary(LONGEST_NAME);
        name.truncate(end);
    }
    if name.is_empty() { "(no name)".to_owned() } else { name }
}

#[cfg(test)]
#[path = "container_tests.rs"]
mod tests;
