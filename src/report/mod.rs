//! Bytes and files: CSV, charts, pages, and the one place that publishes them.
//!
//! Renderers take plain values and return bytes; only [`publish`] touches the file system.

pub mod csv;
pub mod model;
pub mod publish;
pub mod text;
