//! CSV files in other dialects hold the same cells, are compared with others, and nights write them too.

use std::fs;

use serde_json::Value;

use crate::table_files::{AS_OF, invented, only_folders, report, text_of, well};
use crate::workspace::files;

/// The cells of a CSV file in a dialect, as the usual one would have them.
fn usual(text: &str, bom: bool, separator: char, decimal_comma: bool) -> String {
    let text = if bom { text.strip_prefix('\u{feff}').unwrap() } else { text };
    assert!(!text.starts_with('\u{feff}'));
    let (mut usual, mut quoted) = (String::new(), false);
    for c in text.chars() {
        quoted ^= c == '"';
        usual.push(match c {
            c if quoted => c,
            c if c == separator => ',',
            ',' if decimal_comma => '.',
            ',' => unreachable!("a comma between cells"),
            '.' if decimal_comma => unreachable!("a point in a number"),
            c => c,
        });
    }
    usual
}

#[test]
fn another_dialect_holds_the_same_cells_and_the_schema_names_it() {
    let space = invented(12, 1_500);
    // The archive has a configuration of its own, with zones.
    space.write("usual.toml", "");
    report(&space, "usual", &["--only", "csv", "--config", "usual.toml"]);
    let before = files(&space.path("usual"));
    let mut compared = 0;
    for (bom, separator, decimal_comma) in
        [(true, ';', true), (false, '\t', true), (false, ';', false), (true, ',', false)]
    {
        let escaped = separator.escape_default();
        let config = format!(
            "[csv]\nbom = {bom}\nseparator = \"{escaped}\"\ndecimal_comma = {decimal_comma}\n"
        );
        space.write("other.toml", config);
        report(&space, "other", &["--only", "csv", "--config", "other.toml"]);
        let after = files(&space.path("other"));
        assert!(before.keys().eq(after.keys()));
        for (path, bytes) in &after {
            if path.ends_with(".csv") {
                let text = std::str::from_utf8(bytes).unwrap();
                let back = if separator == ',' {
                    text.strip_prefix('\u{feff}').unwrap().to_owned()
                } else {
                    usual(text, bom, separator, decimal_comma)
                };
                assert!(back == text_of(&before, path), "{path}");
                compared += text.lines().count();
            }
            if path.ends_with("/schema.json") {
                let schema: Value = serde_json::from_slice(bytes).unwrap();
                for table in schema["resources"].as_array().unwrap() {
                    let delimiter = table["dialect"]["delimiter"].as_str();
                    assert_eq!(delimiter.unwrap_or(","), separator.to_string());
                    for field in table["schema"]["fields"].as_array().unwrap() {
                        let is_number = field["type"] == "number";
                        let comma = (is_number && decimal_comma).then_some(",");
                        assert_eq!(field["decimalChar"].as_str(), comma, "{field}");
                    }
                }
            }
        }
        // Two reports are compared, however each is written.
        let run = space.run(&["compare", "usual", "other"]);
        assert!(run.code == 0 && run.stderr.contains("with the same figures"), "{}", run.stderr);
    }
    assert!(compared > 4_000, "{compared}");
}

#[test]
fn compare_tells_differences_in_any_dialect_and_refuses_what_it_cannot_read() {
    let space = invented(6, 600);
    space.write("usual.toml", "");
    report(&space, "usual", &["--only", "csv", "--config", "usual.toml"]);
    let dialect = "[csv]\nseparator = \";\"\ndecimal_comma = true\n";
    space.write("other.toml", format!("target_minutes = 3.0\n{dialect}"));
    report(&space, "other", &["--only", "csv", "--config", "other.toml"]);
    space.write("point.toml", "target_minutes = 3.0\n");
    report(&space, "point", &["--only", "csv", "--config", "point.toml"]);
    let run = space.run(&["compare", "usual", "other", "--limit", "1000"]);
    let expected = space.run(&["compare", "usual", "point", "--limit", "1000"]);
    assert!(run.code == 1 && run.stdout.contains("within_target_rate"), "{}", run.stderr);
    assert_eq!(run.stdout, expected.stdout);
    let schema = fs::read_dir(space.path("other")).unwrap().map(|entry| entry.unwrap().path());
    let schema =
        schema.filter(|path| path.is_dir()).map(|path| path.join("schema.json")).next().unwrap();
    let text = fs::read_to_string(&schema).unwrap();
    for other in
        [text.replace("\"delimiter\": \";\"", "\"delimiter\": \"|\""), text[1..].to_owned()]
    {
        assert_ne!(other, text);
        fs::write(&schema, other).unwrap();
        for pair in [["usual", "other"], ["other", "usual"]] {
            let run = space.run(&["compare", pair[0], pair[1]]);
            let told = run.stderr.contains("schema.json")
                && run.stderr.contains("publish that report anew");
            assert!(run.code == 2 && told && run.stdout.is_empty(), "{}", run.stderr);
        }
    }
    // Reports of early versions have no schema, and the usual dialect.
    for one in only_folders(&space.path("point")) {
        fs::remove_file(one.join("schema.json")).unwrap();
    }
    let run = space.run(&["compare", "usual", "point", "--limit", "1000"]);
    assert_eq!(run.stdout, expected.stdout);
}

#[test]
fn a_dialect_that_cannot_be_read_is_refused() {
    let space = invented(2, 40);
    for (config, words) in [
        ("decimal_comma = true", "separator = \";\""),
        ("decimal_comma = true\nseparator = \",\"", "separator = \";\""),
        ("separator = \"|\"", "csv.separator"),
        ("delimiter = \";\"", "did you mean"),
    ] {
        space.write("other.toml", format!("[csv]\n{config}\n"));
        let run = space.report("archive", &["--config", "other.toml"]);
        assert!(run.code == 2 && run.stderr.contains(words), "{}", run.stderr);
        assert!(!space.path("out").exists());
    }
}

/// Nights publish the workbook and the dialect of a report, byte for byte.
#[test]
fn nights_write_the_same_workbook_and_dialect() {
    let space = invented(5, 600);
    let parts = files(&space.path("archive"));
    assert!(parts.len() > 1);
    let config = "time_zone = \"Europe/Stockholm\"\nxlsx = true\n[csv]\nbom = true\nseparator = \";\"\ndecimal_comma = true\n\
                  [gates]\nsilent_days = 0\n[nightly]\narchive = [\"nights\"]\nout = \"site\"\n\
                  [[nightly.report]]\nname = \"all\"\nall = true\n";
    space.write("queuestat.toml", config);
    // The second half of the files comes in the second night.
    for (at, (name, bytes)) in parts.iter().enumerate() {
        if at < parts.len() / 2 {
            space.write(&format!("nights/{name}"), bytes);
        }
    }
    well(&space.run(&["nightly", "--as-of", "2021-07-31T00:00:00Z", "-q", "--force"]));
    for (name, bytes) in &parts {
        space.write(&format!("nights/{name}"), bytes);
    }
    well(&space.run(&["nightly", "--as-of", AS_OF, "-q", "--force"]));
    let args =
        ["report", "nights", "--out", "out", "--as-of", AS_OF, "-q", "--config", "queuestat.toml"];
    well(&space.run(&args));
    let nightly = files(&space.path("site/current/all"));
    let mut compared = 0;
    for (path, bytes) in files(&space.path("out")) {
        if [".csv", ".xlsx", "/schema.json"].iter().any(|end| path.ends_with(end)) {
            assert!(nightly[&path] == bytes, "{path}");
            compared += 1;
        }
    }
    assert_eq!(compared, 2 * 22);
    // What is taken out of the configuration is no longer published.
    space.write("queuestat.toml", config.replace("xlsx = true\n", ""));
    well(&space.run(&["nightly", "--as-of", AS_OF, "-q", "--force"]));
    assert!(!files(&space.path("site/current/all")).keys().any(|path| path.ends_with(".xlsx")));
}
