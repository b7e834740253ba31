//! A webhook that was understood.

use super::snapshot::Snapshot;

/// A webhook that was understood.
#[derive(Debug)]
pub struct Decoded<'a> {
    /// What it says.
    pub snapshot: Snapshot<'a>,
    /// A hash of the payload's bytes (of the inner payload of an envelope): equal bytes, equal number.
    ///
    /// It is compared among the few payloads of one ticket in one file, where 64 bits are plenty.
    pub payload_hash: u64,
}
