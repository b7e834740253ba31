//! Indents JSON as `jq .` does: two blanks per level, empty objects and arrays closed at once.

/// Writes a value that is `depth` levels deep, its first line indented too, without a line end after it.
pub(super) fn pretty(out: &mut String, json: &str, depth: usize) {
    let mut depth = depth;
    indent(out, depth);
    let mut rest = json;
    let mut opened = false;
    while let Some(next) = rest.chars().next() {
        let (one, after) = rest.split_at(next.len_utf8());
        rest = after;
        let closes = matches!(next, '}' | ']');
        if closes {
            depth = depth.saturating_sub(1);
        }
        // An object or array gets lines of its own only if it is not empty.
        if opened != closes && (opened || closes) {
            out.push('\n');
            indent(out, depth);
        }
        opened = matches!(next, '{' | '[');
        out.push_str(one);
        match next {
            '{' | '[' => depth += 1,
            ',' => {
                out.push('\n');
                indent(out, depth);
            }
            ':' => out.push(' '),
            '"' => {
                let (inside, behind) = rest.split_at(string_end(rest));
                out.push_str(inside);
                rest = behind;
            }
            _ => {}
        }
    }
}

fn indent(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

/// Number of bytes up to and including the quotation mark that ends a string.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_serde_json_indents() {
        for json in [
            "{}",
            "[]",
            "7",
            r#"{"a":[],"b":{},"c":[1,-2.5,null,true],"d":{"e":"x,y:{\"}\\"}}"#,
            r#"[[[]],[{}],{"a":[{"b":1},[2,[]]]},"[{\"é\":1}]"]"#,
        ] {
            let mut out = String::new();
            pretty(&mut out, json, 0);
            let value: serde_json::Value = serde_json::from_str(json).unwrap();
            assert_eq!(out, serde_json::to_string_pretty(&value).unwrap(), "{json}");
        }
    }
}
