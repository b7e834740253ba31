//! What was mended in the state is said, however the run ends: nothing is damaged without a reason, and a person has to
//! look for it.

use crate::store::{MendedLog, Store};

use super::observer::Observer;

/// Prints what was mended, at the latest when it is dropped; that has to be before the store is.
pub(crate) struct Watch<'a> {
    observer: &'a dyn Observer,
    log: MendedLog,
    said: Vec<String>,
}

impl<'a> Watch<'a> {
    pub(crate) fn of(observer: &'a dyn Observer, store: &Store) -> Self {
        Self { observer, log: store.log(), said: Vec::new() }
    }

    /// Prints what was mended since the last time; everything that was mended since the state was opened.
    pub(crate) fn say(&mut self) -> Vec<String> {
        self.print();
        self.said.clone()
    }

    fn print(&mut self) {
        for mended in self.log.mended() {
            let warning = mended.to_string();
            if !self.said.contains(&warning) {
                self.observer.warning(&crate::report::text::shown(&warning, 600));
                self.said.push(warning);
            }
        }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.print();
    }
}
