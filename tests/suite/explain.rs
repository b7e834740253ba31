//! How a ticket came about: each record, and what became of what it says.

use std::collections::BTreeMap;

use queuestat::calendar::rfc3339;
use queuestat::synth::{Compression, Recipe, write};
use queuestat::webhook::TicketId;
use serde_json::Value;

use crate::naive::STOCKHOLM;
use crate::oracle::tickets;
use crate::workspace::{Workspace, hook};

fn explained(space: &Workspace, ticket: &str) -> Value {
    let run =
        space.run(&["explain", ticket, "archive", "--json", "--as-of", "2021-05-01T00:00:00Z"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let all: Value = serde_json::from_str(&run.stdout).unwrap();
    all["tickets"][0].clone()
}

/// Name, value, whether it was kept, and why.
type Field = (String, String, bool, String);

/// Event, line, and the fields of each record: name, value, kept, why.
fn records(ticket: &Value) -> Vec<(String, u64, Vec<Field>)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let field = |field: &Value| {
        (
            text(&field["name"]),
            text(&field["value"]),
            field["kept"].as_bool().unwrap(),
            text(&field["why"]),
        )
    };
    let record = |one: &Value| {
        let fields = one["fields"].as_array().unwrap().iter().map(field).collect();
        (text(&one["event"]), one["line"].as_u64().unwrap(), fields)
    };
    ticket["records"].as_array().unwrap().iter().map(record).collect()
}

#[test]
fn each_field_says_why_it_was_kept_or_lost() {
    let space = Workspace::new();
    let created = "\"createdAt\":\"2021-03-01T10:00:00Z\"";
    let called = format!("{created},\"location\":\"A\",\"calledAt\":\"2021-03-01T10:04:00Z\"");
    let again = format!("{created},\"location\":\"B\",\"calledAt\":\"2021-03-01T10:06:00Z\"");
    let other = hook("org", "positionCreated", "8", created);
    let called = hook("org", "positionCalled", "7", &called);
    let lines = [other.clone(), called.clone(), hook("org", "positionCalled", "7", &again), called];
    space.write("archive/a.jsonl", lines.concat());
    space.write("archive/b.jsonl", hook("org", "positionCreated", "7", created));
    let ticket = explained(&space, "7");
    let records = records(&ticket);
    let events: Vec<(&str, u64)> = records.iter().map(|(e, line, _)| (e.as_str(), *line)).collect();
    assert_eq!(
        events,
        [
            ("positionCreated", 1),
            ("positionCalled", 2),
            ("positionCalled", 4),
            ("positionCalled", 3)
        ]
    );
    let all: BTreeMap<(u64, &str), (&str, bool, &str)> = records
        .iter()
        .skip(1)
        .flat_map(|(_, line, fields)| {
            fields.iter().map(|(name, value, kept, why)| {
                ((*line, name.as_str()), (value.as_str(), *kept, why.as_str()))
            })
        })
        .collect();
    assert_eq!(all[&(2, "first_called_at")], ("2021-03-01T10:04:00Z", true, "the earliest"));
    assert_eq!(
        all[&(2, "last_called_at")],
        ("2021-03-01T10:04:00Z", false, "a later one is in a.jsonl:3")
    );
    assert_eq!(all[&(3, "last_called_at")], ("2021-03-01T10:06:00Z", true, "the latest"));
    assert_eq!(all[&(2, "location")], ("A", false, "a newer one is in a.jsonl:3"));
    assert_eq!(all[&(3, "location")], ("B", true, "the newest"));
    assert_eq!(all[&(4, "location")], ("A", false, "repeated in its file: changes nothing"));
    assert_eq!(all[&(2, "created_at")].2, "the same as b.jsonl:1");
    assert_eq!(ticket["location"], "B");
    let outcome = &ticket["facts"][0];
    assert_eq!((&outcome["name"], &outcome["value"]), (&"outcome".into(), &"open".into()));
    let text = space.run(&["explain", "7", "archive", "--as-of", "2021-05-01T00:00:00Z"]).stdout;
    assert!(text.contains("  = last_called_at   2021-03-01T10:06:00Z  (the latest)\n"), "{text}");
    let missing = space.run(&["explain", "9", "archive", "--as-of", "2021-05-01T00:00:00Z"]);
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains("there is no ticket `9`\n"), "{}", missing.stderr);
}

/// What is kept is what the join made, for tickets of an invented archive with late, repeated and broken lines.
#[test]
fn what_is_kept_is_the_ticket() {
    let seed = 3;
    let space = Workspace::new();
    let recipe =
        Recipe { tickets: 900, seed, compression: Compression::Plain, ..Recipe::default() };
    write(&recipe, &space.path("archive")).unwrap();
    // Its names are not those as sent.
    std::fs::remove_file(space.path("archive/queuestat.toml")).unwrap();
    let set = tickets(seed, STOCKHOLM);
    let uuid = |TicketId(bytes): TicketId| {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    };
    let mut several = 0;
    for ticket in set.tickets().iter().step_by(60) {
        let found = explained(&space, &uuid(ticket.id));
        let records = records(&found);
        several += usize::from(records.len() > 3);
        let kept = |name: &str| {
            let fields = records.iter().flat_map(|(.., fields)| fields);
            let mut kept = fields.filter(|(field, _, kept, _)| field == name && *kept);
            let one = kept.next().map(|(_, value, ..)| value.clone());
            assert!(kept.next().is_none(), "{name} is kept twice");
            one
        };
        for (name, at) in [
            ("created_at", ticket.created_at),
            ("activated_at", ticket.activated_at),
            ("first_called_at", ticket.first_called_at),
            ("last_called_at", ticket.last_called_at),
            ("checked_in_at", ticket.checked_in_at),
            ("completed_at", ticket.completed_at),
        ] {
            assert_eq!(kept(name), at.map(rfc3339), "{name}");
        }
        assert_eq!(kept("rating"), ticket.rating.map(|rating| rating.stars().to_string()));
        assert_eq!(kept("queue").as_deref(), ticket.queue.map(|id| set.names.get(id)));
        assert_eq!(found["location"], set.locations[ticket.location].name.as_str());
    }
    assert!(several > 5, "{several}");
}
