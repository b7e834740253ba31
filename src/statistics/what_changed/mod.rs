//! What changed: the one rule behind every headline.
//!
//! Weekly sums and medians go in; for each place a verdict comes out, with its size, its interval and the week since when.
//! The rule was chosen by simulation, so that a page of fifty places tells less than one false change in twenty nights; the
//! methods page has its measured power. In short: the newest span of weeks (four, else two) is held against up to twelve
//! such spans before, on a scale on which chance alone has a known size; what all places did together is taken out; how
//! much a place scatters beyond chance is learnt from its own past and that of the others; and the limit follows from a
//! budget of false alarms that all places of a measure share.
//!
//! Deterministic: every sum runs along the weeks or along sorted values, never along the places, so the order of the places
//! changes no digit. Weeks older than [`HISTORY`] are not looked at, so whoever keeps that many gets the same findings as
//! whoever keeps all.

mod budget;
mod look;
mod past;
mod scale;
mod since;

pub use past::{judge, judge_alone};
pub use scale::{LEAST_WAITS, half_width_of_waits, log_of_wait};

/// Whole weeks before the end of the window that the rule looks at.
pub const HISTORY: usize = 56;

/// Weeks that a place must have for a verdict where at least ten places are judged together.
pub const WEEKS_WITH_PEERS: usize = 8;

/// Weeks that a place must have for a verdict where it is judged alone.
pub const WEEKS_ALONE: usize = 10;

/// What is compared. Shares are fractions, waits seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Ratings 4 or 5 of all ratings; less is worse.
    Csat,
    /// The median headline wait; more is worse.
    Wait,
    /// Cancelled tickets of all closed ones; more is worse.
    Cancellation,
    /// No-shows of all closed tickets; more is worse.
    NoShow,
}

impl Measure {
    /// All of them, by name.
    pub const ALL: [Self; 4] = [Self::Cancellation, Self::Csat, Self::NoShow, Self::Wait];

    /// Name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csat => "csat",
            Self::Wait => "wait",
            Self::Cancellation => "cancellation",
            Self::NoShow => "no_show",
        }
    }
}

/// One whole week of a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Week {
    /// For csat, cancellation and no-show.
    Share {
        /// Satisfied ratings, cancelled tickets, or no-shows.
        hits: u64,
        /// Ratings, or closed tickets.
        n: u64,
    },
    /// For the wait.
    Wait {
        /// The median in seconds, type 7.
        median_s: f64,
        /// Half the width of its 95 % interval on the scale ln(seconds + 60): see [`half_width_of_waits`].
        half_width: f64,
        /// Number of waits.
        n: u64,
    },
}

/// What the rule says of a place and a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Worse than before, beyond chance and the usual scatter.
    Worse,
    /// Better than before, beyond chance and the usual scatter.
    Better,
    /// Within the usual range, or too small a change to be told.
    NoClearChange,
}

impl Verdict {
    /// Name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Better => "better",
            Self::NoClearChange => "no_clear_change",
        }
    }
}

/// Whether a verdict is news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing to tell, and nothing was told in the last two weeks.
    Quiet,
    /// Not said in any of the four weeks before.
    New,
    /// Said before.
    Ongoing {
        /// How many weeks before the last week it was first said; 1 or more.
        first_said: usize,
    },
    /// Back within its usual range: said one or two weeks ago, and now no longer.
    Ended {
        /// What was said.
        was: Verdict,
        /// How many weeks before the last week it was last said: 1 or 2.
        last_said: usize,
    },
}

impl State {
    /// Name in tables; `None` where there is nothing to tell.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Quiet => None,
            Self::New => Some("new"),
            Self::Ongoing { .. } => Some("ongoing"),
            Self::Ended { .. } => Some("ended"),
        }
    }
}

/// A place that could be judged. Sizes are fractions or seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// New, ongoing, ended, or nothing to tell.
    pub state: State,
    /// The change began this many weeks before the end of the last week, 1 to 8; `None` where the weeks are too few. Means
    /// little where there is no clear change.
    pub since_weeks: Option<usize>,
    /// Weeks in the newest span: 4 or 2.
    pub span_weeks: usize,
    /// Spans before that took part, 3 to 12.
    pub spans_before: usize,
    /// Whether the common course of at least ten places was taken out ("beyond what all locations did").
    pub peers: bool,
    /// Ratings, closed tickets or waits in the spans before.
    pub n_before: u64,
    /// The same in the newest span.
    pub n_after: u64,
    /// The usual value, from the spans before.
    pub before: f64,
    /// Change from `before`.
    pub change: f64,
    /// Lower end of the 95 % interval of the change.
    pub low: f64,
    /// Upper end of it.
    pub high: f64,
    /// The smallest change for the worse that this window could have shown, as a positive size; `None` if none could.
    pub smallest_worse: Option<f64>,
    /// The same for the better.
    pub smallest_better: Option<f64>,
    /// The figures behind the verdict.
    pub basis: Basis,
}

/// The figures behind a verdict, on the scale of the rule: the arcsine of the root of a share, or ln(seconds + 60).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Basis {
    /// `delta / sd`, signed so that plus is worse.
    pub z: f64,
    /// Worse from this z on.
    pub worse_at: f64,
    /// Better from minus this z down.
    pub better_at: f64,
    /// Newest span less the mean of the spans before.
    pub delta: f64,
    /// Its standard deviation.
    pub sd: f64,
    /// Mean of the spans before, without the common course.
    pub base: f64,
}

/// A place that could not be judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TooLittle {
    /// Whole weeks from the one in which it began to the last.
    pub weeks: usize,
    /// Whole weeks needed: if there are that many, it is the weeks that hold too little.
    pub needed: usize,
    /// The plain difference to the span or week before; a description, no finding.
    pub plain: Option<Plain>,
}

/// A plain difference between the last weeks and as many before them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plain {
    /// Weeks on either side: 4, 2 or 1.
    pub weeks: usize,
    /// The share, or the mean of the weekly medians on the scale of the rule in seconds, before.
    pub before: f64,
    /// The same in the last weeks.
    pub after: f64,
    /// Ratings, closed tickets or waits before.
    pub n_before: u64,
    /// The same in the last weeks.
    pub n_after: u64,
}

/// What is known of a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Told {
    /// It was judged.
    Judged(Judged),
    /// It could not be judged.
    TooLittle(TooLittle),
}

#[cfg(test)]
mod edges_tests;
#[cfg(test)]
mod properties_tests;
#[cfg(test)]
mod simulation_tests;
#[cfg(test)]
mod vectors_tests;
