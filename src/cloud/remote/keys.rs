//! Keys that the client refuses: with an empty part (`a//b`, `/a`, `a/`), with `.` or `..` as a part, with control characters.
//! One of them in a listing is an error of the whole listing. So the listing is rewritten before the client sees it, such
//! keys get a form that it accepts, and a request for one of them gets the true key again.
//!
//! ```text
//! a//b.jsonl ─ stand-in: a/‹mark›/b.jsonl ─ request of the client ─ target: a//b.jsonl ─ signed again
//! ```

use std::borrow::Cow;

use object_store::path::Path;

/// Begins a part of a stand-in. Parts that begin with it by themselves get another one.
const MARK: char = '\u{f8f0}';
/// The same in the target of a request.
const MARK_SENT: &str = "%EF%A3%B0";
/// The elements that hold keys, in the listings of S3 and Google, and of Azure.
const ELEMENTS: [&str; 2] = ["Key", "Name"];

/// What the client is told instead of a key; the key itself, if it accepts that.
fn stand_in(key: &str) -> String {
    let part = |part: &str| -> String {
        // The spaces at the ends would be lost in a listing.
        let is_odd = part.is_empty()
            || matches!(part, "." | "..")
            || part.starts_with(MARK)
            || part.trim() != part
            || part.chars().any(|c| c.is_ascii_control());
        if is_odd { format!("{MARK}{}", encoded(part)) } else { part.to_owned() }
    };
    key.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// The key behind what the client was told.
fn true_key(stand_in: &str) -> String {
    let part = |part: &str| match part.strip_prefix(MARK) {
        Some(rest) => decoded(rest),
        None => part.to_owned(),
    };
    stand_in.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// A key as the client takes it; `None` for no key.
pub(super) fn path_of(key: &str) -> Option<Path> {
    if key.is_empty() { None } else { Path::parse(stand_in(key)).ok() }
}

/// The key that the client calls so.
pub(super) fn key_of(path: &Path) -> String {
    true_key(path.as_ref())
}

/// A listing with stand-ins.
pub(super) fn rewritten(listing: &str) -> Cow<'_, str> {
    ELEMENTS.into_iter().fold(Cow::Borrowed(listing), |text, element| {
        let new = with_stand_ins(&text, element);
        new.map_or(text, Cow::Owned)
    })
}

/// `None` if nothing is to be changed.
fn with_stand_ins(listing: &str, element: &str) -> Option<String> {
    let (begin, end) = (format!("<{element}>"), format!("</{element}>"));
    let (mut new, mut rest) = (String::new(), listing);
    let mut is_new = false;
    while let Some((before, behind)) = rest.split_once(&begin) {
        let Some((raw, behind)) = behind.split_once(&end) else { break };
        let told =
            unescaped(raw).map(|key| (stand_in(&key), key)).filter(|(told, key)| told != key);
        new.extend([before, &begin]);
        match &told {
            Some((told, _)) => new.push_str(&escaped(told)),
            None => new.push_str(raw),
        }
        new.push_str(&end);
        is_new |= told.is_some();
        rest = behind;
    }
    new.push_str(rest);
    is_new.then_some(new)
}

/// The target of a request with the true key; `None` if it names none other.
pub(super) fn target(sent: &str) -> Option<String> {
    if !sent.contains(MARK_SENT) {
        return None;
    }
    let (path, query) = match sent.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (sent, None),
    };
    // Google's client sends the slashes in a key as `%2F`.
    let separator = if path.contains("%2F") { "%2F" } else { "/" };
    let part = |part: &str| match part.strip_prefix(MARK_SENT) {
        Some(rest) => encoded(&decoded(&decoded(rest))),
        None => part.to_owned(),
    };
    let parts: Vec<String> = path
        .split('/')
        .map(|piece| piece.split("%2F").map(part).collect::<Vec<_>>().join(separator))
        .collect();
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    Some(format!("{}{query}", parts.join("/")))
}

/// Every byte but letters, digits and `-._~` as `%XX`.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let hex = (*first == b'%').then(|| behind.get(..2)).flatten();
        let hex = hex.and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The text of an element; `None` if it is no plain text.
fn unescaped(raw: &str) -> Option<String> {
    if raw.contains('<') {
        return None;
    }
    let mut parts = raw.split('&');
    let mut text = parts.next()?.to_owned();
    for part in parts {
        let (name, behind) = part.split_once(';')?;
        text.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = name.strip_prefix('#')?;
                let code = match number.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                };
                char::from_u32(code)?
            }
        });
        text.push_str(behind);
    }
    Some(text)
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
