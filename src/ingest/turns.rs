//! Work that is done in the order of numbers, by whichever thread holds the next one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A value that is worked on in turns: 0, 1, 2, …
pub(super) struct InTurn<T> {
    /// The number of the next turn.
    state: Mutex<(u64, T)>,
    changed: Condvar,
}

impl<T> InTurn<T> {
    pub(super) fn new(value: T) -> Self {
        Self { state: Mutex::new((0, value)), changed: Condvar::new() }
    }

    /// Waits for a turn and works; `None` if the work was called off.
    pub(super) fn at<R>(
        &self,
        turn: u64,
        called_off: &CalledOff,
        work: impl FnOnce(&mut T) -> R,
    ) -> Option<R> {
        let mut state = self.lock();
        while state.0 != turn {
            if called_off.is_set() {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let done = work(&mut state.1);
        state.0 += 1;
        drop(state);
        self.changed.notify_all();
        Some(done)
    }

    /// Lets those who wait see that the work was called off.
    pub(super) fn wake(&self) {
        drop(self.lock());
        self.changed.notify_all();
    }

    pub(super) fn into_inner(self) -> T {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner).1
    }

    fn lock(&self) -> MutexGuard<'_, (u64, T)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether some turn will never come.
#[derive(Default)]
pub(super) struct CalledOff(AtomicBool);

impl CalledOff {
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
