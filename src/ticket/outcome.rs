//! The outcome of a ticket: exactly one of eight.

use super::facts::Facts;

/// The end of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Checked in or completed.
    Served,
    /// The customer cancelled.
    CancelledByCustomer,
    /// Staff cancelled.
    CancelledByStaff,
    /// Removed after it had been called.
    NoShow,
    /// Removed without a call.
    Removed,
    /// Status `rejected` without an event that says why.
    Rejected,
    /// Never called and without an end a day after the service date: the visitor left, or never came, without a word.
    /// It depends on the date and the instant of the run, so it does not follow from facts alone.
    Lapsed,
    /// No end yet.
    Open,
}

impl Outcome {
    /// Every outcome, in the order of precedence.
    pub const ALL: [Self; 8] = [
        Self::Served,
        Self::CancelledByCustomer,
        Self::CancelledByStaff,
        Self::NoShow,
        Self::Removed,
        Self::Rejected,
        Self::Lapsed,
        Self::Open,
    ];

    /// The outcome that follows from facts; the first that applies wins. A ticket that lapsed is still open here.
    #[must_use]
    pub fn of(facts: Facts) -> Self {
        if facts.any(Facts::CHECKED_IN.with(Facts::COMPLETED)) {
            Self::Served
        } else if facts.any(Facts::CANCELLED_BY_CUSTOMER) {
            Self::CancelledByCustomer
        } else if facts.any(Facts::CANCELLED_BY_STAFF) {
            Self::CancelledByStaff
        } else if facts.any(Facts::REMOVED) {
            if facts.any(Facts::CALLED) { Self::NoShow } else { Self::Removed }
        } else if facts.any(Facts::REJECTED) {
            Self::Rejected
        } else {
            Self::Open
        }
    }

    /// Whether facts contradict each other: more than one of served, cancelled by the customer, cancelled by staff, and
    /// removed.
    ///
    /// Status `rejected` does not count beside a cancellation or removal, with which the vendor always sets it. Alone
    /// beside a service it does.
    #[must_use]
    pub fn conflicting(facts: Facts) -> bool {
        let served = facts.any(Facts::CHECKED_IN.with(Facts::COMPLETED));
        let causes = [Facts::CANCELLED_BY_CUSTOMER, Facts::CANCELLED_BY_STAFF, Facts::REMOVED]
            .into_iter()
            .filter(|cause| facts.any(*cause))
            .count();
        let bare_rejection = causes == 0 && facts.any(Facts::REJECTED);
        usize::from(served) + causes + usize::from(bare_rejection) > 1
    }

    /// Name in the CSV files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::CancelledByCustomer => "cancelled_by_customer",
            Self::CancelledByStaff => "cancelled_by_staff",
            Self::NoShow => "no_show",
            Self::Removed => "removed",
            Self::Rejected => "rejected",
            Self::Lapsed => "lapsed",
            Self::Open => "open",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every set of terminal facts with its verdict, written out.
    #[test]
    fn precedence_and_conflicts() {
        let (i, o, c, s, r, j, k) = (
            Facts::CHECKED_IN,
            Facts::COMPLETED,
            Facts::CANCELLED_BY_CUSTOMER,
            Facts::CANCELLED_BY_STAFF,
            Facts::REMOVED,
            Facts::REJECTED,
            Facts::CALLED,
        );
        let table: &[(&[Facts], Outcome, bool)] = &[
            (&[], Outcome::Open, false),
            (&[k], Outcome::Open, false),
            (&[i], Outcome::Served, false),
            (&[o], Outcome::Served, false),
            (&[i, o, k], Outcome::Served, false),
            (&[i, c], Outcome::Served, true),
            (&[o, s, j], Outcome::Served, true),
            (&[i, r, k], Outcome::Served, true),
            (&[i, j], Outcome::Served, true),
            (&[c], Outcome::CancelledByCustomer, false),
            (&[c, j], Outcome::CancelledByCustomer, false),
            (&[c, k], Outcome::CancelledByCustomer, false),
            (&[c, s], Outcome::CancelledByCustomer, true),
            (&[c, r], Outcome::CancelledByCustomer, true),
            (&[s, j], Outcome::CancelledByStaff, false),
            (&[s, r, k], Outcome::CancelledByStaff, true),
            (&[r, k], Outcome::NoShow, false),
            (&[r, k, j], Outcome::NoShow, false),
            (&[r], Outcome::Removed, false),
            (&[r, j], Outcome::Removed, false),
            (&[j], Outcome::Rejected, false),
            (&[j, k], Outcome::Rejected, false),
            (&[Facts::FEEDBACK], Outcome::Open, false),
        ];
        for (facts, outcome, conflict) in table {
            let set = facts.iter().fold(Facts::default(), |all, f| all.with(*f));
            assert_eq!(
                (Outcome::of(set), Outcome::conflicting(set)),
                (*outcome, *conflict),
                "{facts:?}"
            );
        }
    }
}
