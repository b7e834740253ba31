//! Forgets the single tickets before a date; what they add up to stays, or goes as well.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::dataframe::{KeptRows, WaitRules};
use crate::metric::PeriodSums;
use crate::ticket::{Fold, Gazetteer, Kind, Moments};

use super::blobs;
use super::error::StateError;
use super::frozen::{Frozen, Part as FrozenPart, instant_of};
use super::history::Merged;
use super::ids::Ids;
use super::part::Part;
use super::period::Period;
use super::rows::made_with;

impl Merged {
    /// Forgets single tickets with a service date before `sums`, and everything of dates before `nothing`; never less than
    /// earlier nights did.
    ///
    /// # Errors
    /// [`StateError`] if a period cannot be read, or its sums cannot be computed.
    pub fn forget_before(
        &mut self,
        sums: Option<NaiveDate>,
        nothing: Option<NaiveDate>,
        (gazetteer, rules): (&Gazetteer, WaitRules),
    ) -> Result<(), StateError> {
        let before = self.base.as_ref().and(self.forgotten.before());
        self.forgotten.sums_before = self.forgotten.sums_before.max(sums);
        if nothing > self.forgotten.nothing_before {
            self.forgotten.nothing_before = nothing;
            self.drop_sums();
        }
        let Some(limit) = self.forgotten.before() else { return Ok(()) };
        let is_moved = before.is_none_or(|before| before < limit);
        let periods: Vec<Period> = self
            .periods
            .iter()
            .filter(|(period, part)| {
                let may_hold = period.is_known() && period.may_touch(None, limit.pred_opt());
                may_hold && (is_moved || part.touched.is_some())
            })
            .map(|(period, _)| *period)
            .collect();
        if periods.is_empty() {
            return Ok(());
        }
        let others = if is_moved {
            let made_with = |_, part: &Part| made_with(rules, &part.census, None, gazetteer);
            self.shared(gazetteer, |_| None, made_with)?.others
        } else {
            BTreeMap::new()
        };
        for period in periods {
            let others = others.get(&period).cloned().unwrap_or_default();
            self.forget_in(period, (before, limit), (gazetteer, rules, &others))?;
        }
        Ok(())
    }

    /// Forgets in one period: what lies before `before` was forgotten by earlier nights and is late.
    fn forget_in(
        &mut self,
        period: Period,
        (before, limit): (Option<NaiveDate>, NaiveDate),
        (gazetteer, rules, others): (&Gazetteer, WaitRules, &Moments),
    ) -> Result<(), StateError> {
        let Some(part) = self.periods.get_mut(&period) else { return Ok(()) };
        let (mut fold, is_touched) = match (part.touched.take(), &self.base) {
            (Some(fold), _) => (fold, true),
            (None, Some(base)) => {
                let mut fold = self.names.headings_alone();
                blobs::read_tickets(base, period, &mut fold, |id| self.numbers.number(id))?;
                (fold, false)
            }
            (None, None) => return Ok(()),
        };
        let mut early = fold.take_before(gazetteer, limit);
        if early.is_empty() {
            part.touched = Some(fold).filter(|_| is_touched);
            return Ok(());
        }
        if let Some(before) = before {
            self.gone.too_late += early.take_before(gazetteer, before).len() as u64;
        }
        if let Some(nothing) = self.forgotten.nothing_before {
            let dropped = early.take_before(gazetteer, nothing).len() as u64;
            if dropped > 0 {
                *self.gone.dropped.entry(period.month()).or_default() += dropped;
            }
        }
        if fold.is_empty() {
            self.periods.remove(&period);
        } else {
            *part = Part::of(period, fold);
        }
        if !early.is_empty() {
            *self.gone.summed.entry(period.month()).or_default() += early.len() as u64;
            self.freeze(period, early, limit, (gazetteer, rules, others))?;
        }
        Ok(())
    }

    /// Keeps of some tickets what they add up to.
    fn freeze(
        &mut self,
        period: Period,
        early: Fold,
        limit: NaiveDate,
        (gazetteer, rules, others): (&Gazetteer, WaitRules, &Moments),
    ) -> Result<(), StateError> {
        let whole = period.span().unwrap_or_default();
        let old = self.frozen.get(&period);
        let from = old.map_or(whole.0, |old| instant_of(old.until, whole));
        self.summed.extend(&Ids::of(early.tickets()));
        let census = early.census();
        let is_out = |kind: &Kind| gazetteer.place(kind).is_none();
        let out = census.kinds.iter().filter(|(kind, _)| is_out(kind)).map(|(_, n)| n);
        self.gone.without_figures += out.sum::<u64>();
        let rows = KeptRows::build(&early.finish_at(gazetteer), rules, others)
            .map_err(|source| StateError::Rows { period: period.to_string(), source })?;
        let clock = |organization: &str, name: &str| gazetteer.clock_of(organization, name);
        let sums = PeriodSums::of(&rows, clock, (from, instant_of(limit, whole)))
            .map_err(|source| StateError::Figures { period: period.to_string(), source })?;
        let part = FrozenPart { until: limit, census, left_out: rows.left_out, sums };
        match self.frozen.get_mut(&period) {
            Some(frozen) => frozen.add(part, gazetteer),
            None => {
                self.frozen.insert(period, Frozen::new(part, gazetteer));
            }
        }
        Ok(())
    }

    /// Drops the sums of forgotten tickets of dates of which nothing is to be kept.
    fn drop_sums(&mut self) {
        let Some(nothing) = self.forgotten.nothing_before else { return };
        let (gone, frozen) = (&mut self.gone, &mut self.frozen);
        frozen.retain(|period, frozen| {
            let whole = period.span().unwrap_or_default();
            let first = instant_of(nothing, whole);
            if frozen.until <= nothing || first >= whole.1 {
                let tickets = frozen.census.tickets();
                *gone.dropped.entry(period.month()).or_default() += tickets;
                return false;
            }
            if first > whole.0 {
                gone.undivided.push(*period);
            }
            true
        });
    }

    /// Whether sums of forgotten tickets are kept.
    #[must_use]
    pub fn has_forgotten_days(&self) -> bool {
        !self.frozen.is_empty()
    }

    /// The span of the tickets of a period that are kept one by one, UTC milliseconds.
    pub(super) fn span_of_kept(&self, period: Period) -> (i64, i64) {
        let whole = period.span().unwrap_or_default();
        let from = self.frozen.get(&period).map_or(whole.0, |one| instant_of(one.until, whole));
        (from, whole.1)
    }
}
