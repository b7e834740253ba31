//! What was found and read of an archive, and the verdict of the gates.

use std::collections::BTreeMap;

use crate::archive::{Discovery, Root, SkipState, Skipped};
use crate::ingest::{FileState, Ingested, Totals};

use super::days_gate;
use super::error::Worst;
use super::notice::Notice;
use super::plan::Plan;
use super::ratings_gate;
use super::read_counts::ReadCounts;
use super::unusable;

/// Files that are named one by one; of the rest, the number is told.
const NAMED: usize = 5;

fn is_unusable(skipped: &&Skipped) -> bool {
    skipped.state == SkipState::Unusable
}

/// What was found and read of an archive.
#[derive(Debug)]
pub struct Input {
    /// Files that were found, and those that are not read.
    pub discovery: Discovery,
    /// Tickets, and the account of every file.
    pub ingested: Ingested,
    /// The account of all files together.
    pub totals: Totals,
}

impl Input {
    /// Combines what was found with what was read.
    pub(crate) fn new(discovery: Discovery, ingested: Ingested) -> Self {
        let totals = ingested.account.totals();
        Self { discovery, ingested, totals }
    }
}

/// How good an input is, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quality {
    /// All well.
    Good,
    /// Usable, but it needs a look.
    NeedsALook,
    /// The gates refuse it.
    Refused,
    /// Nothing could be read.
    Unreadable,
}

/// What the quality gates say.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) quality: Quality,
    /// What a reader must know.
    pub(crate) notices: Vec<Notice>,
}

impl Verdict {
    /// Adds notices that were found later.
    pub(crate) fn add(&mut self, notices: Vec<Notice>) {
        if !notices.is_empty() {
            self.quality = self.quality.max(Quality::NeedsALook);
            self.notices.extend(notices);
        }
    }
}

impl Input {
    /// Judges the input by the gates.
    pub(crate) fn verdict(&self, plan: &Plan) -> Verdict {
        let totals = &self.totals;
        let mut notices = Vec::new();
        let files = &self.ingested.account.files;
        for file in files {
            let troubles =
                [unusable::left_out(file), unusable::trouble(file), unusable::garbage(file)];
            let troubles = troubles.into_iter().flatten();
            notices.extend(troubles.map(|trouble| unusable::notice(file, trouble)));
        }
        let gone = |root: &Root| {
            let trouble = root.trouble.clone()?;
            Some(Notice::Root { input: root.input.clone(), trouble, known: 0 })
        };
        notices.extend(self.discovery.roots.iter().filter_map(gone));
        let (unusable, skipped): (Vec<_>, Vec<_>) = self.loud().partition(is_unusable);
        for (list, unusable) in [(unusable, true), (skipped, false)] {
            notices.extend(list.iter().take(NAMED).map(|one| Notice::NotRead {
                file: one.name.clone(),
                unusable,
                note: one.note(),
            }));
            if let Some(more) = list.len().checked_sub(NAMED).filter(|more| *more > 0) {
                notices.push(Notice::MoreNotRead { unusable, more: more as u64 });
            }
        }
        notices.extend(days_gate::notices(plan, files));
        notices.extend(ratings_gate::notices(plan, files));
        let share = self.reject_share();
        if share > plan.gates.warn_share {
            let (rejected, records) = (totals.rejected, totals.records);
            notices.push(Notice::ManyRejected { rejected, records });
        }
        let mut quality = if notices.is_empty() { Quality::Good } else { Quality::NeedsALook };
        let nothing = totals.accepted == 0 && (totals.rejected > 0 || totals.files_left_out > 0);
        if nothing || share > plan.gates.refuse_share {
            quality = Quality::Refused;
        }
        let unreadable = |state: FileState| matches!(state, FileState::Unreadable(_));
        if !files.is_empty() && files.iter().all(|file| unreadable(file.state)) {
            quality = Quality::Unreadable;
        }
        Verdict { quality, notices }
    }

    #[expect(clippy::cast_precision_loss, reason = "a share for a threshold")]
    pub(crate) fn reject_share(&self) -> f64 {
        if self.totals.records == 0 {
            return 0.0;
        }
        self.totals.rejected as f64 / self.totals.records as f64
    }

    /// The file with most rejected records, and the first of them.
    pub(crate) fn worst(&self) -> Option<Worst> {
        let files = self.ingested.account.files.iter();
        let file = files.max_by_key(|file| file.rejected_total())?;
        let first = file.rejects.first()?;
        Some(Worst { file: file.name.clone(), line: first.line, reason: first.reason.words() })
    }

    /// Skipped files that have to be told.
    fn loud(&self) -> impl Iterator<Item = &Skipped> {
        self.discovery.skipped.iter().filter(|skipped| !skipped.quiet)
    }

    /// What was read and what was not, in numbers.
    #[must_use]
    pub fn counts(&self) -> ReadCounts {
        let mut skipped: BTreeMap<String, u64> = BTreeMap::new();
        for one in self.loud().filter(|skipped| !is_unusable(skipped)) {
            *skipped.entry(one.kind.to_string()).or_default() += 1;
        }
        ReadCounts { totals: self.totals, skipped }
    }
}
