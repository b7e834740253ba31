//! Strings that hold JSON text, as it is or in base64.

use std::fmt;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::{Deserializer, IgnoredAny, Visitor};

use super::scan::solid;

/// `{"data":{"position":{}}}`: nothing shorter can be a webhook.
pub(super) const SHORTEST: usize = 24;
/// The same in base64.
const SHORTEST_BASE64: usize = 32;

/// How a string holds JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Coding {
    /// It is the text.
    Text,
    /// It is the base64 of the text.
    Base64,
}

impl Coding {
    /// The sign by which a path marks that it goes into a string.
    pub(super) const fn sign(self) -> &'static str {
        match self {
            Self::Text => "»",
            Self::Base64 => "»base64",
        }
    }
}

/// The bytes of a JSON string, with quotes and escapes resolved. Half a surrogate pair becomes bytes that are not UTF-8.
pub(super) fn bytes_of(json: &[u8]) -> Option<Vec<u8>> {
    struct Bytes;
    impl Visitor<'_> for Bytes {
        type Value = Vec<u8>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
            Ok(bytes.to_vec())
        }

        fn visit_str<E>(self, text: &str) -> Result<Vec<u8>, E> {
            Ok(text.as_bytes().to_vec())
        }
    }
    let mut parser = serde_json::Deserializer::from_slice(json);
    Deserializer::deserialize_bytes(&mut parser, Bytes).ok()
}

/// Whether a text begins like JSON that can hold a webhook.
pub(super) fn begins_json(text: &[u8]) -> bool {
    matches!(text.get(solid(text, 0)), Some(b'{' | b'[' | b'"'))
}

/// Whether a text is valid JSON.
pub(super) fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

/// Whether the inside of a string, escapes included, may be JSON text that holds a webhook.
pub(super) fn may_be_text(inside: &[u8]) -> bool {
    inside.len() >= SHORTEST && matches!(inside.first(), Some(b'{' | b'[' | b' ' | b'\\'))
}

/// Whether the inside of a string, escapes included, may be base64 of such text.
pub(super) fn may_be_base64(inside: &[u8]) -> bool {
    let Some(head) = inside.first_chunk::<4>().filter(|_| inside.len() >= SHORTEST_BASE64) else {
        return false;
    };
    // White space, or an escape that may stand for anything.
    if head.iter().any(|c| matches!(c, b' ' | b'\\')) {
        return true;
    }
    let mut begin = [0; 6];
    let decoded = engine(head).decode_slice(head, &mut begin);
    match decoded.ok().and_then(|length| begin.get(..length)).unwrap_or_default() {
        [b'{', second, ..] => matches!(second, b'"' | b' ' | b'\t' | b'\r' | b'\n'),
        [first, ..] => matches!(first, b'[' | b'"' | b' ' | b'\t' | b'\r' | b'\n'),
        [] => false,
    }
}

const READER: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, READER);
const URL: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, READER);

/// The reader of the alphabet that a text is in.
fn engine(text: &[u8]) -> &'static GeneralPurpose {
    if text.iter().any(|c| matches!(c, b'-' | b'_')) { &URL } else { &STANDARD }
}

/// Decodes base64 in the standard or the URL alphabet, with or without padding; white space is skipped.
pub(super) fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    // Nearly every text is in the standard alphabet, which has no white space: it is not looked through before. A line with
    // a webhook in base64 takes 25,000 instructions so, else 44,000.
    if let Ok(decoded) = STANDARD.decode(text) {
        return Some(decoded);
    }
    let text: Vec<u8> = text.iter().copied().filter(|c| !c.is_ascii_whitespace()).collect();
    engine(&text).decode(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_base64_of_json_is_never_passed_over(
            space in "[ \n\t]{0,3}",
            name in "[a-zA-Zåß?>]{0,12}",
            url: bool,
            padded: bool,
            breaks in prop::option::of(4_usize..20),
        ) {
            let json = format!(r#"{space}{{"{name}":1,"data":{{"position":{{}}}}}}"#);
            let mut text = base64::engine::general_purpose::STANDARD.encode(&json);
            if url {
                text = text.replace('+', "-").replace('/', "_");
            }
            if !padded {
                text = text.trim_end_matches('=').to_owned();
            }
            prop_assert!(may_be_base64(text.as_bytes()), "{}", text);
            if let Some(every) = breaks {
                let lines = text.as_bytes().chunks(every).map(|line| String::from_utf8_lossy(line));
                text = lines.collect::<Vec<_>>().join("\r\n");
            }
            prop_assert_eq!(from_base64(text.as_bytes()), Some(json.into_bytes()));
        }
    }

    #[test]
    fn ids_are_no_base64_of_json() {
        for id in [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4",
            "Woolworths Bankstown, second floor",
            "11111111-2222-4333-8444-000000000000",
            "eyJhIjoxfQ==",
        ] {
            assert!(!may_be_base64(id.as_bytes()), "{id}");
        }
    }

    #[test]
    fn half_a_pair_is_no_text_but_bytes() {
        let bytes = bytes_of(br#""a\ud800b\u00e9""#).unwrap();
        assert!(std::str::from_utf8(&bytes).is_err());
        assert_eq!(bytes_of(br#""\u00e9\n""#).unwrap(), "é\n".as_bytes());
        assert_eq!(bytes_of(b"7"), None);
    }
}
