//! The verdict on each place, and whether it is news: the rule run for the last week and for the weeks before it.

use super::look::{Look, look};
use super::scale::Pooled;
use super::{
    HISTORY, Judged, Measure, Plain, State, Told, TooLittle, Verdict, WEEKS_ALONE,
    WEEKS_WITH_PEERS, Week,
};

/// A verdict is news if it was not said in so many weeks before.
const NEWS: usize = 4;
/// An end is told for so many weeks.
const ENDED: usize = 2;

/// What changed in each of an organization's locations, in their order. Every slice holds the whole weeks of a place, oldest
/// first, and ends with the same week: the last whole one in the window. It begins with the week in which the archive or the place
/// begins: a week without a value of this measure is `None`, and its span may have one all the same. More than the rule looks at
/// does not matter.
#[must_use]
pub fn judge(measure: Measure, places: &[&[Option<Week>]]) -> Vec<Told> {
    let places: Vec<Vec<Option<Week>>> = places.iter().map(|weeks| known(measure, weeks)).collect();
    let mut past = Past { measure, places: &places, verdicts: Vec::new() };
    let needed = if past.look(0, 2).peers { WEEKS_WITH_PEERS } else { WEEKS_ALONE };
    let now = past.judged(0);
    now.into_iter()
        .zip(&places)
        .enumerate()
        .map(|(place, (judged, weeks))| match judged {
            Some(judged) => {
                Told::Judged(Judged { state: past.state(place, judged.verdict), ..judged })
            }
            None => Told::TooLittle(TooLittle {
                weeks: weeks.len(),
                needed,
                plain: plain(measure, weeks),
            }),
        })
        .collect()
}

/// What changed in an organization as a whole, which is always judged alone. `weeks` as for [`judge`].
#[must_use]
pub fn judge_alone(measure: Measure, weeks: &[Option<Week>]) -> Told {
    judge(measure, &[weeks]).pop().unwrap_or(Told::TooLittle(TooLittle {
        weeks: 0,
        needed: WEEKS_ALONE,
        plain: None,
    }))
}

/// The weeks that are looked at, those that say nothing as `None`.
fn known(measure: Measure, weeks: &[Option<Week>]) -> Vec<Option<Week>> {
    let newest = weeks.get(weeks.len().saturating_sub(HISTORY)..).unwrap_or_default();
    newest.iter().map(|week| measure.week(*week)).collect()
}

struct Past<'a> {
    measure: Measure,
    places: &'a [Vec<Option<Week>>],
    /// By weeks ago, then by place; grows as it is asked for.
    verdicts: Vec<Vec<Verdict>>,
}

impl Past<'_> {
    /// The look of so many weeks ago.
    fn look(&self, ago: usize, length: usize) -> Look {
        let until: Vec<&[Option<Week>]> = self
            .places
            .iter()
            .map(|weeks| weeks.get(..weeks.len().saturating_sub(ago)).unwrap_or_default())
            .collect();
        look(self.measure, &until, length)
    }

    /// Both looks together: that with four weeks, or that with two where only it sees something or can judge at all.
    fn judged(&self, ago: usize) -> Vec<Option<Judged>> {
        let (four, two) = (self.look(ago, 4), self.look(ago, 2));
        let sees = |of: &Judged| of.verdict != Verdict::NoClearChange;
        let both = four.of.into_iter().zip(two.of);
        both.map(|(four, two)| four.filter(sees).or(two.filter(sees)).or(four).or(two)).collect()
    }

    /// The verdict of so many weeks ago; "no clear change" where there was none.
    fn verdict(&mut self, ago: usize, place: usize) -> Verdict {
        while self.verdicts.len() <= ago {
            let judged = self.judged(self.verdicts.len());
            let verdict = |of: &Option<Judged>| of.map_or(Verdict::NoClearChange, |of| of.verdict);
            self.verdicts.push(judged.iter().map(verdict).collect());
        }
        let at = self.verdicts.get(ago).and_then(|of| of.get(place));
        at.copied().unwrap_or(Verdict::NoClearChange)
    }

    fn state(&mut self, place: usize, now: Verdict) -> State {
        if now == Verdict::NoClearChange {
            let said = (1..=ENDED).map(|ago| (ago, self.verdict(ago, place)));
            let said = said.into_iter().find(|(_, was)| *was != Verdict::NoClearChange);
            return said.map_or(State::Quiet, |(last_said, was)| State::Ended { was, last_said });
        }
        // Back from one week that said it to the next, as long as they are never further apart than news are.
        let mut first_said = 0;
        while let Some(earlier) =
            (first_said + 1..=first_said + NEWS).find(|ago| self.verdict(*ago, place) == now)
        {
            first_said = earlier;
        }
        if first_said == 0 { State::New } else { State::Ongoing { first_said } }
    }
}

/// The plain difference of the last four, two or one weeks to as many before: the longest that the weeks allow.
fn plain(measure: Measure, weeks: &[Option<Week>]) -> Option<Plain> {
    [4, 2, 1].into_iter().find_map(|length| {
        let mut spans = weeks.rchunks_exact(length);
        let (after, before) = (Pooled::of(spans.next()?)?, Pooled::of(spans.next()?)?);
        Some(Plain {
            weeks: length,
            before: before.plain(measure),
            after: after.plain(measure),
            n_before: before.n,
            n_after: after.n,
        })
    })
}
