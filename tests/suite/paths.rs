//! Where the figures of an organization are does not depend on who else is in the report.

use std::collections::BTreeSet;

use crate::workspace::{Workspace, files, hook};

const CONFIG: &str = "[nightly]\narchive = [\"in\"]\nstate_dir = \"state\"\nout = \"site\"\n\
    [[nightly.report]]\nname = \"all\"\nall = true\n";

fn visit(organization: &str, id: &str) -> String {
    let times = "\"createdAt\":\"2021-03-01T10:00:00Z\",\"fulfilledAt\":\"2021-03-01T10:05:00Z\"";
    hook(organization, "positionFulfilled", id, &format!("\"location\":\"A\",{times}"))
}

/// The paths of the files below a folder that are of an organization.
fn of(space: &Workspace, folder: &str, organization: &str) -> BTreeSet<String> {
    let all = files(&space.path(folder)).into_keys();
    let mine = all.filter(|name| name.split('/').any(|part| part.starts_with(organization)));
    mine.collect()
}

/// A sheet that is linked to a file stays linked when another organization appears.
#[test]
fn a_second_organization_moves_no_path() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    space.write("in/a.jsonl", visit("harbour", "1"));
    let reports: [&[&str]; 3] = [
        &["nightly", "--as-of", "2021-03-02T02:00:00Z"],
        &["report", "in", "--out", "out", "--as-of", "2021-03-02T02:00:00Z"],
        &["report", "in", "--out", "csv", "--only", "csv", "--as-of", "2021-03-02T02:00:00Z"],
    ];
    let paths = || {
        for args in reports {
            let run = space.run(args);
            assert_eq!(run.code, 0, "{}", run.stderr);
        }
        ["site/current", "out", "csv"].map(|folder| of(&space, folder, "harbour-"))
    };
    let alone = paths();
    assert!(alone[0].iter().all(|name| name.starts_with("all/harbour-")), "{alone:?}");
    let csv =
        alone[2].iter().filter(|name| name.ends_with(".csv") || name.ends_with("/schema.json"));
    assert!(csv.count() == alone[2].len() && alone[2].len() > 10, "{alone:?}");
    // Without pages there is nothing to lead to.
    assert!(!space.path("csv/index.html").exists());
    space.write("in/b.jsonl", visit("test-tenant", "2"));
    assert_eq!(alone, paths());
    assert!(!of(&space, "out", "test-tenant-").is_empty());
}

/// The page above the only organization leads there, without a script; above several it lists them.
#[test]
fn the_top_page_leads_to_the_only_organization() {
    let space = Workspace::new();
    space.write("in/a.jsonl", visit("harbour", "1"));
    assert_eq!(space.report("in", &[]).code, 0);
    let top = || std::fs::read_to_string(space.path("out/index.html")).unwrap();
    let (_, rest) =
        top().split_once("content=\"0; url=").map(|(a, b)| (a.len(), b.to_owned())).unwrap();
    let (to, _) = rest.split_once('"').unwrap();
    assert!(to.starts_with("harbour-") && space.path("out").join(to).is_file(), "{to}");
    assert!(top().contains(&format!("<a href=\"{to}\">")) && !top().contains("<script"));
    space.write("in/b.jsonl", visit("other", "2"));
    assert_eq!(space.report("in", &[]).code, 0);
    assert!(!top().contains("http-equiv=\"refresh\"") && top().contains("2 organizations"));
}

/// The report lies in the archive that it is of: it is not read as a part of it, and no run is like no other.
#[test]
fn a_report_inside_its_archive_gives_the_same_bytes_again() {
    let space = Workspace::new();
    space.write("in/a.jsonl", visit("harbour", "1"));
    let made = || {
        let run =
            space.run(&["report", "in", "--out", "in/report", "--as-of", "2021-03-02T02:00:00Z"]);
        assert!(run.code == 0 && run.stderr.contains("1 record from 1 file"), "{}", run.stderr);
        files(&space.path("in/report"))
    };
    let first = made();
    let tables = |(name, _): &(&String, &Vec<u8>)| !name.ends_with("files.csv");
    let second = made();
    assert!(first.iter().filter(tables).eq(second.iter().filter(tables)));
    // From then on the report is there, and named as what it is.
    assert!(second == made());
}

/// A report without a record is whole, and its tables have their place too.
#[test]
fn a_report_of_nothing_has_its_folder() {
    let space = Workspace::new();
    space.write("in/a.jsonl", "");
    assert_eq!(space.report("in", &["--force"]).code, 0);
    assert!(space.path("out/no-data/locations.csv").is_file());
    let top = std::fs::read_to_string(space.path("out/index.html")).unwrap();
    assert!(top.contains("0; url=no-data/index.html"), "{top}");
}
