//! Canaries in the place of everything that may be of a person: in every field of the documented payloads, in every form, in
//! what is broken. None is in any output, with and without faults.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::process::Command;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use queuestat::webhook::Reject;
use serde_json::{Value, json};

use crate::canary_search::found;
use crate::workspace::{AS_OF, Run, Workspace, files, root};

/// A number, an address, a name, a comment, a host, and what a shop may put beside them.
fn canary(at: usize) -> Value {
    let all = [
        json!("+46701239876"),
        json!("Quetzal.Fågelsson@mail.example.org"),
        json!("Fågelsson, QUETZAL"),
        json!("So slow!\nAsk for Quetzal, 070-123 98 76 \u{1f600}"),
        json!("host-quetzal-7.example.org"),
        json!({"card": "quetzal 4711", "to": ["0701239876"]}),
        json!(46_701_239_876_u64),
    ];
    all[at % all.len()].clone()
}

/// Keys whose values reports show: names of places, queues and kinds of tickets, and ids, of which a hash is kept.
const SHOWN: [&str; 5] = ["location", "locationName", "organization", "queue", "category"];

/// A payload with every field that is documented in any version.
fn full() -> Value {
    json!({"message": "m", "data": {"position": {
        "id": "6f1de1d4-88c6-4a3c-8a0e-1d2f3a4b5c6d", "status": "completed", "extraStatus": "goToEntrance", "priority": 0,
        "location": {"locationName": "A", "organizationTitle": "t", "address": "a", "customData": {}}, "label": "A2", "locale": "en",
        "type": "anonymous", "queue": "q-1", "createdAt": "2021-04-01T10:00:00Z", "calledAt": "2021-04-01T10:04:00Z",
        "fulfilledAt": "2021-04-01T10:05:00Z", "completedAt": "2021-04-01T10:15:00Z", "numberOfPeople": 1, "retryCount": 0,
        "QRCodeCheckInPositionId": "c", "bookingReminderAt": null, "leaveAt": null, "leaveReminderAt": null,
        "station": {"id": "s", "label": "C2"}, "servedBy": {"id": "u", "email": "e", "firstName": "f", "lastName": "l"},
        "updatedBy": "u", "calledBy": {"name": "n"}, "customData": "c", "customerInfo": ["i"], "comment": "c", "notes": ["n"],
        "notification": {"type": "phoneNumber", "settings": {"from": "", "to": "t", "recipient": "r", "devices": [],
            "passTypeIdentifier": "p"}},
        "registrationData": {"phone": {"value": "v"}, "email": {"value": "v"}, "name": {"value": "v", "type": "input"}},
        "booking": {"start": "2021-04-01T10:00:00Z", "end": "2021-04-01T10:30:00Z", "name": "n"},
        "feedback": {"rating": 4, "message": "m"}, "history": [{"status": "called", "by": "b"}]}},
        "type": "feedbackReceived", "organization": "o"})
}

/// The payload with a canary in the place of each value, one at a time; and beside the members of each object, as a key too.
fn planted(whole: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    walk(whole, &mut String::new(), &mut paths);
    let mut lines = Vec::new();
    for (at, path) in paths.iter().enumerate() {
        let mut one = whole.clone();
        let place = one.pointer_mut(path).unwrap();
        if let Value::Object(members) = place {
            members.insert("quetzal".into(), canary(at));
            members.insert("x".into(), canary(at + 1));
        } else {
            *place = canary(at);
        }
        let mut line = one.to_string();
        // Another ticket each time, or all but one would be repetitions of its webhook.
        if let Some(id) = whole.pointer("/data/position/id").and_then(Value::as_str) {
            line = line.replace(id, &format!("{at:08x}{}", id.get(8..).unwrap_or_default()));
        }
        lines.push(line);
    }
    lines
}

fn walk(value: &Value, path: &mut String, paths: &mut Vec<String>) {
    let named = value.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), value));
    let items = value.as_array().into_iter().flatten().enumerate();
    let members: Vec<(String, &Value)> =
        named.chain(items.map(|(at, item)| (at.to_string(), item))).collect();
    if !matches!(value, Value::Array(_)) || members.is_empty() {
        paths.push(path.clone());
    }
    for (key, value) in members {
        let before = path.len();
        path.push_str(&format!("/{key}"));
        let is_of_ticket = ["/data/position/type", "/data/position/id"].contains(&path.as_str());
        if value.is_object() || !SHOWN.contains(&key.as_str()) && !is_of_ticket {
            walk(value, path, paths);
        }
        path.truncate(before);
    }
}

/// The lines of every documented payload, and what is broken in every way.
pub(crate) fn lines() -> Vec<Vec<u8>> {
    let documented = fs::read_to_string(root().join("data/documented.jsonl")).unwrap();
    let payloads: Vec<Value> =
        documented.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut lines: Vec<Vec<u8>> = planted(&full()).into_iter().map(String::into_bytes).collect();
    for payload in &payloads {
        // A few of each: most fields are in the full one.
        lines.extend(planted(payload).into_iter().step_by(4).map(String::into_bytes));
    }
    let mut one = full();
    one["data"]["position"]["feedback"]["message"] = canary(3);
    one["data"]["position"]["notification"]["settings"]["to"] = canary(0);
    one["data"]["position"]["servedBy"]["email"] = canary(1);
    let good = one.to_string();
    for (from, to) in [
        ("\"id\":\"6f1d", "\"id\":\"\",\"x\":\"6f1d"),
        ("\"id\":\"6f1d", "\"id\":\"+46701239876\",\"id\":\"6f1d"),
        ("\"organization\":\"o\"", "\"organization\":7,\"quetzal\":\"quetzal\""),
        ("\"type\":\"feedbackReceived\"", "\"type\":null"),
        ("\"type\":\"feedbackReceived\"", "\"type\":\"quetzal +46701239876\""),
        ("\"status\":\"completed\"", "\"status\":\"Quetzal, +46701239876\""),
        ("\"createdAt\":\"2021-04-01T10:00:00Z\"", "\"createdAt\":\"quetzal\",\"createdAt\":\"x\""),
        ("\"rating\":4", "\"rating\":\"quetzal\""),
        ("\"position\":", "\"pos\":"),
        ("\"locationName\":\"A\"", "\"locationName\":\"\\ud800\""),
    ] {
        assert!(good.contains(from), "{from}");
        lines.push(good.replacen(from, to, 1).into_bytes());
    }
    for cut in [good.len() / 3, good.len() - 1] {
        lines.push(good.as_bytes()[..cut].to_vec());
    }
    lines.push([good.as_bytes(), b" Quetzal +46701239876"].concat());
    lines.push([&b"\xff\xfe Quetzal "[..], good.as_bytes()].concat());
    lines.push(good.replace("\"locationName\":\"A\"", "\"locationName\":\"\u{1}\"").into_bytes());
    let (before, after) = good.split_once("\"organization\":\"o").unwrap();
    let broken = b"\"organization\":\"Quetzal \xff";
    lines.push([before.as_bytes(), &broken[..], after.as_bytes()].concat());
    lines.push(b"Quetzal Fagelsson, +46 70 123 98 76".to_vec());
    lines.push(b"\"Quetzal\"".to_vec());
    lines.push(b"46701239876".to_vec());
    lines.push([&b"{\"quetzal\":\"+46701239876 "[..], &vec![b'q'; 1 << 20], b"\"}"].concat());
    let in_text = json!({"host": canary(4), "ip": "10.70.123.9876", "body": good}).to_string();
    lines.push(in_text.into_bytes());
    let headers =
        json!({"user-agent": canary(2), "x-forwarded-for": canary(4), "authorization": "quetzal"});
    for body in [STANDARD.encode(&good), STANDARD.encode("Quetzal, +46701239876"), "Quetzal".into()]
    {
        lines.push(
            json!({"headers": headers, "isBase64Encoded": true, "body": body}).to_string().into(),
        );
    }
    // A key on the way to the webhook may be of a person.
    lines.push(json!({"Quetzal Fågelsson": {"+46701239876": one}}).to_string().into());
    lines
}

const CONFIG: &str = "parquet = true\nxlsx = true\n[gates]\nrefuse_share = 1.0\nwarn_share = 1.0\nsilent_days = 0\n\
    [nightly]\narchive = [\"in\"]\nout = \"site\"\nstate_dir = \"state\"\n[[nightly.report]]\nname = \"all\"\nall = true\n";

/// An archive full of canaries, in every form.
pub(crate) fn archive() -> Workspace {
    let space = Workspace::in_memory();
    space.write("queuestat.toml", CONFIG);
    let lines = lines();
    let mut text = lines.join(&b'\n');
    space.write("in/lines.jsonl", &text);
    let one = planted(&full()).swap_remove(3);
    let wide: String = format!("\u{feff}{one}\nQuetzal +46701239876\n{{\"quetzal\":\n");
    space
        .write("in/wide.jsonl", wide.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    let cell = one.replace('"', "\"\"");
    space.write(
        "in/table.csv",
        format!("id,phone,hook,quetzal\n1,+46701239876,\"{cell}\",\"Quetzal, \"\"hi\"\"\"\n2,070-123 98 76,Quetzal,x\n"),
    );
    space.write(
        "in/service.log",
        format!("2021-04-01T10:00:00Z host-quetzal-7 +46701239876 {one}\n").repeat(2),
    );
    space.write("in/notes.txt", "Quetzal Fågelsson +46701239876\n");
    space.write("in/binary.bin", b"\0\x01\x02quetzal\0+46701239876");
    text.truncate(20_000);
    let named = flate2::GzBuilder::new().filename("quetzal").comment("+46701239876");
    let mut gz = named.write(Vec::new(), flate2::Compression::fast());
    gz.write_all(&text).unwrap();
    let gz = gz.finish().unwrap();
    space.write("in/cut.jsonl.gz", &gz[..gz.len() - 9]);
    space.write("in/whole.jsonl.gz", &gz);
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.set_comment("Quetzal +46701239876").unwrap();
    zip.start_file("a.jsonl", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(&text).unwrap();
    space.write("in/members.zip", zip.finish().unwrap().into_inner());
    let mut tar = tar::Builder::new(Vec::new());
    let mut head = tar::Header::new_gnu();
    head.set_size(text.len() as u64);
    head.set_username("quetzal").unwrap();
    head.set_groupname("quetzal").unwrap();
    tar.append_data(&mut head, "b.jsonl", &text[..]).unwrap();
    space.write("in/members.tar", tar.into_inner().unwrap());
    space
}

/// Everything in a folder but what was planted.
pub(crate) fn outputs(space: &Workspace) -> BTreeMap<String, Vec<u8>> {
    let mut all = files(&space.path("."));
    all.retain(|name, _| !name.starts_with("in/") && !name.ends_with("comments.csv"));
    all
}

/// Notes what a run printed.
pub(crate) fn note(said: &mut BTreeMap<String, Vec<u8>>, args: &[&str], run: &Run) {
    assert!(!run.stderr.contains("internal"), "{args:?}: {}", run.stderr);
    said.insert(format!("stdout of {args:?}"), run.stdout.clone().into_bytes());
    said.insert(format!("stderr of {args:?}"), run.stderr.clone().into_bytes());
}

pub(crate) fn assert_nothing_in(all: &BTreeMap<String, Vec<u8>>, at_least: usize) {
    assert!(all.len() >= at_least, "{} outputs", all.len());
    let seen = found(all);
    assert!(seen.is_empty(), "{} places:\n{}", seen.len(), seen[..seen.len().min(12)].join("\n"));
}

#[test]
fn no_canary_is_in_what_is_published_answered_or_kept() {
    let space = archive();
    let mut said = BTreeMap::new();
    let mut run = |text: &str, codes: &[i32]| {
        let mut args: Vec<&str> = text.split_whitespace().collect();
        let takes_time = !["state", "pieces"].contains(&args[0])
            && !text.contains("-state")
            && !text.contains("--as-of");
        args.extend(takes_time.then_some(["--as-of", AS_OF]).into_iter().flatten());
        let run = space.run(&args);
        assert!(codes.contains(&run.code), "{text}: {} {}", run.code, run.stderr);
        note(&mut said, &args, &run);
        run
    };
    let well = [0, 3];
    let check = run("check in --json --verbose --as-of 2030-01-01T00:00:00Z", &well);
    let _read: Value = serde_json::from_str(&check.stdout).unwrap();
    let told = Reject::ALL.iter().filter(|reason| check.stderr.contains(reason.words()));
    assert_eq!(told.count(), Reject::ALL.len(), "every reason: {}", check.stderr);
    let _said = run("check in", &well);
    let _said = run("report in --out out --verbose --force --png", &well);
    let _said = run("report in --out out2 --verbose --log-format json --json --only csv", &well);
    let _said = run("nightly --verbose --metrics-file m.prom --log-format json --json", &well);
    let _said = run("locations in --json", &well);
    let _said = run("locations in --csv", &well);
    let _said = run("ask in --by location,type,queue,category,outcome --measure all", &well);
    let _said = run("ask --state state --by organization,location --format json", &well);
    let _said = run("ask in --by location -o asked.parquet", &well);
    let _said = run("compare in --location A --with-location A --format json", &[0, 2, 3]);
    let _said = run("explain 00000003-88c6-4a3c-8a0e-1d2f3a4b5c6d in", &well);
    let _said = run("explain 00000003-88c6-4a3c-8a0e-1d2f3a4b5c6d in --json", &well);
    let _said = run("explain --measure wait_p50 in --organization o --json", &well);
    let _said =
        run("explain --table data_quality --column value --row key=rejected in", &[0, 2, 3]);
    let _said = run("export tickets in -o t.csv", &well);
    let _said = run("export tickets --state state -o t.parquet", &well);
    let _said = run("export waits in -o w.xlsx", &well);
    let _said = run("export ratings in --format jsonl", &[0, 2, 3]);
    let _said = run("export tickets in -o t.arrow", &well);
    let _said = run("export comments in", &[2]);
    let _said = run("init in --output made.toml", &well);
    let _said = run("state list --json", &well);
    let _said = run("state verify --json", &well);
    let _said = run(&format!("pieces list in --work work --as-of {AS_OF}"), &well);
    let list = fs::read_to_string(space.path("work/list.json")).unwrap();
    let list: Value = serde_json::from_str(&list).unwrap();
    let all: Vec<String> =
        (0..list["content"]["files"].as_u64().unwrap()).map(|n| n.to_string()).collect();
    let _said =
        run(&format!("pieces fold --work work --files {} --out folds/0", all.join(",")), &well);
    let _said = run("pieces names --work work folds", &well);
    let _said = run("pieces join --work work folds --out joins/0", &well);
    // What is asked for, and only there.
    let _said = run("export comments --messages in -o comments.csv", &well);
    let comments = fs::read(space.path("comments.csv")).unwrap();
    assert!(!found(&BTreeMap::from([("comments.csv".to_owned(), comments)])).is_empty());
    let mut all = outputs(&space);
    for name in [
        "out/index.html",
        "site/current/run.json",
        "m.prom",
        "t.parquet",
        "w.xlsx",
        "asked.parquet",
    ] {
        assert!(all.contains_key(name), "{name}");
    }
    assert!(
        all.keys().any(|name| name.ends_with(".png"))
            && all.keys().any(|name| name.ends_with(".postcard"))
    );
    all.extend(said);
    assert_nothing_in(&all, 200);
}

#[test]
fn no_canary_is_in_what_faults_leave() {
    let space = archive();
    let program = env!("CARGO_BIN_EXE_queuestat");
    let mut said = BTreeMap::new();
    let mut shell = |text: &str, codes: &[i32]| {
        let mut command = Command::new("sh");
        command.env_clear().current_dir(space.path(".")).env("RUST_BACKTRACE", "1");
        let run = Run::from(
            command.args(["-c", &format!("{text} --as-of {AS_OF}"), program]).output().unwrap(),
        );
        assert!(codes.contains(&run.code), "{text}: {} {}", run.code, run.stderr);
        note(&mut said, &[text], &run);
    };
    let refused = [2, 4, 5];
    // Files that may not grow, in a report, in a night and in an answer.
    shell("ulimit -f 16; exec $0 report in --out full --verbose", &refused);
    shell("ulimit -f 16; exec $0 nightly --verbose --metrics-file full.prom", &refused);
    shell("ulimit -f 1; exec $0 export tickets in -o full.csv", &refused);
    // Files taken for what they are not.
    for file in ["lines.jsonl", "table.csv", "notes.txt", "wide.jsonl", "binary.bin"] {
        shell(&format!("exec $0 check in --config in/{file}"), &refused);
    }
    shell("exec $0 report in/notes.txt --out x", &[2, 3, 4, 5]);
    shell("exec $0 report in/binary.bin --out x", &refused);
    shell("cat in/lines.jsonl | exec $0 check - --verbose", &[0, 3, 4]);
    shell("cat in/cut.jsonl.gz | exec $0 report - --out x --force", &[0, 3, 4, 5]);
    shell(
        "mkdir -p work && cp in/lines.jsonl work/list.json; exec $0 nightly --config in/lines.jsonl",
        &refused,
    );
    // Killed at any moment, with what is left in between.
    for after in [5, 25, 60, 120] {
        let mut night = space.start(&["nightly", "--as-of", AS_OF]);
        std::thread::sleep(Duration::from_millis(after));
        night.kill().unwrap();
        night.wait().unwrap();
        let mut left = outputs(&space);
        left.retain(|name, _| !name.starts_with("work/"));
        assert_nothing_in(&left, 1);
    }
    shell("exec $0 nightly --verbose", &[0, 3]);
    // A state that is damaged, here by lines of an archive.
    let state = space.path("state");
    for name in
        files(&state).keys().filter(|name| name.contains("ledger") || name.contains("tickets/"))
    {
        fs::copy(space.path("in/lines.jsonl"), state.join(name)).unwrap();
    }
    shell("touch in/again.jsonl; exec $0 nightly --verbose", &refused);
    shell("exec $0 ask --by location in --config queuestat.toml --verbose", &[0, 2, 3]);
    for args in [
        &["state", "verify"][..],
        &["state", "list", "--json"],
        &["ask", "--state", "state", "--by", "day"],
        &["pieces", "fold", "--work", "work", "--files", "0", "--out", "f"],
    ] {
        let run = space.run(args);
        note(&mut said, args, &run);
    }
    let mut all = outputs(&space);
    all.retain(|name, _| !name.starts_with("state/gen-") && !name.starts_with("work/"));
    all.extend(said);
    assert_nothing_in(&all, 40);
}
