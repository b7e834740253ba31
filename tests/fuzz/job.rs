//! What the configuration and the reader of reports need of the floor `job`.

#[path = "../../src/job/closed.rs"]
mod closed;
#[path = "../../src/job/dialects.rs"]
mod dialects;
#[path = "../../src/job/toml_text.rs"]
pub mod toml_text;

pub use closed::ClosedDay;
pub use dialects::dialects;
