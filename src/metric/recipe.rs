//! Of each summary measure: which tickets it counts, which value of theirs, and how its value follows from them.
//!
//! Told from single tickets, in other words than the list of measures, which goes by tallies.

use crate::statistics::quantile::{P50, P90, P95};
use crate::ticket::Outcome;

use super::group::Rules;
use super::measure::Measure;
use super::row::Row;

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
            Self::Satisfied => row.rating > 0 && row.rating >= rules.scale.satisfied_from(),
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

/// The recipe of a measure; `None` for one that is not known here, which a test excludes.
pub(super) fn recipe(measure: &Measure) -> Option<Recipe> {
    let number = |counts| Recipe { counts, value: None, way: Way::Number };
    let of = |what, way| Recipe { counts: Which::Having(what), value: Some(what), way };
    let share = |part, counts, value| Recipe { counts, value, way: Way::Share(part) };
    let of_closed = |part| share(part, Which::Closed, None);
    let stars =
        |stars| Recipe { counts: Which::Stars(stars), value: Some(What::Rating), way: Way::Number };
    Some(match measure.name {
        "tickets" => number(Which::All),
        "walk_ins" => number(Which::WalkIns),
        "bookings" => number(Which::Bookings),
        "people" => of(What::People, Way::Sum),
        "cancellation_rate" => of_closed(Which::Cancelled),
        "customer_cancellation_rate" => of_closed(Which::Ended(Outcome::CancelledByCustomer)),
        "staff_cancellation_rate" => of_closed(Which::Ended(Outcome::CancelledByStaff)),
        "no_show_rate" => of_closed(Which::Ended(Outcome::NoShow)),
        "lost_rate" => of_closed(Which::Lost),
        "ratings" => of(What::Rating, Way::Number),
        "rating_mean" => of(What::Rating, Way::Mean),
        "rating_1" => stars(1),
        "rating_2" => stars(2),
        "rating_3" => stars(3),
        "rating_4" => stars(4),
        "rating_5" => stars(5),
        "csat" => of(What::Rating, Way::Share(Which::Satisfied)),
        "csat_low" => of(What::Rating, Way::Wilson(Which::Satisfied, End::Lower)),
        "csat_high" => of(What::Rating, Way::Wilson(Which::Satisfied, End::Upper)),
        "response_rate" => share(Which::ServedRated, Which::ServedKnown, Some(What::Rating)),
        "waits" => of(What::Wait, Way::Number),
        "wait_mean_s" => of(What::Wait, Way::Mean),
        "wait_p50_s" => of(What::Wait, Way::Quantile(P50)),
        "wait_p90_s" => of(What::Wait, Way::Quantile(P90)),
        "wait_p95_s" => of(What::Wait, Way::Quantile(P95)),
        "wait_max_s" => of(What::Wait, Way::Largest),
        "early" => Recipe { counts: Which::Early, value: Some(What::Wait), way: Way::Number },
        "within_target_rate" => share(Which::Within, Which::Offered, Some(What::Wait)),
        "calls" => of(What::CallWait, Way::Number),
        "call_wait_p50_s" => of(What::CallWait, Way::Quantile(P50)),
        "call_wait_p90_s" => of(What::CallWait, Way::Quantile(P90)),
        "services" => of(What::Service, Way::Number),
        "service_p50_s" => of(What::Service, Way::Quantile(P50)),
        "service_p90_s" => of(What::Service, Way::Quantile(P90)),
        "rescheduled" => number(Which::Rescheduled),
        "recalled" => number(Which::Recalled),
        "wait_p50_low_s" => of(What::Wait, Way::Rank(P50, End::Lower)),
        "wait_p50_high_s" => of(What::Wait, Way::Rank(P50, End::Upper)),
        "wait_p90_low_s" => of(What::Wait, Way::Rank(P90, End::Lower)),
        "wait_p90_high_s" => of(What::Wait, Way::Rank(P90, End::Upper)),
        name => {
            let named = Outcome::ALL.into_iter().find(|outcome| outcome.name() == name);
            number(Which::Ended(named?))
        }
    })
}
