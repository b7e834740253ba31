//! Rows of tables of every kind, and what only looks like one.

use super::*;

fn row_of(line: &str) -> Option<Row> {
    match row(line.as_bytes(), line.as_bytes(), true, None, &mut 0) {
        Search::Row(row) | Search::Likely(row) => Some(row),
        Search::None | Search::Open | Search::Torn(_) => None,
    }
}

fn cells_of(style: Style, line: &str) -> Vec<String> {
    cells(style, line.as_bytes()).iter().map(|c| String::from_utf8_lossy(c).into_owned()).collect()
}

#[test]
fn rows_with_json_in_one_column() {
    for (line, style, columns, json) in [
        (r#"1,"2021","{""a"":1}""#, Style::Csv(b','), 3, 2),
        (r#""{""a"":"",""}",x"#, Style::Csv(b','), 2, 0),
        (r#"1;"{""a"":""x;y""}";z"#, Style::Csv(b';'), 3, 1),
        ("1\t\"{\"\"a\"\":1}\"", Style::Csv(b'\t'), 2, 1),
        ("1\t{\"a\":\"x\\\\\"y\"}\t2", Style::Copy, 3, 1),
        ("1\t{\"a\":\"x\\\"y\"}\t2", Style::Tabs, 3, 1),
        ("{\"a\":1}\t2", Style::Copy, 2, 0),
        (r#"1,"{""h"":1}","{""position"":1}","{}""#, Style::Csv(b','), 4, 2),
        (r#""{""a"":1}""#, Style::Csv(b','), 1, 0),
    ] {
        let length = line.len();
        assert_eq!(row_of(line), Some(Row { style, columns, json: Some(json), length }), "{line}");
    }
    for line in [
        "{\"a\":1}\t{\"b\":2}",
        "1\t{\"position\":1}\t{\"position\":2}",
        r#"{"a":"b","c":"{}"}"#,
        r#"2021 x {"a":1}"#,
        r#"1,"{""a"":1"#,
        "{\"a\":\t1}",
        "",
    ] {
        assert_eq!(row_of(line), None, "{line}");
    }
}

#[test]
fn a_quoted_cell_may_hold_line_ends() {
    let text = "1,\"{\n \"\"a\"\": 1\n}\"\r\n2,x\n";
    let Search::Row(found) = row(text.as_bytes(), b"1,\"{", true, None, &mut 0) else { panic!() };
    assert_eq!(row(b"1,\"{\n", b"1,\"{", false, None, &mut 0), Search::Open);
    assert_eq!((found.columns, found.json, found.length), (2, Some(1), text.len() - 6));
    let cells = cells_of(Style::Csv(b','), &text[..found.length]);
    assert_eq!(cells, ["1", "{\n \"a\": 1\n}"]);
}

#[test]
fn cells_come_back_as_they_were() {
    assert_eq!(cells_of(Style::Copy, "1\t\\N\ta\\\\b\\tc"), ["1", "", "a\\b\tc"]);
    assert_eq!(cells_of(Style::Csv(b','), r#"1,,"a ""b"" c","#), ["1", "", "a \"b\" c", ""]);
}

#[test]
fn headers() {
    let names = |line: &str| header(line.as_bytes()).map(|all| all[0].1.join("|"));
    assert_eq!(names("\"id\",\"received_at\",payload"), Some("id|received_at|payload".into()));
    assert_eq!(names("id\treceived at"), Some("id|received at".into()));
    assert_eq!(names("1,2"), None);
    assert_eq!(names("{\"a\":1}"), None);
    assert_eq!(names("payload"), Some("payload".into()));
    assert_eq!(names("hello, world!"), None);
}
