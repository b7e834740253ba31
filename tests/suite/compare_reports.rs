//! Two published reports side by side, against the comparison of the tickets they were made of.

use std::collections::BTreeMap;

use queuestat::synth::{Compression, Recipe, write};

use crate::workspace::{AS_OF, Run, Workspace};

/// The rows of a CSV answer by their keys; none of these has a comma.
fn rows(run: &Run, keys: usize) -> BTreeMap<Vec<String>, Vec<String>> {
    let line = |line: &str| {
        let mut cells: Vec<String> =
            line.split(',').map(|cell| cell.trim_matches('"').to_owned()).collect();
        let rest = cells.split_off(keys);
        (cells, rest)
    };
    run.stdout.lines().skip(1).map(line).collect()
}

/// An invented archive and two reports of it, of its first and its second half.
fn space() -> Workspace {
    let space = Workspace::new();
    let recipe = Recipe { tickets: 3_000, compression: Compression::Plain, ..Recipe::default() };
    write(&recipe, &space.path("in")).unwrap();
    for (out, days) in [("before", HALVES[0]), ("after", HALVES[1])] {
        let args = ["report", "in", "--out", out, "--only", "csv", "-q", "--as-of", AS_OF];
        let run = space.run(&[&args[..], &["--from", days.0, "--to", days.1]].concat());
        assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    }
    space
}

/// Each of these begins on a Monday.
const HALVES: [(&str, &str); 2] = [("2021-03-08", "2021-03-21"), ("2021-03-22", "2021-04-04")];

fn close(a: &str, b: &str) -> bool {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => (a - b).abs() < 2e-4,
        _ => a == b,
    }
}

/// Everything the files hold the counts of is told as of the tickets: value, interval, number, difference and word. Of the
/// rest, the values.
#[test]
fn reports_say_what_their_tickets_say() {
    let space = space();
    let measures = "tickets,served,cancellation_rate,lost_rate,customer_cancellation_rate,no_show_rate,wait_p50_s,wait_p90_s,\
                    wait_mean_s,within_target_rate,csat,rating_mean,response_rate,service_p50_s";
    let told = space.run(&["compare", "before", "after", "--measure", measures]);
    assert_eq!(told.code, 1, "{}", told.stderr);
    let said = "before: 2021-03-08 to 2021-03-21; after: 2021-03-22 to 2021-04-04. ";
    assert!(told.stderr.contains(said), "{}", told.stderr);
    let told = rows(&told, 3);
    let (mut places, mut judged) = (0, 0);
    let organizations: Vec<String> = told.keys().map(|key| key[0].clone()).collect();
    for organization in std::collections::BTreeSet::from_iter(organizations) {
        let of_organization = told.keys().filter(|key| key[0] == organization);
        let locations: Vec<String> = of_organization.map(|key| key[1].clone()).collect();
        for location in std::collections::BTreeSet::from_iter(locations) {
            let mut args = vec!["compare", "in", "-q", "--as-of", AS_OF, "--measure", measures];
            args.extend(["--organization", &organization]);
            args.extend(["--with-from", HALVES[0].0, "--with-to", HALVES[0].1]);
            args.extend(["--from", HALVES[1].0, "--to", HALVES[1].1]);
            if !location.is_empty() {
                args.extend(["--location", &location]);
            }
            let run = space.run(&args);
            if run.code == 2 {
                // Names that are cut short begin several names; these are the longer ones' turn.
                continue;
            }
            places += 1;
            for (measure, expected) in rows(&run, 1) {
                let measure = &measure[0];
                let cells = &told[&vec![organization.clone(), location.clone(), measure.clone()]];
                // Unit, four cells a side, three of the difference, the word.
                assert_eq!(cells.len(), 13);
                let is_value = |at: &usize| [0, 1, 5, 9].contains(at);
                let lacks_counts =
                    ["within_target_rate", "response_rate"].contains(&measure.as_str());
                for at in (0..13).filter(|at| !lacks_counts || is_value(at)) {
                    assert!(
                        close(&cells[at], &expected[at]),
                        "{organization} {location} {measure} {at}: {cells:?} {expected:?}"
                    );
                }
                if lacks_counts {
                    assert_eq!((cells[2].as_str(), cells[10].as_str()), ("", ""));
                    assert!(["not judged", "too few"].contains(&cells[12].as_str()), "{cells:?}");
                }
                judged += u32::from(!cells[10].is_empty());
            }
        }
    }
    assert!(places > 5 && judged > 20, "{places} {judged}");
}

/// The exit code is that of the figures, whatever is shown: 1 if any differs, beyond the tolerance.
#[test]
fn two_reports_are_a_test() {
    let space = space();
    for more in [&[][..], &["--cells"], &["--json"], &["--cells", "--json"]] {
        let same = space.run(&[&["compare", "before", "before"], more].concat());
        assert_eq!(same.code, 0, "{}", same.stderr);
        assert!(same.stderr.contains("CSV files with the same figures"), "{}", same.stderr);
        let other = space.run(&[&["compare", "before", "after", "-q"], more].concat());
        assert_eq!((other.code, other.stderr.as_str()), (1, ""));
        if more.contains(&"--json") {
            let answer: serde_json::Value = serde_json::from_str(&other.stdout).unwrap();
            assert!(answer.as_array().unwrap().len() > 30, "{more:?}");
        }
    }
    // A figure that is changed a little.
    let slug = std::fs::read_dir(space.path("before")).unwrap().map(|entry| entry.unwrap().path());
    let folder = slug.filter(|path| path.is_dir()).min().unwrap();
    let copy = space.path("copy");
    let copied = std::process::Command::new("cp")
        .arg("-r")
        .args([&space.path("before"), &copy])
        .status()
        .unwrap();
    assert!(copied.success());
    let totals = copy.join(folder.file_name().unwrap()).join("totals.csv");
    let text = std::fs::read_to_string(&totals).unwrap();
    let (rest, window) = text.split_once("\"window\"").unwrap();
    let cells: Vec<&str> = window.split(',').collect();
    let tickets: u64 = cells[3].parse().unwrap();
    let changed = window.replacen(&format!(",{tickets},"), &format!(",{},", tickets + 1), 1);
    std::fs::write(&totals, format!("{rest}\"window\"{changed}")).unwrap();
    let cells = space.run(&["compare", "before", "copy", "--cells"]);
    let said = format!("tickets: {tickets} in the first, {} in the second\n", tickets + 1);
    assert!(cells.code == 1 && cells.stdout.ends_with(&said), "{}", cells.stdout);
    assert!(cells.stderr.contains("1 difference in "), "{}", cells.stderr);
    let measures = space.run(&["compare", "before", "copy", "--measure", "tickets"]);
    assert!(measures.code == 1 && measures.stderr.contains("; --cells lists them"));
    let row = format!("\"tickets\",\"count\",{tickets},,,,{},,,,1,,,\"not judged\"\n", tickets + 1);
    assert!(measures.stdout.contains(&row), "{}", measures.stdout);
    let within = space.run(&["compare", "before", "copy", "--tolerance", "0.1", "--cells"]);
    assert_eq!((within.code, within.stdout.as_str()), (0, ""));
    // What is published cannot be narrowed.
    for more in [&["--location", "A"][..], &["--from", "2021-03"], &["--with-location", "B"]] {
        let run = space.run(&[&["compare", "before", "after"], more].concat());
        assert!(run.code == 2 && run.stderr.contains("no part can be chosen"), "{}", run.stderr);
    }
    // Windows that share days are told.
    let said = "The windows share days";
    for (second, is_told) in [("after", false), ("copy", true)] {
        let run = space.run(&["compare", "before", second, "--measure", "tickets"]);
        assert_eq!(run.stderr.contains(said), is_told, "{}", run.stderr);
    }
    for inputs in [["before", "in"], ["nowhere", "before"]] {
        let run = space.run(&[&["compare"], &inputs[..]].concat());
        assert!(
            run.code == 2 && run.stderr.contains("holds no published report"),
            "{}",
            run.stderr
        );
    }
    // For people.
    let table = space.run(&["compare", "before", "after", "--format", "table"]).stdout;
    assert!(table.starts_with("organization") && table.contains("  (all)  "), "{table}");
}
