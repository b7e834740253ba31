//! Holds the laws of `laws/addresses.rs` for any bytes.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| queuestat_fuzz::ADDRESSES(bytes));
