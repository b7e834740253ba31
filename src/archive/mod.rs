//! Which files, in which order; bytes → lines.
//!
//! ```text
//! paths, globs, folders, "-" ─ discover ─ Candidate (path order) ─ read_lines ─ Line, Line, …, Ending
//! ```
//!
//! Compression is recognised by content, never by name. Everything is streamed: memory does not grow with the size of
//! a file or of a line, and what expands beyond all reason is stopped.

mod block;
mod chunks;
mod classify;
mod codec;
mod container;
mod digest;
mod discover;
mod error;
mod kind;
mod layer;
mod lines;
mod outcome;
mod sniff;
mod source;
mod stored;
mod stream;
mod tar;
mod zip;

pub use block::Block;
pub use chunks::{ChunkLines, LargeFile};
pub use classify::{Exclude, Known, Listing, Rules, SkipState, Skipped};
pub use container::{Opened, read_members, together};
pub use digest::{Digest, digest};
pub use discover::{Candidate, Discovery, Place, discover, discover_by, path_order};
pub use error::ArchiveError;
pub use lines::{Line, LineKind, go_on, read_lines};
pub use source::{Compression, End, Ending, Limits};
pub use stream::LineStream;
