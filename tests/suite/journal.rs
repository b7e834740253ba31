//! stderr as systemd's journal reads it: a record ends at a line end or a NUL, and `<4>` before it is its priority. No name of a
//! place, an organization or a file can begin a record, so none can forge one.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::workspace::{AS_OF, Run, Workspace};

/// What somebody would write into the journal: a record with a priority, an alarm, an escape code, a field of the journal's own
/// format, a line of the log in JSON.
const FORGED: [&str; 9] = [
    "x\n<0>error: forged",
    "x\r<0>error: forged",
    "<0>error: forged",
    "x\0<0>error: forged",
    "x\u{85}<0>error: forged",
    "x\u{2028}<0>error: forged",
    "\u{1b}[2K\u{1b}[1Gerror: forged",
    "x\n_SYSTEMD_UNIT=forged.service\nPRIORITY=0\n",
    "x\n{\"level\":\"error\",\"event\":\"forged\",\"message\":\"forged\"}\n",
];

/// Records as the journal's reader of a stream cuts them.
fn records(text: &str) -> Vec<&str> {
    text.split(['\n', '\0']).filter(|line| !line.is_empty()).collect()
}

/// Every record begins with a word of the program; lines of stages begin with what was done, and hold no name.
fn assert_no_record_is_forged(what: &str, run: &Run) {
    assert!([0, 2, 3, 4].contains(&run.code), "{what}: {} {}", run.code, run.stderr);
    for record in records(&run.stderr) {
        let known = ["queuestat: ", "warning: ", "error: ", "note: ", "  ", "on_trouble: "];
        let is_stage = record.contains(" s ") && !record.contains("forged");
        assert!(
            known.iter().any(|known| record.starts_with(known)) || is_stage,
            "{what}: {record:?}"
        );
        assert!(!record.starts_with("error: forged"), "{what}: {record:?}");
        let is_blank = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        assert!(!record.contains(is_blank), "{what}: {record:?}");
    }
}

fn line(at: usize, organization: &str, name: &str) -> String {
    let position = json!({"id": format!("t{at}"), "location": name, "queue": name, "type": name,
        "createdAt": "2021-07-01T10:00:00Z", "fulfilledAt": "2021-07-01T10:05:00Z"});
    let hook = json!({"data": {"position": position}, "type": "positionCompleted", "organization": organization});
    format!("{hook}\n")
}

/// Hostile names in every place that a log may name, of files too; each file has a line that is rejected.
fn space() -> Workspace {
    let space = Workspace::in_memory();
    for (at, name) in FORGED.iter().enumerate() {
        let mut text = line(at, "o", name) + &line(at + 100, name, "A") + "{\"forged\n";
        // A queue under two organizations is told, with both.
        text.push_str(&line(at + 200, &format!("{name}2"), name));
        text.push_str(&line(at + 300, "p", &format!(" {name} ")));
        space.write(&format!("in/{}.jsonl", name.replace(['\0', '/'], "_")), text);
        space.write(&format!("in/{}.txt", name.replace(['\0', '/'], "_")), "no webhook");
    }
    space.write(
        "queuestat.toml",
        "[gates]\nsilent_days = 1\nrefuse_share = 1.0\nwarn_share = 0.0\n[nightly]\narchive = [\"in\"]\nout = \"site\"\n\
         state_dir = \"state\"\non_trouble = [\"sh\", \"-c\", \"printf 'a\\\\n<0>error: forged\\\\n\\\\033[2J' >&2\"]\n\
         [locations.\"not there \\n<0>error: forged\"]\ngroup = \"g\"\n[[nightly.report]]\nname = \"all\"\nall = true\n",
    );
    space
}

#[test]
fn no_name_begins_a_record() {
    let space = space();
    let mut kinds = BTreeSet::new();
    for text in [
        "check in --verbose",
        "report in --out out --force --verbose",
        "nightly --verbose",
        "explain --measure wait_p50 in",
        "ask in --by location --location x\n<0>error:forged",
        "check in --config \n<0>error:forged",
        "check \u{1b}[2J\n<0>error:forged",
    ] {
        let args: Vec<&str> = text.split(' ').chain(["--as-of", AS_OF]).collect();
        let run = space.run(&args);
        assert_no_record_is_forged(text, &run);
        kinds.extend(
            records(&run.stderr)
                .into_iter()
                .filter_map(|line| line.split(' ').next().map(str::to_owned)),
        );
        // It is named all the same, or the test would find nothing.
        assert!(
            run.stderr.contains("forged") || text.starts_with("explain"),
            "{text}: {}",
            run.stderr
        );
    }
    for kind in ["warning:", "note:", "error:", "queuestat:"] {
        assert!(kinds.contains(kind), "{kinds:?}");
    }
}

#[test]
fn a_log_in_json_has_the_same_lines() {
    let space = space();
    for text in ["report in --out out --force --verbose", "nightly --verbose"] {
        let args: Vec<&str> =
            text.split(' ').chain(["--as-of", AS_OF, "--log-format", "json"]).collect();
        let run = space.run(&args);
        let found = records(&run.stderr);
        assert!(found.len() > 5, "{}", run.stderr);
        for record in found {
            let said: Value = serde_json::from_str(record).unwrap();
            assert!(said["event"] != "forged" && said["message"] != "forged", "{record}");
            let is_blank = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
            assert!(!record.contains(is_blank), "{record:?}");
        }
    }
}
