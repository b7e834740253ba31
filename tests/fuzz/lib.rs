//! The modules that decode something, included by path, and the laws that hold of them for any bytes.
//!
//! Only what does without Polars is here. `cli.rs`, `job.rs`, `report.rs`, `store.rs` and `ticket.rs` beside this file list
//! what is needed of a floor that is not needed as a whole.

#![allow(dead_code, unused_imports, missing_docs)]

/// Floors that are included as a whole.
#[path = "../../src"]
mod whole {
    pub mod archive;
    pub mod calendar;
    pub mod cloud;
    pub mod disk;
    pub mod webhook;
}

pub use whole::{archive, calendar, cloud, disk, webhook};

#[path = "cli.rs"]
mod cli;
#[path = "job.rs"]
mod job;
#[path = "report.rs"]
mod report;
#[path = "store.rs"]
mod store;
#[path = "ticket.rs"]
mod ticket;

#[path = "agree.rs"]
mod agree;

#[path = "laws/addresses.rs"]
mod addresses;
#[path = "laws/containers.rs"]
mod containers;
#[path = "laws/encodings.rs"]
mod encodings;
#[path = "laws/file_names.rs"]
mod file_names;
#[path = "laws/held.rs"]
mod held;
#[path = "laws/layers.rs"]
mod layers;
#[path = "laws/reports.rs"]
mod reports;
#[path = "laws/tables.rs"]
mod tables;
#[path = "laws/times.rs"]
mod times;

/// A law by the name of its target.
pub type Law = fn(&[u8]);

/// Webhooks, with and without envelopes, by both decoders.
pub const DECODE: Law = |bytes| _ = agree::agree_within(bytes);
/// Times in webhooks, in columns and before a record.
pub const TIMES: Law = |bytes| _ = times::hold(bytes);
/// Dates and rotation numbers in the names of files.
pub const FILE_NAMES: Law = |bytes| _ = file_names::hold(bytes);
/// Rows of CSV, TSV and COPY text.
pub const TABLES: Law = |bytes| _ = tables::hold(bytes);
/// Layers of compression.
pub const LAYERS: Law = |bytes| _ = layers::hold(bytes);
/// Files in UTF-16.
pub const ENCODINGS: Law = |bytes| _ = encodings::hold(bytes);
/// tar and zip.
pub const CONTAINERS: Law = |bytes| _ = containers::hold(bytes);
/// The configuration.
pub const CONFIG: Law = |bytes| _ = cli::config::laws::hold(bytes);
/// The list of a generation, and the pointer to one.
pub const SEALS: Law = |bytes| _ = store::laws::hold(bytes);
/// CSV files of reports, and what describes them.
pub const REPORTS: Law = |bytes| _ = reports::hold(bytes);
/// Addresses and patterns.
pub const ADDRESSES: Law = |bytes| _ = addresses::hold(bytes);
