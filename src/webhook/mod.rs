//! The meaning of one archived record: turns every shape that the vendor or an archiver ever used into [`Snapshot`]s.
//!
//! Nothing above this floor knows that payload versions exist. `serde_json` decodes into borrowed, typed structs; a learned
//! skeleton of the records makes that unnecessary for most of them. Free text (unless it is asked for), phone numbers, mail addresses and staff
//! identities are skipped without being decoded. No message of the JSON parser leaves this floor, because it can quote a
//! payload.
//!
//! ```text
//! record ─ search ─ webhooks ─ data.position ─ Snapshot      (accepted, with oddities)
//!                                            └ Reject         (one of nine reasons)
//! ```

mod answers;
mod assemble;
mod closing;
mod decode;
mod decoded;
mod edge;
mod embedded;
mod envelope;
mod epoch;
mod event;
mod field;
mod learn;
mod message;
pub mod outside;
pub mod parts;
mod payload;
mod rating;
mod receive;
mod reference;
mod reject;
mod roles;
mod routes;
mod scalar;
mod scan;
mod search;
mod settings;
mod shape;
mod skeleton;
mod snapshot;
mod strings;
mod timestamp;
mod usual_time;
mod value;
mod way;

pub use decode::Decoder;
pub use decoded::Decoded;
pub use envelope::{Pointer, PointerError};
pub use event::{Event, Status};
pub use message::Message;
pub use rating::{Rating, Scale};
pub use reference::decode_by_reference;
pub use reject::Reject;
pub use settings::Settings;
pub use shape::{Shape, keys_on_the_way};
pub use snapshot::{BookingTime, Measure, Oddity, Snapshot, Text, TicketId};

#[cfg(test)]
mod agree_tests;
#[cfg(test)]
mod decode_tests;
#[cfg(test)]
mod envelope_tests;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod search_naive;
#[cfg(test)]
mod search_tests;
