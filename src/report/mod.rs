//! Bytes and files: CSV, charts, pages, and the one place that publishes them.
//!
//! Renderers take plain values and return bytes; only [`publish`] touches the file system.

pub mod chart;
pub mod csv;
#[cfg(test)]
pub(crate) mod fixture;
pub mod model;
pub mod page;
pub mod publish;
pub mod render;
pub mod text;
