//! How a ticket came about: every record that made it, what each field contributed or why it lost, and what follows.

use crate::calendar::{LocalTimes, rfc3339};
use crate::dataframe::{Derived, Interval, WaitEnd, derive};
use crate::ingest::Traced;
use crate::ticket::{Location, Membership, Outcome, Ticket, normalise};
use crate::webhook::{BookingTime, Snapshot, TicketId};

use super::error::{JobError, Missing};
use super::located::Located;
use super::observer::Observer;
use super::plan::Plan;
use super::read::{Timer, read_watching};

/// A ticket, and the records that made it.
#[derive(Debug)]
pub struct Explained {
    /// Its organization, as the configuration joins them.
    pub organization: String,
    /// Name of its location.
    pub location: String,
    /// Name of the zone of its local times.
    pub zone: String,
    /// Its records, in the order in which newer ones win.
    pub records: Vec<TracedRecord>,
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

/// Explains a ticket; one for each organization that has a ticket with that id.
///
/// # Errors
/// [`JobError`] if the archive cannot be read; [`JobError::Missing`] if no record is of the ticket.
pub fn explain(plan: &Plan, id: &str, observer: &dyn Observer) -> Result<Vec<Explained>, JobError> {
    let ticket = TicketId::from_text(id.as_bytes());
    let mut timer = Timer::start(observer);
    let (mut input, traced) = read_watching(plan, Some(ticket), &mut timer)?;
    let names: Vec<String> =
        input.ingested.account.files.iter().map(|file| file.name.clone()).collect();
    let Located { fold, gazetteer, .. } = Located::take(plan, &mut input);
    let set = fold.finish_at(&gazetteer);
    let mut found: Vec<Explained> = Vec::new();
    let mine = set.tickets().into_iter().filter(|one| one.id == ticket);
    for one in mine {
        let Some(location) = set.locations.get(one.location) else { continue };
        let records: Vec<&Traced> = traced
            .iter()
            .filter(|record| {
                let sent = normalise(&record.snapshot.organization);
                let owner = plan.directory.organization(&sent);
                owner == Membership::In(location.organization.as_str())
            })
            .collect();
        let derived = derive(&one, location, plan.waits, &mut LocalTimes::default());
        found.push(Explained {
            organization: location.organization.clone(),
            location: location.name.clone(),
            zone: location.clock.zones().to_string(),
            records: of_records(&records, &names),
            facts: facts(&one, location, &derived, plan),
        });
    }
    if found.is_empty() {
        let (noun, name) = ("ticket", id.to_owned());
        return Err(JobError::Missing(Missing { noun, name, near: Vec::new(), there: set.len() }));
    }
    Ok(found)
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
        let said =
            first.iter().filter_map(|record| Some(((field.of)(&record.snapshot)?.1, *record)));
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

/// What the ticket became.
fn facts(
    ticket: &Ticket,
    location: &Location,
    derived: &Derived,
    plan: &Plan,
) -> Vec<(&'static str, String, String)> {
    let at = |at: Option<i64>| at.map_or_else(|| "unknown".to_owned(), rfc3339);
    let text = |text: &str| text.to_owned();
    let date = derived
        .arrival
        .map_or_else(|| text("unknown"), |local| format!("{}, hour {}", local.date, local.hour));
    let why_date = if ticket.is_booking && ticket.booking_start.is_some() {
        "local day of the start of the slot"
    } else {
        "local day of the creation"
    };
    let why_entered = if !ticket.is_booking {
        "a walk-in enters when it is created"
    } else if ticket.activated_at.is_some() {
        "a booking enters when it is activated, never before it is created"
    } else {
        "a booking that was not activated enters when its slot starts"
    };
    let headline = match plan.waits.ends_at {
        WaitEnd::CheckIn => "from entering the queue to the check-in",
        WaitEnd::Call => "from entering the queue to the first call",
    };
    let within = if derived.within { "yes" } else { "no" };
    let target = location.target_ms / 60_000;
    vec![
        ("outcome", text(derived.outcome.name()), text(why_outcome(derived.outcome))),
        ("service date", date, text(why_date)),
        ("entered the queue", at(derived.queue_entered_at), text(why_entered)),
        ("wait", seconds(derived.wait), text(headline)),
        (
            "wait to the first call",
            seconds(derived.call_wait),
            text("from entering the queue to the first call"),
        ),
        ("service time", seconds(derived.service), text("from the check-in to the check-out")),
        (
            "within the target",
            text(within),
            format!(
                "served, and the wait is at most {target} min; counted only if it entered the queue and ended"
            ),
        ),
        (
            "rating",
            ticket.rating.map_or_else(|| text("none"), |rating| rating.stars().to_string()),
            text("the newest feedback with a usable rating"),
        ),
    ]
}

fn seconds(interval: Interval) -> String {
    match interval {
        Interval::Unknown => "unknown: one of both times is missing".to_owned(),
        Interval::Seconds(seconds) => format!("{seconds} s"),
        Interval::Early => "0 s: served before it was due".to_owned(),
        Interval::Negative => "left out: it ends before it begins".to_owned(),
        Interval::Implausible => "left out: longer than `wait.max_hours`".to_owned(),
    }
}

fn why_outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Served => "checked in or completed; this goes before everything else",
        Outcome::CancelledByCustomer => "positionCancelled was seen, and no check-in",
        Outcome::CancelledByStaff => {
            "positionCancelledByStaff was seen, and neither a check-in nor a cancellation by the customer"
        }
        Outcome::NoShow => "removed after it had been called",
        Outcome::Removed => "removed, and never called",
        Outcome::Rejected => "status rejected, and no event that says why",
        Outcome::Lapsed => {
            "never called, no end, and its day was over 24 hours before the instant of the run"
        }
        Outcome::Open => "no end was seen",
    }
}
