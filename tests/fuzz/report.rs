//! What the configuration and the reader of reports need of the floor `report`.

#[path = "../../src/report/csv_rows.rs"]
pub mod csv_rows;
#[path = "../../src/report/dialect.rs"]
pub mod dialect;
#[path = "../../src/report/text.rs"]
pub mod text;
