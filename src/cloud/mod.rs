//! Objects in a store such as S3, read like files.
//!
//! ```text
//! s3://bucket/prefix/ ─ Address ─ Stores ─ Object, Object, … ─ stream (front to back) or part (anywhere)
//! ```
//!
//! Only the feature `cloud` brings what talks to a store. Without it, the same functions say which build can do it.

#[cfg(not(feature = "cloud"))]
mod absent;
mod address;
#[cfg(test)]
pub(crate) mod fixture;
mod object;
#[cfg(feature = "cloud")]
mod remote;
mod trouble;

#[cfg(not(feature = "cloud"))]
pub use absent::Stores;
pub use address::{Address, Scheme, is_address};
pub use object::{Bucket, Object, RandomRead};
#[cfg(feature = "cloud")]
pub use remote::Stores;
pub use trouble::{Trouble, What, trouble_of};
