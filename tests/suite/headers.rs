//! The header of a table holds behind lines that are no rows with JSON, so that the times of the rows after them are found.

use crate::workspace::{AS_OF, Workspace, hook};

fn row(n: usize) -> String {
    let fields = format!("\"location\":\"A\",\"createdAt\":\"2021-03-01T10:{n:02}:00Z\"");
    let json = hook("acme", "positionCreated", &format!("t{n}"), &fields);
    let json = json.trim_end().replace('"', "\"\"");
    format!("{n},2021-03-01T10:{n:02}:05Z,\"{json}\"\n")
}

#[test]
fn a_header_holds_behind_rows_without_json_and_blank_lines() {
    let rows: String = (1..=5).map(row).collect();
    for (between, rejected) in [
        ("", 0),
        ("0,2021-03-01T10:00:00Z,\n", 1),
        ("0,2021-03-01T10:00:00Z,null\n", 1),
        ("\"0\",\"2021-03-01T10:00:00Z\",\"\"\n", 1),
        ("0,,\n0,,\n\n0,,\n", 3),
        ("\n", 0),
        ("\r\n\n", 0),
    ] {
        let space = Workspace::new();
        space.write("in/a.csv", format!("id,received_at,payload\n{between}{rows}"));
        let run = space.run(&["check", "in", "--as-of", AS_OF, "--json"]);
        let told: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let file = &told["files"][0];
        assert_eq!(file["accepted"], 5, "{between:?}: {told:#}");
        assert_eq!(file["rejected"].as_u64(), Some(rejected), "{between:?}");
        assert!(!run.stdout.contains("no time of receipt"), "{between:?}: {}", run.stdout);
        let text = space.run(&["check", "in", "--as-of", AS_OF]);
        assert!(!text.stdout.contains("no time of receipt"), "{between:?}: {}", text.stdout);
    }
}

/// What is no row of it ends a header, and is told with it: two lines of text are two rejected records.
#[test]
fn a_line_that_only_looks_like_a_header_is_a_record() {
    let rows: String = (1..=5).map(row).collect();
    let space = Workspace::new();
    space.write(
        "in/a.csv",
        format!("started, ok\nreloaded the file, 7 lines\n\nx,y,z\nid,received_at,payload\n{rows}"),
    );
    let run = space.run(&["check", "in", "--as-of", AS_OF, "--json"]);
    let told: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let file = &told["files"][0];
    assert_eq!((&file["accepted"], &file["rejected"]), (&5.into(), &3.into()), "{told:#}");
}
