//! Of each summary measure: which tickets it counts, which value of theirs, and how its value follows from them.
//!
//! Told from single tickets. The values of the measures themselves go by tallies, so that both can be held against each other.

use crate::ticket::Outcome;

use super::group::Rules;
use super::row::Row;
use super::tally::Tally;

/// A value of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Wait,
    CallWait,
    Service,
    Rating,
    People,
}

impl What {
    pub(super) fn of(self, row: &Row) -> Option<u32> {
        match self {
            Self::Wait => row.wait,
            Self::CallWait => row.call_wait,
            Self::Service => row.service,
            Self::Rating => (row.rating > 0).then(|| row.rating.into()),
            Self::People => Some(row.people),
        }
    }

    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::Wait => "wait_s",
            Self::CallWait => "call_wait_s",
            Self::Service => "service_s",
            Self::Rating => "rating",
            Self::People => "people",
        }
    }

    pub(super) const fn plural(self) -> &'static str {
        match self {
            Self::Wait => "waits",
            Self::CallWait => "calls",
            Self::Service => "services",
            Self::Rating => "ratings",
            Self::People => "tickets",
        }
    }
}

/// Which tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    All,
    WalkIns,
    Bookings,
    Ended(Outcome),
    Cancelled,
    Closed,
    Lost,
    Stars(u8),
    Satisfied,
    ServedKnown,
    ServedRated,
    Early,
    Offered,
    Within,
    Rescheduled,
    Recalled,
    Having(What),
}

impl Which {
    pub(super) fn has(self, row: &Row, rules: Rules) -> bool {
        let ended = |outcome: Outcome| row.outcome() == Some(outcome);
        let served_known = ended(Outcome::Served) && !row.is_feedback_only;
        match self {
            Self::All => true,
            Self::WalkIns => !row.is_booking,
            Self::Bookings => row.is_booking,
            Self::Ended(outcome) => ended(outcome),
            Self::Cancelled => {
                ended(Outcome::CancelledByCustomer) || ended(Outcome::CancelledByStaff)
            }
            Self::Closed => !ended(Outcome::Open),
            Self::Lost => !ended(Outcome::Open) && !ended(Outcome::Served),
            Self::Stars(stars) => row.rating == stars,
            // The lowest rating is 1; 0 stands for none.
            Self::Satisfied => row.rating >= rules.scale.satisfied_from(),
            Self::ServedKnown => served_known,
            Self::ServedRated => served_known && row.rating > 0,
            Self::Early => row.early,
            Self::Offered => row.offered,
            Self::Within => row.within,
            Self::Rescheduled => row.is_rescheduled,
            Self::Recalled => row.is_recalled,
            Self::Having(what) => what.of(row).is_some(),
        }
    }

    /// Their number in a tally.
    pub(super) fn of_tally(self, tally: &Tally, rules: Rules) -> u64 {
        let value = |stars: u8| tally.ratings.get(usize::from(stars).checked_sub(1)?).copied();
        match self {
            Self::All | Self::Having(What::People) => tally.tickets,
            Self::WalkIns => tally.tickets - tally.bookings,
            Self::Bookings => tally.bookings,
            Self::Ended(outcome) => tally.outcome(outcome),
            Self::Cancelled => {
                tally.outcome(Outcome::CancelledByCustomer)
                    + tally.outcome(Outcome::CancelledByStaff)
            }
            Self::Closed => tally.closed(),
            Self::Lost => tally.closed() - tally.outcome(Outcome::Served),
            Self::Stars(stars) => value(stars).unwrap_or(0),
            Self::Satisfied => {
                let from = usize::from(rules.scale.satisfied_from()).saturating_sub(1);
                tally.ratings.iter().skip(from).sum()
            }
            Self::ServedKnown => tally.served_known,
            Self::ServedRated => tally.served_rated,
            Self::Early => tally.early,
            Self::Offered => tally.offered,
            Self::Within => tally.within,
            Self::Rescheduled => tally.rescheduled,
            Self::Recalled => tally.recalled,
            Self::Having(What::Rating) => tally.rated(),
            Self::Having(What::Wait) => tally.waits.len(),
            Self::Having(What::CallWait) => tally.calls.len(),
            Self::Having(What::Service) => tally.services.len(),
        }
    }

    /// The name of their number.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::All => "tickets",
            Self::WalkIns => "walk_ins",
            Self::Bookings => "bookings",
            Self::Ended(outcome) => outcome.name(),
            Self::Cancelled => "cancelled",
            Self::Closed => "closed",
            Self::Lost => "lost",
            Self::Stars(_) => "of_this_rating",
            Self::Satisfied => "satisfied",
            Self::ServedKnown => "served_known",
            Self::ServedRated => "served_rated",
            Self::Early => "early",
            Self::Offered => "offered",
            Self::Within => "within_target",
            Self::Rescheduled => "rescheduled",
            Self::Recalled => "recalled",
            Self::Having(what) => what.plural(),
        }
    }

    /// Whether they are hidden where there are too few ratings.
    pub(super) const fn is_of_ratings(self) -> bool {
        matches!(self, Self::Having(What::Rating) | Self::Stars(_) | Self::ServedKnown)
    }
}

/// An end of an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Lower,
    Upper,
}

impl End {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Upper => "upper",
        }
    }
}

/// How a value follows from the tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Number,
    Sum,
    Mean,
    Largest,
    /// Of so many twentieths.
    Quantile(u32),
    /// The wait at an end of the interval of a quantile of so many twentieths.
    Rank(u32, End),
    /// The part, of those that count.
    Share(Which),
    /// An end of the interval of a share.
    Wilson(Which, End),
}

/// What a measure counts, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recipe {
    pub(super) counts: Which,
    pub(super) value: Option<What>,
    pub(super) way: Way,
}

/// So many tickets.
pub(super) const fn number(counts: Which) -> Recipe {
    Recipe { counts, value: None, way: Way::Number }
}

/// What follows from a value of those that have it.
pub(super) const fn of(what: What, way: Way) -> Recipe {
    Recipe { counts: Which::Having(what), value: Some(what), way }
}

/// A part of a whole.
pub(super) const fn share(part: Which, counts: Which) -> Recipe {
    Recipe { counts, value: None, way: Way::Share(part) }
}

/// A part of the closed tickets.
pub(super) const fn closed(part: Which) -> Recipe {
    share(part, Which::Closed)
}

/// Ratings of a value.
pub(super) const fn stars(stars: u8) -> Recipe {
    number(Which::Stars(stars)).with(What::Rating)
}

impl Recipe {
    /// The same, with a value of each ticket beside it.
    pub(super) const fn with(self, what: What) -> Self {
        Self { value: Some(what), ..self }
    }
}
