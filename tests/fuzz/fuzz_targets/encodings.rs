//! Holds the laws of `laws/encodings.rs` for any bytes.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| queuestat_fuzz::ENCODINGS(bytes));
