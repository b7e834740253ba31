//! Which paths a source file names, in a `use` or in place; comments, literals and tests do not count.

use std::collections::{BTreeMap, BTreeSet};

/// What one source file says of others.
#[derive(Default)]
pub(crate) struct Source {
    /// Name in this file → the path that a `use` gives it.
    pub(crate) names: BTreeMap<String, Vec<String>>,
    /// Names that are handed on by `pub use`: they count as used if the file itself writes them elsewhere.
    pub(crate) handed_on: BTreeSet<String>,
    /// Paths written in place, and single words.
    pub(crate) written: BTreeSet<Vec<String>>,
}

/// Words, `::` and single signs. Comments are left out; a literal becomes `"`.
fn tokens(text: &str) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut tokens, mut rest) = (Vec::new(), text);
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else if let Some(length) = literal(rest) {
            tokens.push("\"".to_owned());
            length
        } else if is_word(first) {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            tokens.push(rest[..length].to_owned());
            length
        } else {
            let length = if rest.starts_with("::") { 2 } else { first.len_utf8() };
            if !first.is_whitespace() {
                tokens.push(rest[..length].to_owned());
            }
            length
        };
        rest = &rest[length..];
    }
    tokens
}

/// Length of the string or character that `text` begins with, if it does. A lifetime (`'a`) is no character.
fn literal(text: &str) -> Option<usize> {
    let after_prefix = text.trim_start_matches(['b', 'c']);
    let raw = after_prefix.strip_prefix('r').unwrap_or_default().trim_start_matches('#');
    if text.len() - after_prefix.len() <= 1 && raw.starts_with('"') {
        let opening = text.len() - raw.len() + 1;
        let hashes = text[..opening].matches('#').count();
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(raw[1..].find(&end).map_or(text.len(), |at| opening + at + end.len()));
    }
    let quote = after_prefix.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let opening = text.len() - after_prefix.len() + 1;
    if opening > 2 {
        return None;
    }
    let mut escaped = false;
    for (at, c) in text[opening..].char_indices() {
        if c == quote && !escaped {
            return Some(opening + at + 1);
        }
        if quote == '\'' && at > 0 && !text[opening..].starts_with('\\') {
            return None;
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

/// The tokens without the items that are compiled for tests only.
fn without_tests(tokens: &[String]) -> Vec<String> {
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let here = tokens[at..].iter().take(7).map(String::as_str);
        if here.eq(["#", "[", "cfg", "(", "test", ")", "]"]) {
            at = end_of_item(tokens, at + 7);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Where the item that begins at `at` ends: behind a `;`, or behind the braces that close.
fn end_of_item(tokens: &[String], at: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(at) {
        match token.as_str() {
            "{" => depth += 1,
            "}" if depth == 1 => return at + 1,
            "}" => depth -= 1,
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Reads the text of a source file.
pub(crate) fn read(text: &str) -> Source {
    let tokens = without_tests(&tokens(text));
    let (mut source, mut at) = (Source::default(), 0);
    while at < tokens.len() {
        let before = at.checked_sub(1).map_or("", |before| tokens[before].as_str());
        if tokens[at] == "use" && tokens.get(at + 1).is_some_and(|next| next != "<") {
            let mut names = BTreeMap::new();
            at = read_use(&tokens, at + 1, &[], &mut names);
            if before == "pub" || before == ")" {
                source.handed_on.extend(names.keys().cloned());
            }
            source.names.extend(names);
        } else if is_word(&tokens[at]) {
            let mut path = vec![tokens[at].clone()];
            while tokens.get(at + 1).is_some_and(|next| next == "::")
                && tokens.get(at + 2).is_some_and(|next| is_word(next))
            {
                path.push(tokens[at + 2].clone());
                at += 2;
            }
            // A method or a field is no path, nor is what follows `<T>::`, nor the name of a module that is declared.
            if !matches!(before, "." | "::" | "mod") {
                source.written.insert(path);
            }
            at += 1;
        } else {
            at += 1;
        }
    }
    source
}

/// Reads the tree behind a `use`; returns where it ends. `*` and `_` stand for themselves, each under a name of its own.
fn read_use(
    tokens: &[String],
    mut at: usize,
    above: &[String],
    names: &mut BTreeMap<String, Vec<String>>,
) -> usize {
    let mut path = above.to_vec();
    while let Some(token) = tokens.get(at).map(String::as_str) {
        match token {
            "::" => at += 1,
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token != "}") {
                    at = read_use(tokens, at, &path, names);
                    at += usize::from(tokens.get(at).is_some_and(|token| token == ","));
                }
                return at + 1;
            }
            "as" | "," | "}" | ";" => break,
            _ => {
                path.push(token.to_owned());
                at += 1;
            }
        }
    }
    if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    let mut name = path.last().cloned().unwrap_or_default();
    if tokens.get(at).is_some_and(|token| token == "as") {
        name.clone_from(&tokens[at + 1]);
        at += 2;
    }
    if matches!(name.as_str(), "*" | "_") {
        name = path.join("::");
    }
    names.insert(name, path);
    at
}
