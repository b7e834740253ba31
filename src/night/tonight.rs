//! Tonight's changes to the ledger: which files are read, what number each has tonight, and what became of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::archive::{Candidate, order_key};
use crate::ingest::{Account, Chosen, FileAccount, FileState, may_grow};
use crate::ticket::OrderKey;

use super::file_numbers::{FileNumbers, in_order};
use super::ledger::{Content, Ledger, Row};
use super::recognise::{Sighting, Treatment};

/// A change so shortly before the run may not show in the file's time, milliseconds.
const TIME_GRAIN: i64 = 2_000;

/// A night, from finding the files to the commit.
#[derive(Debug)]
pub struct Tonight<'a> {
    /// The ledger to be committed.
    pub ledger: Ledger,
    before: Ledger,
    as_of: i64,
    /// All files by number: the id, or the account of an unusable file that was never read.
    order: Vec<Result<u32, Box<FileAccount>>>,
    /// Tonight's number of each file, by id. Every ticket that is loaded asks for several.
    numbers: Vec<u32>,
    reads: Vec<Read<'a>>,
    /// Names of unusable files that were not reported before.
    bad_news: BTreeSet<String>,
    /// Ids of the files that exist.
    pub(super) seen: BTreeSet<u32>,
    /// Ids of the files of roots that hold nothing tonight.
    pub(super) out_of_reach: BTreeSet<u32>,
    /// Number of files by treatment.
    pub tally: BTreeMap<&'static str, u64>,
    /// Warnings for the reader, as sentences.
    pub warnings: Vec<String>,
}

/// A file that is to be read.
#[derive(Debug, Clone)]
struct Read<'a> {
    id: u32,
    file: &'a Candidate,
    content: Content,
}

impl<'a> Tonight<'a> {
    /// Decides what to do with the files found tonight. `as_of` is the instant of the run; a file that was last changed
    /// less than `settle_ms` before it may still grow.
    ///
    /// # Errors
    /// The largest possible number of files, if there are more.
    pub fn plan(
        before: Ledger,
        seen: Vec<Sighting<'a>>,
        as_of: i64,
        settle_ms: i64,
    ) -> Result<Self, usize> {
        let mut tonight = Self {
            ledger: before.clone(),
            before,
            as_of,
            order: Vec::new(),
            numbers: Vec::new(),
            reads: Vec::new(),
            bad_news: BTreeSet::new(),
            seen: BTreeSet::new(),
            out_of_reach: BTreeSet::new(),
            tally: BTreeMap::new(),
            warnings: Vec::new(),
        };
        tonight.ledger.looked_at.forget_unusable();
        let (mut files, mut unusable) = (BTreeMap::new(), Vec::new());
        let mut wanted = BTreeSet::new();
        for sighting in seen {
            *tonight.tally.entry(name_of(sighting.treatment)).or_default() += 1;
            if let Treatment::Unusable(state) = sighting.treatment {
                tonight.seen.extend(sighting.row);
                unusable.extend(tonight.left_out(&sighting, state));
                continue;
            }
            let id = tonight.enter(&sighting).ok_or(OrderKey::MAX_FILE as usize)?;
            if matches!(
                sighting.treatment,
                Treatment::Grown | Treatment::New | Treatment::Rewritten
            ) {
                wanted.insert(id);
            }
            files.insert(id, sighting);
        }
        tonight.seen.extend(files.keys().copied());
        tonight.forget_copies(files.keys().copied().collect());
        tonight.put_in_order(unusable);
        let moved = tonight.moved();
        let is_kept = |id: &u32| tonight.ledger.files.contains_key(id);
        let due: BTreeSet<u32> = moved
            .into_iter()
            .chain(tonight.before.overdue.iter().copied())
            .filter(is_kept)
            .collect();
        wanted.extend(&due);
        tonight.ledger.overdue = due;
        for (id, sighting) in files {
            let Some(row) = tonight.ledger.files.get(&id) else { continue };
            let grows = may_grow(sighting.file, as_of, settle_ms);
            let judged_again =
                row.deferred() && !grows || row.torn() && grows || row.is_believed_more(as_of);
            if judged_again && !wanted.contains(&id) {
                *tonight.tally.entry("read again").or_default() += 1;
            }
            if judged_again || wanted.contains(&id) {
                let content = row.content.clone();
                tonight.reads.push(Read { id, file: sighting.file, content });
            }
        }
        Ok(tonight)
    }

    /// Handles an unusable file: what was read of it before stays; one that was never read gets an account for tonight.
    fn left_out(&mut self, sighting: &Sighting<'_>, state: FileState) -> Option<FileAccount> {
        let (kept, file) = (&mut self.ledger.looked_at, sighting.file);
        let is_news = kept.is_news(&self.before.looked_at, file, state);
        if is_news {
            self.bad_news.insert(file.name.clone());
        }
        if let Some(row) = sighting.row.and_then(|id| self.ledger.files.get_mut(&id)) {
            row.unsure = true;
            let words = state.words().unwrap_or_default();
            let name = &sighting.file.name;
            if is_news {
                self.warnings
                    .push(format!("`{name}`: {words} tonight; what was read of it before is kept"));
            }
            return None;
        }
        let ending = sighting.ending;
        Some(FileAccount {
            name: sighting.file.name.clone(),
            state,
            bytes: ending.map_or(0, |ending| ending.stored),
            broken_at: ending.and_then(|ending| ending.broken_at),
            suspicious_ratio: ending.is_some_and(|ending| ending.suspicious_ratio),
            ..FileAccount::default()
        })
    }

    /// Enters a usable file into the ledger; returns its id, or `None` if there are no more ids.
    fn enter(&mut self, sighting: &Sighting<'_>) -> Option<u32> {
        let file = sighting.file;
        let id = match sighting.row {
            Some(id) => id,
            None => {
                let id = self.ledger.next_id;
                self.ledger.next_id =
                    id.checked_add(1).filter(|next| *next <= OrderKey::MAX_FILE)?;
                id
            }
        };
        let row = self.ledger.files.entry(id).or_insert_with(|| Row {
            id,
            size: 0,
            modified_ms: None,
            tag: None,
            unsure: false,
            as_of: self.as_of,
            content: Content { hash: String::new(), length: 0 },
            account: FileAccount::default(),
        });
        if sighting.treatment == Treatment::Unchanged {
            return Some(id);
        }
        // Nothing is kept of a file without accepted records.
        let was_used = row.account.accepted > 0;
        if sighting.treatment == Treatment::Rewritten && was_used {
            self.warnings.push(format!(
                "`{}` was rewritten: what it said before is kept too; if that was wrong, move it away and take it back \
                 with `queuestat state forget --file`",
                file.name
            ));
        }
        row.account.name.clone_from(&file.name);
        row.size = file.file_bytes();
        row.modified_ms = file.modified_ms;
        row.tag = file.tag().map(str::to_owned);
        // Another change in the same instant would not show. An `ETag` shows it.
        row.unsure =
            row.tag.is_none() && file.modified_ms.is_none_or(|at| at > self.as_of - TIME_GRAIN);
        if let Some(content) = &sighting.content {
            row.content.clone_from(content);
        }
        if let Some(ending) = sighting.ending {
            row.account.bytes = ending.stored;
            row.account.trailing_garbage = ending.trailing_garbage;
            row.account.suspicious_ratio = ending.suspicious_ratio;
        }
        Some(id)
    }

    /// Removes files that are gone and whose content another file has.
    fn forget_copies(&mut self, seen: BTreeSet<u32>) {
        let contents: BTreeMap<(u64, String), u32> = seen
            .iter()
            .rev()
            .filter_map(|id| self.ledger.files.get(id))
            .map(|row| ((row.content.length, row.content.hash.clone()), row.id))
            .collect();
        let gone: Vec<&Row> =
            self.ledger.files.values().filter(|row| !seen.contains(&row.id)).collect();
        *self.tally.entry("gone").or_default() += gone.len() as u64;
        let copies: Vec<(u32, u32)> = gone
            .into_iter()
            .filter_map(|row| {
                let same = contents.get(&(row.content.length, row.content.hash.clone()))?;
                Some((row.id, *same))
            })
            .collect();
        for (gone, same) in copies {
            self.ledger.files.remove(&gone);
            for target in self.ledger.same_as.values_mut().filter(|target| **target == gone) {
                *target = same;
            }
            self.ledger.same_as.insert(gone, same);
        }
    }

    /// Numbers all files in file order.
    fn put_in_order(&mut self, unusable: Vec<FileAccount>) {
        let rows = self.ledger.files.values().map(|row| (row.account.name.clone(), Ok(row.id)));
        let left_out =
            unusable.into_iter().map(|account| (account.name.clone(), Err(Box::new(account))));
        let mut all: Vec<(String, Result<u32, Box<FileAccount>>)> = rows.chain(left_out).collect();
        // A stable sort: of a file that is gone and the one that took its name, the older id comes first.
        all.sort_by_cached_key(|(name, _)| order_key(name));
        self.order = all.into_iter().map(|(_, file)| file).collect();
        let ids = self.order.iter().flatten().max().map_or(0, |id| *id as usize + 1);
        self.numbers = vec![OrderKey::MAX_FILE; ids];
        for (number, file) in (0..).zip(&self.order) {
            if let Some(slot) = file.as_ref().ok().and_then(|id| self.numbers.get_mut(*id as usize))
            {
                *slot = number;
            }
        }
    }

    /// The files whose order has changed. Of two equally new values the other one may win now, so all of them must be
    /// read again.
    fn moved(&self) -> BTreeSet<u32> {
        let known = in_order(&self.before).into_iter();
        let now: Vec<(u32, u32)> =
            known.map(|row| (self.number(row.id), self.target(row.id))).collect();
        let mut moved = BTreeSet::new();
        let mut largest = 0;
        for (number, id) in &now {
            if *number < largest {
                moved.insert(*id);
            }
            largest = largest.max(*number);
        }
        let mut smallest = u32::MAX;
        for (number, id) in now.iter().rev() {
            if *number > smallest {
                moved.insert(*id);
            }
            smallest = smallest.min(*number);
        }
        moved
    }

    pub(super) fn target(&self, id: u32) -> u32 {
        self.ledger.same_as.get(&id).copied().unwrap_or(id)
    }

    /// Tonight's number of the file with an id.
    #[must_use]
    pub fn number(&self, id: u32) -> u32 {
        self.numbers.get(self.target(id) as usize).copied().unwrap_or(OrderKey::MAX_FILE)
    }

    /// Tonight's numbers of all files.
    #[must_use]
    pub fn file_numbers(&self) -> FileNumbers {
        FileNumbers::by(&self.ledger, |id| self.number(id))
    }

    /// The id of the file that has a number tonight.
    #[must_use]
    pub fn id(&self, number: u32) -> u32 {
        let file = self.order.get(number as usize).and_then(|file| file.as_ref().ok());
        file.copied().unwrap_or(OrderKey::MAX_FILE)
    }

    /// Whether a file (by id) was found tonight, whatever it says now.
    #[must_use]
    pub fn is_there(&self, id: u32) -> bool {
        self.seen.contains(&id)
    }

    /// Forgets that files (by id) were ever read.
    pub fn forget_files(&mut self, files: &BTreeSet<u32>) {
        self.ledger.files.retain(|id, _| !files.contains(id));
        self.ledger.overdue.retain(|id| !files.contains(id));
        self.ledger.same_as.retain(|_, target| !files.contains(target));
    }

    /// The files to read.
    #[must_use]
    pub fn chosen(&self) -> Vec<Chosen<'a>> {
        let choose = |read: &Read<'a>| Chosen { file: read.file, number: self.number(read.id) };
        self.reads.iter().map(choose).collect()
    }

    /// Enters the accounts of the files that were read, in the order of [`Tonight::chosen`]; returns the numbers of
    /// those that were read completely.
    pub fn read(&mut self, accounts: &[FileAccount]) -> BTreeSet<u32> {
        let mut whole = BTreeSet::new();
        for (read, account) in std::mem::take(&mut self.reads).into_iter().zip(accounts) {
            let number = self.number(read.id);
            if account.state != FileState::Complete {
                // It was complete a moment ago, so somebody is writing to it. What was known stays.
                self.warnings.extend(
                    account.state.words().map(|words| format!("`{}`: {words}", account.name)),
                );
                let old = self.before.files.get(&read.id).cloned();
                if let Some(place) = self.order.get_mut(number as usize) {
                    match old {
                        Some(old) => {
                            self.ledger.files.insert(read.id, Row { unsure: true, ..old });
                        }
                        None => {
                            self.ledger.files.remove(&read.id);
                            *place = Err(Box::new(account.clone()));
                        }
                    }
                }
                continue;
            }
            whole.insert(number);
            self.ledger.overdue.remove(&read.id);
            if let Some(row) = self.ledger.files.get_mut(&read.id) {
                // At a later instant fewer times lie in the future. If the account is the same, nothing has changed.
                if row.account != *account {
                    row.account = account.clone();
                    row.as_of = self.as_of;
                }
                row.unsure |= account.decompressed != read.content.length;
            }
        }
        whole
    }

    /// The account of all files, each at its number of tonight, also when one before it was taken back.
    #[must_use]
    pub fn account(&self) -> Account {
        let taken_back = || FileAccount { state: FileState::TakenBack, ..FileAccount::default() };
        let account = |file: &Result<u32, Box<FileAccount>>| match file {
            Ok(id) => self.ledger.files.get(id).map_or_else(taken_back, |row| row.account.clone()),
            Err(account) => (**account).clone(),
        };
        Account { files: self.order.iter().map(account).collect() }
    }

    /// The names of files that were read before and no longer exist; not of those that are only out of reach.
    #[must_use]
    pub fn gone(&self) -> BTreeSet<String> {
        let is_there = |id: &u32| self.seen.contains(id) || self.out_of_reach.contains(id);
        let rows = self.ledger.files.values().filter(|row| !is_there(&row.id));
        rows.map(|row| row.account.name.clone()).collect()
    }

    /// The accounts of unusable files that were not reported before.
    pub fn unusable(&self) -> impl Iterator<Item = &FileAccount> {
        let all = self.order.iter().filter_map(|file| file.as_ref().err());
        all.map(|account| &**account).filter(|account| self.bad_news.contains(&account.name))
    }

    /// Whether the ledger has changed.
    #[must_use]
    pub fn is_news(&self) -> bool {
        self.ledger != self.before
    }
}

fn name_of(treatment: Treatment) -> &'static str {
    match treatment {
        Treatment::Unchanged => "unchanged",
        Treatment::Verified => "verified",
        Treatment::Renamed => "renamed",
        Treatment::Grown => "grown",
        Treatment::New => "new",
        Treatment::Rewritten => "rewritten",
        Treatment::Unusable(_) => "unusable",
    }
}
