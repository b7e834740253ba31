//! Holds the laws of `laws/times.rs` for any bytes.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| queuestat_fuzz::TIMES(bytes));
