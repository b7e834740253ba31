//! The columns of the line of `hourly.csv` and `hours.csv`: who stood in it, and on which days anybody came.
//!
//! The tables sweep over all intervals at once. Here each ticket is split at the local hours by itself.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use crate::calendar::{Clock, HOUR_MS, iso_weekday, rfc3339};
use crate::dataframe::Single;
use crate::metric::behind::{Counted, Mark};
use crate::metric::record::Record;

use super::ground::Ground;
use super::made::Made;

/// What a row counts: an hour, of one weekday or of all.
struct Hour<'a> {
    ground: &'a Ground<'a>,
    record: &'a Record,
    weekday: Option<u64>,
    hour: u64,
}

/// The part of a ticket's time in line that lies in such an hour.
struct Piece<'a> {
    at: usize,
    one: &'a Single,
    day: i32,
    from: i64,
    to: i64,
}

/// How a number of the line came about; `None` for another column.
pub(super) fn line(ground: &Ground<'_>, record: &Record, column: &str) -> Option<Made> {
    let hour =
        Hour { ground, record, weekday: record.count("weekday"), hour: record.count("hour")? };
    match column {
        "open_days" => Some(hour.open_days()),
        "line_mean" => Some(hour.mean()),
        "line_max" => Some(hour.longest()),
        _ => None,
    }
}

impl<'a> Hour<'a> {
    /// The tickets at the place of the row.
    fn tickets(&self) -> impl Iterator<Item = (usize, &'a Single)> + '_ {
        self.ground.inside().filter(|(_, one)| self.ground.is_at(self.record, one))
    }

    /// Whether a local day is of the weekday of the row.
    fn has_day(&self, day: i32) -> bool {
        self.weekday.is_none_or(|weekday| u64::try_from(iso_weekday(day)) == Ok(weekday))
    }

    /// The days on which somebody came, of the weekday of the row.
    fn open(&self) -> BTreeSet<i32> {
        let came = self.tickets().filter(|(_, one)| one.came);
        came.filter_map(|(_, one)| one.service_day).filter(|day| self.has_day(*day)).collect()
    }

    /// The pieces of the time in line that lie in the hour and in the window.
    fn pieces(&self) -> Vec<Piece<'a>> {
        let mut spans: BTreeMap<&str, Option<(Clock, i64, i64)>> = BTreeMap::new();
        let mut pieces = Vec::new();
        for (at, one) in self.tickets() {
            let id = self.ground.id_of(one);
            let span = *spans.entry(id).or_insert_with(|| self.span(self.ground.clock_of(id)?));
            let (Some((clock, begin, end)), Some((from, to))) = (span, one.in_line) else {
                continue;
            };
            clock.each_local_hour(from.max(begin), to.min(end), |local, from, to| {
                let day = local.date.to_epoch_days();
                let is_mine = u64::from(local.hour) == self.hour && self.has_day(day);
                if is_mine && from < to {
                    pieces.push(Piece { at, one, day, from, to });
                }
            });
        }
        pieces
    }

    /// A clock, and the window by it, UTC milliseconds.
    fn span(&self, clock: Clock) -> Option<(Clock, i64, i64)> {
        let (from, to) = self.ground.sections.window;
        let start = |date: Option<NaiveDate>, otherwise| match date {
            Some(date) => clock.start_of(date),
            None => Some(otherwise),
        };
        let next = |date: NaiveDate| date.checked_add_days(Days::new(1));
        Some((clock, start(from, i64::MIN)?, start(to.and_then(next), i64::MAX)?))
    }

    fn open_days(&self) -> Made {
        let mut came: Vec<(usize, &Single)> = self.tickets().filter(|(_, one)| one.came).collect();
        came.retain(|(_, one)| one.service_day.is_some_and(|day| self.has_day(day)));
        came.sort_by_key(|(at, one)| (one.service_day, *at));
        let mut last = None;
        let counted = |(at, one): &(usize, &Single)| {
            let is_first = one.service_day != last;
            last = one.service_day;
            let mark = if is_first { Mark::Part } else { Mark::None };
            Counted { at: *at, value: None, mark }
        };
        let tickets: Vec<Counted> = came.iter().map(counted).collect();
        let days = tickets.iter().filter(|one| one.mark == Mark::Part).count() as u64;
        Made {
            calculation: format!(
                "different service dates of the tickets that came ({})",
                tickets.len()
            ),
            counts: vec![("came", tickets.len() as u64), ("open_days", days)],
            marked: Some("it is the first of its service date"),
            tickets,
            ..Made::default()
        }
    }

    fn mean(&self) -> Made {
        let open = self.open();
        // As in the tables, the hours of several clocks are as long as those of the first location.
        let id = self.record.text("location_id");
        let id = id.or_else(|| self.ground.sections.locations.first().map(|one| one.id.as_str()));
        let clock = id.and_then(|id| self.ground.clock_of(id));
        let length: i64 = open.iter().map(|day| self.length(clock, *day)).sum();
        let mut in_line: BTreeMap<usize, (Option<i32>, i64)> = BTreeMap::new();
        for piece in self.pieces().into_iter().filter(|piece| open.contains(&piece.day)) {
            in_line.entry(piece.at).or_insert((piece.one.service_day, 0)).1 +=
                piece.to - piece.from;
        }
        let sum: i64 = in_line.values().map(|(_, ms)| ms).sum();
        let mut sorted: Vec<(usize, (Option<i32>, i64))> = in_line.into_iter().collect();
        sorted.sort_by_key(|(at, (day, _))| (*day, *at));
        let counted = |(at, (_, ms)): (usize, (Option<i32>, i64))| {
            let value = Some(u32::try_from(ms).unwrap_or(u32::MAX));
            Counted { at, value, mark: Mark::None }
        };
        let tickets: Vec<Counted> = sorted.into_iter().map(counted).collect();
        let calculation = if length == 0 {
            "nobody came on such a day, so there is nothing to divide by".to_owned()
        } else {
            format!(
                "{sum} ms in line / {length} ms that this hour is long on the open days ({})",
                open.len()
            )
        };
        Made {
            calculation,
            counts: vec![("in_line", tickets.len() as u64), ("open_days", open.len() as u64)],
            values_are: Some("in_line_ms"),
            tickets,
            ..Made::default()
        }
    }

    /// How long the hour is on a day, milliseconds.
    fn length(&self, clock: Option<Clock>, day: i32) -> i64 {
        let date = NaiveDate::from_epoch_days(day);
        let span = clock.zip(date).and_then(|(clock, date)| {
            let next = date.checked_add_days(Days::new(1))?;
            Some((clock, clock.start_of(date)?, clock.start_of(next)?))
        });
        let Some((clock, begin, end)) = span else { return HOUR_MS };
        let mut length = 0;
        clock.each_local_hour(begin, end, |local, from, to| {
            if u64::from(local.hour) == self.hour {
                length += to - from;
            }
        });
        length
    }

    fn longest(&self) -> Made {
        let pieces = self.pieces();
        let mut by_place: BTreeMap<u32, Vec<&Piece<'_>>> = BTreeMap::new();
        for piece in &pieces {
            by_place.entry(piece.one.place).or_default().push(piece);
        }
        // Nobody stands in the lines of two places. The line is longest at an instant at which somebody comes, or at which the
        // hour begins: each is where a piece begins.
        let mut best: Option<(usize, i64, u32)> = None;
        for (place, mine) in &by_place {
            let mut comes: Vec<i64> = mine.iter().map(|piece| piece.from).collect();
            let mut leaves: Vec<i64> = mine.iter().map(|piece| piece.to).collect();
            comes.sort_unstable();
            leaves.sort_unstable();
            for at in &comes {
                let there = comes.partition_point(|come| come <= at)
                    - leaves.partition_point(|leave| leave <= at);
                let is_longer = best
                    .is_none_or(|(most, when, _)| there > most || (there == most && *at < when));
                if is_longer {
                    best = Some((there, *at, *place));
                }
            }
        }
        let Some((_, when, place)) = best else {
            let calculation = "nobody was in line in this hour".to_owned();
            return Made { calculation, counts: vec![("in_line", 0)], ..Made::default() };
        };
        let is_there =
            |piece: &&Piece<'_>| piece.one.place == place && piece.from <= when && when < piece.to;
        let counted = |piece: &Piece<'_>| Counted { at: piece.at, value: None, mark: Mark::None };
        let tickets: Vec<Counted> = pieces.iter().filter(is_there).map(counted).collect();
        let name = self.ground.tickets.places.get(place as usize).map_or("", |one| &one.name);
        let of = match self.record.text("location_id") {
            Some(_) => String::new(),
            None => format!(" at {name}"),
        };
        Made {
            calculation: format!("the tickets in line at {}{of}", rfc3339(when)),
            counts: vec![("in_line", tickets.len() as u64)],
            tickets,
            ..Made::default()
        }
    }
}
