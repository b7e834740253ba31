//! A request to end: a job looks for it wherever nothing is half done.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::JobError;

/// A request to end a job, not made yet when new. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Makes the request; it cannot be taken back.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// The request as a flag, for code that polls one while it waits.
    #[must_use]
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }

    /// `Break` if the request was made.
    pub fn flow(&self) -> ControlFlow<()> {
        if self.0.load(Ordering::Acquire) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Fails if the request was made.
    ///
    /// # Errors
    /// [`JobError::Stopped`].
    pub fn check(&self) -> Result<(), JobError> {
        if self.flow().is_break() { Err(JobError::Stopped { kept: None }) } else { Ok(()) }
    }
}
