//! Names that mean harm, of organizations, locations, queues, services, types and groups, in every output, each read back by
//! a reader that knows nothing of the writer.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use queuestat::ticket::normalise;
use serde_json::{Value, json};

use crate::workbook::{Book, Held};
use crate::workspace::{AS_OF, Run, Workspace, only};

/// What harms a spreadsheet, a page, a terminal, a log, a folder, a metric, an XML reader.
fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        "=HYPERLINK(\"http://x\",\"y\")",
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        " =1+1",
        "a,b;c\td",
        "quote \" and ' and `",
        "two\nlines\r\nof text",
        "line\u{2028}and paragraph\u{2029}separators",
        "gnp.\u{202e}exe",
        "nul\0inside",
        "\u{1b}[2J\u{1b}]0;title\u{7}screen",
        "c1\u{9b}31mcontrols\u{85}",
        "CON",
        "aux.html",
        "LPT1",
        "../../../etc/passwd",
        "..",
        "/absolute/path",
        "C:\\temp\\x",
        "a} 1\nqueuestat_nightly_exit_code{x=\"y\\",
        "<script>alert(1)</script>",
        "</text></svg><b onload=\"x\">",
        "]]><!--",
        "&amp;&#0;&nbsp;",
        "no\u{fffe}character\u{ffff}",
        "{{constructor}} ${x} %s %n",
        "error: forged\nwarning: line",
        "<4>priority of the journal",
        "ends with a dot.",
        "zero\u{200b}width\u{feff}",
    ]
    .map(str::to_owned)
    .into();
    names.push("very long ".repeat(400));
    names.push("e\u{301}".repeat(300) + &"\u{301}".repeat(2_000));
    names
}

/// A webhook in which every name is this one.
fn line(at: usize, organization: &str, name: &str) -> String {
    let position = json!({
        "id": format!("t{at}"), "location": name, "queue": name, "type": name,
        "registrationData": {"category": {"value": name}},
        "createdAt": "2021-07-01T10:00:00Z", "fulfilledAt": "2021-07-01T10:05:00Z", "feedback": {"rating": 4},
    });
    let hook = json!({"message": null, "data": {"position": position}, "type": "feedbackReceived", "organization": organization});
    format!("{hook}\n")
}

/// Places of all names in one organization, which has one too; and a group for each.
fn space() -> Workspace {
    let space = Workspace::in_memory();
    let all = names();
    let text: String = all.iter().enumerate().map(|(at, name)| line(at, &all[23], name)).collect();
    space.write("in/a.jsonl", text);
    // Half a letter is no name: these lines are told and harm nothing.
    let half = line(99, "o", "HALF").replace("HALF", "\\ud800x");
    space.write("in/half.jsonl", half);
    let mut config = "png = true\nparquet = true\nxlsx = true\n[gates]\nsilent_days = 0\nrefuse_share = 1.0\nwarn_share = 1.0\n".to_owned();
    for name in all
        .iter()
        .map(|name| normalise(name))
        .filter(|name| !name.is_empty())
        .collect::<BTreeSet<_>>()
    {
        let quoted: String = name.chars().map(|c| format!("\\U{:08X}", u32::from(c))).collect();
        let group = quoted.replace("\\U0000002F", "_");
        if group.len() < 800 {
            config.push_str(&format!("[locations.\"{quoted}\"]\ngroup = \"G{group}\"\n"));
        }
    }
    space.write("queuestat.toml", config);
    space
}

/// Nothing that controls a terminal, forges a line or turns the reading direction.
fn assert_plain(place: &str, text: &str) {
    let bad = |c: char| {
        c.is_control() && c != '\n'
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if let Some(at) = text.find(bad) {
        let begin = text.floor_char_boundary(at.saturating_sub(60));
        let end = text.ceil_char_boundary((at + 40).min(text.len()));
        let around = &text[begin..end];
        assert!(!text.contains(bad), "{place}: {around:?}");
    }
}

fn well(run: &Run) {
    assert!([0, 3].contains(&run.code), "{} {}", run.code, run.stderr);
    for line in run.stderr.lines() {
        assert!(!line.starts_with("warning: line") && !line.starts_with("error: forged"), "{line}");
    }
}

/// Records of a CSV text by RFC 4180, each cell with whether it had quotes.
fn csv(text: &str) -> Vec<Vec<(String, bool)>> {
    let (mut all, mut record) = (Vec::new(), Vec::new());
    let (mut cell, mut inside, mut had) = (String::new(), false, false);
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' if inside && letters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' => (inside, had) = (!inside, true),
            ',' | '\n' if !inside => {
                record.push((std::mem::take(&mut cell), std::mem::take(&mut had)));
                if c == '\n' {
                    all.push(std::mem::take(&mut record));
                }
            }
            c => cell.push(c),
        }
    }
    assert!(cell.is_empty() && record.is_empty() && !inside, "a CSV file ends with a line end");
    all
}

/// Checks every cell of a CSV file; returns the texts of a column, without what makes them inert.
fn texts(name: &str, text: &str, column: &str) -> BTreeSet<String> {
    let records = csv(text);
    let at = records[0].iter().position(|(cell, _)| cell == column);
    let mut found = BTreeSet::new();
    for record in &records[1..] {
        assert_eq!(record.len(), records[0].len(), "{name}: {record:?}");
        for (cell, quoted) in record {
            let is_harmless =
                !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0', '|', '%']);
            // Without quotes there are only numbers.
            assert!(is_harmless || !quoted && cell.parse::<f64>().is_ok(), "{name}: {cell:?}");
        }
        if let Some((cell, _)) = at.and_then(|at| record.get(at)) {
            let inert = cell
                .strip_prefix('\'')
                .filter(|rest| rest.starts_with(['=', '+', '-', '@', '|', '%']));
            found.insert(inert.unwrap_or(cell).to_owned());
        }
    }
    found
}

#[test]
fn every_published_file_is_read_back() {
    let space = space();
    let run = space.report("in", &["--force", "--verbose"]);
    well(&run);
    assert_plain("stderr", &run.stderr);
    let folder = only(&space.path("out"));
    let published = space.published();
    let (mut seen, mut drawings, mut books) = (BTreeMap::<&str, BTreeSet<String>>::new(), 0, 0);
    for (path, bytes) in &published {
        is_a_good_path(path);
        let name = path.rsplit('/').next().unwrap();
        let end = name.rsplit('.').next().unwrap();
        match end {
            "csv" => {
                let text = std::str::from_utf8(bytes).unwrap();
                let found = texts(path, text, "location");
                if name == "locations.csv" {
                    seen.insert("csv", found);
                }
            }
            "svg" | "html" | "txt" => {
                let text = std::str::from_utf8(bytes).unwrap();
                assert_plain(path, text);
                if end == "svg" {
                    drawings += 1;
                    let drawing = roxmltree::Document::parse(text).unwrap();
                    let known = [
                        "svg", "g", "title", "desc", "text", "tspan", "rect", "line", "path",
                        "polyline", "polygon", "circle", "ellipse", "style", "defs", "clipPath",
                        "use",
                    ];
                    for node in drawing.descendants().filter(roxmltree::Node::is_element) {
                        assert!(
                            known.contains(&node.tag_name().name()),
                            "{path}: {:?}",
                            node.tag_name()
                        );
                        assert!(
                            node.attributes().all(|one| !one.name().starts_with("on")),
                            "{path}"
                        );
                    }
                } else if end == "html" {
                    let lower = text.to_lowercase();
                    assert!(
                        !lower.contains("<script>alert") && !lower.contains("onload=\"x"),
                        "{path}"
                    );
                    assert!(!text.contains("]]><!--"), "{path}");
                }
            }
            "json" => {
                let _read: Value = serde_json::from_slice(bytes).unwrap();
            }
            "parquet" if name == "locations.parquet" => {
                let table = ParquetReader::new(Cursor::new(bytes)).finish().unwrap();
                let column = table.column("location").unwrap();
                let texts = column.str().unwrap().iter().flatten().map(str::to_owned);
                seen.insert("parquet", texts.collect());
            }
            "xlsx" => {
                books += 1;
                // Read from its XML, which allows none of what XML forbids; no cell is a formula.
                let book = Book::of(bytes);
                let held = book.sheets.iter().flat_map(|sheet| sheet.cells.values());
                let all: BTreeSet<String> = held
                    .filter_map(
                        |held| if let Held::Text(text) = held { Some(text.clone()) } else { None },
                    )
                    .collect();
                seen.insert("xlsx", all);
            }
            _ => {}
        }
    }
    assert!(drawings > 5 && books == 1 && folder.is_dir());
    let expected: BTreeSet<String> = names().iter().map(|name| normalise(name)).collect();
    assert_eq!(
        seen["parquet"].len(),
        expected.len(),
        "{:?}",
        seen["parquet"].difference(&expected)
    );
    let by_shape =
        |texts: &BTreeSet<String>| texts.iter().map(|text| letters(text)).collect::<BTreeSet<_>>();
    for (form, texts) in &seen {
        let missing: Vec<_> = by_shape(&expected).difference(&by_shape(texts)).cloned().collect();
        assert!(missing.is_empty(), "{form} lacks {missing:?}");
    }
}

/// The letters and digits of a name, as many as a reader has a right to: what must come through in every form.
fn letters(text: &str) -> String {
    // As workbooks write what XML forbids.
    let text = text.replace("_xFFFE_", "").replace("_xFFFF_", "");
    text.chars().filter(char::is_ascii_alphanumeric).take(100).collect()
}

/// A path that means the same on every system.
fn is_a_good_path(path: &str) {
    assert!(path.is_ascii() && path.len() < 200, "{path}");
    for part in path.split('/') {
        let stem = part.split('.').next().unwrap().to_lowercase();
        let device = ["con", "prn", "aux", "nul"].contains(&stem.as_str())
            || stem.len() == 4 && (stem.starts_with("com") || stem.starts_with("lpt"));
        let is_good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        assert!(!device && !part.starts_with('.') && !part.ends_with('.'), "{path}");
        assert!(part.chars().all(is_good) && !part.is_empty(), "{path}");
    }
}

#[test]
fn answers_and_logs_stay_lines() {
    let space = space();
    for text in [
        "check in",
        "check in --verbose",
        "locations in",
        "ask in --by location --format table",
        "ask in --by group,location,queue,type,category --format markdown",
        "ask in --by location --measure tickets",
        "compare in --location CON --with-location LPT1",
        "explain --measure wait_p50 --location CON in",
        "ask in --by location --location \u{1b}[2Jnobody",
        "init in --output made.toml",
    ] {
        let args: Vec<&str> = text.split(' ').chain(["--as-of", AS_OF]).collect();
        let run = space.run(&args);
        assert_plain(text, &run.stdout);
        assert_plain(text, &run.stderr);
        assert!(!run.stderr.contains("internal"), "{text}: {}", run.stderr);
        if text.starts_with("ask in --by location --measure") {
            let expected: BTreeSet<String> = names().iter().map(|name| normalise(name)).collect();
            assert_eq!(texts(text, &run.stdout, "location").len(), expected.len());
        }
    }
    let made = std::fs::read_to_string(space.path("made.toml")).unwrap();
    let made: toml::Table = toml::from_str(&made).unwrap();
    assert!(!made.is_empty());
    for text in [
        "locations in --json",
        "ask in --by location --format json",
        "check in --json",
        "report in --force --out o --log-format json --verbose --only csv",
    ] {
        let args: Vec<&str> = text.split(' ').chain(["--as-of", AS_OF]).collect();
        let run = space.run(&args);
        well(&run);
        for line in run.stderr.lines().filter(|_| text.contains("--log-format")) {
            let said: Value = serde_json::from_str(line).unwrap();
            assert!(said["level"].is_string(), "{line}");
        }
        if text.contains("json") && !text.contains("--log-format") {
            let _read: Value = serde_json::from_str(&run.stdout).unwrap();
        }
    }
}

/// A sample of a metrics file: its name, labels and value.
type Sample = (String, BTreeMap<String, String>, f64);

/// Reads the text format of Prometheus, letter by letter.
fn metrics(text: &str) -> Vec<Sample> {
    let mut samples = Vec::new();
    assert!(text.ends_with('\n'));
    for line in text.strip_suffix('\n').unwrap().split('\n').filter(|line| !line.starts_with("# "))
    {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
        let end = line.find(|c| !is_name(c)).unwrap();
        let (name, mut rest) = line.split_at(end);
        assert!(!name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()), "{line:?}");
        let mut labels = BTreeMap::new();
        if let Some(inside) = rest.strip_prefix('{') {
            rest = inside;
            while !rest.starts_with('}') {
                let (label, value) = rest.split_once("=\"").unwrap();
                assert!(label.chars().all(is_name) && !label.is_empty(), "{line:?}");
                let (mut text, mut letters) = (String::new(), value.char_indices());
                let end = loop {
                    match letters.next().unwrap() {
                        (at, '"') => break at + 1,
                        (_, '\\') => text.push(match letters.next().unwrap().1 {
                            'n' => '\n',
                            c @ ('\\' | '"') => c,
                            other => unreachable!("an escape of {other:?} in {line:?}"),
                        }),
                        (_, c) => text.push(c),
                    }
                };
                assert!(labels.insert(label.to_owned(), text).is_none(), "{line:?}");
                rest = &value[end..];
                rest = rest.strip_prefix(',').unwrap_or(rest);
            }
            rest = &rest[1..];
        }
        let value = rest.strip_prefix(' ').unwrap().parse().unwrap();
        samples.push((name.to_owned(), labels, value));
    }
    samples
}

#[test]
fn organizations_are_labels_of_metrics() {
    let space = Workspace::in_memory();
    let all = names();
    let text: String = all.iter().enumerate().map(|(at, name)| line(at, name, "A")).collect();
    space.write("in/a.jsonl", text);
    space.write(
        "queuestat.toml",
        "[gates]\nsilent_days = 1\n[nightly]\narchive = [\"in\"]\nout = \"site\"\nstate_dir = \"state\"\n\
         on_trouble = [\"sh\", \"-c\", \"cat > told\"]\n[[nightly.report]]\nname = \"all\"\nall = true\n",
    );
    let run = space.run(&["nightly", "--as-of", AS_OF, "--metrics-file", "m.prom", "--verbose"]);
    well(&run);
    assert_plain("stderr", &run.stderr);
    let told = std::fs::read_to_string(space.path("told")).unwrap_or_default();
    assert_plain("what on_trouble is told", &told);
    let samples = metrics(&std::fs::read_to_string(space.path("m.prom")).unwrap());
    // As they were sent: names that look the same stay two organizations.
    let expected: BTreeSet<String> = all.into_iter().collect();
    let of = |metric: &str| -> BTreeSet<String> {
        let of_it = samples.iter().filter(|(name, _, _)| name == metric);
        of_it.map(|(_, labels, _)| labels["organization"].clone()).collect()
    };
    assert_eq!(of("queuestat_nightly_organization_silent"), expected);
    let codes = samples
        .iter()
        .filter(|(name, labels, _)| name == "queuestat_nightly_exit_code" && !labels.is_empty());
    assert_eq!(codes.count(), 0, "no sample is forged");
    for path in crate::workspace::files(&space.path("site/current")).keys() {
        is_a_good_path(path);
    }
}
