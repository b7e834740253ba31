//! What a step did.

/// What a step did, in counts of what it took and what it made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Done {
    /// Number and noun, such as 3 and `file`, in the order in which they are told.
    pub counts: Vec<(u64, &'static str)>,
}

impl Done {
    /// Of these counts.
    pub(super) fn of<const N: usize>(counts: [(usize, &'static str); N]) -> Self {
        let wide = |(n, noun)| (u64::try_from(n).unwrap_or(u64::MAX), noun);
        Self { counts: counts.into_iter().map(wide).collect() }
    }
}
