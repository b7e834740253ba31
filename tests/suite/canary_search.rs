//! Finds a canary in any output: however it is written there, and behind compression.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;

/// The word in every text of a person that is planted.
pub(crate) const WORD: &str = "quetzal";
/// The digits in every number of a person that is planted.
pub(crate) const DIGITS: &str = "701239876";

/// A way to write something, and how it looks in bytes.
type Needle = (String, Vec<u8>);

/// What does not depend on case, in lower case; and what does.
fn needles() -> (Vec<Needle>, Vec<Needle>) {
    let (mut any_case, mut exact) = (Vec::new(), Vec::new());
    for word in [WORD, DIGITS] {
        let (upper, title) = (word.to_uppercase(), word[..1].to_uppercase() + &word[1..]);
        any_case.push((format!("plain {word}"), word.into()));
        // Without its last zero, so that it is both orders.
        let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
        any_case.push((format!("UTF-16 {word}"), wide[..wide.len() - 1].to_vec()));
        for cased in [word, &upper, &title] {
            let each = |form: &dyn Fn(u8) -> String| cased.bytes().map(form).collect::<String>();
            let mut add =
                |how: &str, text: String| any_case.push((format!("{how} {cased}"), text.into()));
            add("escaped", each(&|c| format!("\\u{:04x}", u32::from(c))));
            add("percent-encoded", each(&|c| format!("%{c:02x}")));
            add("hexadecimal", each(&|c| format!("{c:02x}")));
            add("as entities", each(&|c| format!("&#{c};")));
            // What stands before it shifts it by one or two bytes.
            for shift in 0..3 {
                let inner = &cased.as_bytes()[shift..];
                let whole = &inner[..inner.len() / 3 * 3];
                exact.push((format!("base64 of {cased}"), STANDARD.encode(whole).into_bytes()));
            }
        }
    }
    (any_case, exact)
}

/// What a file holds: itself, and what is packed in it.
fn unpacked(name: &str, bytes: &[u8], all: &mut Vec<(String, Vec<u8>)>) {
    all.push((name.to_owned(), bytes.to_vec()));
    let mut packed = |inner: &str, bytes: &[u8]| unpacked(&format!("{name}!{inner}"), bytes, all);
    if bytes.starts_with(b"PK\x03\x04") {
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        for at in 0..zip.len() {
            let mut member = zip.by_index(at).unwrap();
            let (mut text, name) = (Vec::new(), format!("{:?}", member.name()));
            member.read_to_end(&mut text).unwrap();
            packed(&name, &text);
        }
    } else if bytes.starts_with(b"\x1f\x8b") {
        let mut text = Vec::new();
        let _what_is_there = flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut text);
        packed("gz", &text);
    } else if bytes.starts_with(b"\x28\xb5\x2f\xfd") {
        packed("zst", &zstd::decode_all(bytes).unwrap_or_default());
    } else if bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1") {
        let table = ParquetReader::new(Cursor::new(bytes)).finish().unwrap();
        for column in table.columns() {
            // Dates and instants as the numbers that they are.
            let column = column.to_physical_repr();
            let mut cells = format!("{} ", column.name());
            for at in 0..table.height() {
                cells.push_str(&format!("{}\n", column.get(at).unwrap()));
            }
            packed(column.name(), cells.as_bytes());
        }
    } else if bytes.starts_with(b"\x89PNG") {
        // Chunks of text: nothing that is drawn is searched, but nothing may be written beside it.
        for mark in [&b"tEXt"[..], b"zTXt", b"iTXt", b"eXIf"] {
            assert!(memchr::memmem::find(bytes, mark).is_none(), "{name} holds a text");
        }
    }
}

/// Without what people write between the digits of a number.
fn joined(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .copied()
        .filter(|c| !matches!(c, b' ' | b'-' | b'(' | b')' | b'.' | b'/'))
        .collect()
}

/// Where canaries stand in some outputs, and how they are written there.
pub(crate) fn found(outputs: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let (any_case, exact) = needles();
    let mut all = Vec::new();
    for (name, bytes) in outputs {
        unpacked(name, bytes, &mut all);
    }
    let mut seen = Vec::new();
    for (name, bytes) in &all {
        let (lower, digits) = (bytes.to_ascii_lowercase(), joined(bytes));
        let mut look = |text: &[u8], (how, needle): &Needle| {
            if let Some(at) = memchr::memmem::find(text, needle) {
                let around = &text[at.saturating_sub(60)..(at + 40).min(text.len())];
                seen.push(format!("{name}: {how}: {}", String::from_utf8_lossy(around)));
            }
        };
        for needle in &any_case {
            look(&lower, needle);
        }
        for needle in &exact {
            look(bytes, needle);
        }
        look(&digits, &("with separators".to_owned(), DIGITS.into()));
    }
    seen
}

#[test]
fn a_canary_is_found_however_it_is_written() {
    let one = |bytes: &[u8]| found(&BTreeMap::from([("x".to_owned(), bytes.to_vec())])).len();
    assert_eq!(one(b"nothing of anybody: 70123, QUETZ"), 0);
    let wide: Vec<u8> = "xQuetzal".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gz, b"a Quetzal").unwrap();
    for written in [
        b"Dear QUETZAL,".to_vec(),
        b"\\u0051\\u0075\\u0065\\u0074\\u007a\\u0061\\u006c".to_ascii_lowercase(),
        b"\\u0071\\u0075\\u0065\\u0074\\u007A\\u0061\\u006C".to_vec(),
        b"%71%75%65%74%7A%61%6C".to_vec(),
        wide,
        STANDARD.encode("{\"name\":\"Quetzal\"}").into(),
        STANDARD.encode("{\"name\" :\"Quetzal\"}").into(),
        STANDARD.encode("{\"name\": \"Quetzal\" }").into(),
        b"+46 70-123 98 76".to_vec(),
        b"(0)701239876".to_vec(),
        STANDARD.encode("tel:+46701239876").into(),
        gz.finish().unwrap(),
        zstd::encode_all(&b"a quetzal"[..], 1).unwrap(),
    ] {
        assert!(one(&written) > 0, "{}", written.escape_ascii());
    }
}
