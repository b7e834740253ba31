//! What becomes of text: records of every form, and what is left of broken ones.

use proptest::prelude::*;

use super::super::closer::{Pieces, look_closer};
use super::super::piece::{Kind, Piece};
use super::Splitter;

const LIMIT: usize = 1 << 16;

/// The records of a text, read in steps of some bytes.
fn read(text: &[u8], step: usize) -> Vec<(Piece, Vec<u8>)> {
    let mut splitter = Splitter::new(LIMIT, 0);
    let (mut window, mut given, mut found) = (Vec::new(), 0, Vec::new());
    loop {
        let more = text.get(given..(given + step).min(text.len())).unwrap();
        given += more.len();
        window.extend_from_slice(more);
        let end = more.is_empty();
        let mut pieces = Pieces::default();
        let done = splitter.split(&window, 0, end, &mut pieces);
        found.extend(pieces.0.into_iter().map(|piece| {
            let bytes = window[piece.at.clone()].to_vec();
            (piece, bytes)
        }));
        window.drain(..done);
        if end {
            assert!(window.is_empty(), "{}", String::from_utf8_lossy(&window));
            return found;
        }
    }
}

fn brief(text: &str) -> Vec<(&'static str, String)> {
    read(text.as_bytes(), 1 << 20)
        .into_iter()
        .map(|(piece, bytes)| (name(&piece), String::from_utf8(bytes).unwrap()))
        .collect()
}

fn name(piece: &Piece) -> &'static str {
    match piece.kind {
        Kind::Value => piece.form.name(),
        Kind::Blank => "blank",
        Kind::Broken { saved: None } => "broken",
        Kind::Broken { saved: Some(_) } => "broken with a value",
        Kind::NoValue => "no value",
        Kind::Saved { .. } => "saved",
        Kind::TooLong => "too long",
        Kind::Unfinished => "unfinished",
    }
}

#[track_caller]
fn expect(text: &str, expected: &[(&str, &str)]) {
    let found = brief(text);
    let found: Vec<(&str, &str)> =
        found.iter().map(|(name, text)| (*name, text.as_str())).collect();
    assert_eq!(found, expected, "{text:?}");
}

#[test]
fn every_form_is_found_by_its_content() {
    expect(
        "{\"a\":1}\n\n{\"b\":2}\r\n",
        &[("lines", "{\"a\":1}"), ("blank", ""), ("lines", "{\"b\":2}")],
    );
    expect("{\"a\":1},\n{\"b\":2}", &[("lines", "{\"a\":1}"), ("lines", "{\"b\":2}")]);
    expect(
        "{\"a\":1}{\"b\":2} {\"c\":3}\n",
        &[("lines", "{\"a\":1}"), ("concatenated", "{\"b\":2}"), ("concatenated", "{\"c\":3}")],
    );
    expect("{\"a\":1}\t{\"b\":2}\n", &[("lines", "{\"a\":1}"), ("concatenated", "{\"b\":2}")]);
    expect("{\n \"a\":\n1}\n{\"b\":2}\n", &[("pretty", "{\n \"a\":\n1}"), ("lines", "{\"b\":2}")]);
    expect("[{\"a\":1},\n {\"b\":2}\n]\n", &[("array", "{\"a\":1}"), ("array", "{\"b\":2}")]);
    expect(
        "[{\"a\":1}, {\"b\":2}]\n[]\n",
        &[("array", "{\"a\":1}"), ("array", "{\"b\":2}"), ("blank", "[]")],
    );
    expect("[[{\"a\":1}],[{\"b\":2}]]", &[("array", "{\"a\":1}"), ("array", "{\"b\":2}")]);
    expect("[161.5,{\"a\":1}]\n", &[("array", "{\"a\":1}")]);
    expect("[1,2]\n", &[("array", "[1,2]")]);
    expect(
        "\u{1e}{\"a\":1}\n\u{1e}{\"b\":\n2}\n",
        &[("sequence", "{\"a\":1}"), ("sequence", "{\"b\":\n2}")],
    );
    expect("2021-03-01T09:00:00Z app[1]: {\"a\":1}\n", &[("prefixed", "{\"a\":1}")]);
    expect(
        "[2021-03-01 09:00:00] INFO {x} {\"a\":1}\n[info] {\"b\":2}\n[7] {\"c\":3}\n",
        &[("prefixed", "{\"a\":1}"), ("prefixed", "{\"b\":2}"), ("prefixed", "{\"c\":3}")],
    );
    expect("\0\0\0{\"a\":1}\n\0\0", &[("lines", "{\"a\":1}")]);
    expect(
        "\u{feff}{\"a\":1}\n\u{feff}{\"b\":2}\n",
        &[("lines", "{\"a\":1}"), ("lines", "{\"b\":2}")],
    );
    expect("\"{\\\"a\\\":1}\"\n", &[("lines", "\"{\\\"a\\\":1}\"")]);
    expect("null\n12\n", &[("lines", "null"), ("lines", "12")]);
}

#[test]
fn tables_with_a_header_or_without() {
    let row = "1,\"{\"\"a\"\":1}\"";
    expect(&format!("id,hook\n{row}\n2,\n"), &[("table", row), ("no value", "2,")]);
    expect(&format!("{row}\n{row}\n"), &[("table", row), ("table", row)]);
    expect("7\tx\t{\"a\":\"b\\\\\"c\"}\n", &[("table", "7\tx\t{\"a\":\"b\\\\\"c\"}")]);
    // The mark that ends COPY text is no record; elsewhere it is.
    let copied = "7\t{\"a\":1}";
    expect(&format!("{copied}\n\\.\n"), &[("table", copied)]);
    expect(
        &format!("{copied}\n\\.\n\\.\n{copied}\n\\."),
        &[("table", copied), ("broken", "\\."), ("table", copied)],
    );
    expect(&format!("{row}\n\\.\n"), &[("table", row), ("broken", "\\.")]);
    let pretty = "1,\"{\n\"\"a\"\":1\n}\"";
    expect(&format!("id,hook\n{pretty}\n"), &[("table", pretty)]);
    let found = read(format!("id,received at\t\nid,hook\n{row}\n").as_bytes(), 1 << 20);
    assert_eq!(found.last().unwrap().0.table.as_ref().unwrap().names, ["id", "hook"]);
    // A line that only looked like a header is told.
    expect("id,hook\n{\"a\":1}\n", &[("broken", ""), ("lines", "{\"a\":1}")]);
}

#[test]
fn a_broken_value_takes_nothing_with_it() {
    let good = "{\"b\":2}";
    expect(
        "{\"a\":\n{\"b\":2}\n{\"b\":2}\n",
        &[("broken", "{\"a\":"), ("saved", good), ("lines", good)],
    );
    // The line that a value fails on counts as any other, whatever stood before that value on its line.
    expect(
        "x{\"a\":\n{\"b\":2}\n{\"b\":2} \n",
        &[("broken", "x"), ("broken", "{\"a\":"), ("saved", good), ("lines", good)],
    );
    expect("{\"a\":\"x\n{\"b\":2}\n", &[("broken", "{\"a\":\"x"), ("lines", good)]);
    expect("{\"a\":\"x{\"b\":2}\n", &[("broken", "{\"a\":\"x"), ("saved", good)]);
    expect(
        "{\"a\":{\"b\":2}{\"b\":2}{\"b\":2}\n",
        &[("broken with a value", "{\"a\":{\"b\":2}"), ("saved", good), ("concatenated", good)],
    );
    expect("{\"a\":tru{\"b\":2}\n", &[("broken", "{\"a\":tru"), ("saved", good)]);
    expect(
        "{\"a\":[\n{\"b\":2},{\"b\":2}\n{\"b\":2}\n",
        &[("broken", "{\"a\":["), ("saved", good), ("saved", good), ("lines", good)],
    );
    expect("x\n{\"b\":2}\n", &[("broken", ""), ("lines", good)]);
    expect("{\n \"a\": 1,\n{\"b\":2}\n", &[("broken", "{"), ("lines", good)]);
    expect(" \"a\": 1\n}\n{\"b\":2}\n", &[("broken", "\"a\": 1"), ("lines", good)]);
    expect("{\"b\":2}\n]\n", &[("lines", good), ("broken", "]")]);
    expect(
        "{\"b\":2},oops,{\"b\":2},{\"c\":3}\n",
        &[("lines", good), ("broken", "oops,"), ("saved", good), ("concatenated", "{\"c\":3}")],
    );
    expect(
        "[{\"x\":tru,{\"b\":2},{\"b\":2}]\n",
        &[("broken", "{\"x\":tru,"), ("saved", good), ("array", good)],
    );
    expect(
        "{\n\"a\":[\n}{\n\"b\":2\n}{\n\"c\":3\n}\n",
        &[("broken", "{"), ("saved", "{\n\"b\":2\n}"), ("pretty", "{\n\"c\":3\n}")],
    );
}

#[test]
fn what_the_file_ends_inside_is_unfinished() {
    expect("{\"a\":1}\n{\"a\":", &[("lines", "{\"a\":1}"), ("unfinished", "{\"a\":")]);
    expect("{\"a\":\"b", &[("unfinished", "{\"a\":\"b")]);
    expect("{\n\"a\":\n", &[("unfinished", "{\n\"a\":\n")]);
    expect("[{\"a\":1},", &[("array", "{\"a\":1}"), ("unfinished", "")]);
    expect("abc", &[("unfinished", "abc")]);
    expect("{\"a\":1}", &[("lines", "{\"a\":1}")]);
}

#[test]
fn what_is_too_long_is_skipped_and_what_follows_is_read() {
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(LIMIT));
    for step in [1 << 12, 1 << 16, 1 << 20] {
        for text in [
            format!("{long}\n{{\"b\":2}}\n"),
            format!("{long}{{\"b\":2}}\n"),
            format!("{}\n{{\"b\":2}}", "y".repeat(3 * LIMIT)),
        ] {
            let found = read(text.as_bytes(), step);
            let names: Vec<&str> = found.iter().map(|(piece, _)| name(piece)).collect();
            assert_eq!(names[0], "too long", "{step}");
            assert_eq!(
                found[0].0.length,
                text.find("{\"b\"").unwrap() as u64 - u64::from(text.contains("\n{\"b")),
                "{step}"
            );
            assert_eq!(found[1].1, b"{\"b\":2}");
        }
    }
}

#[test]
fn hostile_text_costs_no_more_than_its_length() {
    for text in [
        "[\n",
        "{\"a\":[\n",
        "{\"a\":[},",
        "[",
        "{\"a\":\n",
        "{\"",
        "\"{",
        "a,\"{\"\"\n",
        ",\"{x\",\"a\n",
        "\"{x\"\n\"\",\"\n",
        "{\"a\":[},\n",
        "}{",
        "\t{\n",
        "[1,\n",
        "\n",
        " \n",
    ] {
        let text = text.repeat(400_000 / text.len());
        assert!(!read(text.as_bytes(), 1 << 20).is_empty());
        let inside = format!("{{\"a\":{text}x\n");
        assert!(!read(inside.as_bytes(), 1 << 20).is_empty());
    }
}

/// Values that can be told apart, and how they are put together.
fn hook(n: usize) -> String {
    format!(
        "{{\"message\":null,\"data\":{{\"position\":{{\"id\":\"{n}\",\"x\":[1,{{\"k\":\"}}{{\"}}],\"s\":\"a\\\"b\"}}}},\"type\":\"t\"}}"
    )
}

fn put_together(form: usize, hooks: &[String]) -> String {
    let pretty =
        |text: &String| format!("{:#}", serde_json::from_str::<serde_json::Value>(text).unwrap());
    match form {
        0 => hooks.iter().map(|hook| format!("{hook}\n")).collect(),
        1 => hooks.concat(),
        2 => hooks.iter().map(|hook| pretty(hook) + "\n").collect(),
        3 => format!("[{}]", hooks.join(",\n")),
        4 => format!("[{}]\n", hooks.join(",")),
        5 => format!("[{}\n]\n", hooks.iter().map(pretty).collect::<Vec<_>>().join(",\n")),
        6 => hooks.iter().map(|hook| format!("\u{1e}{hook}\n")).collect(),
        7 => hooks.iter().map(|hook| format!("2021-03-01T09:00:00Z x[1]: {hook}\n")).collect(),
        8 => hooks.iter().map(|hook| format!("{hook},\r\n")).collect(),
        _ => hooks.iter().map(|hook| format!("1,\"{}\"\n", hook.replace('"', "\"\""))).collect(),
    }
}

/// Which hooks are found whole, looking as closely as the reader does.
fn found_in(text: &str, hooks: &[String], step: usize) -> Vec<bool> {
    let wanted: Vec<serde_json::Value> =
        hooks.iter().map(|hook| serde_json::from_str(hook).unwrap()).collect();
    let mut found = vec![false; hooks.len()];
    let mut note = |bytes: &[u8]| {
        if let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) {
            for (found, wanted) in found.iter_mut().zip(&wanted) {
                *found |= value == *wanted;
            }
            true
        } else {
            false
        }
    };
    for (piece, bytes) in read(text.as_bytes(), step) {
        let text = match &piece.table {
            Some(layout) => layout.cells(&bytes)[layout.json].clone().into_owned(),
            None => bytes.clone(),
        };
        let saved = |kind: Kind, text: &[u8]| match kind {
            Kind::Broken { saved } => saved.map(|from| text[from..].to_vec()),
            Kind::Value
            | Kind::Blank
            | Kind::NoValue
            | Kind::Saved { .. }
            | Kind::TooLong
            | Kind::Unfinished => Some(text.to_vec()),
        };
        if let Some(text) = saved(piece.kind, &text)
            && !note(&text)
            && piece.kind == Kind::Value
        {
            let whole = Piece { at: 0..bytes.len(), ..piece };
            for part in look_closer(&bytes, &whole, LIMIT) {
                saved(part.kind, &bytes[part.at.clone()]).map(|text| note(&text));
            }
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn all_forms_give_all_values(form in 0_usize..10, n in 0_usize..9, step in prop::sample::select(vec![7_usize, 64, 1_000, 1 << 20])) {
        let hooks: Vec<String> = (0..n).map(hook).collect();
        let text = put_together(form, &hooks);
        prop_assert_eq!(found_in(&text, &hooks, step), vec![true; n]);
        let broken = read(text.as_bytes(), step).iter().any(|(piece, _)| !matches!(piece.kind, Kind::Value | Kind::Blank));
        prop_assert!(!broken);
    }

    #[test]
    fn a_value_that_is_cut_takes_no_other_with_it(
        form in prop::sample::select(vec![0_usize, 1, 2, 3, 6, 7, 8]),
        cut in any::<prop::sample::Index>(),
        from_begin in any::<bool>(),
        at in 0_usize..5,
        step in prop::sample::select(vec![64_usize, 1_000, 1 << 20]),
    ) {
        let mut hooks: Vec<String> = (0..5).map(hook).collect();
        let whole = hooks.clone();
        let text = if form == 2 {
            format!("{:#}", serde_json::from_str::<serde_json::Value>(&hooks[at]).unwrap())
        } else {
            hooks[at].clone()
        };
        let place = 1 + cut.index(text.len() - 1);
        let left = if from_begin { &text[..place] } else { &text[place..] };
        let mut parts: Vec<String> = Vec::new();
        for (n, hook) in hooks.iter_mut().enumerate() {
            let piece = put_together(if form == 3 { 0 } else { form }, std::slice::from_ref(hook));
            let piece = if n == at { piece.replace(piece.trim_end_matches('\n').trim_end_matches(",\r"), left) } else { piece };
            parts.push(if form == 3 { piece.replace('\n', ",\n") } else { piece });
        }
        let text = if form == 3 { format!("[\n{}]\n", parts.concat()) } else { parts.concat() };
        let found = found_in(&text, &whole, step);
        for (n, found) in found.into_iter().enumerate() {
            prop_assert!(found || n == at, "{n} is lost in {text:?}");
        }
    }

    #[test]
    fn steps_do_not_matter(
        words in prop::collection::vec(prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"", "\\", "a", "1", "\n", "\r\n", " ", "\0", "\u{1e}", "\u{feff}", "{\"a\":1}", "{\"a\":", "\"x\"", "\t", "2021-03-01T00:00:00Z ", "null", "1,\"{\"\"a\"\":1}\"\n", "id,hook\n",
        ]), 0..60),
        step in 1_usize..30,
    ) {
        let text = words.concat();
        let seen = |step| -> Vec<_> {
            read(text.as_bytes(), step).into_iter().map(|(piece, _)| (name(&piece), piece.line, piece.offset, piece.length)).collect()
        };
        prop_assert_eq!(seen(step), seen(1 << 20), "{:?}", text);
    }
}
