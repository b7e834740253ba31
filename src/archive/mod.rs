//! Which files, in which order; bytes → lines.
//!
//! ```text
//! paths, globs, folders, "-" ─ discover ─ Candidate (file order) ─ read_lines ─ Line, Line, …, Ending
//! ```
//!
//! Compression is recognised by content, never by name. Everything is streamed: memory does not grow with the size of
//! a file or of a line, and what expands beyond all reason is stopped.

mod block;
mod chunks;
mod digest;
mod discover;
mod error;
mod lines;
mod order;
mod sniff;
mod source;
mod stream;

pub use block::Block;
pub use chunks::{ChunkLines, LargeFile};
pub use digest::{Digest, digest};
pub use discover::{Candidate, Discovery, Place, SkipReason, Skipped, discover};
pub use error::ArchiveError;
pub use lines::{Line, LineKind, go_on, read_lines};
pub use order::{FileOrder, order_key};
pub use source::{Compression, End, Ending, Limits};
pub use stream::LineStream;
