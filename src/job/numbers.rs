//! The numbers of one organization, before anything is made of them.

use crate::dataframe::LocationColumn;
use crate::metric::{Counter, FileRow, Sections};

/// The numbers of one organization.
pub(crate) struct Numbers {
    pub(crate) sections: Sections,
    /// All its locations, by name.
    pub(crate) locations: Vec<LocationColumn>,
    pub(crate) quality: Vec<Counter>,
    pub(crate) files: Vec<FileRow>,
}
