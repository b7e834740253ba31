//! Feeds any bytes to both decoders, as a line and as a part of one; a finding is a line of which they do not say the
//! same, or a panic.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| queuestat_fuzz::DECODE(bytes));
