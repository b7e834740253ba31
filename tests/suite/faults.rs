//! Hand-made wrong input: a clear error or account, and the right exit code.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::workspace::{AS_OF, Run, Workspace, hook};

fn line(id: &str) -> String {
    hook("o", "positionCreated", id, "\"location\":\"A\",\"createdAt\":\"2021-04-01T10:00:00Z\"")
}

fn lines(n: usize) -> String {
    (0..n).map(|at| line(&at.to_string())).collect()
}

/// An error says what, and what to do; it never looks like a crash.
fn expect(run: &Run, code: i32, words: &[&str]) {
    assert_eq!(run.code, code, "{}", run.stderr);
    for word in words {
        assert!(run.stderr.contains(word), "`{word}` is missing in: {}", run.stderr);
    }
    assert!(!run.stderr.contains("internal fault"), "{}", run.stderr);
    assert!(run.stdout.is_empty(), "{}", run.stdout);
}

#[test]
fn an_empty_report_is_published_on_request_only_and_has_the_full_schema() {
    let space = Workspace::new();
    space.write("in/empty.jsonl", "");
    expect(&space.report("in", &[]), 4, &["no ticket to report", "--force"]);
    assert!(!space.path("out").exists());
    expect(&space.report("in", &["--force"]), 0, &["0 records from 0 files"]);
    for name in [
        "locations",
        "daily",
        "weekly",
        "hourly",
        "cancellations",
        "ratings",
        "ratings_by_wait",
        "wait_histogram",
    ] {
        let csv = space.csv(&format!("{name}.csv"));
        assert!(
            csv.starts_with("organization,location,location_id,") && csv.lines().count() == 1,
            "{name}: {csv}"
        );
    }
    assert!(
        space.csv("files.csv").contains("\"empty.jsonl\",\"skipped\",\"empty\",\"\",0,,,,,,,,,")
    );
    assert!(space.published().contains_key("index.html"));
}

#[test]
fn inputs_that_are_not_there() {
    let space = Workspace::new();
    space.write("empty/readme.csv", "a,b\n1,2\n");
    expect(&space.report("nowhere", &[]), 2, &["`nowhere` does not exist", "hint:"]);
    expect(&space.report("empty", &[]), 2, &["`empty` holds no archived webhooks", "hint:"]);
    expect(&space.report("empty/*.jsonl", &[]), 2, &["matches no file", "hint:"]);
    expect(&space.report("/dev/null", &[]), 2, &["not a regular file"]);
    assert!(!space.path("out").exists());
}

#[test]
fn a_csv_file_instead_is_refused_and_nothing_published() {
    let space = Workspace::new();
    space.write("in.csv", "id,name\n1,a\n2,b\n");
    expect(&space.report("in.csv", &[]), 4, &["3 of 3 records could not be used", "--force"]);
    assert!(!space.path("out").exists());
    expect(
        &space.report("in.csv", &["--force"]),
        3,
        &["3 of 3 records rejected (3 not JSON)", "in.csv:1: not JSON"],
    );
    assert!(space.path("out/index.html").exists());
}

#[test]
fn gates_warn_above_one_percent_and_refuse_above_twenty() {
    let space = Workspace::new();
    space.write("ok.jsonl", format!("{}x\n", lines(99)));
    expect(&space.report("ok.jsonl", &[]), 0, &["1 of 100 records rejected"]);
    space.write("warn.jsonl", format!("{}x\nx\n", lines(98)));
    expect(
        &space.report("warn.jsonl", &["--quiet"]),
        3,
        &["2 of 100 records could not be used, more than is usual"],
    );
    assert!(space.csv("index.html").contains("Read with care."));
    space.write("refuse.jsonl", format!("{}{}", lines(79), "x\n".repeat(21)));
    expect(&space.report("refuse.jsonl", &[]), 4, &["21 of 100 records could not be used"]);
    assert!(space.csv("index.html").contains("Read with care."), "the old report stays");
    space.write("queuestat.toml", "[gates]\nwarn_share = 0.5\nrefuse_share = 0.6\n");
    expect(&space.report("refuse.jsonl", &[]), 0, &["21 of 100 records rejected"]);
}

#[test]
fn a_truncated_gzip_is_left_out_as_a_whole() {
    let space = Workspace::new();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(lines(500).as_bytes()).unwrap();
    let whole = encoder.finish().unwrap();
    space.write("in/a.jsonl", lines(3));
    space.write("in/b.jsonl.gz", &whole[..whole.len() - 40]);
    expect(
        &space.report("in", &[]),
        3,
        &["`b.jsonl.gz`: the compressed data end too early", "3 accepted"],
    );
    assert!(space.csv("data_quality.csv").contains("\"file_incomplete\",\"\",1\n"));
    assert!(space.csv("locations.csv").contains(",3,3,0,3,"));
    expect(&space.report("in/b.jsonl.gz", &[]), 4, &["end too early"]);
}

#[test]
fn an_unreadable_file_is_named_and_the_rest_is_read() {
    let space = Workspace::new();
    space.write("in/a.jsonl", lines(3));
    let secret = space.write("in/b.jsonl", lines(3));
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o000)).unwrap();
    // Root may read everything, so the run is made as nobody where that is possible.
    let own = space.path("nobody");
    std::fs::create_dir(&own).unwrap();
    std::fs::set_permissions(&own, std::fs::Permissions::from_mode(0o777)).unwrap();
    std::fs::set_permissions(space.path("."), std::fs::Permissions::from_mode(0o755)).unwrap();
    let binary = own.join("queuestat");
    // By another process: a program that this one has just written may be open in one that another test starts, and then
    // it cannot be executed.
    let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_queuestat")).arg(&binary).status();
    assert!(copied.unwrap().success());
    let out = own.join("out");
    let args = |input: &str| {
        let input = space.path(input).to_str().unwrap().to_owned();
        [
            "report".to_owned(),
            input,
            "--out".into(),
            out.to_str().unwrap().to_owned(),
            "--as-of".into(),
            AS_OF.into(),
        ]
    };
    let is_root = rustix::process::geteuid().is_root();
    let run = |input: &str| {
        let mut command = if is_root {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&binary);
            command
        } else {
            Command::new(&binary)
        };
        Run::from(command.args(args(input)).current_dir(&own).output().unwrap())
    };
    expect(&run("in"), 3, &["`b.jsonl`: it cannot be opened (permission denied)", "3 accepted"]);
    expect(&run("in/b.jsonl"), 5, &["no file of the archive could be read"]);
}

#[test]
fn outputs_that_cannot_be() {
    let space = Workspace::new();
    space.write("in/a.jsonl", lines(3));
    space.write("file", "x");
    let out = |path: &str| space.run(&["report", "in", "--out", path, "--as-of", AS_OF]);
    expect(&out("file"), 2, &["`", "file` is not a folder"]);
    expect(&out("file/below"), 2, &["is not a folder"]);
    expect(&out("/proc/nothing/here"), 5, &["cannot create the folder"]);
    space.write("mine/thesis.txt", "x");
    expect(&out("mine"), 4, &["1 file that queuestat did not write", "thesis.txt", "hint:"]);
    assert!(space.path("mine/thesis.txt").exists());
}

#[test]
fn arguments_that_cannot_be() {
    let space = Workspace::new();
    space.write("in/a.jsonl", lines(3));
    for (args, words) in [
        (
            &["--time-zone", "Europe/Stokholm"][..],
            &["unknown time zone `Europe/Stokholm`", "did you mean `Europe/Stockholm`?"][..],
        ),
        (&["--from", "2021-04-02", "--to", "2021-04-01"], &["ends (2021-04-01) before it begins"]),
        (&["--location", "AA"], &["there is no location `AA`", "did you mean `A`?"]),
        (&["--organization", "p"], &["there is no organization `p`"]),
        (&["--target-minutes", "-1"], &["-1 is no target in minutes"]),
        (&["--payload-pointer", "body"], &["is not a JSON Pointer"]),
        (&["--config", "missing.toml"], &["cannot read the configuration `missing.toml`"]),
        (&["--unknown"], &["--unknown"]),
    ] {
        expect(&space.report("in", args), 2, words);
    }
    let run = space.run(&["report", "in", "--out", "o", "--as-of", "yesterday"]);
    expect(&run, 2, &["`yesterday` is no instant", "RFC 3339"]);
    space.write("queuestat.toml", "time_zon = \"UTC\"\n");
    expect(
        &space.report("in", &[]),
        2,
        &["queuestat.toml:1: unknown key `time_zon`", "did you mean `time_zone`?"],
    );
}

#[test]
fn quiet_runs_print_nothing_when_all_is_well() {
    let space = Workspace::new();
    space.write("in/a.jsonl", lines(3));
    let run = space.report("in", &["--quiet"]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
}

#[test]
fn check_writes_nothing_and_prints_a_table_or_json() {
    let space = Workspace::new();
    space.write("in/a.jsonl", format!("{}x\n", lines(99)));
    let run = space.run(&["check", "in", "--as-of", AS_OF]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.starts_with("file") && run.stdout.contains("99 tickets"), "{}", run.stdout);
    let run = space.run(&["check", "in", "--json", "--as-of", AS_OF]);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["total"]["rejected"], 1);
    assert_eq!(json["files"][0]["rejected_records"][0]["line"], 100);
    assert_eq!(std::fs::read_dir(space.path(".")).unwrap().count(), 1);
    let bad = space.run(&["check", "nowhere"]);
    assert_eq!(bad.code, 2);
}

#[test]
fn standard_input_is_an_archive_too() {
    let space = Workspace::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_queuestat"))
        .env_clear()
        .current_dir(space.path("."))
        .args(["report", "-", "--out", "out", "--as-of", AS_OF])
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let packed = zstd::encode_all(lines(7).as_bytes(), 1).unwrap();
    child.stdin.take().unwrap().write_all(&packed).unwrap();
    let run = Run::from(child.wait_with_output().unwrap());
    expect(&run, 0, &["7 records from 1 file"]);
    assert!(space.csv("files.csv").contains("(standard input)"));
}
