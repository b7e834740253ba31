//! Cuts any bytes into records. The first byte says how: in which steps they are handed over, and how long a record may be. A
//! finding is a text for which a law of `laws.rs` does not hold, or a panic.

#![no_main]

#[path = "../archive.rs"]
pub mod archive;

use archive::laws::{Way, hold};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some((first, text)) = bytes.split_first() {
        drop(hold(text, Way::of(*first)));
    }
});
