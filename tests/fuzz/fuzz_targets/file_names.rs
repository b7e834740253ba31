//! Holds the laws of `laws/file_names.rs` for any bytes.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| queuestat_fuzz::FILE_NAMES(bytes));
