//! `--log-format json`: every line of stderr is an object, and says what the text says.

use serde_json::Value;

use crate::workspace::{Run, Workspace, hook};

const CONFIG: &str = "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\nstate_dir = \"state\"\n";

fn line(id: &str, more: &str) -> String {
    let position = format!(
        "\"location\":\"A\",\"createdAt\":\"2021-04-01T10:00:00Z\",\"fulfilledAt\":\"2021-04-01T10:05:00Z\"{more}"
    );
    hook("org", "positionCompleted", id, &position)
}

fn space() -> Workspace {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    space.write("archive/a.jsonl", format!("{}{}", line("1", ""), line("1", "")));
    space
}

fn nightly(space: &Workspace, more: &[&str]) -> Run {
    let mut args = vec!["nightly", "--as-of", "2021-04-08T02:00:00Z", "--log-format", "json"];
    args.extend(more);
    space.run(&args)
}

/// The objects, each with what every one has.
fn objects(run: &Run) -> Vec<Value> {
    let parse = |line: &str| -> Value {
        let value: Value = serde_json::from_str(line).unwrap();
        assert!(["info", "warning", "error"].contains(&value["level"].as_str().unwrap()), "{line}");
        assert!(value["event"].is_string() && value["message"].is_string(), "{line}");
        value
    };
    run.stderr.lines().map(parse).collect()
}

fn events(objects: &[Value]) -> Vec<&str> {
    objects.iter().map(|object| object["event"].as_str().unwrap()).collect()
}

#[test]
fn the_summary_of_a_night_has_the_counts() {
    let space = space();
    let run = nightly(&space, &[]);
    let said = objects(&run);
    assert_eq!((run.code, events(&said)), (0, vec!["summary"]), "{}", run.stderr);
    let summary = &said[0];
    for (pointer, expected) in [
        ("/files/new", 1),
        ("/read/records", 2),
        ("/read/accepted", 1),
        ("/read/duplicate", 1),
        ("/read/rejected", 0),
        ("/read/deferred", 0),
        ("/total/files", 1),
        ("/tickets", 1),
        ("/generation", 1),
        ("/exit_code", 0),
        ("/published_reports", 3),
    ] {
        assert_eq!(summary.pointer(pointer), Some(&expected.into()), "{pointer}: {summary}");
    }
    assert!(summary["seconds"].is_f64() && summary["published"] == true, "{summary}");
    assert_eq!(summary["as_of"], "2021-04-08T02:00:00Z");
    assert!(run.stderr.starts_with("{\"level\":\"info\",\"event\":\"summary\",\"message\":"));

    let run = nightly(&space, &["--verbose"]);
    let said = objects(&run);
    let summary = said.last().unwrap();
    assert_eq!(events(&said), ["stage", "stage", "summary"]);
    assert!(said[0]["seconds"].is_number() && said[0]["rows"] == 1, "{}", said[0]);
    assert!(summary["message"].as_str().unwrap().starts_with("nothing new"), "{summary}");
    assert!(summary["published"] == false && summary["tickets"].is_null(), "{summary}");
    let run = nightly(&space, &["--quiet"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}

#[test]
fn warnings_and_failures_are_objects_too() {
    let space = space();
    let odd = "archive/b \"quoted\"\n\u{1b}[31m.jsonl";
    let good: String = (0..40).map(|n| line(&format!("t{n}"), "")).collect();
    space.write(odd, format!("{good}secret +46700000001\n{{\n[]\nsecret\nsecret\n"));
    let run = nightly(&space, &[]);
    let said = objects(&run);
    assert_eq!(run.code, 3, "{}", run.stderr);
    let mut expected = vec!["warning", "rejected_records"];
    expected.extend(["rejected_record"; 3]);
    expected.extend(["hint", "summary"]);
    assert_eq!(events(&said), expected, "{}", run.stderr);
    assert_eq!((&said[1]["rejected"], &said[1]["records"]), (&4.into(), &47.into()), "{}", said[1]);
    assert_eq!((&said[2]["line"], &said[2]["level"]), (&41.into(), &"warning".into()));
    let file = said[2]["file"].as_str().unwrap();
    assert!(file.contains("b \"quoted\" [31m.jsonl"), "{file}");
    assert_eq!(said.last().unwrap()["exit_code"], 3);
    assert!(!run.stderr.contains("secret") && !run.stderr.contains("+4670"), "{}", run.stderr);

    space.write("archive/c.jsonl", "rubbish\n");
    let run = nightly(&space, &[]);
    let said = objects(&run);
    let refused = said.last().unwrap();
    assert_eq!(
        (run.code, &refused["event"], &refused["exit_code"]),
        (4, &"refused".into(), &4.into())
    );
    assert!(refused["level"] == "error" && refused["causes"] == serde_json::json!([]), "{refused}");
    assert!(refused["hint"].as_str().unwrap().contains("--force"), "{refused}");

    let run = nightly(&space, &["--config", "none.toml"]);
    assert_eq!((run.code, events(&objects(&run))), (2, vec!["error"]));
    let run = nightly(&space, &["--no-such-flag"]);
    assert!(
        run.code == 2 && run.stderr.starts_with("error: unexpected argument"),
        "{}",
        run.stderr
    );
}

#[test]
fn reports_and_checks_speak_it_too() {
    let space = space();
    let json = ["--log-format", "json"];
    let run = space.report("archive", &json);
    let said = objects(&run);
    assert_eq!((run.code, events(&said)), (0, vec!["summary"]), "{}", run.stderr);
    assert_eq!(said[0]["read"]["accepted"], 1);
    assert_eq!((&said[0]["tickets"], &said[0]["from"]), (&1.into(), &"2021-04-01".into()));
    let run = space.run(&["check", "archive", "--log-format", "json"]);
    let said = objects(&run);
    assert_eq!((run.code, &said[0]["read"]["duplicate"]), (0, &1.into()), "{}", run.stderr);
    // Text is what it was.
    let run = space.report("archive", &["--log-format", "text"]);
    assert!(run.stderr.starts_with("queuestat: 2 records from 1 file"), "{}", run.stderr);
}
