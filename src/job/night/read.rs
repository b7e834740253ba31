//! The stage of a night that reads what is new.

use std::collections::{BTreeMap, BTreeSet};

use crate::archive::Discovery;
use crate::ingest::{Account, Ingested, ingest_chosen};
use crate::ticket::{Directory, Fold};

use super::open::Recognised;
use super::running::Night;
use crate::job::error::JobError;
use crate::job::input::Input;
use crate::job::united::unite;

/// What was read tonight.
pub(super) struct ReadTonight {
    /// The new tickets; [`Night::merge`] takes them.
    pub(super) news: Fold,
    /// Numbers of the files that were read as a whole; taken as well.
    pub(super) whole: BTreeSet<u32>,
    /// Numbers of the files that were read, in the order of their accounts in `fresh`.
    pub(super) numbers: Vec<u32>,
    /// The newest instant of the new tickets, by organization, UTC milliseconds.
    pub(super) heard: BTreeMap<String, i64>,
    /// The account of tonight, without tickets.
    pub(super) fresh: Input,
    /// The account of everything that is known, without tickets.
    pub(super) all: Input,
    /// Whether there is anything to merge and commit.
    pub(super) is_news: bool,
}

impl Night<'_> {
    /// Reads the files that are new or have grown.
    pub(super) fn read(
        &mut self,
        recognised: &mut Recognised<'_>,
        discovery: &Discovery,
    ) -> Result<ReadTonight, JobError> {
        let Recognised { tonight, new_skips } = recognised;
        let (plan, observer) = (&self.plan.plan, self.observer);
        let chosen = tonight.chosen();
        let numbers: Vec<u32> = chosen.iter().map(|chosen| chosen.number).collect();
        observer.reading(Some(chosen.iter().map(|chosen| chosen.file.bytes).sum()));
        let ingested = ingest_chosen(&chosen, &plan.ingest, &|n| {
            observer.more_read(n);
            plan.stop.flow()
        });
        observer.read();
        let Ingested { fold: news, account } = ingested?;
        let whole = tonight.read(&account.files);
        self.timer.stage("read what is new", account.files.len(), "files");

        let files = account.files.into_iter().chain(tonight.unusable().cloned()).collect();
        let skipped = std::mem::take(new_skips);
        let of = &plan.directory;
        let looked = Discovery { skipped, ..Discovery::default() };
        let fresh = account_of(looked, Account { files }, of);
        let all = account_of(discovery.clone(), tonight.account(), of);
        let (heard, is_news) = (news.data_through(&plan.directory), tonight.is_news());
        Ok(ReadTonight { news, whole, numbers, heard, fresh, all, is_news })
    }
}

/// An account by the organizations that count, without tickets: these are elsewhere.
pub(super) fn account_of(
    discovery: Discovery,
    mut account: Account,
    directory: &Directory,
) -> Input {
    unite(&mut account, directory);
    Input::new(discovery, Ingested { fold: Fold::default(), account })
}
