//! All integration tests in one binary: with Polars to link, one is enough.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed expectation of a test is a panic"
)]

mod accounting;
mod containers;
mod faults;
mod fields;
mod file_order;
mod forms;
mod full_disk;
mod fuzz_corpus;
mod hand;
mod hand_archive;
mod killed;
mod killed_nights;
mod laws;
mod log_format;
mod naive;
mod names;
mod nightly;
mod nightly_cron;
mod oracle;
mod ratings;
mod readme;
mod sample;
mod shapes;
mod signals;
mod tidy;
mod twenty;
mod unattended;
mod unwrapped;
mod upgrade;
mod weekday;
mod workspace;
