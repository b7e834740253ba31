//! Every summary measure, once: its name, kind, meaning, formula, sample, and how it follows from tickets (its recipe) and from a
//! tally.
//!
//! From this list come the columns of the CSV files in their order, the typed [`Figures`] that charts and pages read, and
//! the data dictionary. **A new measure is one entry at the end of the list** (and a count in [`Tally`], if it needs one).

use crate::statistics::quantile::{P50, P90, P95};
use crate::ticket::Outcome::{
    CancelledByCustomer, CancelledByStaff, Lapsed, NoShow, Open, Rejected, Removed, Served,
};

use super::cell::{Cell, Kind};
use super::group::{Group, Rules, quantile, ratio};
use super::recipe::Way::{self, Largest, Mean, Number, Quantile, Rank, Sum, Wilson};
use super::recipe::Which::{
    self, All, Bookings, Cancelled, Early, Ended, Lost, Offered, Satisfied, ServedKnown,
    ServedRated, WalkIns, Within,
};
use super::recipe::{End, Recipe, What, closed, number, of, share, stars};
use super::tally::Tally;

/// Fewer values than this are marked as few: a share or a quantile of them says little.
pub const FEW: u64 = 10;
/// Waits that a 90th percentile needs on pages and in charts: with fewer it has no interval.
pub const FEW_FOR_P90: u64 = 36;

/// What a measure rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    /// Nothing but itself: a count is exact, however small.
    Exact,
    /// Closed tickets.
    Closed,
    /// Closed tickets that entered the queue.
    Offered,
    /// Served tickets not known from feedback alone.
    ServedKnown,
    /// Ratings.
    Ratings,
    /// Headline waits.
    Waits,
    /// Waits to the first call.
    Calls,
    /// Service times.
    Services,
}

impl Sample {
    /// Number of tickets, ratings or times it is; `None` for an exact count, and for ratings that are hidden.
    #[must_use]
    pub fn size(self, figures: &Figures) -> Option<u64> {
        match self {
            Self::Exact => None,
            Self::Closed => Some(figures.closed()),
            Self::Offered => Some(figures.offered),
            Self::ServedKnown => Some(figures.served_known),
            Self::Ratings => figures.ratings,
            Self::Waits => Some(figures.waits),
            Self::Calls => Some(figures.calls),
            Self::Services => Some(figures.services),
        }
    }

    /// In words, for the dictionary.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Exact => "",
            Self::Closed => "closed tickets",
            Self::Offered => "closed tickets that entered the queue",
            Self::ServedKnown => "served tickets not known from feedback alone",
            Self::Ratings => "ratings",
            Self::Waits => "waits",
            Self::Calls => "waits to the first call",
            Self::Services => "service times",
        }
    }
}

/// One of the summary columns.
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    /// Name of its column.
    pub name: &'static str,
    /// How it is printed, and so its unit.
    pub kind: Kind,
    /// What it means, in a sentence.
    pub meaning: &'static str,
    /// How it is computed.
    pub formula: &'static str,
    /// What it rests on; below [`FEW`] it is marked.
    pub sample: Sample,
    /// Which tickets it counts, which value of theirs, and how it follows from them.
    pub(super) recipe: Recipe,
    /// Its value.
    pub of: fn(&Figures) -> Cell<'static>,
}

impl Measure {
    /// Its unit, in words.
    #[must_use]
    pub fn unit(&self) -> &'static str {
        match self.kind {
            Kind::Text | Kind::Date | Kind::Truth => "",
            Kind::Share => "share",
            Kind::Seconds => "seconds",
            Kind::Amount => "share or seconds",
            Kind::Mean | Kind::Count if self.name.ends_with("_s") => "seconds",
            Kind::Mean => "rating",
            Kind::Count => "count",
        }
    }

    /// How many of what there must be for it not to be marked as few; empty for an exact count.
    #[must_use]
    pub fn least(&self) -> String {
        if self.sample == Sample::Exact {
            return String::new();
        }
        format!("{FEW} {}", self.sample.words())
    }
}

/// A value of a measure as a cell.
trait Value: Copy {
    fn cell(self) -> Cell<'static>;
}

impl Value for u64 {
    fn cell(self) -> Cell<'static> {
        Cell::Count(self)
    }
}

impl Value for Option<u64> {
    fn cell(self) -> Cell<'static> {
        Cell::count(self)
    }
}

impl Value for Option<f64> {
    fn cell(self) -> Cell<'static> {
        Cell::number(self)
    }
}

/// Makes [`Figures`] and [`MEASURES`] of one list.
macro_rules! measures {
    ($(
        #[doc = $meaning:literal]
        $name:ident: $type:ty = $kind:ident of $sample:ident, $recipe:expr, $formula:literal, $value:expr;
    )*) => {
        /// The summary figures of one group of tickets.
        ///
        /// Counts are tickets unless the name says otherwise, shares lie between 0 and 1, times are seconds. `None` means
        /// "not known" (there is nothing to divide by) or hidden, and is shown as a dash or as hidden, never as 0.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Figures {
            $(#[doc = $meaning] pub $name: $type,)*
            /// Closed tickets that entered the queue: what the share within the target is of. It has no column.
            pub offered: u64,
            /// Served tickets not known from feedback alone: what the response rate is of. It has no column.
            pub served_known: u64,
        }

        /// Every summary measure, in the order of the columns.
        pub const MEASURES: &[Measure] = &[$(Measure {
            name: stringify!($name),
            kind: Kind::$kind,
            meaning: $meaning,
            formula: $formula,
            sample: Sample::$sample,
            recipe: $recipe,
            of: |figures| figures.$name.cell(),
        },)*];

        impl Figures {
            /// The figures of a tally.
            #[must_use]
            pub fn of(tally: &Tally, rules: Rules) -> Self {
                let group = Group::of(tally, rules);
                let (offered, served_known) = (tally.offered, tally.served_known);
                Self { $($name: ($value)(&group),)* offered, served_known }
            }
        }
    };
}

measures! {
    #[doc = "Tickets of any outcome."]
    tickets: u64 = Count of Exact, number(All), "number of tickets", |g: &Group<'_>| g.tally.tickets;
    #[doc = "Tickets that are not bookings."]
    walk_ins: u64 = Count of Exact, number(WalkIns), "tickets − bookings", |g: &Group<'_>| g.tally.tickets - g.tally.bookings;
    #[doc = "Tickets booked for a slot."]
    bookings: u64 = Count of Exact, number(Bookings), "number of tickets of type `booking`", |g: &Group<'_>| g.tally.bookings;
    #[doc = "People on the tickets."]
    people: u64 = Count of Exact, of(What::People, Sum), "sum of numberOfPeople, 1 where it is absent", |g: &Group<'_>| g.tally.people;
    #[doc = "Tickets that were served."]
    served: u64 = Count of Exact, number(Ended(Served)), "number with outcome `served`", |g: &Group<'_>| g.tally.outcome(Served);
    #[doc = "Tickets the customer cancelled."]
    cancelled_by_customer: u64 = Count of Exact, number(Ended(CancelledByCustomer)), "number with outcome `cancelled_by_customer`", |g: &Group<'_>| g.tally.outcome(CancelledByCustomer);
    #[doc = "Tickets the staff cancelled."]
    cancelled_by_staff: u64 = Count of Exact, number(Ended(CancelledByStaff)), "number with outcome `cancelled_by_staff`", |g: &Group<'_>| g.tally.outcome(CancelledByStaff);
    #[doc = "Tickets that were called and then removed."]
    no_show: u64 = Count of Exact, number(Ended(NoShow)), "number with outcome `no_show`", |g: &Group<'_>| g.tally.outcome(NoShow);
    #[doc = "Tickets that were removed without a call."]
    removed: u64 = Count of Exact, number(Ended(Removed)), "number with outcome `removed`", |g: &Group<'_>| g.tally.outcome(Removed);
    #[doc = "Tickets with status `rejected` and no event that says why."]
    rejected: u64 = Count of Exact, number(Ended(Rejected)), "number with outcome `rejected`", |g: &Group<'_>| g.tally.outcome(Rejected);
    #[doc = "Tickets that have not ended yet."]
    open: u64 = Count of Exact, number(Ended(Open)), "number with outcome `open`", |g: &Group<'_>| g.tally.outcome(Open);
    #[doc = "Share of closed tickets that were cancelled by either side."]
    cancellation_rate: Option<f64> = Share of Closed, closed(Cancelled), "(cancelled_by_customer + cancelled_by_staff) / closed", |g: &Group<'_>| g.of_closed(g.tally.outcome(CancelledByCustomer) + g.tally.outcome(CancelledByStaff));
    #[doc = "Share of closed tickets that the customer cancelled."]
    customer_cancellation_rate: Option<f64> = Share of Closed, closed(Ended(CancelledByCustomer)), "cancelled_by_customer / closed", |g: &Group<'_>| g.of_closed(g.tally.outcome(CancelledByCustomer));
    #[doc = "Share of closed tickets that the staff cancelled."]
    staff_cancellation_rate: Option<f64> = Share of Closed, closed(Ended(CancelledByStaff)), "cancelled_by_staff / closed", |g: &Group<'_>| g.of_closed(g.tally.outcome(CancelledByStaff));
    #[doc = "Share of closed tickets that were called and not found."]
    no_show_rate: Option<f64> = Share of Closed, closed(Ended(NoShow)), "no_show / closed", |g: &Group<'_>| g.of_closed(g.tally.outcome(NoShow));
    #[doc = "Share of closed tickets that were not served."]
    lost_rate: Option<f64> = Share of Closed, closed(Lost), "(closed − served) / closed", |g: &Group<'_>| g.of_closed(g.tally.closed() - g.tally.outcome(Served));
    #[doc = "Number of ratings."]
    ratings: Option<u64> = Count of Exact, of(What::Rating, Number), "number of tickets with a rating", |g: &Group<'_>| g.shown(g.rated);
    #[doc = "Mean of the ratings."]
    rating_mean: Option<f64> = Mean of Ratings, of(What::Rating, Mean), "sum of the ratings / ratings", |g: &Group<'_>| g.of_ratings(g.rating_sum());
    #[doc = "Ratings of 1, on the scale from 1 to 5."]
    rating_1: Option<u64> = Count of Exact, stars(1), "number of ratings of 1", |g: &Group<'_>| g.stars(1);
    #[doc = "Ratings of 2, on the scale from 1 to 5."]
    rating_2: Option<u64> = Count of Exact, stars(2), "number of ratings of 2", |g: &Group<'_>| g.stars(2);
    #[doc = "Ratings of 3, on the scale from 1 to 5."]
    rating_3: Option<u64> = Count of Exact, stars(3), "number of ratings of 3", |g: &Group<'_>| g.stars(3);
    #[doc = "Ratings of 4, on the scale from 1 to 5."]
    rating_4: Option<u64> = Count of Exact, stars(4), "number of ratings of 4", |g: &Group<'_>| g.stars(4);
    #[doc = "Ratings of 5, on the scale from 1 to 5."]
    rating_5: Option<u64> = Count of Exact, stars(5), "number of ratings of 5", |g: &Group<'_>| g.stars(5);
    #[doc = "Share of ratings of satisfied customers, those from `ratings.satisfied_from` on."]
    csat: Option<f64> = Share of Ratings, of(What::Rating, Way::Share(Satisfied)), "satisfied ratings / ratings", |g: &Group<'_>| g.of_ratings(g.satisfied);
    #[doc = "Lower end of the 95 % interval of csat."]
    csat_low: Option<f64> = Share of Ratings, of(What::Rating, Wilson(Satisfied, End::Lower)), "95 % Wilson score interval", |g: &Group<'_>| g.csat_interval().map(|ends| ends.0);
    #[doc = "Upper end of the 95 % interval of csat."]
    csat_high: Option<f64> = Share of Ratings, of(What::Rating, Wilson(Satisfied, End::Upper)), "95 % Wilson score interval", |g: &Group<'_>| g.csat_interval().map(|ends| ends.1);
    #[doc = "Share of served tickets that were rated."]
    response_rate: Option<f64> = Share of ServedKnown, share(ServedRated, ServedKnown).with(What::Rating), "served with a rating / served, tickets known from feedback alone left out of both", |g: &Group<'_>| ratio(g.tally.served_rated, g.tally.served_known).filter(|_| !g.is_hidden());
    #[doc = "Number of headline waits used."]
    waits: u64 = Count of Exact, of(What::Wait, Number), "number of tickets with a usable wait", |g: &Group<'_>| g.tally.waits.len();
    #[doc = "Mean wait, seconds."]
    wait_mean_s: Option<f64> = Mean of Waits, of(What::Wait, Mean), "sum of the waits / waits", |g: &Group<'_>| g.waits.and_then(|waits| ratio(waits.total, g.tally.waits.len()));
    #[doc = "Median wait, seconds."]
    wait_p50_s: Option<f64> = Seconds of Waits, of(What::Wait, Quantile(P50)), "50th percentile of the waits, type 7", |g: &Group<'_>| g.waits.map(|waits| quantile(waits, 0));
    #[doc = "Wait that 90 % of the visitors did not exceed, seconds."]
    wait_p90_s: Option<f64> = Seconds of Waits, of(What::Wait, Quantile(P90)), "90th percentile of the waits, type 7", |g: &Group<'_>| g.waits.map(|waits| quantile(waits, 1));
    #[doc = "Wait that 95 % of the visitors did not exceed, seconds."]
    wait_p95_s: Option<f64> = Seconds of Waits, of(What::Wait, Quantile(P95)), "95th percentile of the waits, type 7", |g: &Group<'_>| g.waits.map(|waits| quantile(waits, 2));
    #[doc = "Longest wait, seconds."]
    wait_max_s: Option<u64> = Count of Waits, of(What::Wait, Largest), "largest of the waits", |g: &Group<'_>| g.waits.map(|waits| waits.max.into());
    #[doc = "Bookings whose wait ended before it began; their wait counts as 0."]
    early: u64 = Count of Exact, number(Early).with(What::Wait), "number of bookings with a negative wait", |g: &Group<'_>| g.tally.early;
    #[doc = "Share of offered tickets that were served within the target."]
    within_target_rate: Option<f64> = Share of Offered, share(Within, Offered).with(What::Wait), "served within the target / closed tickets that entered the queue", |g: &Group<'_>| ratio(g.tally.within, g.tally.offered);
    #[doc = "Number of waits to the first call used."]
    calls: u64 = Count of Exact, of(What::CallWait, Number), "number of tickets with a usable wait to the first call", |g: &Group<'_>| g.tally.calls.len();
    #[doc = "Median wait to the first call, seconds."]
    call_wait_p50_s: Option<f64> = Seconds of Calls, of(What::CallWait, Quantile(P50)), "50th percentile of the waits to the first call, type 7", |g: &Group<'_>| g.calls.map(|calls| quantile(calls, 0));
    #[doc = "Wait to the first call that 90 % did not exceed, seconds."]
    call_wait_p90_s: Option<f64> = Seconds of Calls, of(What::CallWait, Quantile(P90)), "90th percentile of the waits to the first call, type 7", |g: &Group<'_>| g.calls.map(|calls| quantile(calls, 1));
    #[doc = "Number of service times used."]
    services: u64 = Count of Exact, of(What::Service, Number), "number of tickets with a usable service time", |g: &Group<'_>| g.tally.services.len();
    #[doc = "Median service time, seconds."]
    service_p50_s: Option<f64> = Seconds of Services, of(What::Service, Quantile(P50)), "50th percentile of the service times, type 7", |g: &Group<'_>| g.services.map(|services| quantile(services, 0));
    #[doc = "Service time that 90 % did not exceed, seconds."]
    service_p90_s: Option<f64> = Seconds of Services, of(What::Service, Quantile(P90)), "90th percentile of the service times, type 7", |g: &Group<'_>| g.services.map(|services| quantile(services, 1));
    #[doc = "Tickets that were never called or ended, more than a day after their service date: who booked and never came, or left without a word."]
    lapsed: u64 = Count of Exact, number(Ended(Lapsed)), "number with outcome `lapsed`", |g: &Group<'_>| g.tally.outcome(Lapsed);
    #[doc = "Bookings whose start was moved."]
    rescheduled: u64 = Count of Exact, number(Which::Rescheduled), "number of bookings whose earliest and latest known start differ", |g: &Group<'_>| g.tally.rescheduled;
    #[doc = "Tickets that were called more than once, or put back."]
    recalled: u64 = Count of Exact, number(Which::Recalled), "number with a retry, or with calledAt of more than one value", |g: &Group<'_>| g.tally.recalled;
    #[doc = "Lower end of the 95 % interval of the median wait, seconds; empty where the waits are too few for one."]
    wait_p50_low_s: Option<f64> = Seconds of Waits, of(What::Wait, Rank(P50, End::Lower)), "the wait at the lower of the two ranks between which the median lies with 95 % confidence (binomial)", |g: &Group<'_>| g.wait_p50_ends().map(|ends| ends.0);
    #[doc = "Upper end of the 95 % interval of the median wait, seconds; empty where the waits are too few for one."]
    wait_p50_high_s: Option<f64> = Seconds of Waits, of(What::Wait, Rank(P50, End::Upper)), "the wait at the upper of the two ranks between which the median lies with 95 % confidence (binomial)", |g: &Group<'_>| g.wait_p50_ends().map(|ends| ends.1);
    #[doc = "Lower end of the 95 % interval of the wait that 90 % did not exceed, seconds; empty where the waits are too few for one."]
    wait_p90_low_s: Option<f64> = Seconds of Waits, of(What::Wait, Rank(P90, End::Lower)), "the wait at the lower of the two ranks between which the 90th percentile lies with 95 % confidence (binomial)", |g: &Group<'_>| g.wait_p90_ends().map(|ends| ends.0);
    #[doc = "Upper end of the 95 % interval of the wait that 90 % did not exceed, seconds; empty where the waits are too few for one."]
    wait_p90_high_s: Option<f64> = Seconds of Waits, of(What::Wait, Rank(P90, End::Upper)), "the wait at the upper of the two ranks between which the 90th percentile lies with 95 % confidence (binomial)", |g: &Group<'_>| g.wait_p90_ends().map(|ends| ends.1);
}

/// The figures of no ticket.
impl Default for Figures {
    fn default() -> Self {
        Self::of(&Tally::default(), Rules::default())
    }
}

impl Figures {
    /// Number of ratings that are shown; 0 if they are hidden.
    #[must_use]
    pub fn rated(&self) -> u64 {
        self.ratings.unwrap_or(0)
    }

    /// Whether there are too few ratings to be shown.
    #[must_use]
    pub fn hides_ratings(&self) -> bool {
        self.ratings.is_none()
    }

    /// Tickets that have ended.
    #[must_use]
    pub fn closed(&self) -> u64 {
        self.tickets - self.open.min(self.tickets)
    }
}

#[cfg(test)]
#[path = "measure_tests.rs"]
mod tests;
