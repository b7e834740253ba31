//! Warns of repairs of the state, however the run ends: damage has a cause, and a person has to look for it.

use crate::store::{MendedLog, Store};

use super::notice::Notice;
use super::observer::Observer;

/// Warns of repairs, at the latest when it is dropped. Drop it before the store.
pub(crate) struct Watch<'a> {
    observer: &'a dyn Observer,
    log: MendedLog,
    said: Vec<Notice>,
}

impl<'a> Watch<'a> {
    pub(crate) fn of(observer: &'a dyn Observer, store: &Store) -> Self {
        Self { observer, log: store.log(), said: Vec::new() }
    }

    /// Warns of the repairs since the last call; returns all since the state was opened.
    pub(crate) fn say(&mut self) -> Vec<Notice> {
        self.tell();
        self.said.clone()
    }

    fn tell(&mut self) {
        for mended in self.log.mended() {
            let notice = Notice::Mended(mended.to_string());
            if !self.said.contains(&notice) {
                self.observer.notice(&notice);
                self.said.push(notice);
            }
        }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.tell();
    }
}
