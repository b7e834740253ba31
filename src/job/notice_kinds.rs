//! Names of the kinds of notices, for programs.

use serde_json::{Value, json};

use super::notice::Notice;

impl Notice {
    /// Its kind, in one word that does not change with the wording.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::File { .. } => "file",
            Self::MoreFiles { .. } => "more_files",
            Self::NotRead { .. } => "not_read",
            Self::MoreNotRead { .. } => "more_not_read",
            Self::Root { .. } => "input_gone",
            Self::NoDay { .. } => "no_day",
            Self::OldDays { .. } => "old_days",
            Self::MoreDays { .. } => "more_days",
            Self::OffScale { .. } => "off_scale",
            Self::ManyRejected { .. } => "many_rejected",
            Self::ShareRejected { .. } => "share_rejected",
            Self::Lost { .. } => "lost",
            Self::SameSection { .. } => "same_section",
            Self::IdleSection { .. } => "idle_section",
            Self::MoreIdleSections { .. } => "more_idle_sections",
            Self::EmptyWindow { .. } => "empty_window",
            Self::Fallen { .. } => "fallen",
            Self::MoreFallen { .. } => "more_fallen",
            Self::Silent(_) => "silent",
            Self::SilentLocation(_) => "silent_location",
            Self::MoreSilentLocations { .. } => "more_silent_locations",
            Self::SilentRoot(_) => "silent_input",
            Self::Restated(_) => "restated",
            Self::Mended(_) => "mended",
            Self::Night(_) => "night",
            Self::Told(_) => "told_before",
            Self::Renamed(_) => "renamed",
            Self::LongTable { .. } => "long_table",
            Self::SharedQueues(_) => "shared_queues",
            Self::MoreSharedQueues { .. } => "more_shared_queues",
            Self::MoreRenamed { .. } => "more_renamed",
            Self::Overruled(_) => "overruled",
            Self::MoreOverruled { .. } => "more_overruled",
            Self::AsMade { .. } => "as_made",
            Self::Summed { .. } => "summed",
            Self::LeftOutAgain { .. } => "left_out_again",
            Self::WindowForgotten { .. } => "window_forgotten",
            Self::UsedAgain { .. } => "used_again",
            Self::TwoQueues { .. } => "two_queues",
            Self::ReadAgain => "read_again",
        }
    }
}

/// Notices as programs read them: the kind, and the words of the log.
pub(crate) fn as_json<'a>(notices: impl IntoIterator<Item = &'a Notice>) -> Value {
    let one = |notice: &Notice| json!({"kind": notice.kind(), "words": notice.words()});
    Value::Array(notices.into_iter().map(one).collect())
}
