//! What `--version` prints: what a report of a fault needs, and nothing that differs between two builds of the same sources.

use std::sync::LazyLock;

use crate::calendar::TIME_ZONES;

/// In one line, for `-V` and man pages.
pub(super) const SHORT: &str = env!("CARGO_PKG_VERSION");

/// With the commit, how it was built, and the release of the time-zone database, on which local days depend.
static LONG: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{SHORT}\ncommit: {}\nbuild: {}\ntime zones: IANA {TIME_ZONES}, compiled in",
        env!("QUEUESTAT_BUILT_FROM"),
        env!("QUEUESTAT_BUILT_AS"),
    )
});

/// All of it, for `--version`.
pub(super) fn long() -> &'static str {
    LONG.as_str()
}
