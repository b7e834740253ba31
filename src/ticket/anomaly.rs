//! Oddities of tickets, queues and names: always counted, never hidden, never fatal.

/// An oddity of joined tickets. (Those of single lines are counted in `webhook`.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Anomaly {
    /// A ticket with two outcomes that contradict each other, such as served and cancelled.
    ConflictingOutcomes,
    /// A negative wait or service time, left out; the detail says which.
    NegativeWait,
    /// A wait or service time too long to be plausible, left out; the detail says which.
    ImplausibleWait,
    /// A ticket known from feedback alone.
    FeedbackOnlyTicket,
    /// A ticket whose location was inferred from other tickets of its queue.
    LocationFromQueue,
    /// A ticket for whose location no name was found.
    LocationUnknown,
    /// A queue with more than one display name; the detail is the queue.
    QueueWithSeveralNames,
    /// A location name that differs from another only by case or white space; the detail is the name.
    NamesThatDifferOnlyByCaseOrSpace,
    /// A ticket that was served after it had been cancelled.
    ServedAfterCancel,
    /// A ticket that was checked in without ever being called.
    CheckInWithoutCall,
    /// A ticket that was created on different dates: its id was used again, or anonymised.
    SeveralCreations,
    /// A ticket that was created on ten dates or more. It is among [`Anomaly::SeveralCreations`], and no counter of its own.
    ManyCreations,
    /// A ticket whose webhooks name different queues.
    SeenInTwoQueues,
    /// A check-in or check-out that shares its second with many others of its location; the detail says which.
    ResetBurst,
    /// A ticket that entered the queue and left it at an unknown time, so it counts in no line.
    LineEndUnknown,
    /// A ticket with two values between which only the order of files decided.
    DecidedByFileOrder,
}

impl Anomaly {
    /// Every counter of its own, in the order of `data_quality.csv`.
    pub const ALL: [Self; 15] = [
        Self::ConflictingOutcomes,
        Self::NegativeWait,
        Self::ImplausibleWait,
        Self::FeedbackOnlyTicket,
        Self::LocationFromQueue,
        Self::LocationUnknown,
        Self::QueueWithSeveralNames,
        Self::NamesThatDifferOnlyByCaseOrSpace,
        Self::ServedAfterCancel,
        Self::CheckInWithoutCall,
        Self::SeveralCreations,
        Self::SeenInTwoQueues,
        Self::ResetBurst,
        Self::LineEndUnknown,
        Self::DecidedByFileOrder,
    ];

    /// Name of the counter in `data_quality.csv`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConflictingOutcomes => "conflicting_outcomes",
            Self::NegativeWait => "negative_wait",
            Self::ImplausibleWait => "implausible_wait",
            Self::FeedbackOnlyTicket => "feedback_only_ticket",
            Self::LocationFromQueue => "location_from_queue",
            Self::LocationUnknown => "location_unknown",
            Self::QueueWithSeveralNames => "queue_with_several_names",
            Self::NamesThatDifferOnlyByCaseOrSpace => "names_that_differ_only_by_case_or_space",
            Self::ServedAfterCancel => "served_after_cancel",
            Self::CheckInWithoutCall => "check_in_without_call",
            Self::SeveralCreations => "several_creations",
            Self::ManyCreations => "many_creations",
            Self::SeenInTwoQueues => "seen_in_two_queues",
            Self::ResetBurst => "reset_burst",
            Self::LineEndUnknown => "line_end_unknown",
            Self::DecidedByFileOrder => "decided_by_file_order",
        }
    }
}
