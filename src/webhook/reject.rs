//! Why a record could not be used.

/// The reason for rejecting a record; the record itself is never kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reject {
    /// It is not a JSON value.
    NotJson,
    /// It is JSON, but neither it nor its strings hold an object whose `data.position` is an object.
    NoWebhook,
    /// The event type is absent, empty or not a string.
    NoType,
    /// The position id is absent, empty, not a string, or contains a NUL.
    NoTicketId,
    /// The organization is absent, empty or not a string.
    NoOrganization,
    /// A needed key occurs twice in one object: parsers disagree on which one counts.
    DuplicateKey,
    /// A needed text is not valid UTF-8, or contains half a surrogate pair.
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
