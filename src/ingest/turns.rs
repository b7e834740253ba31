//! Items that arrive in any order and are processed in the order of their numbers.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Items that may wait for an earlier one; with more, the thread that brings the next one waits as well.
const MOST_EARLY: usize = 32;

/// Processes items 0, 1, 2, … into a value. A thread that brings an item too early leaves it here and goes on with other
/// work, so a thread that is suspended holds up nobody but itself.
pub(super) struct InOrder<T, I> {
    state: Mutex<State<T, I>>,
    changed: Condvar,
}

struct State<T, I> {
    value: T,
    /// Number of the next item to process.
    next: u64,
    early: BTreeMap<u64, I>,
    /// Whether the work was called off: some item will never arrive.
    called_off: bool,
    /// Threads that wait. As a rule nobody does, and a call into the system for each item is saved.
    waiting: usize,
}

impl<T, I> InOrder<T, I> {
    pub(super) fn new(value: T) -> Self {
        let state = State { value, next: 0, early: BTreeMap::new(), called_off: false, waiting: 0 };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Adds an item and processes all whose turn has come. False if the work was called off.
    pub(super) fn bring(&self, number: u64, item: I, mut take: impl FnMut(&mut T, I)) -> bool {
        let mut state = self.lock();
        state.early.insert(number, item);
        while let Some(item) = state.take_next() {
            take(&mut state.value, item);
        }
        if state.waiting > 0 {
            self.changed.notify_all();
        }
        while state.early.len() > MOST_EARLY && !state.called_off {
            state.waiting += 1;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
        !state.called_off
    }

    /// Calls the work off: some item will never arrive, and nobody must wait for it forever.
    pub(super) fn call_off(&self) {
        self.lock().called_off = true;
        self.changed.notify_all();
    }

    pub(super) fn into_inner(self) -> T {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner).value
    }

    fn lock(&self) -> MutexGuard<'_, State<T, I>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T, I> State<T, I> {
    fn take_next(&mut self) -> Option<I> {
        let item = self.early.remove(&self.next)?;
        self.next += 1;
        Some(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn items_are_taken_in_order_whoever_brings_them() {
        let taken = InOrder::new(Vec::new());
        let claimed = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    loop {
                        let number = claimed.fetch_add(1, Ordering::Relaxed);
                        if number >= 2_000 {
                            break;
                        }
                        if number.is_multiple_of(7) {
                            std::thread::yield_now();
                        }
                        assert!(taken.bring(number, number, Vec::push));
                    }
                });
            }
        });
        assert_eq!(taken.into_inner(), (0..2_000).collect::<Vec<_>>());
    }

    #[test]
    fn nobody_waits_for_what_was_called_off() {
        let taken = InOrder::new(0_u64);
        std::thread::scope(|scope| {
            let far_ahead = scope.spawn(|| (1..100).all(|n| taken.bring(n, n, |sum, n| *sum += n)));
            std::thread::sleep(std::time::Duration::from_millis(20));
            taken.call_off();
            assert!(!far_ahead.join().unwrap());
        });
        assert_eq!(taken.into_inner(), 0);
    }
}
