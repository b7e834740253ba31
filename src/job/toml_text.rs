//! Quotes texts as TOML, for messages that people paste into a configuration.

/// A text as a TOML string, on one line and safe to print on a terminal.
pub(crate) fn toml_text(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() || is_format(c) => {
                quoted.push_str(&format!("\\U{:08X}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Invisible characters: a reader could not tell what to type.
fn is_format(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}'
        | '\u{e0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_in_toml_is_read_back(text in any::<String>()) {
            let quoted = toml_text(&text);
            prop_assert!(!quoted.chars().any(char::is_control));
            let table: toml::Table = toml::from_str(&format!("[queues.{quoted}]\nname = {quoted}")).unwrap();
            prop_assert_eq!(table["queues"][text.as_str()]["name"].as_str(), Some(text.as_str()));
        }
    }
}
