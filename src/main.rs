//! The `queuestat` command; everything it does is in the library.

fn main() {}
