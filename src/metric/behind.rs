//! What a summary figure is made of: the tickets behind it in order, those that decide it marked, and the calculation written
//! out.
//!
//! The value is that of the list of measures. Which tickets it counts is told here from the tickets themselves, so that both
//! can be held against each other; a test does so for every measure.

use std::cmp::Reverse;

use crate::dataframe::{Scale, Single};
use crate::statistics::quantile::{P50, position};
use crate::statistics::ranks;
use crate::ticket::Outcome;

use super::cell::Cell;
use super::group::Rules;
use super::measure::{Figures, Measure};
use super::recipe::{End, Recipe, Way, What, Which};
use super::row::Row;
use super::tally::{Tally, Times};

/// What a figure is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Behind {
    /// Its value, as the tables have it.
    pub value: Cell<'static>,
    /// What it rests on: names and numbers of tickets, all of them first.
    pub counts: Vec<(&'static str, u64)>,
    /// How the value follows from the tickets; where there is none, why.
    pub calculation: String,
    /// The column of an export of tickets that holds the values of the tickets; `None` if they are only counted.
    pub column: Option<&'static str>,
    /// The tickets that count, in order.
    pub tickets: Vec<Counted>,
}

/// A ticket that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Its index among the tickets that were given.
    pub at: usize,
    /// Its value: seconds, a rating or people.
    pub value: Option<u32>,
    /// What sets it apart.
    pub mark: Mark,
}

/// What sets a ticket apart from others that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Nothing.
    None,
    /// It counts above the line of a share, not only below it.
    Part,
    /// Its value decides the figure.
    Decides,
}

impl Behind {
    /// What a measure of some tickets is made of.
    #[must_use]
    pub fn of<'a>(
        measure: &Measure,
        tickets: impl Iterator<Item = &'a Single>,
        rules: Rules,
    ) -> Self {
        let rows: Vec<Row> = tickets.map(row_of).collect();
        Self::of_rows(measure, &rows, rules)
    }

    pub(super) fn of_rows(measure: &Measure, rows: &[Row], rules: Rules) -> Self {
        let figures = Figures::of(&Tally::with(rows.iter(), &mut Times::default()), rules);
        Self::by(measure.recipe, (measure.of)(&figures), rows, rules)
    }

    /// What a value of some tickets is made of, by its recipe.
    pub(super) fn by(recipe: Recipe, value: Cell<'static>, rows: &[Row], rules: Rules) -> Self {
        let Recipe { counts, value: what, way } = recipe;
        let column = what.map(What::column);
        let all = (Which::All.name(), count(rows.len()));
        let rated = rows.iter().filter(|row| row.rating > 0).count();
        if counts.is_of_ratings() && rules.hide(count(rated)) {
            let calculation = format!(
                "hidden: there are fewer than {} ratings (`ratings.hide_below`)",
                rules.hide_below
            );
            return Self { value, counts: vec![all], calculation, column, tickets: Vec::new() };
        }
        let part = match way {
            Way::Share(part) | Way::Wilson(part, _) => Some(part),
            Way::Number
            | Way::Sum
            | Way::Mean
            | Way::Largest
            | Way::Quantile(_)
            | Way::Rank(..) => None,
        };
        let counted = |(at, row): (usize, &Row)| {
            let is_part = part.is_some_and(|part| part.has(row, rules));
            let mark = if is_part { Mark::Part } else { Mark::None };
            let value = what.and_then(|what| what.of(row));
            (row.day, Counted { at, value, mark })
        };
        let mine = rows.iter().enumerate().filter(|(_, row)| counts.has(row, rules));
        let mut tickets: Vec<(Option<i32>, Counted)> = mine.map(counted).collect();
        match way {
            Way::Mean | Way::Quantile(_) | Way::Rank(..) => {
                tickets.sort_by_key(|(day, one)| (one.value, *day, one.at));
            }
            Way::Largest => tickets.sort_by_key(|(day, one)| (Reverse(one.value), *day, one.at)),
            Way::Number | Way::Sum => tickets.sort_by_key(|(day, one)| (*day, one.at)),
            Way::Share(_) | Way::Wilson(..) => {
                tickets.sort_by_key(|(day, one)| (one.mark != Mark::Part, *day, one.at));
            }
        }
        let mut tickets: Vec<Counted> = tickets.into_iter().map(|(_, one)| one).collect();
        let n = count(tickets.len());
        let above = count(tickets.iter().filter(|one| one.mark == Mark::Part).count());
        let mut numbers = vec![all];
        if counts != Which::All && counts != Which::Having(What::People) {
            numbers.push((counts.name(), n));
        }
        numbers.extend(part.map(|part| (part.name(), above)));
        let calculation = match way {
            // On another scale nothing is known of the five values.
            Way::Number if matches!(counts, Which::Stars(_)) && value == Cell::Missing => {
                tickets.clear();
                format!(
                    "the scale of ratings goes to {}, not to {}",
                    rules.scale.top(),
                    Scale::FIVE.top()
                )
            }
            Way::Number => format!("{n} of {} tickets", rows.len()),
            Way::Sum => format!("the sum of {} tickets", rows.len()),
            _ if n == 0 => "there is nothing to compute it from".to_owned(),
            Way::Mean => format!(
                "{} / {n}",
                tickets.iter().filter_map(|one| one.value).map(u64::from).sum::<u64>()
            ),
            Way::Largest => {
                decides(&mut tickets, 0);
                format!("the largest of {n}")
            }
            Way::Quantile(twentieths) => quantile(&mut tickets, twentieths),
            Way::Rank(twentieths, end) => at_rank(&mut tickets, twentieths, end),
            Way::Share(_) => format!("{above} / {n}"),
            Way::Wilson(_, end) => {
                format!("{} end of the 95 % Wilson score interval of {above} / {n}", end.word())
            }
        };
        Self { value, counts: numbers, calculation, column, tickets }
    }
}

/// Marks the values that decide a quantile of sorted tickets, and writes it out. Places are counted from 1.
fn quantile(tickets: &mut [Counted], twentieths: u32) -> String {
    let n = count(tickets.len());
    let Some(at) = position(n, twentieths) else { return String::new() };
    let index = usize::try_from(at.index).unwrap_or(usize::MAX);
    let hundredths = |twentieths: u32| format!("0.{:02}", twentieths * 5);
    let place = format!("place ({n} − 1) · {} + 1 = {}", hundredths(twentieths), at.index + 1);
    let low = decides(tickets, index);
    if at.part == 0 {
        return format!("{place}: {low}");
    }
    let high = decides(tickets, index.saturating_add(1));
    let part = hundredths(at.part);
    let behind = part.trim_start_matches('0');
    format!("{place}{behind}: {low} + {part} · ({high} − {low})")
}

/// Marks the value at an end of the interval of a quantile of sorted tickets, and names its rank.
fn at_rank(tickets: &mut [Counted], twentieths: u32, end: End) -> String {
    let n = count(tickets.len());
    let (name, ranks) = match twentieths {
        P50 => ("median", ranks::of_median(n)),
        _ => ("90th percentile", ranks::of_90th(n)),
    };
    let Some((low, high)) = ranks else {
        return format!("{n} waits are too few for a 95 % interval of the {name}");
    };
    let rank = if end == End::Lower { low } else { high };
    let value = decides(tickets, usize::try_from(rank.saturating_sub(1)).unwrap_or(usize::MAX));
    format!(
        "of {n} waits the {name} lies between places {low} and {high} with 95 % confidence (binomial); place {rank}: {value}"
    )
}

/// Marks the ticket that decides; returns its value.
fn decides(tickets: &mut [Counted], at: usize) -> u32 {
    let Some(ticket) = tickets.get_mut(at) else { return 0 };
    ticket.mark = Mark::Decides;
    ticket.value.unwrap_or(0)
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// A single ticket as the tallies read it; what no summary figure reads is left out.
pub(super) fn row_of(one: &Single) -> Row {
    let outcome = Outcome::ALL.iter().position(|each| *each == one.outcome);
    Row {
        day: one.service_day,
        outcome: outcome.and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX),
        rating: one.rating,
        people: one.people,
        wait: one.wait_s,
        call_wait: one.call_wait_s,
        service: one.service_s,
        is_booking: one.is_booking,
        early: one.early,
        offered: one.offered,
        within: one.within,
        is_rescheduled: one.is_rescheduled,
        is_recalled: one.is_recalled,
        is_feedback_only: one.is_feedback_only,
        ..Row::default()
    }
}

#[cfg(test)]
#[path = "behind_tests.rs"]
mod tests;
