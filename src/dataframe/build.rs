//! Builds frames from finished tickets.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use polars::prelude::PolarsError;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::calendar::LocalTimes;
use crate::ticket::{self, Bursts, Location, Moments, NameId, TicketSet};

use super::frame::{FrameError, LocationColumn, Settings, TicketFrame};
use super::location_id::location_ids;
use super::rows::{Codes, Part, Rows};

/// Tickets that a thread takes at a time.
const ROWS: usize = 1 << 14;

impl TicketFrame {
    /// Builds one frame per organization, sorted by name; none for an empty set.
    ///
    /// # Errors
    /// [`FrameError::Polars`] if Polars cannot build a column.
    pub fn build(set: &TicketSet, settings: Settings) -> Result<Vec<Self>, FrameError> {
        let rows = rows_of(set, settings, &Moments::default())?;
        Ok(Self::all(rows, &Texts::of(set), settings))
    }

    /// The same, of tickets that are taken out of the set on the way: most of them are gone before most rows are there.
    ///
    /// # Errors
    /// As [`TicketFrame::build`].
    pub fn build_draining(
        set: &mut TicketSet,
        settings: Settings,
    ) -> Result<Vec<Self>, FrameError> {
        let builder = Builder::of(set, settings, &Moments::default());
        let parts = set.drain(ROWS, |set, part| builder.build(set, part));
        Ok(Self::all(builder.finish(parts)?, &Texts::of(set), settings))
    }

    fn all(rows: Vec<(Organization, Rows)>, texts: &Texts, settings: Settings) -> Vec<Self> {
        rows.into_iter().map(|(one, rows)| one.frame(rows, texts.clone(), settings)).collect()
    }

    /// A frame without an organization: the full schema and no rows.
    ///
    /// # Errors
    /// As [`TicketFrame::build`].
    pub fn empty(settings: Settings) -> Result<Self, FrameError> {
        let nobody = Organization { name: String::new(), locations: Vec::new() };
        Ok(nobody.frame(Rows::none()?, Texts::default(), settings))
    }
}

/// The texts that the codes of a frame stand for. The first of each list is empty and means unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Texts {
    pub(super) ticket_types: Vec<String>,
    pub(super) queues: Vec<String>,
    pub(super) categories: Vec<String>,
}

impl Texts {
    /// The texts of a ticket set.
    pub(super) fn of(set: &TicketSet) -> Self {
        let texts = |ids: &[NameId]| {
            let names = ids.iter().map(|id| set.names.get(*id).to_owned());
            std::iter::once(String::new()).chain(names).collect()
        };
        Self {
            ticket_types: texts(&set.types),
            queues: texts(&set.queues),
            categories: texts(&set.categories),
        }
    }
}

/// The codes of names: their indexes in [`Texts`].
pub(super) struct CodesOf(HashMap<NameId, u32, RandomState>);

impl CodesOf {
    pub(super) fn new(ids: &[NameId]) -> Self {
        Self(ids.iter().copied().zip(1..).collect())
    }

    pub(super) fn get(&self, id: Option<NameId>) -> u32 {
        id.and_then(|id| self.0.get(&id).copied()).unwrap_or(0)
    }
}

/// The rows of each organization, sorted by name. `others` are the moments of tickets outside the set, for its bursts.
pub(super) fn rows_of(
    set: &TicketSet,
    settings: Settings,
    others: &Moments,
) -> Result<Vec<(Organization, Rows)>, PolarsError> {
    let builder = Builder::of(set, settings, others);
    let parts = set.parts(ROWS).par_iter().map(|part| builder.build(set, part)).collect();
    builder.finish(parts)
}

/// The rows of each organization among some tickets.
type BuiltPart = Result<Vec<Rows>, PolarsError>;

/// Builds the rows of each organization.
struct Builder {
    organizations: Vec<Organization>,
    /// By index of a location: its organization, and its index there.
    owners: Vec<(usize, usize)>,
    types: CodesOf,
    queues: CodesOf,
    categories: CodesOf,
    bursts: Bursts,
    settings: Settings,
}

impl Builder {
    fn of(set: &TicketSet, settings: Settings, others: &Moments) -> Self {
        let organizations = Organization::all(&set.locations);
        let places = organizations.iter().enumerate();
        let owners = places
            .flat_map(|(at, one)| (0..one.locations.len()).map(move |place| (at, place)))
            .collect();
        Self {
            organizations,
            owners,
            types: CodesOf::new(&set.types),
            queues: CodesOf::new(&set.queues),
            categories: CodesOf::new(&set.categories),
            bursts: set.bursts(others),
            settings,
        }
    }

    /// The rows of some tickets, for each organization.
    fn build(&self, set: &TicketSet, tickets: &ticket::Part<'_>) -> BuiltPart {
        let mut rows = vec![0_usize; self.organizations.len()];
        for place in tickets.places() {
            let owner = self.owners.get(place).and_then(|(owner, _)| rows.get_mut(*owner));
            if let Some(rows) = owner {
                *rows += 1;
            }
        }
        let mut parts: Vec<Part> = rows.into_iter().map(Part::with_room).collect();
        let mut times = LocalTimes::default();
        for ticket in tickets.tickets() {
            let Some((owner, place)) = self.owners.get(ticket.location).copied() else { continue };
            let Some(location) = set.locations.get(ticket.location) else { continue };
            let codes = Codes {
                ticket_type: self.types.get(ticket.ticket_type),
                queue: self.queues.get(ticket.queue),
                category: self.categories.get(ticket.category),
            };
            if let Some(part) = parts.get_mut(owner) {
                let at = (place, location);
                part.add(&ticket, at, codes, self.settings, &mut times, &self.bursts);
            }
        }
        parts.into_iter().map(Part::into_rows).collect()
    }

    /// The rows of each organization, put together.
    fn finish(self, parts: Vec<BuiltPart>) -> Result<Vec<(Organization, Rows)>, PolarsError> {
        let mut wholes: Vec<Option<Rows>> = self.organizations.iter().map(|_| None).collect();
        for part in parts {
            for (whole, rows) in wholes.iter_mut().zip(part?) {
                match whole {
                    None => *whole = Some(rows),
                    Some(whole) => whole.append(rows)?,
                }
            }
        }
        let whole = |(one, rows): (Organization, Option<Rows>)| {
            Ok((one, rows.map_or_else(Rows::none, Ok)?))
        };
        self.organizations.into_iter().zip(wholes).map(whole).collect()
    }
}

/// Groups locations, sorted by organization and name, by organization. They must be all of the archive, or ids differ.
#[must_use]
pub fn organizations(locations: &[Location]) -> Vec<(String, Vec<LocationColumn>)> {
    Organization::all(locations).into_iter().map(Organization::into_parts).collect()
}

/// An organization and its locations.
pub(super) struct Organization {
    pub(super) name: String,
    pub(super) locations: Vec<LocationColumn>,
}

impl Organization {
    /// The organizations of locations that are sorted by organization and name.
    pub(super) fn all(locations: &[Location]) -> Vec<Self> {
        let neighbours = locations.chunk_by(|a, b| a.organization == b.organization);
        let all = neighbours.map(|mine| {
            let ids = location_ids(mine.iter().map(|l| (l.organization.as_str(), l.name.as_str())));
            let locations = mine.iter().zip(ids).map(|(l, id)| LocationColumn {
                name: l.name.clone(),
                id,
                clock: l.clock,
                zone_is_chosen: l.zone_is_chosen,
                has_check_ins: l.has_check_ins,
                target_ms: l.target_ms,
            });
            let name = mine.first().map_or_else(String::new, |l| l.organization.clone());
            Self { name, locations: locations.collect() }
        });
        all.collect()
    }

    /// Its name and locations.
    pub(super) fn into_parts(self) -> (String, Vec<LocationColumn>) {
        (self.name, self.locations)
    }

    pub(super) fn frame(self, rows: Rows, texts: Texts, settings: Settings) -> TicketFrame {
        let Texts { ticket_types, queues, categories } = texts;
        TicketFrame {
            organization: self.name,
            locations: self.locations,
            rows: rows.frame,
            ticket_types,
            queues,
            categories,
            dates: rows.dates,
            left_out: rows.left_out,
            settings,
        }
    }
}
