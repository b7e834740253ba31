//! The stores themselves: what is behind an address, and the one place that knows of asynchronous code.
//!
//! ```text
//! settings ─ Client ─ fetch ─┬─ Shelf: small objects, whole, fetched ahead
//!                            ├─ Parts: large objects, front to back, a few parts ahead
//!                            └─ Blocks: any place, for zip
//! ```

mod aws_profile;
mod blocks;
mod client;
mod engine;
mod environment;
mod failure;
mod find;
mod keys;
mod no_listing;
mod parts;
mod reader;
mod settings;
mod shelf;
mod signing;
mod sums;
mod told;

pub use find::Stores;
