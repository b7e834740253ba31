//! The configuration, with the laws that hold of it.

#[path = "laws/config.rs"]
pub mod laws;
#[path = "../../src/cli/config/mod.rs"]
mod whole;

// What the configuration names as its neighbours.
use super::{day, failure, ratings};

pub(crate) use whole::*;
