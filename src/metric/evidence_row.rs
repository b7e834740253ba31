//! What a summary figure of a published row rests on, as far as the row tells: the counts that stand beside it.

use std::collections::BTreeMap;

use super::evidence::{Evidence, Known, mean_of_ratings};
use super::measure::{Measure, Sample};
use super::recipe::{Recipe, Way, What, Which};
use crate::dataframe::Scale;
use crate::statistics::quantile::{P50, P90};

/// How far a share that is printed with 4 decimals may lie from its counts.
const ROUNDED: f64 = 0.000_05 + 1e-9;

impl Evidence {
    /// The evidence of a measure in a row with the summary columns, by column; and the number of tickets, ratings or times it
    /// rests on, if the row has it.
    ///
    /// Of the satisfied, the row has the share alone: their number is the one that gives it, exact below 10,000 ratings. Shares
    /// of which the row lacks the whole (`response_rate`, `within_target_rate`) have a value and no interval.
    #[must_use]
    pub fn of_row(measure: &Measure, row: &BTreeMap<String, String>) -> (Self, Option<u64>) {
        let of = Row(row);
        let evidence = of.evidence(measure).unwrap_or(Self::Missing);
        let n = match (evidence, measure.sample) {
            (Self::Share { of, .. }, _) => Some(of),
            (_, Sample::Exact) => None,
            (_, Sample::Ratings) => of.count("ratings"),
            (_, Sample::Waits) => of.count("waits"),
            (_, Sample::Calls) => of.count("calls"),
            (_, Sample::Services) => of.count("services"),
            (Self::Missing, Sample::Closed) => of.closed(),
            // The row does not have the whole.
            (_, Sample::Closed | Sample::Offered | Sample::ServedKnown) => None,
        };
        (evidence, n)
    }
}

struct Row<'r>(&'r BTreeMap<String, String>);

impl Row<'_> {
    fn count(&self, column: &str) -> Option<u64> {
        self.0.get(column)?.parse().ok()
    }

    fn value(&self, column: &str) -> Option<f64> {
        self.0.get(column)?.parse().ok()
    }

    /// Tickets that have ended.
    fn closed(&self) -> Option<u64> {
        self.count("tickets")?.checked_sub(self.count("open")?)
    }

    /// `None` if the row does not tell.
    fn evidence(&self, measure: &Measure) -> Option<Evidence> {
        let between = |low: &str, high: &str| {
            let value = self.value(measure.name)?;
            let ends = self.value(low).zip(self.value(high));
            Some(Evidence::Estimate(Known { value, ends }))
        };
        let Recipe { counts, value: what, way } = measure.recipe;
        match (way, counts, what) {
            (Way::Share(part), Which::Closed, _) => {
                let (part, of) = (self.ended(part)?, self.closed()?);
                (of > 0).then_some(Evidence::Share { part, of })
            }
            (Way::Share(_), Which::Having(What::Rating), _) => self.satisfied(),
            (Way::Mean, _, Some(What::Rating)) => self.ratings(),
            (Way::Quantile(P50), _, Some(What::Wait)) => {
                between("wait_p50_low_s", "wait_p50_high_s")
            }
            (Way::Quantile(P90), _, Some(What::Wait)) => {
                between("wait_p90_low_s", "wait_p90_high_s")
            }
            _ if measure.sample == Sample::Exact => self.count(measure.name).map(Evidence::Exact),
            _ => {
                let value = self.value(measure.name)?;
                Some(Evidence::Estimate(Known { value, ends: None }))
            }
        }
    }

    /// Tickets that ended so, as far as the row tells.
    fn ended(&self, which: Which) -> Option<u64> {
        match which {
            Which::Cancelled => {
                Some(self.count("cancelled_by_customer")? + self.count("cancelled_by_staff")?)
            }
            Which::Lost => self.closed()?.checked_sub(self.count("served")?),
            Which::Ended(outcome) => self.count(outcome.name()),
            Which::All
            | Which::WalkIns
            | Which::Bookings
            | Which::Closed
            | Which::Stars(_)
            | Which::Satisfied
            | Which::ServedKnown
            | Which::ServedRated
            | Which::Early
            | Which::Offered
            | Which::Within
            | Which::Rescheduled
            | Which::Recalled
            | Which::Having(_) => None,
        }
    }

    /// The satisfied of all ratings.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a count, which stays far below 2^53"
    )]
    fn satisfied(&self) -> Option<Evidence> {
        let (share, of) = (self.value("csat")?, self.count("ratings")?);
        let part = (share * of as f64).round();
        let is_share = of > 0 && (part / of as f64 - share).abs() <= ROUNDED && part >= 0.0;
        let known = Known { value: share, ends: None };
        Some(if is_share {
            Evidence::Share { part: part as u64, of }
        } else {
            Evidence::Estimate(known)
        })
    }

    /// The mean of the ratings, of stars with its interval; of another scale, the row has no ratings by value.
    fn ratings(&self) -> Option<Evidence> {
        let value = self.value("rating_mean")?;
        let stars = (1..=5).map(|stars| self.count(&format!("rating_{stars}")));
        let stars: Option<Vec<u64>> = stars.collect();
        Some(match stars.filter(|stars| Some(stars.iter().sum()) == self.count("ratings")) {
            Some(stars) => mean_of_ratings(&stars, Scale::FIVE.top()),
            None => Evidence::Estimate(Known { value, ends: None }),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::metric::cell::Cell;
    use crate::metric::group::Rules;
    use crate::metric::measure::{Figures, MEASURES};
    use crate::metric::row::Row as TicketRow;
    use crate::metric::tally::Tally;
    use crate::ticket::Outcome;

    /// The row of a table with these figures, as it is printed.
    fn printed(figures: &Figures) -> BTreeMap<String, String> {
        let text = |measure: &Measure| match ((measure.of)(figures), measure.unit()) {
            (Cell::Count(count), _) => count.to_string(),
            (Cell::Number(value), "seconds") if measure.name != "wait_mean_s" => {
                format!("{value:.2}")
            }
            (Cell::Number(value), _) => format!("{value:.4}"),
            _ => String::new(),
        };
        MEASURES.iter().map(|measure| (measure.name.to_owned(), text(measure))).collect()
    }

    /// Outcome, rating, wait and flags.
    type Drawn = (u8, u8, Option<u32>, [bool; 3]);

    fn tickets() -> impl Strategy<Value = Vec<TicketRow>> {
        let outcome = 0_u8..u8::try_from(Outcome::ALL.len()).unwrap();
        let one = (outcome, 0_u8..=5, prop::option::of(0_u32..4_000), any::<[bool; 3]>());
        let row = |(outcome, rating, wait, [offered, within, is_feedback_only]): Drawn| TicketRow {
            outcome,
            rating,
            wait,
            offered,
            within,
            is_feedback_only,
            ..TicketRow::default()
        };
        prop::collection::vec(one.prop_map(row), 0..120)
    }

    proptest! {
        /// The row says what the tickets say, as far as it goes: the same counts, ends and numbers.
        #[test]
        fn a_row_tells_what_its_tickets_tell(tickets in tickets()) {
            let (tally, rules) = (Tally::of(tickets.iter()), Rules::default());
            let figures = Figures::of(&tally, rules);
            let row = printed(&figures);
            for measure in MEASURES {
                let there = Evidence::of(measure, &tally, &figures, rules);
                let (told, n) = Evidence::of_row(measure, &row);
                if ["response_rate", "within_target_rate"].contains(&measure.name) {
                    let value = there.known().map(|known| known.value);
                    let known = told.known();
                    prop_assert_eq!(value.is_some(), known.is_some());
                    prop_assert!(known.is_none_or(|known| known.ends.is_none() && n.is_none()
                        && (known.value - value.unwrap()).abs() <= ROUNDED));
                    continue;
                }
                let close = |a: f64, b: f64| (a - b).abs() <= ROUNDED;
                match (there, told) {
                    (Evidence::Estimate(a), Evidence::Estimate(b)) => {
                        prop_assert!(close(a.value, b.value), "{} {a:?} {b:?}", measure.name);
                        prop_assert_eq!(a.ends.is_some(), b.ends.is_some(), "{}", measure.name);
                        if let (Some(a), Some(b)) = (a.ends, b.ends) {
                            prop_assert!(close(a.0, b.0) && close(a.1, b.1), "{}", measure.name);
                        }
                    }
                    (a, b) => prop_assert_eq!(a, b, "{}", measure.name),
                }
                if let Evidence::Estimate(_) = told {
                    prop_assert_eq!(n, measure.sample.size(&figures), "{}", measure.name);
                }
            }
        }
    }

    #[test]
    fn a_row_without_columns_tells_nothing() {
        for measure in MEASURES {
            assert_eq!(Evidence::of_row(measure, &BTreeMap::new()), (Evidence::Missing, None));
        }
        let of = |csat: &str, ratings: &str| {
            let row = [("csat", csat), ("ratings", ratings)];
            let row = row.map(|(name, cell)| (name.to_owned(), cell.to_owned())).into();
            let csat = MEASURES.iter().find(|measure| measure.name == "csat").unwrap();
            Evidence::of_row(csat, &row).0
        };
        assert_eq!(of("0.8523", "352"), Evidence::Share { part: 300, of: 352 });
        // No count of so few ratings gives it.
        let lone = Evidence::Estimate(Known { value: 0.852_3, ends: None });
        assert_eq!(of("0.8523", "10"), lone);
        assert_eq!(of("", "10"), Evidence::Missing);
    }
}
