//! The format of pieces.

/// The format of all pieces; no other one is read.
pub const FORMAT: u32 = 1;
