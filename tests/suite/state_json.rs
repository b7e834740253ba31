//! What `queuestat state` says to programs: every action tells what it did as JSON, and means the same as its words.

use std::fs;

use serde_json::{Value, json};

use crate::forget::{CONFIG, forget, night};
use crate::workspace::{Run, Workspace, hook};

const IDS: [&str; 3] = ["visit-of-march", "visit-of-april", "visit-of-may"];

/// Three generations, each with the ticket of one more month.
fn space() -> Workspace {
    let space = Workspace::in_memory();
    space.write("queuestat.toml", CONFIG.replace("[nightly]\n", "[nightly]\nkeep = 3\n"));
    for (month, id) in (3..).zip(IDS) {
        let position = format!(
            "\"location\":\"Shop\",\"createdAt\":\"2021-{month:02}-02T10:00:00Z\",\"fulfilledAt\":\"2021-{month:02}-02T10:05:00Z\""
        );
        space.write(
            &format!("archive/{month}.jsonl"),
            hook("one", "positionCompleted", id, &position),
        );
        let run = night(&space, &[]);
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    space
}

/// The answer, which is JSON and nothing else.
fn answer(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_repair_tells_what_it_put_back_and_what_it_could_not() {
    let space = space();
    let run = space.run(&["state", "repair", "--json"]);
    let said = answer(&run);
    assert_eq!((run.code, &said["is_well"], &said["mended"]), (0, &json!(true), &json!([])));
    assert_eq!((&said["made_current"], &said["next_step"]), (&Value::Null, &Value::Null));

    let shared = space.path("state/gen-3/tickets/2021-03-01.parquet");
    fs::write(&shared, "damaged").unwrap();
    let run = space.run(&["state", "repair", "--json"]);
    let said = answer(&run);
    assert_eq!((run.code, &said["is_well"]), (0, &json!(true)));
    let mended = &said["mended"][0];
    assert_eq!(mended["file"], "state/gen-3/tickets/2021-03-01.parquet");
    assert_eq!((&mended["source"], &mended["not_put_back"]), (&json!("copy"), &Value::Null));
    assert!(mended["copy_in_generation"].as_u64().is_some_and(|from| from < 3), "{mended}");

    fs::write(space.path("state/CURRENT"), "torn").unwrap();
    let said = answer(&space.run(&["state", "repair", "--json"]));
    assert_eq!((&said["made_current"], &said["current"]), (&json!(3), &json!(3)));

    // Of what the last night brought there is no copy.
    fs::write(space.path("state/gen-3/tickets/2021-05-01.parquet"), "damaged").unwrap();
    let run = space.run(&["state", "repair", "--json"]);
    let said = answer(&run);
    assert_eq!((run.code, &said["is_well"]), (4, &json!(false)));
    assert_eq!(said["generations"][0]["damaged_parts"][0]["part"], "tickets/2021-05-01.parquet");
    // The step after a repair is no other repair.
    let step = said["next_step"].as_str().unwrap();
    assert!(step.contains("state rollback") && !step.contains("state repair"), "{step}");
    let words = space.run(&["state", "repair"]);
    assert!(words.code == 4 && words.stdout.contains(step), "{}", words.stdout);
}

#[test]
fn a_roll_back_tells_where_it_went() {
    let space = space();
    fs::write(space.path("state/gen-2/tickets/2021-04-01.parquet"), "damaged").unwrap();
    fs::write(space.path("state/gen-3/tickets/2021-04-01.parquet"), "damaged").unwrap();
    let run = space.run(&["state", "rollback", "--json"]);
    let said = answer(&run);
    assert_eq!((run.code, &said["from"], &said["current"]), (0, &json!(3), &json!(1)));
    assert_eq!((&said["passed_over"], &said["mended"]), (&json!([2]), &json!([])));
    assert_eq!(said["state"], "state");
    // Where there is nothing to go back to, nothing is said to a program.
    let run = space.run(&["state", "rollback", "--json"]);
    assert!(run.code != 0 && run.stdout.is_empty(), "{} {}", run.code, run.stdout);
}

#[test]
fn what_is_forgotten_is_counted_and_never_named() {
    let space = space();
    let run = forget(&space, &["--ticket", IDS[0], "--ticket", "mistyped", "--dry-run", "--json"]);
    let said = answer(&run);
    assert_eq!((run.code, &said["dry_run"], &said["unknown_ids"]), (3, &json!(true), &json!(1)));
    assert_eq!(said["tickets_by_month"], json!({"2021-03": 1}));
    assert_eq!((&said["generation"], &said["published_files"]), (&Value::Null, &json!(0)));

    let run = forget(&space, &["--ticket", IDS[0], "--json"]);
    let said = answer(&run);
    assert_eq!((run.code, &said["dry_run"]), (0, &json!(false)), "{}", run.stderr);
    assert_eq!((&said["unknown_ids"], &said["generation"]), (&json!(0), &json!(4)));
    assert!(said["published_files"].as_u64().is_some_and(|files| files > 0), "{said}");
    assert!(!run.stdout.contains(IDS[0]) && !run.stderr.contains(IDS[0]));

    let run = forget(&space, &["--before", "2021-05-01", "--with-figures", "--json"]);
    let said = answer(&run);
    assert_eq!((run.code, &said["figures_go"]), (0, &json!(true)), "{}", run.stderr);
    assert_eq!(said["tickets_before_by_month"], json!({"2021-04": 1}));
    assert_eq!((&said["tickets_by_month"], &said["figures_that_stay"]), (&json!({}), &json!([])));
}
