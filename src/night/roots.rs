//! Which files each of several roots of the archive holds, so that those of a folder that is not mounted are known to be out
//! of reach and not gone.

use std::collections::{BTreeMap, BTreeSet};

use crate::archive::Root;

use super::tonight::Tonight;

/// The name of a root in the ledger.
#[must_use]
pub fn root_name(root: &Root) -> String {
    root.input.to_string_lossy().into_owned()
}

impl Tonight<'_> {
    /// Remembers the files of each root. Those of a root that holds nothing tonight stay known as its own, and are out of
    /// reach. Of a single root nothing is remembered: without it there is no night.
    pub fn enter_roots(&mut self, roots: &[Root]) {
        let before = std::mem::take(&mut self.ledger.roots);
        if roots.len() < 2 {
            return;
        }
        let rows = self.ledger.files.values().filter(|row| self.seen.contains(&row.id));
        let ids: BTreeMap<&str, u32> =
            rows.map(|row| (row.account.name.as_str(), row.id)).collect();
        let mut kept = BTreeMap::new();
        let mut beyond = BTreeSet::new();
        for root in roots {
            let name = root_name(root);
            let mine: BTreeSet<u32> = if root.is_gone() {
                let known = before.get(&name).into_iter().flatten().copied();
                known.filter(|id| self.ledger.files.contains_key(id)).collect()
            } else {
                root.files.iter().filter_map(|file| ids.get(file.as_str()).copied()).collect()
            };
            if root.is_gone() {
                beyond.extend(mine.difference(&self.seen).copied());
            }
            kept.insert(name, mine);
        }
        self.ledger.roots = kept;
        if !beyond.is_empty() {
            let n = beyond.len() as u64;
            let gone = self.tally.entry("gone").or_default();
            *gone = gone.saturating_sub(n);
            self.tally.insert("out of reach", n);
        }
        self.out_of_reach = beyond;
    }

    /// Number of files of a root that nights before have read and that are out of reach tonight.
    #[must_use]
    pub fn out_of_reach(&self, root: &Root) -> u64 {
        let mine = self.ledger.roots.get(&root_name(root));
        mine.map_or(0, |ids| ids.intersection(&self.out_of_reach).count() as u64)
    }

    /// Tonight's numbers of the files of a root; none of a single root.
    #[must_use]
    pub fn numbers_of(&self, root: &Root) -> BTreeSet<u32> {
        let ids = self.ledger.roots.get(&root_name(root)).into_iter().flatten();
        ids.map(|id| self.number(*id)).collect()
    }
}
