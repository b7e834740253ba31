//! Records beside something odd: a letter that looks like a quote, a row that was cut, a value that is too long, a column that looks
//! like the webhook, a last record that is still being written. Only what is odd is lost, and each loss is counted.

use std::time::{Duration, SystemTime};

use crate::workspace::{AS_OF, Workspace, hook};

const N: usize = 10;

fn hooks() -> Vec<String> {
    let one = |n: usize| {
        let fields = format!(
            "\"location\":\"L\u{f6}bby \\\"{n}\\\"\",\"createdAt\":\"2021-03-01T10:{n:02}:00Z\",\"ref\":\"{{\\\"n\\\":{n}}}\""
        );
        hook("acme", "positionCreated", &format!("t{n}"), &fields).trim_end().to_owned()
    };
    (0..N).map(one).collect()
}

/// A cell of CSV.
fn quoted(json: &str) -> String {
    format!("\"{}\"", json.replace('"', "\"\""))
}

/// A cell of COPY text.
fn copied(json: &str) -> String {
    json.replace('\\', "\\\\").replace('\n', "\\n")
}

fn pretty(json: &str) -> String {
    format!("{:#}", serde_json::from_str::<serde_json::Value>(json).unwrap())
}

/// Accepted, rejected and deferred records of a file, last changed so long before the run.
fn counts(text: &str, age: Duration) -> [u64; 3] {
    let space = Workspace::new();
    let path = space.write("in/a", text);
    let as_of = chrono::DateTime::parse_from_rfc3339(AS_OF).unwrap().timestamp();
    let changed = SystemTime::UNIX_EPOCH + Duration::from_secs(as_of.unsigned_abs()) - age;
    std::fs::File::options().write(true).open(path).unwrap().set_modified(changed).unwrap();
    let run = space.run(&["check", "in", "--as-of", AS_OF]);
    let row = run.stdout.lines().find(|row| row.starts_with("a "));
    let row = row.expect("the file is told");
    let cells: Vec<u64> =
        row.split_whitespace().skip(1).map(|cell| cell.replace(',', "").parse().unwrap()).collect();
    // Bytes, records, blank, accepted, duplicate, rejected, other, deferred.
    [cells[3], cells[5], cells[7]]
}

#[track_caller]
fn expect(text: &str, accepted: usize, rejected: u64) {
    let found = counts(text, Duration::from_secs(86_400));
    assert_eq!(found, [accepted as u64, rejected, 0], "{}", text.get(..3_000).unwrap_or(text));
}

/// Rows made of the number and the webhook of each.
fn rows(row: impl Fn(usize, &str) -> String) -> String {
    hooks().iter().enumerate().map(|(n, hook)| row(n, hook) + "\n").collect()
}

#[test]
fn a_quote_inside_a_cell_without_quotes_is_a_letter() {
    for delimiter in [',', ';', '\t', '|'] {
        for header in ["", "id,note,payload\n"] {
            for every in [1, 3] {
                let note = |n| if n % every == 0 { "5\" screen" } else { "x" };
                let text = header.replace(',', &delimiter.to_string())
                    + &rows(|n, hook| {
                        format!("{n}{delimiter}{}{delimiter}{}", note(n), quoted(hook))
                    });
                expect(&text, N, 0);
                let behind =
                    rows(|n, hook| format!("{n}{delimiter}{}{delimiter}{}", quoted(hook), note(n)));
                expect(&behind, N, 0);
            }
        }
    }
}

#[test]
fn a_row_that_was_cut_takes_no_other_with_it() {
    let cut = "9,\"{\"\"message\n";
    for header in ["", "id,payload\n"] {
        let row = |n: usize, hook: &str| format!("{n},{}\n", quoted(hook));
        for places in [&[1][..], &[1, 8], &[0, 1, 2], &[0]] {
            let mut text = header.to_owned();
            for (n, hook) in hooks().iter().enumerate() {
                text += if places.contains(&n) { cut } else { "" };
                text += &row(n, hook);
            }
            expect(&text, N, places.len() as u64);
        }
        // Rows over several lines, before and behind it; and the torn one has several lines itself.
        let tall = |n: usize, hook: &str| format!("{n},{}\n", quoted(&pretty(hook)));
        let hooks = hooks();
        let torn = tall(9, &hooks[9]);
        for lines in [1, 2, 4] {
            let part: String = torn.split_inclusive('\n').take(lines).collect();
            let text = header.to_owned() + &tall(0, &hooks[0]) + &part + &tall(1, &hooks[1]);
            expect(&text, 2, 1);
            let text = header.to_owned() + &row(0, &hooks[0]) + &part + &row(1, &hooks[1]);
            expect(&text, 2, 1);
        }
    }
}

/// What the columns of a table are called holds behind a row that does not fit, too.
#[test]
fn a_torn_row_does_not_cost_the_times_of_those_behind_it() {
    let space = Workspace::new();
    let row = |hook: &String, n: usize| format!("2021-03-01T11:{n:02}:00Z,{}\n", quoted(hook));
    let hooks = hooks();
    for odd in ["2021-03-01T11:05:00Z,\"{\"\"message\n", "2021\n", "oops\n"] {
        let text = format!("received_at,payload\n{}{odd}{}", row(&hooks[0], 1), row(&hooks[1], 2));
        space.write("in/a", text);
        let run = space.run(&["check", "in", "--as-of", AS_OF]);
        assert!(run.stdout.contains("received at the time in a column"), "{odd}: {}", run.stdout);
        assert!(!run.stdout.contains("no time of receipt"), "{odd}: {}", run.stdout);
    }
    // Two files, one put behind the other: each has its own order of columns.
    let other = |n: usize| format!("{},2021-03-01T11:{n:02}:00Z\n", quoted(&hooks[n]));
    let first = format!("received_at,payload\n{}", row(&hooks[0], 0));
    for second in [
        format!("received_at,payload\n{}", row(&hooks[1], 1)),
        format!("payload,received_at\n{}{}", other(1), other(2)),
    ] {
        let n = second.lines().count() - 1;
        expect(&(first.clone() + &second), 1 + n, 0);
        space.write("in/a", first.clone() + &second);
        let run = space.run(&["check", "in", "--as-of", AS_OF]);
        assert!(!run.stdout.contains("no time of receipt"), "{}", run.stdout);
    }
}

#[test]
fn what_only_looks_like_the_webhook_is_passed_over() {
    for beside in ["[]", "{}", "[1,2]", "{\"position\":1}", "[{\"a\":1}]"] {
        for delimiter in [',', '\t'] {
            let cell = if delimiter == ',' { quoted(beside) } else { beside.to_owned() };
            expect(
                &rows(|n, hook| format!("{n}{delimiter}{cell}{delimiter}{}", quoted(hook))),
                N,
                0,
            );
            let once = |n: usize, hook: &str| {
                let cell = if n == 4 { &cell } else { "x" };
                format!("{n}{delimiter}{cell}{delimiter}{}", quoted(hook))
            };
            expect(&rows(once), N, 0);
            let over_lines = |n: usize, hook: &str| {
                format!("{n}{delimiter}{cell}{delimiter}{}", quoted(&pretty(hook)))
            };
            expect(&rows(over_lines), N, 0);
        }
        // Several objects on a line are no row of the table before them, however many of its delimiters stand in them.
        let joined = hooks()[1..3].concat();
        for delimiter in [',', ';', '|'] {
            let text = format!("{}{delimiter}x\n{joined}\n", quoted(&hooks()[0]));
            expect(&text, 3, 0);
        }
        // Once a table is known, also as the first cell.
        let first = |n: usize, hook: &str| {
            let cell = if n == 0 { "x" } else { beside };
            format!("{cell},{},{n}", quoted(hook))
        };
        if !beside.contains(['"', ',']) {
            expect(&rows(first), N, 0);
        }
        expect(&rows(|n, hook| format!("{n}\t{beside}\t{}", copied(hook))), N, 0);
        expect(&rows(|n, hook| format!("{}\t{beside}\t{n}", copied(hook))), N, 0);
    }
}

#[test]
fn copy_text_of_one_column_is_told_by_its_doubled_backslashes() {
    expect(&rows(|_, hook| copied(hook)), N, 0);
    expect(&("payload\n".to_owned() + &rows(|_, hook| copied(hook)) + "\\.\n"), N, 0);
    // What is JSON as it stands stays that.
    expect(&rows(|_, hook| hook.to_owned()), N, 0);
    let both: String = hooks().iter().map(|hook| format!("{hook}\n{}\n", copied(hook))).collect();
    let [accepted, rejected, _] = counts(&both, Duration::from_secs(86_400));
    assert_eq!((accepted, rejected), (N as u64, 0), "the other half says the same");
}

/// Backslashes that are not doubled, as in raw exports with tabs; two of them stand for one in the text.
#[test]
fn a_raw_table_with_tabs_keeps_its_backslashes() {
    let share = |hook: &str| hook.replace("L\u{f6}bby \\\"", "C\\\\D ").replace("\\\"", "");
    for every in [1, 3] {
        let raw = |n: usize, hook: &str| {
            if n.is_multiple_of(every) { share(hook) } else { hook.to_owned() }
        };
        expect(&rows(|n, hook| format!("{n}\t{}", raw(n, hook))), N, 0);
    }
}

#[test]
fn names_of_columns_may_be_quoted() {
    for header in ["payload", "\"payload\""] {
        expect(&(format!("{header}\n") + &rows(|_, hook| quoted(hook))), N, 0);
    }
    // A text alone is none.
    expect(&("\"payload\"\n".to_owned() + &rows(|_, hook| hook.to_owned())), N, 1);
}

#[test]
fn a_value_that_is_too_long_loses_itself_alone() {
    let long =
        format!("{{\"message\":\"x\",\"data\":[{}]}}", "{\"a\":\"}{\\\"\"},".repeat(90_000) + "1");
    assert!(long.len() > 1 << 20);
    let hooks = hooks();
    let (some, rest) = hooks.split_at(4);
    let parts = [some.to_vec(), vec![long], rest.to_vec()].concat();
    for (text, parted) in [
        (format!("[{}]\n", parts.join(",")), "array"),
        (format!("{}\n", parts.join(",")), "commas"),
        (format!("{}\n", parts.join(" ")), "blanks"),
        (parts.concat() + "\n", "nothing"),
        (parts.join("\n") + "\n", "lines"),
        (format!("[{}\n]\n", parts.join(",\n")), "an array of lines"),
        (format!("[{}]\n{}\n", parts.join(","), hooks[0].replace("t0", "t99")), "a line behind it"),
    ] {
        let [accepted, rejected, deferred] = counts(&text, Duration::from_secs(86_400));
        let n = N as u64 + u64::from(parted == "a line behind it");
        assert_eq!([accepted, rejected, deferred], [n, 1, 0], "{parted}");
    }
}

/// What is read where an object reaches its limit may be whole; it stands on its own lines.
#[test]
fn no_webhook_is_lost_where_an_object_of_many_reaches_the_limit() {
    let many: Vec<serde_json::Value> = (0..6_000)
        .map(|n| {
            let fields =
                format!("\"location\":\"L\",\"createdAt\":\"2021-03-01T10:00:00Z\",\"n\":{n}");
            serde_json::from_str(&hook("acme", "positionCreated", &format!("t{n}"), &fields))
                .unwrap()
        })
        .collect();
    for (name, indent) in [("events", "  "), ("hits", " "), ("events", "\t")] {
        let mut text = Vec::new();
        let format = serde_json::ser::PrettyFormatter::with_indent(indent.as_bytes());
        let mut to = serde_json::Serializer::with_formatter(&mut text, format);
        serde::Serialize::serialize(&serde_json::json!({ name: many }), &mut to).unwrap();
        assert!(text.len() > 1 << 20);
        let [accepted, rejected, _] =
            counts(std::str::from_utf8(&text).unwrap(), Duration::from_secs(86_400));
        // Its first line, and the lines that end it.
        assert_eq!([accepted, rejected], [6_000, 2], "{name} {indent:?}");
        // Wherever the limit lies in a webhook that holds whole values on lines of their own.
        if name == "hits" {
            continue;
        }
        let tags: Vec<_> = (0..40).map(|n| serde_json::json!({"tag": n})).collect();
        let mut tall = many[..1_500].to_vec();
        for one in &mut tall {
            one["data"]["tags"] = tags.clone().into();
        }
        let mut text = Vec::new();
        let format = serde_json::ser::PrettyFormatter::with_indent(indent.as_bytes());
        let mut to = serde_json::Serializer::with_formatter(&mut text, format);
        serde::Serialize::serialize(&serde_json::json!({ name: tall }), &mut to).unwrap();
        assert!(text.len() > 1 << 20);
        let text = String::from_utf8(text).unwrap();
        for more in [0, 300, 700] {
            let text = text.replacen('{', &format!("{{{}", " ".repeat(more)), 1);
            let [accepted, rejected, _] = counts(&text, Duration::from_secs(86_400));
            assert_eq!([accepted, rejected], [1_500, 2], "{indent:?} {more}");
        }
    }
}

#[test]
fn text_before_an_object_may_hold_braces_and_end_with_a_colon() {
    let at = "2021-03-01T11:00:00Z";
    for before in [
        "{a} {b} {c} {d} {e} {f} {g} {h} {i}",
        "{req={x={y={z=1}}}} [{}] {u} {v}",
        "ctx={\"user\":1} {\"n\":[2]}",
        ":",
    ] {
        let text = rows(|_, hook| format!("{at} {before} {hook}"));
        expect(&text, N, 0);
    }
    let space = Workspace::new();
    for between in [": ", ":", ",", "|", " ", "] "] {
        space.write("in/a", rows(|_, hook| format!("{at}{between}{hook}")));
        let run = space.run(&["check", "in", "--as-of", AS_OF]);
        assert!(!run.stdout.contains("no time of receipt"), "{between:?}: {}", run.stdout);
    }
    // Where the begin of a record is lost, those behind it on its line are no part of it.
    let hooks = hooks();
    expect(&format!("\"lost\"}}{}{}\n", hooks[0], hooks[1]), 2, 1);
}

#[test]
fn base64_may_stand_alone_on_its_line_and_beside_an_object() {
    use base64::Engine;
    let packed = |hook: &str| base64::engine::general_purpose::STANDARD.encode(hook);
    expect(&rows(|_, hook| format!("\"{}\"", packed(hook))), N, 0);
    expect(&rows(|_, hook| format!("[\"{}\"]", packed(hook))), N, 0);
    expect(&rows(|n, hook| format!("[{{\"id\":{n}}},\"{}\"]", packed(hook))), N, N as u64);
}

/// However far the last record of a file is written, it waits for the rest; when nobody writes any more, it is one that was cut.
#[test]
fn a_last_record_that_is_being_written_waits_in_every_form() {
    let hooks = hooks();
    let [first, last] = [&hooks[0], &hooks[1]];
    for (form, before, record) in [
        ("lines", format!("{first}\n"), last.clone()),
        (
            "prefixed",
            format!("2021-03-01T11:00:00Z app: {first}\n"),
            format!("2021-03-01T11:00:00Z app: {last}"),
        ),
        ("csv", format!("1,{}\n", quoted(first)), format!("2,{}", quoted(last))),
        (
            "csv with a header",
            format!("id,payload\n1,{}\n", quoted(first)),
            format!("2,{}", quoted(last)),
        ),
        ("a header alone", "id,payload\n".to_owned(), format!("2,{}", quoted(last))),
        (
            "csv over lines",
            format!("1,{}\n", quoted(&pretty(first))),
            format!("2,{}", quoted(&pretty(last))),
        ),
        (
            "csv, another column behind it",
            format!("1,{},x\n", quoted(first)),
            format!("2,{}", quoted(last)),
        ),
        ("copy", format!("1\t{}\n", copied(first)), format!("2\t{}", copied(last))),
        (
            "copy, another column behind it",
            format!("1\t{}\tx\n", copied(first)),
            format!("2\t{}", copied(last)),
        ),
    ] {
        let n = if form == "a header alone" { 0 } else { 1 };
        let step = if record.len() > 600 { 23 } else { 11 };
        for cut in (1..record.len()).step_by(step).chain([record.len() - 1]) {
            let Some(part) = record.get(..cut) else { continue };
            let text = format!("{before}{part}");
            if counts_nothing(&text) {
                continue;
            }
            assert_eq!(counts(&text, Duration::from_secs(60)), [n, 0, 1], "{form}: {part}");
            if cut % 5 == 0 {
                let old = counts(&text, Duration::from_secs(86_400));
                assert_eq!(old, [n, 1, 0], "{form}: {part}");
            }
        }
    }
}

/// A last line that is whole counts, whatever form those before it have.
#[test]
fn a_whole_last_record_without_a_line_end_is_used() {
    let [first, last] = &hooks()[..2] else { panic!("two") };
    for before in ["time,body\n", "Delivery 1, from kiosk\n", "id,payload\n"] {
        expect(&format!("{before}2021-03-01T11:00:00Z,{last}"), 1, u64::from(!before.is_empty()));
        expect(&format!("{before}{last}"), 1, 1);
    }
    expect(&format!("1,{}\n{last}", quoted(first)), 2, 0);
    expect(&format!("1\t{}\n2021-03-01T11:00:00Z {last}", copied(first)), 2, 0);
}

#[test]
fn a_torn_row_takes_no_row_with_an_empty_first_cell_with_it() {
    let row = |hook: &str| format!("\"\",{},\"x\"\n", quoted(hook));
    let cut = "\"\",\"{\"\"data\"\":\n";
    for header in ["", "a,b,c\n"] {
        let some: String = hooks().iter().map(|hook| row(hook)).collect();
        expect(&format!("{header}{}{cut}{some}", row(&hooks()[0].replace("t0", "t98"))), N + 1, 1);
        expect(&format!("{header}{cut}{some}"), N, 1);
    }
    // JSON in the first column, and the first row is the one that was cut: the names hold.
    let first = |n: usize| format!("{},2021-03-01T11:0{n}:00Z\n", quoted(&hooks()[n]));
    let text = format!("body,received_at\n\"{{\"\"data\"\":{{\"\"po\n{}{}", first(1), first(2));
    expect(&text, 2, 1);
    let space = Workspace::new();
    space.write("in/a", text);
    let run = space.run(&["check", "in", "--as-of", AS_OF]);
    assert!(!run.stdout.contains("no time of receipt"), "{}", run.stdout);
}

/// Whether a file shows nothing like a record yet: a header and the number of a row.
fn counts_nothing(text: &str) -> bool {
    !text.contains(['{', '['])
}
