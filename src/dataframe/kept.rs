//! Rows that are kept between nights, and stacking them: the rows of many periods make the frame of a window.
//!
//! A row depends on its ticket, the ticket's location and the rules, and on nothing else but the bursts of its
//! location. As long as these stay the same, the row does.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use polars::prelude::{BooleanChunked, Column, DataFrame, NamedFrom, NewChunkedArray, Series};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::ticket::{Anomaly, Location, Moments, Scale, TicketSet};

use super::build::{Organization, Texts, rows_of};
use super::column;
use super::derive::WaitRules;
use super::frame::{FrameError, LeftOut, Settings, TicketFrame};
use super::narrow::{dates, inside};
use super::rows::Rows;

/// Rows of some tickets, and the lists that their codes refer to.
#[derive(Debug, Clone)]
pub struct KeptRows {
    /// Organization and name of each location; column `place` holds indexes into them.
    pub places: Vec<(String, String)>,
    /// Ticket types; column `ticket_type` holds indexes into them.
    pub ticket_types: Vec<String>,
    /// Queues; column `queue` holds indexes into them.
    pub queues: Vec<String>,
    /// Services; column `category` holds indexes into them.
    pub categories: Vec<String>,
    /// The rows, in no particular order; columns as in [`mod@column`].
    pub rows: DataFrame,
    /// Counts of what was left out of waits and lines.
    pub left_out: LeftOutOfAll,
    /// The last instant, UTC milliseconds, at which the instant of the run may matter to a row: a ticket comes, leaves
    /// the line, or lapses. All runs after it derive the same rows. `None` if no row depends on it.
    pub open_until: Option<i64>,
}

/// A column of codes, and the list that its codes refer to.
type Coded = (&'static str, fn(&KeptRows) -> &Vec<String>);

const CODED: [Coded; 3] = [
    (column::TICKET_TYPE, |rows| &rows.ticket_types),
    (column::QUEUE, |rows| &rows.queues),
    (column::CATEGORY, |rows| &rows.categories),
];

/// As [`LeftOut`], by organization.
///
/// [`LeftOut`]: super::LeftOut
pub type LeftOutOfAll = BTreeMap<(String, Anomaly, &'static str), u64>;

impl KeptRows {
    /// Builds the rows of all tickets of a set. `others` are the moments of tickets outside the set, for its bursts.
    ///
    /// # Errors
    /// [`FrameError`] if Polars cannot build a column.
    pub fn build(set: &TicketSet, waits: WaitRules, others: &Moments) -> Result<Self, FrameError> {
        let Texts { ticket_types, queues, categories } = Texts::of(set);
        let mut kept = Self {
            places: Vec::with_capacity(set.locations.len()),
            ticket_types,
            queues,
            categories,
            rows: Rows::none()?.frame,
            left_out: BTreeMap::new(),
            open_until: None,
        };
        for (one, mut rows) in
            rows_of(set, Settings { waits, scale: Scale::FIVE, from: None, to: None }, others)?
        {
            let first = count(kept.places.len())?;
            renumber(&mut rows.frame, column::PLACE, |place| place.checked_add(first))?;
            kept.rows.vstack_mut_owned(rows.frame)?;
            kept.open_until = kept.open_until.max(rows.open_until);
            for ((anomaly, which), n) in rows.left_out {
                kept.left_out.insert((one.name.clone(), anomaly, which), n);
            }
            kept.places
                .extend(one.locations.into_iter().map(|place| (one.name.clone(), place.name)));
        }
        Ok(kept)
    }

    /// Whether rows built at one instant (`made`) equal those that would be built at another (`now`); UTC milliseconds.
    #[must_use]
    pub fn is_settled(open_until: Option<i64>, made: i64, now: i64) -> bool {
        made == now || open_until.is_none_or(|until| until < made.min(now))
    }
}

/// Stacks kept rows into the frames of a window, one per organization, sorted by name. `locations` are all of the
/// archive, sorted; `parts` must hold at least the rows of the window; `left_out` is that of all tickets.
///
/// # Errors
/// [`FrameError`] if rows belong to a location that is not listed, or Polars reports an error.
pub fn stack(
    locations: &[Location],
    parts: &[&KeptRows],
    left_out: &LeftOutOfAll,
    settings: Settings,
) -> Result<Vec<TicketFrame>, FrameError> {
    let organizations = Organization::all(locations);
    let mut places: HashMap<(&str, &str), (usize, u32)> = HashMap::new();
    for (owner, one) in organizations.iter().enumerate() {
        for (at, location) in one.locations.iter().enumerate() {
            places.insert((&one.name, &location.name), (owner, count(at)?));
        }
    }
    let codes = CODED.map(|(_, of)| {
        let texts = parts.iter().flat_map(|part| of(part)).map(String::as_str);
        texts.collect::<BTreeSet<&str>>().into_iter().zip(0..).collect::<BTreeMap<&str, u32>>()
    });
    let pieces: Result<Vec<Vec<Rows>>, FrameError> = parts
        .par_iter()
        .map(|part| pieces(part, organizations.len(), &places, &codes, settings))
        .collect();
    let mut wholes: Vec<Rows> =
        organizations.iter().map(|_| Rows::none()).collect::<Result<_, _>>()?;
    for pieces in pieces? {
        for (whole, piece) in wholes.iter_mut().zip(pieces) {
            whole.append(piece)?;
        }
    }
    drop(places);
    // In the order of their codes, which is alphabetical.
    let [ticket_types, queues, categories] =
        codes.map(|codes| codes.into_keys().map(str::to_owned).collect());
    let texts = Texts { ticket_types, queues, categories };
    let mut frames = Vec::with_capacity(organizations.len());
    for (one, mut rows) in organizations.into_iter().zip(wholes) {
        rows.left_out = left_out_of(left_out, &one.name);
        frames.push(one.frame(rows, texts.clone(), settings));
    }
    Ok(frames)
}

/// What was left out for one organization.
#[must_use]
pub fn left_out_of(all: &LeftOutOfAll, organization: &str) -> LeftOut {
    let mine = all.iter().filter(|((owner, ..), _)| owner == organization);
    mine.map(|((_, anomaly, which), n)| ((*anomaly, *which), *n)).collect()
}

/// The rows of a part that lie in the window, for each organization.
fn pieces(
    part: &KeptRows,
    organizations: usize,
    places: &HashMap<(&str, &str), (usize, u32)>,
    codes: &[BTreeMap<&str, u32>; CODED.len()],
    settings: Settings,
) -> Result<Vec<Rows>, FrameError> {
    let whole = inside(&part.rows, settings)?;
    // A location may have disappeared; if it still has rows, that is an error.
    let found = part.places.iter().map(|(o, name)| places.get(&(o.as_str(), name.as_str())));
    let found: Vec<Option<(usize, u32)>> = found.map(|found| found.copied()).collect();
    let owners: BTreeSet<usize> = found.iter().flatten().map(|(owner, _)| *owner).collect();
    let new_code = |codes: &BTreeMap<&str, u32>, text: &String| codes.get(text.as_str()).copied();
    let coded: Vec<(&str, Vec<Option<u32>>)> = CODED
        .iter()
        .zip(codes)
        .map(|((name, of), codes)| {
            (*name, of(part).iter().map(|text| new_code(codes, text)).collect())
        })
        .collect();
    let mut pieces = Vec::with_capacity(organizations);
    for owner in 0..organizations {
        if !owners.contains(&owner) {
            pieces.push(Rows::none()?);
            continue;
        }
        let of_owner = |place: u32| match found.get(place as usize).copied().flatten() {
            Some((one, at)) if one == owner => Some(at),
            _ => None,
        };
        let mut frame = if owners.len() == 1 {
            whole.clone()
        } else {
            let own = whole.column(column::PLACE)?.u32()?.iter();
            let own: Vec<bool> = own.map(|at| at.and_then(of_owner).is_some()).collect();
            whole.filter(&BooleanChunked::from_slice("own".into(), &own))?
        };
        renumber(&mut frame, column::PLACE, of_owner)?;
        for (name, new) in &coded {
            renumber(&mut frame, name, |code| new.get(code as usize).copied()?)?;
        }
        let dates = dates(&frame)?;
        pieces.push(Rows { frame, left_out: BTreeMap::new(), dates, open_until: None });
    }
    Ok(pieces)
}

/// Renumbers a column of codes; an error if a code has no new number.
fn renumber(
    frame: &mut DataFrame,
    name: &str,
    number: impl Fn(u32) -> Option<u32>,
) -> Result<(), FrameError> {
    let old = frame.column(name)?.u32()?.iter();
    let new = old.map(|old| old.and_then(&number)).collect::<Option<Vec<u32>>>();
    let new = Series::new(name.into(), new.ok_or(FrameError::Dangling)?);
    frame.with_column(Column::from(new))?;
    Ok(())
}

fn count(n: usize) -> Result<u32, FrameError> {
    u32::try_from(n).map_err(|_| FrameError::Dangling)
}

#[cfg(test)]
#[path = "kept_tests.rs"]
mod tests;
