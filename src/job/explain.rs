//! How a ticket came about: every record that made it, what each field contributed or why it lost, and what follows.

use crate::calendar::{LocalTimes, rfc3339};
use crate::dataframe::derive;
use crate::ingest::{Traced, Watch};
use crate::store::Generation;
use crate::ticket::{Membership, Moments, Ticket, TicketSet, normalise};
use crate::webhook::{BookingTime, Snapshot, TicketId};

use super::error::{JobError, Missing};
use super::input::{Quality, Verdict};
use super::kept::of_state;
use super::located::Located;
use super::observer::Observer;
use super::plan::Plan;
use super::read::{Timer, read_watching};
use super::source::{Source, recalled};
use super::ticket_facts::{facts, joined};

/// A ticket, and the records that made it.
#[derive(Debug)]
pub struct Explained {
    /// Its organization, as the configuration joins them.
    pub organization: String,
    /// Name of its location.
    pub location: String,
    /// Name of the zone of its local times.
    pub zone: String,
    /// What it holds, as joined: name, value, and the rule that chose it among the records.
    pub ticket: Vec<(&'static str, String, &'static str)>,
    /// Its records, in the order in which newer ones win; `None` of a state, which keeps none.
    pub records: Option<Vec<TracedRecord>>,
    /// What it became: name, value, and the rule that gave it.
    pub facts: Vec<(&'static str, String, String)>,
}

/// A record of the ticket.
#[derive(Debug)]
pub struct TracedRecord {
    /// Its file.
    pub file: String,
    /// Its line, counted from 1.
    pub line: u64,
    /// What happened.
    pub event: String,
    /// When the archive received it, if that is known.
    pub received_at: Option<String>,
    /// Whether the same bytes stand earlier in the same file: then it changes nothing.
    pub is_repeat: bool,
    /// What its fields say, and what became of that.
    pub fields: Vec<TracedField>,
}

/// What a field of a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TracedField {
    /// The field of the ticket.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// Whether the ticket has the value from here.
    pub is_kept: bool,
    /// Why, in a few words.
    pub why: String,
}

/// What decides between the values of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Earliest,
    Latest,
    Largest,
    Newest,
}

/// A field of snapshots: its name, what decides, and its value, as text and as a number that can be compared.
struct Field {
    name: &'static str,
    rule: Rule,
    of: fn(&Snapshot<'_>) -> Option<(String, i64)>,
}

fn time(at: Option<i64>) -> Option<(String, i64)> {
    at.map(|at| (rfc3339(at), at))
}

fn slot(at: Option<BookingTime>) -> Option<(String, i64)> {
    at.map(|at| match at {
        BookingTime::Instant(at) => (rfc3339(at), at),
        BookingTime::WallClock(at) => {
            (format!("{} local time", rfc3339(at).trim_end_matches('Z')), at)
        }
    })
}

const FIELDS: [Field; 16] = [
    Field { name: "created_at", rule: Rule::Earliest, of: |s| time(s.created_at) },
    Field { name: "activated_at", rule: Rule::Earliest, of: |s| time(s.activated_at) },
    Field { name: "first_called_at", rule: Rule::Earliest, of: |s| time(s.called_at) },
    Field { name: "last_called_at", rule: Rule::Latest, of: |s| time(s.called_at) },
    Field { name: "checked_in_at", rule: Rule::Earliest, of: |s| time(s.check_in()) },
    Field { name: "completed_at", rule: Rule::Earliest, of: |s| time(s.completed_at) },
    Field { name: "rejected_at", rule: Rule::Earliest, of: |s| time(s.rejected_at) },
    Field {
        name: "retries",
        rule: Rule::Largest,
        of: |s| s.retries.map(|n| (n.to_string(), n.into())),
    },
    Field { name: "location", rule: Rule::Newest, of: |s| text(s.location.as_deref()) },
    Field { name: "queue", rule: Rule::Newest, of: |s| text(s.queue.as_deref()) },
    Field { name: "type", rule: Rule::Newest, of: |s| text(s.ticket_type.as_deref()) },
    Field { name: "category", rule: Rule::Newest, of: |s| text(s.category.as_deref()) },
    Field { name: "booking_start", rule: Rule::Newest, of: |s| slot(s.booking_start) },
    Field { name: "booking_end", rule: Rule::Newest, of: |s| slot(s.booking_end) },
    Field {
        name: "people",
        rule: Rule::Newest,
        of: |s| s.people.map(|n| (n.to_string(), n.into())),
    },
    Field {
        name: "rating",
        rule: Rule::Newest,
        of: |s| s.rating.map(|rating| (rating.stars().to_string(), rating.stars().into())),
    },
];

fn text(text: Option<&str>) -> Option<(String, i64)> {
    text.filter(|text| !text.is_empty()).map(|text| (text.to_owned(), 0))
}

/// Explains a ticket; one for each organization that has a ticket with that id. Of a state the ticket itself, which has no
/// records any more. How good the input is, is told too: records of the ticket may stand in what could not be read.
///
/// # Errors
/// [`JobError`] if the archive or the state cannot be read; [`JobError::Missing`] if there is no such ticket.
pub fn explain(
    plan: &mut Plan,
    source: &Source,
    id: &str,
    observer: &dyn Observer,
) -> Result<(Vec<Explained>, Quality), JobError> {
    let ticket = TicketId::from_text(id.as_bytes());
    let (found, there, quality) = match source {
        Source::Archive => of_archive(plan, ticket, observer)?,
        Source::State(folder, wait) => {
            let (found, there) =
                of_state(folder, *wait, |state| of_generation(plan, ticket, state))?;
            (found, there, Quality::Good)
        }
    };
    if found.is_empty() {
        let (noun, name) = ("ticket", id.to_owned());
        return Err(JobError::Missing(Missing { noun, name, near: Vec::new(), there }));
    }
    Ok((found, quality))
}

/// The tickets with an id, the number of all, and how good the input is, which is told at once.
fn of_archive(
    plan: &Plan,
    ticket: TicketId,
    observer: &dyn Observer,
) -> Result<(Vec<Explained>, usize, Quality), JobError> {
    let mut timer = Timer::start(observer);
    let (mut input, traced) = read_watching(plan, Watch::Ticket(ticket), &mut timer)?;
    let Verdict { quality, notices } = input.verdict(plan);
    for notice in &notices {
        observer.notice(notice);
    }
    observer.account(&input, quality == Quality::Good);
    let names: Vec<String> =
        input.ingested.account.files.iter().map(|file| file.name.clone()).collect();
    let Located { fold, gazetteer, .. } = Located::take(plan, &mut input);
    let set = fold.finish_at(&gazetteer);
    let mut found = in_set(plan, ticket, &set, &Moments::default());
    for one in &mut found {
        let is_mine = |record: &&Traced| {
            let sent = normalise(&record.snapshot.organization);
            plan.directory.organization(&sent) == Membership::In(&one.organization)
        };
        let records: Vec<&Traced> = traced.iter().filter(is_mine).collect();
        one.records = Some(of_records(&records, &names));
    }
    Ok((found, set.len(), quality))
}

/// The tickets with an id, and the number of all, of what nights keep.
fn of_generation(
    plan: &mut Plan,
    ticket: TicketId,
    state: Option<&Generation>,
) -> Result<(Vec<Explained>, usize), JobError> {
    let Some(state) = state else { return Err(JobError::EmptyState) };
    let (_, _, chronicle) = recalled(plan, state)?;
    let (mut found, mut there) = (Vec::new(), 0);
    chronicle.each_period(
        state,
        |_| true,
        |set, others| {
            plan.stop.check()?;
            there += set.len();
            found.extend(in_set(plan, ticket, set, others));
            Ok::<(), JobError>(())
        },
    )?;
    Ok((found, there))
}

/// The tickets of a set with an id, without their records; `others` are the moments of tickets outside the set.
fn in_set(plan: &Plan, ticket: TicketId, set: &TicketSet, others: &Moments) -> Vec<Explained> {
    let explained = |one: Ticket| {
        let location = set.locations.get(one.location)?;
        let mut derived = derive(&one, location, plan.waits, &mut LocalTimes::default());
        let before = derived;
        derived.leave_out_bursts(&one, &set.bursts(others), plan.waits);
        Some(Explained {
            organization: location.organization.clone(),
            location: location.name.clone(),
            zone: location.clock.zones().to_string(),
            ticket: joined(&one, set),
            records: None,
            facts: facts(&one, location, (&before, &derived), plan),
        })
    };
    let mine = set.tickets().into_iter().filter(|one| one.id == ticket);
    mine.filter_map(explained).collect()
}

/// The place of a record in the order in which newer ones win.
fn order(record: &Traced) -> (i64, u8, u32, u64) {
    let Traced { file, line, snapshot, .. } = record;
    (snapshot.order_time(), snapshot.event.lifecycle_rank(), *file, *line)
}

fn of_records(records: &[&Traced], names: &[String]) -> Vec<TracedRecord> {
    let mut sorted = records.to_vec();
    sorted.sort_by_key(|record| order(record));
    let place = |record: &Traced| {
        let name = names.get(record.file as usize).map_or("", String::as_str);
        format!("{name}:{}", record.line)
    };
    // A payload that is repeated in its file stands where it stood first.
    let is_repeat = |record: &Traced| {
        let same = |other: &&&Traced| {
            (other.file, other.payload_hash) == (record.file, record.payload_hash)
                && other.line < record.line
        };
        records.iter().find(same).is_some()
    };
    let first: Vec<&Traced> = sorted.iter().copied().filter(|one| !is_repeat(one)).collect();
    let winner = |field: &Field| {
        // A rating that is repeated byte for byte, in any file, stands where it stood first.
        let is_late = |record: &Traced| {
            let same = |one: &&Traced| one.payload_hash == record.payload_hash;
            field.name == "rating"
                && first.iter().copied().filter(same).any(|one| order(one) < order(record))
        };
        let said = first.iter().filter(|record| !is_late(record));
        let said = said.filter_map(|record| Some(((field.of)(&record.snapshot)?.1, *record)));
        match field.rule {
            Rule::Earliest => said.min_by_key(|(value, record)| (*value, order(record))),
            // Of equal values the first record is named.
            Rule::Latest | Rule::Largest => {
                said.max_by_key(|(value, record)| (*value, std::cmp::Reverse(order(record))))
            }
            Rule::Newest => said.max_by_key(|(_, record)| order(record)),
        }
    };
    let fields = |record: &Traced| {
        let said = |field: &Field| {
            let (value, number) = (field.of)(&record.snapshot)?;
            let (best, from) = winner(field)?;
            let is_kept = std::ptr::eq(from, record);
            let same = match field.rule {
                Rule::Newest => (field.of)(&from.snapshot).is_some_and(|(other, _)| other == value),
                Rule::Earliest | Rule::Latest | Rule::Largest => best == number,
            };
            let why = match (is_kept, field.rule) {
                _ if is_repeat(record) => "repeated in its file: changes nothing".to_owned(),
                (true, Rule::Earliest) => "the earliest".to_owned(),
                (true, Rule::Latest) => "the latest".to_owned(),
                (true, Rule::Largest) => "the largest".to_owned(),
                (true, Rule::Newest) => "the newest".to_owned(),
                (false, _) if same => format!("the same as {}", place(from)),
                (false, Rule::Earliest) => format!("an earlier one is in {}", place(from)),
                (false, Rule::Latest) => format!("a later one is in {}", place(from)),
                (false, Rule::Largest) => format!("a larger one is in {}", place(from)),
                (false, Rule::Newest) => format!("a newer one is in {}", place(from)),
            };
            Some(TracedField { name: field.name, value, is_kept, why })
        };
        FIELDS.iter().filter_map(said).collect()
    };
    sorted
        .iter()
        .map(|record| TracedRecord {
            file: names.get(record.file as usize).cloned().unwrap_or_default(),
            line: record.line,
            event: record.snapshot.event.name().to_owned(),
            received_at: record.snapshot.received_at.map(rfc3339),
            is_repeat: is_repeat(record),
            fields: fields(record),
        })
        .collect()
}
