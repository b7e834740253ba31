//! Forgets the single tickets before a date; what they add up to stays, or goes as well.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::dataframe::{KeptRows, WaitRules};
use crate::metric::PeriodSums;
use crate::store::Generation;
use crate::ticket::{Directory, Fold, Gazetteer, Kind, Membership, Moments};
use crate::webhook::TicketId;

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
    /// earlier nights did. Tickets that several organizations sent which count as one must have been joined before
    /// ([`Merged::join`]): what they add up to is that of one ticket. They have to be joined again afterwards.
    ///
    /// # Errors
    /// [`StateError`] if a period cannot be read, or its sums cannot be computed.
    pub fn forget_before(
        &mut self,
        sums: Option<NaiveDate>,
        nothing: Option<NaiveDate>,
        (gazetteer, rules): (&Gazetteer, WaitRules),
        directory: &Directory,
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
            let made_with = |period: Period, part: &Part| {
                made_with(rules, self.counts(period, part), self.joints.get(&period), gazetteer)
            };
            self.shared(gazetteer, |_| None, made_with)?.others
        } else {
            BTreeMap::new()
        };
        let mut joined = BTreeSet::new();
        for period in periods {
            let others = others.get(&period).cloned().unwrap_or_default();
            let with = (gazetteer, rules, &others);
            joined.extend(self.forget_in(period, (before, limit), with)?);
        }
        self.forget_parts(&joined, directory)
    }

    /// Whether tickets before a date are to be forgotten, or were.
    #[must_use]
    pub fn forgets_before(&self, sums: Option<NaiveDate>, nothing: Option<NaiveDate>) -> bool {
        sums.or(nothing).is_some() || self.forgotten.before().is_some()
    }

    /// Forgets what tickets were joined from, whatever period it lies in.
    fn forget_parts(
        &mut self,
        joined: &BTreeSet<(String, TicketId)>,
        directory: &Directory,
    ) -> Result<(), StateError> {
        if joined.is_empty() {
            return Ok(());
        }
        let has = |organization: &str, id| joined.contains(&(organization.to_owned(), id));
        let periods: Vec<Period> = self.joints.keys().copied().collect();
        for period in periods {
            let mut fold = self.kept(period)?;
            let taken = fold.take_chosen(|sent, id| {
                let counts_as = match directory.organization(sent) {
                    Membership::In(name) => name,
                    Membership::Out(_) => sent,
                };
                has(sent, id) || has(counts_as, id)
            });
            // A period that has nothing but tickets that were joined there is none any more.
            if taken.is_empty() && !fold.is_empty() {
                continue;
            }
            self.summed.extend(&Ids::of(taken.tickets()));
            if fold.is_empty() {
                self.periods.remove(&period);
            } else {
                self.periods.insert(period, Part::of(period, fold));
            }
        }
        Ok(())
    }

    /// Forgets in one period: what is new tonight and lies before `before`, up to which earlier nights have forgotten, is late.
    /// Returns the tickets of a period in which some are joined from several; their parts are still there.
    fn forget_in(
        &mut self,
        period: Period,
        (before, limit): (Option<NaiveDate>, NaiveDate),
        (gazetteer, rules, others): (&Gazetteer, WaitRules, &Moments),
    ) -> Result<Vec<(String, TicketId)>, StateError> {
        let Some(part) = self.periods.get_mut(&period) else { return Ok(Vec::new()) };
        let touched = part.touched.take();
        let is_touched = touched.is_some();
        let mut fold = match touched {
            Some(fold) => fold,
            None => self.kept_before(period)?,
        };
        let Some(part) = self.periods.get_mut(&period) else { return Ok(Vec::new()) };
        let mut counted = self.joints.get(&period).map(|joint| joint.of(fold.clone()));
        let mut early = counted.as_mut().unwrap_or(&mut fold).take_before(gazetteer, limit);
        if early.is_empty() {
            part.touched = Some(fold).filter(|_| is_touched);
            return Ok(Vec::new());
        }
        let joined: Vec<(String, TicketId)> = match counted {
            Some(_) => early.tickets().map(|(name, id)| (name.to_owned(), id)).collect(),
            None => Vec::new(),
        };
        if let Some(before) = before.filter(|_| is_touched) {
            let late = self.late(period, &early, (gazetteer, before))?;
            let has = |organization: &str, id| late.contains(&(organization.to_owned(), id));
            self.gone.too_late += early.take_chosen(has).len() as u64;
        }
        let Some(part) = self.periods.get_mut(&period) else { return Ok(Vec::new()) };
        if let Some(nothing) = self.forgotten.nothing_before {
            let dropped = early.take_before(gazetteer, nothing).len() as u64;
            if dropped > 0 {
                *self.gone.dropped.entry(period.month()).or_default() += dropped;
            }
        }
        if counted.is_some() {
            part.touched = Some(fold).filter(|_| is_touched);
        } else if fold.is_empty() {
            self.periods.remove(&period);
        } else {
            *part = Part::of(period, fold);
        }
        if !early.is_empty() {
            *self.gone.summed.entry(period.month()).or_default() += early.len() as u64;
            self.freeze(period, early, limit, (gazetteer, rules, others))?;
        }
        Ok(joined)
    }

    /// The tickets of a period that earlier nights kept.
    fn kept_before(&self, period: Period) -> Result<Fold, StateError> {
        let mut fold = self.names.headings_alone();
        let is_there = |base: &&Generation| blobs::periods(base).contains(&period);
        if let Some(base) = self.base.as_ref().filter(is_there) {
            blobs::read_tickets(base, period, &mut fold, |id| self.numbers.number(id))?;
        }
        Ok(fold)
    }

    /// Those of some tickets of a period that lie before a date, up to which earlier nights have forgotten, and that no such
    /// night kept: they came too late. What was kept may lie there since tonight, where a zone or the start of a day has changed.
    fn late(
        &self,
        period: Period,
        early: &Fold,
        (gazetteer, before): (&Gazetteer, NaiveDate),
    ) -> Result<BTreeSet<(String, TicketId)>, StateError> {
        let named = |(name, id): (&str, TicketId)| (name.to_owned(), id);
        let mut late: BTreeSet<(String, TicketId)> =
            early.clone().take_before(gazetteer, before).tickets().map(named).collect();
        if late.is_empty() {
            return Ok(late);
        }
        let kept = self.kept_before(period)?;
        let kept: BTreeSet<(&str, TicketId)> = kept.tickets().collect();
        let ids: BTreeSet<TicketId> = kept.iter().map(|(_, id)| *id).collect();
        // One that is joined from several counts under another name than its parts.
        let has_joint = self.joints.contains_key(&period);
        let is_kept = |name: &str, id| kept.contains(&(name, id)) || has_joint && ids.contains(&id);
        late.retain(|(name, id)| !is_kept(name, *id));
        Ok(late)
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
