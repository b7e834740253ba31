//! The stored forms of everything that is between lines and figures: joined tickets, names, counts, sums, accounts.
//!
//! Two callers keep such parts. A night keeps them by period, in its state. The job in pieces hands them from command to command,
//! on one machine or on many:
//!
//! ```text
//! list      archive                  → WORK/list.json, WORK/files.parquet
//! fold      some rows of files       → FOLD/tickets.parquet (partial), FOLD/piece.json      ─ many, anywhere
//! names     every FOLD/piece.json    → WORK/names.json, WORK/accounts.json
//! join      all rows of some parts   → JOIN/tickets.parquet (joined), JOIN/piece.json       ─ many, anywhere
//! places    every JOIN/piece.json    → WORK/places.json
//! tabulate  all rows of some places  → TABLES/tables.postcard                               ─ many, anywhere
//! publish   every TABLES             → the report, byte for byte that of `report`
//! ```
//!
//! Between `fold` and `join`, rows are brought together by the column `part`; between `join` and `tabulate` by `organization` and
//! `place`. Nobody needs to understand any other column. A part is a number below that of `list --parts`, and follows from the id
//! of the ticket alone. A place is the name of a location.
//!
//! **Files that move.** `fold` needs `list.json` of WORK and rows of `files.parquet`; `join` needs `names.json`; `tabulate` needs both
//! `names.json` and `places.json`. None of them grows with the number of tickets. `names.json` and `places.json` hold names and counts of them;
//! `accounts.json` grows with the number of files, and only `places` and `publish` read
//! it. All steps read `list.json`.
//!
//! | file | columns or fields |
//! |---|---|
//! | `files.parquet` | `format`, `made_from`, `number` (in file order), `name`, `path`, `member`, `container_bytes`, `bytes`, `modified_ms`, `tag` (of an object). Members of one container have the same `path`; folded together, it is opened once |
//! | `FOLD/tickets.parquet` | `format`, `made_from`, `part`, `fold`, and the ticket |
//! | `JOIN/tickets.parquet` | `format`, `made_from`, `organization`, `place`, and the rest of the ticket |
//!
//! All numbers are signed and have 64 bits, so that programs without unsigned numbers can move them. Any Parquet file with these
//! columns is read, whoever wrote it, in any order of rows. Texts are of Arrow's type `string_view`; `string` and `large_string` are
//! read too.
//!
//! **Merging.** All merges are associative, commutative and idempotent: a fold is a join-semilattice, accounts are told apart by
//! the number of their file, counts of a part by its number, sums by their places. So a piece that was made twice counts once. Two
//! pieces that say different things of the same file, part or place are refused.
//!
//! **Nothing is lost in silence.** `names` refuses a file of the list without a fold. A fold counts its rows by part; `places`
//! refuses a part that was joined without some of them. `tabulate` refuses a place without some of its tickets, and `publish` one
//! that no table has.
//!
//! **Versions.** Every file, and every row, says its format, and `made_from`: a digest of the file of WORK that it was made with.
//! Pieces of another format, or made from another list, are refused.

mod account;
pub(crate) mod census;
mod claims;
mod error;
mod files;
mod format;
mod headings;
mod left_out;
mod moved;
mod names_of_counts;
mod piece;
pub(crate) mod sums;
mod tickets;
mod whole_numbers;

pub use account::KeptAccount;
pub use error::PartError;
pub use files::{decode_files, encode_files};
pub use format::FORMAT;
pub(crate) use headings::Kept;
pub(crate) use left_out::{left_out_of_rows, left_out_rows};
pub(crate) use moved::{Marks, MovedRow, decode_moved, encode_moved};
pub use names_of_counts::UnknownName;
pub(crate) use names_of_counts::{OddityRows, QuarantineRows, RejectedRows, put_back, rows_of};
pub use piece::{Piece, digest, of_bytes, to_bytes};
pub(crate) use tickets::{GROUP, height};
pub use tickets::{TableError, decode, encode};
