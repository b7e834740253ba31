//! Feeds any bytes to both decoders, as a line and as a part of one; a finding is a line of which they do not say the
//! same, or a panic.

#![no_main]

#[path = "../agree.rs"]
mod agree;
#[path = "../../../src/calendar.rs"]
pub mod calendar;
#[path = "../../../src/webhook/mod.rs"]
pub mod webhook;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    drop(agree::agree_within(bytes));
});
