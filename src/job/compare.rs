//! Two parts of the tickets side by side: measure by measure before, after, and how sure the difference is.

use chrono::{Days, NaiveDate};

use crate::dataframe::TicketFrame;
use crate::metric::{
    Evidence, FEW, Figures, KnownValue, Measure, Rules, Tally, difference, grouped,
};

use super::asked::{Asked, Filter, There};
use super::error::JobError;
use super::observer::Observer;
use super::plan::Plan;
use super::question::Basis;
use super::shared_names::SharedNames;
use super::source::{Loaded, Source, load};
use super::unfinished::unfinished;

/// What is compared.
#[derive(Debug)]
pub struct Comparison {
    /// How records are read and figures made.
    pub plan: Plan,
    /// Where the tickets come from.
    pub source: Source,
    /// The part before, or the first one.
    pub before: Asked,
    /// The part after, or the second one.
    pub after: Asked,
    /// The measures.
    pub measures: Vec<&'static Measure>,
}

/// What is said of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The whole interval lies above 0.
    Rose,
    /// The whole interval lies below 0.
    Fell,
    /// The interval holds 0.
    NoClearChange,
    /// Either side is missing, or rests on too little for an interval.
    TooFew,
    /// An exact number, or one without an interval: the difference is told and not judged.
    NotJudged,
}

impl Verdict {
    /// In plain words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Rose => "rose",
            Self::Fell => "fell",
            Self::NoClearChange => "no clear change",
            Self::TooFew => "too few",
            Self::NotJudged => "not judged",
        }
    }

    /// Of two figures of a measure and their difference.
    fn of(before: Evidence, after: Evidence, difference: Option<KnownValue>) -> Self {
        let Some(difference) = difference else { return Self::TooFew };
        match (difference.ends, before, after) {
            (Some((low, _)), ..) if low > 0.0 => Self::Rose,
            (Some((_, high)), ..) if high < 0.0 => Self::Fell,
            (Some(_), ..) => Self::NoClearChange,
            (None, Evidence::Share { .. }, _) => Self::TooFew,
            // One side has an interval: the other has too few for one.
            (None, a, b) if ends(a).is_some() || ends(b).is_some() => Self::TooFew,
            (None, ..) => Self::NotJudged,
        }
    }
}

fn ends(evidence: Evidence) -> Option<(f64, f64)> {
    evidence.known()?.ends
}

/// A side of a comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Side {
    /// The value and its interval, if there is one.
    pub known: Option<KnownValue>,
    /// Tickets, ratings or times that it rests on; `None` for an exact number.
    pub n: Option<u64>,
}

/// A measure of both parts.
#[derive(Debug, Clone, Copy)]
pub struct Compared {
    /// The measure.
    pub measure: &'static Measure,
    /// Its value before.
    pub before: Side,
    /// Its value after.
    pub after: Side,
    /// After less before.
    pub difference: Option<KnownValue>,
    /// What is said of it.
    pub verdict: Verdict,
}

impl Compared {
    /// Of both figures, each with the number it rests on. Of fewer than ten nothing is said, though a median of six waits has an
    /// interval.
    pub(super) fn of(
        measure: &'static Measure,
        before: (Evidence, Option<u64>),
        after: (Evidence, Option<u64>),
    ) -> Self {
        let side = |(evidence, n): (Evidence, Option<u64>)| Side { known: evidence.known(), n };
        let is_few = [before.1, after.1].into_iter().flatten().any(|n| n < FEW);
        let difference = difference(before.0, after.0)
            .map(|known| if is_few { KnownValue { ends: None, ..known } } else { known });
        let verdict =
            if is_few { Verdict::TooFew } else { Verdict::of(before.0, after.0, difference) };
        Self { measure, before: side(before), after: side(after), difference, verdict }
    }
}

/// Two parts compared.
#[derive(Debug)]
pub struct ComparedParts {
    /// The measures.
    pub rows: Vec<Compared>,
    /// What was meant by the part before and by the one after, with whole names.
    pub meant: [Asked; 2],
    /// How many tickets each part has.
    pub tickets: [usize; 2],
    /// What both come from.
    pub basis: Basis,
}

/// Compares two parts.
///
/// # Errors
/// [`JobError`] if the archive or the state cannot be read, or a name is not there; [`JobError::SharedTickets`] if the parts
/// share tickets.
pub fn compare(
    comparison: &mut Comparison,
    observer: &dyn Observer,
) -> Result<ComparedParts, JobError> {
    let Comparison { plan, source, before, after, measures } = comparison;
    // One reading for both.
    let window = (
        before.from.zip(after.from).map(|(a, b)| a.min(b)),
        before.to.zip(after.to).map(|(a, b)| a.max(b)),
    );
    let Loaded { frames, known, input, warnings, is_frozen, data_through } =
        load(plan, source, window, observer)?;
    // Names are looked up in all there is: each part may have none of the places of the other.
    let there = There::of(&frames);
    let filter = |asked: &Asked| asked.filter(&there, plan, &known);
    let (filter_before, filter_after) = (filter(before)?, filter(after)?);
    let picked = |(asked, filter): (&Asked, &Filter<'_>), frames: Vec<TicketFrame>| {
        let narrowed = |frame: TicketFrame| frame.narrowed(asked.from, asked.to);
        let frames = filter.take(frames)?.into_iter().map(narrowed);
        Ok::<_, JobError>(frames.collect::<Result<Vec<_>, _>>()?)
    };
    let tally = |frames: &[TicketFrame]| {
        let all = grouped(frames, &[], plan.rules.week_starts_on, &|_, _| None)?;
        Ok::<_, JobError>(all.into_values().next().unwrap_or_default())
    };
    let frames_before = picked((before, &filter_before), frames.clone())?;
    let frames_after = picked((after, &filter_after), frames)?;
    let (meant, meant_after) = (filter_before.meant.clone(), filter_after.meant.clone());
    let (first, second) = (tally(&frames_before)?, tally(&frames_after)?);
    let shared = SharedNames::of_frames(&meant, &frames_before, false)?.or(SharedNames::of_frames(
        &meant_after,
        &frames_after,
        false,
    )?);
    let tickets = [rows_of(&frames_before), rows_of(&frames_after)];
    let unfinished = unfinished(&frames_after, &data_through)
        .or_else(|| unfinished(&frames_before, &data_through));
    if may_meet(before, after) {
        // The interval of a difference holds for two parts that share nothing.
        let both = rows_of(&picked((after, &filter_after), frames_before)?);
        if both > 0 {
            return Err(JobError::SharedTickets { tickets: both });
        }
    }
    let compared = measures.iter().map(|measure| of(measure, &first, &second, plan.rules));
    let basis = Basis {
        meant: meant.clone(),
        input,
        warnings,
        lacks_forgotten: is_frozen,
        shared,
        unfinished,
    };
    let rows = compared.collect();
    Ok(ComparedParts { rows, meant: [meant, meant_after], tickets, basis })
}

fn rows_of(frames: &[TicketFrame]) -> usize {
    frames.iter().map(|frame| frame.rows.height()).sum()
}

/// Whether the windows of two parts share a day.
fn may_meet(one: &Asked, other: &Asked) -> bool {
    let ends_before = |a: &Asked, b: &Asked| a.to.zip(b.from).is_some_and(|(to, from)| to < from);
    !ends_before(one, other) && !ends_before(other, one)
}

fn of(measure: &'static Measure, before: &Tally, after: &Tally, rules: Rules) -> Compared {
    let told = |tally: &Tally| {
        let figures = Figures::of(tally, rules);
        let evidence = Evidence::of(measure, tally, &figures, rules);
        let n = match evidence {
            Evidence::Share { of, .. } => Some(of),
            Evidence::Exact(_) | Evidence::Estimate(_) | Evidence::Missing => {
                measure.sample.size(&figures)
            }
        };
        (evidence, n)
    };
    Compared::of(measure, told(before), told(after))
}

/// The window before another one with the same weekdays: as long, and a whole number of weeks earlier. `None` outside the
/// calendar.
#[must_use]
pub fn window_before(from: NaiveDate, to: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let length = u64::try_from((to - from).num_days()).ok()? + 1;
    let back = Days::new(length.div_ceil(7) * 7);
    from.checked_sub_days(back).zip(to.checked_sub_days(back))
}

#[cfg(test)]
mod tests {
    use chrono::Datelike;
    use proptest::prelude::*;

    use super::*;
    use crate::metric::MEASURES;

    proptest! {
        /// As long, the same weekdays, ends before the other begins, and by less than a week.
        #[test]
        fn the_window_before_has_the_same_weekdays(begin in 1_000_i32..30_000, length in 0_i64..400) {
            let from = NaiveDate::from_epoch_days(begin).unwrap();
            let to = from + chrono::TimeDelta::days(length);
            let (first, last) = window_before(from, to).unwrap();
            prop_assert_eq!(last - first, to - from);
            prop_assert_eq!((first.weekday(), last.weekday()), (from.weekday(), to.weekday()));
            prop_assert!(last < from && (from - last).num_days() <= 7);
        }

        /// A median of six waits has an interval, and so has the difference of two; below ten nothing is said of it.
        #[test]
        fn of_fewer_than_ten_nothing_is_said(n1 in 0_u64..30, n2 in 0_u64..30) {
            let measure = MEASURES.iter().find(|measure| measure.name == "wait_p50_s").unwrap();
            let side = |value: f64, n: u64| {
                let ends = Some((value - 1.0, value + 1.0));
                (Evidence::Estimate(KnownValue { value, ends }), Some(n))
            };
            let compared = Compared::of(measure, side(600.0, n1), side(60.0, n2));
            prop_assert!((compared.difference.unwrap().value + 540.0).abs() < 1e-9);
            let is_few = n1.min(n2) < 10;
            prop_assert_eq!(compared.difference.unwrap().ends.is_none(), is_few);
            prop_assert_eq!(compared.verdict, if is_few { Verdict::TooFew } else { Verdict::Fell });
        }

        /// What is said follows from the interval of the difference, and turns around with the sides.
        #[test]
        fn what_is_said_turns_around(k1 in 0_u64..60, k2 in 0_u64..60, n1 in 0_u64..60, n2 in 0_u64..60) {
            let share = |k: u64, n: u64| match n {
                0 => Evidence::Missing,
                n => Evidence::Share { part: k.min(n), of: n },
            };
            let (a, b) = (share(k1, n1), share(k2, n2));
            let there = Verdict::of(a, b, difference(a, b));
            let back = Verdict::of(b, a, difference(b, a));
            let turned = match there {
                Verdict::Rose => Verdict::Fell,
                Verdict::Fell => Verdict::Rose,
                other @ (Verdict::NoClearChange | Verdict::TooFew | Verdict::NotJudged) => other,
            };
            prop_assert_eq!(back, turned);
            prop_assert_eq!(there == Verdict::TooFew, n1.min(n2) < 20);
        }
    }
}
