//! Why a line could not be used.

/// Reason of a rejected line; the line itself is never kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reject {
    /// The line is no JSON value.
    NotJson,
    /// It is JSON, but there is no object with `data.position` an object in it, nor in its strings.
    NoWebhook,
    /// The event type is absent, empty or no string.
    NoType,
    /// The position id is absent, empty, no string, or holds a NUL.
    NoTicketId,
    /// The organization is absent, empty or no string.
    NoOrganization,
    /// A key that is needed stands twice in one object: parsers disagree on which one counts.
    DuplicateKey,
    /// A text that is needed is not valid UTF-8, or holds half a surrogate pair.
    BadUtf8,
    /// The line is longer than 1 MiB.
    LineTooLong,
    /// The file ends in the middle of this line.
    TruncatedTail,
}

impl Reject {
    /// Every reason, in the order of the accounting.
    pub const ALL: [Self; 9] = [
        Self::NotJson,
        Self::NoWebhook,
        Self::NoType,
        Self::NoTicketId,
        Self::NoOrganization,
        Self::DuplicateKey,
        Self::BadUtf8,
        Self::LineTooLong,
        Self::TruncatedTail,
    ];

    /// Name of the reason in `data_quality.csv`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::NoWebhook => "no_webhook",
            Self::NoType => "no_type",
            Self::NoTicketId => "no_ticket_id",
            Self::NoOrganization => "no_organization",
            Self::DuplicateKey => "duplicate_key",
            Self::BadUtf8 => "bad_utf8",
            Self::LineTooLong => "line_too_long",
            Self::TruncatedTail => "truncated_tail",
        }
    }

    /// The reason in words, for messages.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotJson => "not JSON",
            Self::NoWebhook => "no webhook in it (no object with `data.position`)",
            Self::NoType => "no event type",
            Self::NoTicketId => "no ticket id",
            Self::NoOrganization => "no organization",
            Self::DuplicateKey => "a key stands twice",
            Self::BadUtf8 => "broken text encoding",
            Self::LineTooLong => "longer than 1 MiB (one line an event? lone CR line ends?)",
            Self::TruncatedTail => "the file ends inside the line",
        }
    }
}
