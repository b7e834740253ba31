//! The same ten webhooks of three tickets in the shapes that real recorders write: what `check` makes of each.

use std::io::Write as _;

use base64::Engine as _;
use serde_json::{Value, json};

use crate::workspace::{Workspace, hook};

const AS_OF: &str = "2021-06-01T00:00:00Z";
const TIME: &str = "2021-03-01T09:00:00.500Z";

/// Ten webhooks of three tickets, a line each.
fn hooks() -> Vec<String> {
    let events = ["positionCreated", "positionCalled", "positionFulfilled", "positionCompleted"];
    let events =
        (0..3).flat_map(|ticket| events.iter().take(4 - ticket.min(1)).map(move |e| (ticket, e)));
    let one = |(n, (ticket, event)): (usize, (usize, &&str))| {
        let id = format!("1f0c{ticket}5e7-0000-4000-8000-00000000000{ticket}");
        let position = format!(
            "\"location\":{{\"locationName\":\"Harbour \\\"A\\\" ö\"}},\"priority\":{n},\"createdAt\":\"2021-03-01T09:0{ticket}:00.000Z\""
        );
        hook("harbour", event, &id, &position).trim_end().to_owned()
    };
    events.enumerate().map(one).collect()
}

fn values() -> Vec<Value> {
    hooks().iter().map(|hook| serde_json::from_str(hook).unwrap()).collect()
}

/// Lines made of each webhook, as a value or as text.
fn each(make: impl Fn(Value, &str) -> Value) -> String {
    let lines = values().into_iter().zip(hooks());
    lines.map(|(value, text)| format!("{}\n", make(value, &text))).collect()
}

fn lines() -> String {
    hooks().join("\n") + "\n"
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    to.write_all(bytes).unwrap();
    to.finish().unwrap()
}

fn base64(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// Exit code, accepted, rejected and tickets of what lies in `in`.
fn check(space: &Workspace) -> (i32, [u64; 3]) {
    let run = space.run(&["check", "in", "--json", "--as-of", AS_OF]);
    let said: Value = serde_json::from_str(&run.stdout).unwrap_or_default();
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    let total = &said["total"];
    (run.code, [number(&total["accepted"]), number(&total["rejected"]), number(&said["tickets"])])
}

#[track_caller]
fn expect(name: &str, bytes: impl AsRef<[u8]>, expected: (i32, [u64; 3])) {
    let space = Workspace::new();
    space.write(&format!("in/{name}"), bytes);
    assert_eq!(check(&space), expected, "{name}");
}

const ALL: (i32, [u64; 3]) = (0, [10, 0, 3]);

#[test]
fn forms() {
    let (hooks, lines) = (hooks(), lines());
    let pretty = |value: &Value| format!("{value:#}\n");
    let all_pretty: String = values().iter().map(pretty).collect();
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let rows = |row: &dyn Fn(usize, &String) -> String| -> String {
        hooks.iter().enumerate().map(|(n, hook)| row(n, hook)).collect()
    };
    let utf16 = |text: &str| -> Vec<u8> {
        std::iter::once(0xfeff_u16).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    for (name, bytes) in [
        ("plain.jsonl", lines.clone().into_bytes()),
        ("firehose", hooks.concat().into_bytes()),
        ("array.json", format!("[{}]", hooks.join(",\n")).into_bytes()),
        ("array-of-one-line.json", format!("[{}]", hooks.join(", ")).into_bytes()),
        (
            "batches.jsonl",
            hooks
                .chunks(4)
                .map(|some| format!("[{}]\n", some.join(",")))
                .collect::<String>()
                .into_bytes(),
        ),
        ("pretty.json", all_pretty.clone().into_bytes()),
        ("array-pretty.json", format!("{:#}", Value::Array(values())).into_bytes()),
        (
            "two-a-line.jsonl",
            hooks.chunks(2).map(|two| two.join(" ") + "\n").collect::<String>().into_bytes(),
        ),
        ("sequence", rows(&|_, hook| format!("\u{1e}{hook}\n")).into_bytes()),
        ("utf-16.jsonl", utf16(&lines)),
        ("bom-crlf.jsonl", format!("\u{feff}{}", lines.replace('\n', "\r\n")).into_bytes()),
        ("nul.jsonl", ["\0".repeat(4_096), lines.clone(), "\0".repeat(512)].concat().into_bytes()),
        ("app.log", rows(&|_, hook| format!("{TIME} app[1]: {hook}\n")).into_bytes()),
        (
            "hooks.csv",
            format!(
                "\"id\",\"received_at\",\"payload\"\n{}",
                rows(&|n, hook| format!("{n},\"{TIME}\",{}\n", quoted(hook)))
            )
            .into_bytes(),
        ),
        ("no-header.csv", rows(&|n, hook| format!("{};{n}\r\n", quoted(hook))).into_bytes()),
        (
            "copy.tsv",
            rows(&|n, hook| format!("{n}\t{TIME}\t{}\n", hook.replace('\\', "\\\\"))).into_bytes(),
        ),
        ("no-line-end.jsonl", lines.trim_end().as_bytes().to_vec()),
    ] {
        expect(name, bytes, ALL);
    }
    let space = Workspace::new();
    for (n, value) in values().iter().enumerate() {
        space.write(&format!("in/dt=2021-03-01/{n}.json"), format!("{value:#}"));
    }
    assert_eq!(check(&space), ALL, "a file for each, in folders as Hive makes them");
}

#[test]
fn envelopes() {
    for (name, text) in [
        (
            "api-gateway",
            each(
                |_, text| json!({"version": "2.0", "requestContext": {"timeEpoch": 1_614_589_200_500_u64}, "body": text}),
            ),
        ),
        (
            "api-gateway-base64",
            each(|_, text| json!({"isBase64Encoded": true, "body": base64(text)})),
        ),
        (
            "sqs",
            each(
                |_, text| json!({"MessageId": "1", "Body": text, "Attributes": {"SentTimestamp": "1614589200500"}}),
            ),
        ),
        (
            "sns-in-sqs",
            each(
                |_, text| json!({"Body": json!({"Type": "Notification", "Message": text, "Timestamp": TIME}).to_string()}),
            ),
        ),
        (
            "eventbridge",
            each(|value, _| json!({"detail-type": "x", "time": TIME, "detail": value})),
        ),
        (
            "cloudevents",
            each(
                |value, _| json!({"specversion": "1.0", "type": "x", "time": TIME, "data": value}),
            ),
        ),
        ("pubsub", each(|_, text| json!({"message": {"data": base64(text), "publishTime": TIME}}))),
        ("cloud-logging", each(|value, _| json!({"jsonPayload": value, "timestamp": TIME}))),
        ("fluent-bit", each(|_, text| json!({"date": 1_614_589_200.5, "log": text}))),
        ("fluentd", each(|value, _| json!([1_614_589_200.5, {"log": value}]))),
        ("vector", each(|_, text| json!({"message": text, "timestamp": TIME, "host": "a"}))),
        (
            "kafka",
            each(
                |value, _| json!({"key": null, "value": value, "timestamp": 1_614_589_200_500_u64}),
            ),
        ),
        (
            "docker",
            each(|_, text| json!({"log": format!("{text}\n"), "stream": "stdout", "time": TIME})),
        ),
        (
            "mongo",
            each(
                |value, _| json!({"_id": {"$oid": "5"}, "receivedAt": {"$date": TIME}, "body": value}),
            ),
        ),
        (
            "row-to-json",
            each(
                |value, _| json!({"id": 1, "received_at": "2021-03-01 09:00:00.500+00", "payload": value}),
            ),
        ),
        ("nano-text", each(|value, _| json!({"receivedAt": "1614589200500000000", "body": value}))),
        ("records", format!("{}\n", json!({"records": values()}))),
        (
            "hits",
            format!(
                "{}\n",
                json!({"hits": {"hits": values().iter().map(|v| json!({"_source": v})).collect::<Vec<_>>()}})
            ),
        ),
        ("twice", each(|_, text| json!({"request": text, "raw": text}))),
        ("text-of-text", each(|_, text| json!({"a": json!(text).to_string()}))),
    ] {
        expect(&format!("{name}.jsonl"), text, ALL);
    }
    // Actions of a bulk request are no webhooks; who has them on purpose says so.
    let bulk: String = hooks().iter().map(|hook| format!("{{\"index\":{{}}}}\n{hook}\n")).collect();
    expect("bulk.jsonl", &bulk, (4, [10, 10, 3]));
    let space = Workspace::new();
    space.write("in/bulk.jsonl", &bulk);
    space.write("in/queuestat.toml", "[archive]\nother_records = \"ignore\"\n");
    assert_eq!(check(&space), ALL);
    space.write("in/other.jsonl", "{\"index\":{}}\n");
    let run = space.run(&["check", "in", "--as-of", AS_OF]);
    assert!(run.code == 3 && run.stderr.contains("`other.jsonl`: all 1 record"), "{}", run.stderr);
}

#[test]
fn compressions_and_containers() {
    let (lines, packed) = (lines(), gz(lines().as_bytes()));
    let bzip2 = {
        let mut to = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        to.write_all(lines.as_bytes()).unwrap();
        to.finish().unwrap()
    };
    expect("x.jsonl.bz2", bzip2, ALL);
    expect("x.jsonl.gz.gz", gz(&packed), ALL);
    expect("padded.jsonl.gz", [packed.clone(), vec![0; 500]].concat(), ALL);
    expect("garbage.jsonl.gz", [packed.clone(), b"garbage".to_vec()].concat(), (3, [10, 0, 3]));
    expect("cut.jsonl.gz", &packed[..packed.len() - 9], (4, [0, 0, 0]));
    let mut tar = tar::Builder::new(Vec::new());
    let mut head = tar::Header::new_gnu();
    head.set_size(packed.len() as u64);
    tar.append_data(&mut head, "hooks/2021-03-01.jsonl.gz", &packed[..]).unwrap();
    expect("2021-03.tar.gz", gz(&tar.into_inner().unwrap()), ALL);
}

#[test]
fn what_is_no_archive_is_named() {
    let space = Workspace::new();
    space.write("in/hooks.jsonl", lines());
    for quiet in [".hooks.jsonl.crc", "_SUCCESS", "hooks.jsonl.sha256", "empty.jsonl"] {
        space.write(&format!("in/{quiet}"), if quiet == "empty.jsonl" { "" } else { "0a1b" });
    }
    assert_eq!(check(&space), ALL);
    space.write("in/logo.png", b"\x89PNG\r\n\x1a\n0000");
    space.write("in/README.md", "# Hooks\n");
    let run = space.run(&["check", "in", "--as-of", AS_OF]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    for word in ["`logo.png` skipped", "`README.md` skipped", "2 files skipped: "] {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    space.write("in/queuestat.toml", "[archive]\nexclude = [\"*.md\", \"*.png\"]\n");
    assert_eq!(check(&space), ALL);
    let space = Workspace::new();
    space.write("in/hooks.parquet", b"PAR1\x15\x00\x15\x00\x00PAR1");
    let run = space.run(&["check", "in"]);
    assert!(run.code == 2 && run.stderr.contains("Parquet"), "{}", run.stderr);
    expect(
        "latin-1.jsonl",
        lines()
            .replace('ö', "#")
            .bytes()
            .map(|b| if b == b'#' { 0xf6 } else { b })
            .collect::<Vec<_>>(),
        (4, [0, 10, 0]),
    );
    expect("python.jsonl", lines().replace('"', "'"), (4, [0, 10, 0]));
    expect("old.jsonl", lines().replace("2021-03-01", "2012-03-01"), (3, [10, 0, 3]));
    expect("new.jsonl", lines().replace("2021-03-01", "2031-03-01"), (3, [10, 0, 3]));
}

#[test]
fn broken_records_cost_themselves() {
    let hooks = hooks();
    for cut in [1, 40, 100, hooks[3].len() / 2, hooks[3].len() - 1] {
        let mut torn = hooks.clone();
        torn[3].truncate(cut);
        expect("line.jsonl", torn.join("\n") + "\n", (3, [9, 1, 3]));
        expect("no-line-end.jsonl", torn.concat(), (3, [9, 1, 3]));
    }
    let array = format!("[{},{}\n{}]", hooks[..5].join(","), "{\"a\":tru},", hooks[5..].join(","));
    expect("array.json", array, (3, [10, 1, 3]));
    // Shown where it is, and never what it says.
    let space = Workspace::new();
    space.write("in/x.jsonl", format!("{}\nsecret {{\n{}\n", hooks[0], hooks[1]));
    let run = space.run(&["check", "in", "--verbose", "--as-of", AS_OF]);
    assert!(
        run.stderr.contains("x.jsonl:2: not JSON") && !run.stderr.contains("secret"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_was_found_is_shown_and_what_would_help() {
    let space = Workspace::new();
    space.write(
        "in/a.jsonl",
        each(|_, text| json!({"Body": text, "Attributes": {"SentTimestamp": "1614589200500"}})),
    );
    space.write("in/b.jsonl", "{\"items\":[{\"hook\":{\"secret\":\"+4670\"}}]}\n");
    let run = space.run(&["check", "in", "--as-of", AS_OF]);
    for words in [
        "10 records: lines; the webhook under `Body»`; received at `Attributes.SentTimestamp`",
        "`items[].hook`",
        "--payload-pointer",
    ] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    assert!(!run.stdout.contains("+4670"), "{}", run.stdout);
}
