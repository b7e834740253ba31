//! The part of the archive floor that cuts text into records, without files, compression or threads: what is needed of it,
//! included by path. Its items are visible to their parent, which is this module here.

#[path = "../../src/archive/broken.rs"]
pub mod broken;
#[path = "../../src/archive/closer.rs"]
pub mod closer;
#[path = "../../src/archive/csv.rs"]
pub mod csv;
#[path = "../../src/archive/headers.rs"]
pub mod headers;
#[path = "laws.rs"]
pub mod laws;
#[path = "../../src/archive/other_forms.rs"]
pub mod other_forms;
#[path = "../../src/archive/parse.rs"]
pub mod parse;
#[path = "../../src/archive/piece.rs"]
pub mod piece;
#[path = "../../src/archive/records.rs"]
pub mod records;
#[path = "../../src/archive/rescue.rs"]
pub mod rescue;
#[path = "../../src/archive/splitter.rs"]
pub mod splitter;
#[path = "../../src/archive/table.rs"]
pub mod table;
#[path = "../../src/archive/table_row.rs"]
pub mod table_row;
#[path = "../../src/archive/value.rs"]
pub mod value;
