//! A webhook that was understood.

use super::message::Message;
use super::snapshot::Snapshot;

/// A webhook that was understood.
#[derive(Debug)]
pub struct Decoded<'a> {
    /// What it says.
    pub snapshot: Snapshot<'a>,
    /// A hash of the payload's bytes (without the envelope): equal bytes give equal hashes.
    ///
    /// It is only compared among the few payloads of one ticket in one file, for which 64 bits are plenty.
    pub payload_hash: u64,
    /// What the customer wrote; read only by a decoder that was made for it.
    pub message: Option<Message>,
}
