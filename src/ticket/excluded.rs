//! What the configuration leaves out of every figure.

use super::location::Section;

/// Tickets of one organization that one section of the configuration leaves out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Excluded {
    /// The organization of the tickets: the one they would count under, or, if all of it is left out, the one that sent
    /// them.
    pub organization: String,
    /// What the section is about.
    pub section: Section,
    /// Name or id of the section, as it is looked up.
    pub name: String,
}

impl Excluded {
    /// `location TEST desk`, as a detail of `data_quality.csv`.
    #[must_use]
    pub fn detail(&self) -> String {
        format!("{} {}", self.section.noun(), self.name)
    }
}
