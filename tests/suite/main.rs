//! All integration tests in one binary: with Polars to link, one is enough.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed expectation of a test is a panic"
)]

mod accounting;
mod attacked;
mod bursts;
mod circles;
mod clocks;
mod comments;
mod containers;
mod control;
mod curves;
mod edges;
mod excluded;
mod explain;
mod explain_measure;
mod explain_words;
mod export;
mod export_files;
mod faults;
mod fields;
mod figures;
mod figures_of_ends;
mod file_order;
mod forget;
mod forget_file;
mod forms;
mod full_disk;
mod fuzz_corpus;
mod groupings;
mod hand;
mod hand_archive;
mod init;
mod keep_months;
mod killed;
mod killed_forgets;
mod killed_nights;
mod laws;
mod library;
mod locations;
mod log_format;
mod months;
mod naive;
mod naive_clocks;
mod naive_ends;
mod naive_hours;
mod named_paths;
mod names;
mod nightly;
mod nightly_cron;
mod one_history;
mod oracle;
mod parts;
mod paths;
mod places;
mod planted;
mod put_back;
mod ratings;
mod readme;
mod rebuild;
mod renamed;
mod reused;
mod sample;
mod shapes;
mod signals;
mod small_archive;
mod state;
mod system;
mod tidy;
mod trouble;
mod twenty;
mod twins;
mod unattended;
mod unwrapped;
mod upgrade;
mod weekday;
mod weeks;
mod windows;
mod workspace;
