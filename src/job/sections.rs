//! The names that the configuration has sections for.

/// What the sections of the configuration are called.
#[derive(Debug, Clone, Default)]
pub struct Sections {
    pub(crate) locations: Vec<String>,
    pub(crate) queues: Vec<String>,
    pub(crate) organizations: Vec<String>,
}

impl Sections {
    /// Those with these keys.
    #[must_use]
    pub fn of<'a>(
        locations: impl Iterator<Item = &'a String>,
        queues: impl Iterator<Item = &'a String>,
        organizations: impl Iterator<Item = &'a String>,
    ) -> Self {
        Self {
            locations: locations.cloned().collect(),
            queues: queues.cloned().collect(),
            organizations: organizations.cloned().collect(),
        }
    }

    /// Whether there is nothing to obey.
    pub(crate) fn is_empty(&self) -> bool {
        self.locations.is_empty() && self.queues.is_empty() && self.organizations.is_empty()
    }
}
