//! Which files, in which order; bytes → records.
//!
//! ```text
//! paths, globs, folders, "-" ─ discover ─ Candidate (file order) ─ read_records ─ Piece, Piece, …, Ending
//! ```
//!
//! Compression, encoding and form are recognised by content, never by name. Everything is streamed: memory does not grow
//! with the size of a file or a record, and compression bombs are stopped.

mod ahead;
mod block;
mod broken;
mod candidate;
mod chunks;
mod classify;
mod closer;
mod codec;
mod compression;
mod container;
mod csv;
mod digest;
mod discover;
mod discover_objects;
mod ending;
mod error;
mod found_names;
mod headers;
mod holder;
mod kind;
mod layer;
mod limits;
mod names;
mod opening;
mod order;
mod other_forms;
mod outcome;
mod own_folders;
mod parse;
mod piece;
mod reader;
mod records;
mod rescue;
mod root;
mod sniff;
mod source;
mod splitter;
mod storage;
mod stored;
mod stream;
mod table;
mod table_row;
mod tar;
mod text;
mod value;
mod whole;
mod zip;

pub use ahead::ahead;
pub use block::Block;
pub use candidate::{Candidate, Opened, Place};
pub use chunks::{ChunkLines, LargeFile};
pub use classify::{Exclude, Known, Listing, Rules, SkipState, Skipped};
pub use closer::look_closer;
pub use compression::Compression;
pub use container::{read_members, together};
pub use digest::{Digest, digest};
pub use discover::{Discovery, discover, discover_by};
pub use ending::{End, Ending};
pub use error::ArchiveError;
pub use holder::{Holder, Holders, Listed};
pub use limits::Limits;
pub use order::{FileOrder, order_key};
pub use piece::{Form, Kind, Piece, PlainLine, Sink, Spot};
pub use reader::{go_on, read_records};
pub use root::{Root, Spares};
pub use stream::{Content, Cut, RecordStream};
pub use table_row::{Layout, Style};

#[cfg(test)]
mod laws_tests;
