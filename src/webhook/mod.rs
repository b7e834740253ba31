//! The meaning of one archived line: every shape the vendor or an archiver ever used, turned into one [`Snapshot`].
//!
//! Nothing above this floor knows that payload versions exist. `serde_json` decodes into borrowed, typed structs, and
//! a learned skeleton of the lines spares it most of them;
//! free text, phone numbers, mail addresses and staff identities are skipped without being decoded, and no text of
//! the JSON parser leaves this floor, because it can quote a payload.
//!
//! ```text
//! line ─ envelope? ─ payload ─ data.position ─ Snapshot      (accepted, with oddities)
//!                                            └ Reject         (one of ten reasons)
//! ```

mod answers;
mod assemble;
mod decode;
mod each;
mod envelope;
mod epoch;
mod event;
mod field;
mod learn;
pub mod outside;
mod payload;
mod reject;
mod scalar;
mod skeleton;
mod snapshot;
mod strings;
mod timestamp;
mod usual_time;

pub use decode::{Decoded, Decoder, Settings, decode_by_reference};
pub use envelope::{Pointer, PointerError};
pub use event::{Event, Status};
pub use reject::Reject;
pub use snapshot::{BookingTime, Measure, Oddity, Rating, Snapshot, Text, TicketId};
