//! An answer that is none.

use std::error::Error;
use std::fmt;

/// What was answered to who asked for a listing is none. The answer itself is not quoted.
#[derive(Debug)]
pub(super) struct NoListing;

impl fmt::Display for NoListing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no listing")
    }
}

impl Error for NoListing {}
