//! What is odd about a ticket, a queue or a name: counted, never hidden, never fatal.

/// Counters of the joined tickets (those of single lines are in `webhook`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Anomaly {
    /// Two terminal facts of different kinds on one ticket.
    ConflictingOutcomes,
    /// A wait or service time below zero, left out; detail = which.
    NegativeWait,
    /// A wait or service time too long to be believed, left out; detail = which.
    ImplausibleWait,
    /// Nothing but feedback is known of the ticket.
    FeedbackOnlyTicket,
    /// The location's name was taken from other tickets of the queue.
    LocationFromQueue,
    /// No name was found for the location.
    LocationUnknown,
    /// A queue had more than one display name; detail = the queue.
    QueueWithSeveralNames,
    /// Names that look the same and are not; detail = the name.
    NamesThatDifferOnlyByCaseOrSpace,
    /// Served although it had been cancelled.
    ServedAfterCancel,
    /// Checked in without ever being called.
    CheckInWithoutCall,
    /// Webhooks of one ticket name different queues.
    SeenInTwoQueues,
    /// A check-in or check-out that many tickets of a location share to the second; detail = which.
    ResetBurst,
    /// Entered the queue, and nobody knows when it left: in no line.
    LineEndUnknown,
    /// Nothing but the order of different files decided between two values.
    DecidedByFileOrder,
}

impl Anomaly {
    /// Every counter, in the order of `data_quality.csv`.
    pub const ALL: [Self; 14] = [
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
            Self::SeenInTwoQueues => "seen_in_two_queues",
            Self::ResetBurst => "reset_burst",
            Self::LineEndUnknown => "line_end_unknown",
            Self::DecidedByFileOrder => "decided_by_file_order",
        }
    }
}
