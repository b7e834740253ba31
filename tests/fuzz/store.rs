//! The texts of the floor `store` that lead to all others, with the laws that hold of them.

#[path = "../../src/store/error.rs"]
pub mod error;
#[path = "laws/seals.rs"]
pub mod laws;
#[path = "../../src/store/manifest.rs"]
pub mod manifest;
#[path = "../../src/store/names.rs"]
pub mod names;
#[path = "../../src/store/pointer.rs"]
pub mod pointer;
