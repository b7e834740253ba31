//! Masks what identifies people in free text: long numbers and mail addresses.
//!
//! It rather masks too much. Names are not found: nobody can tell them from other words.

use std::ops::Range;

/// Stands for a number.
pub const NUMBER: &str = "[number]";
/// Stands for a mail address.
pub const MAIL: &str = "[mail]";

/// Digits that are left standing at most: five and more may be a phone number, or the number of a customer.
const FEW: usize = 4;

/// A text in which every mail address, and every number of five digits and more, is replaced by a mark. Digits of any script
/// count, and between those of a number may stand spaces, dashes, dots, slashes, parentheses and the like.
#[must_use]
pub fn masked(text: &str) -> String {
    let without_mail = replaced(text, &mails(text), MAIL);
    replaced(&without_mail, &numbers(&without_mail), NUMBER)
}

/// The text with each range replaced; they are in order and do not touch.
fn replaced(text: &str, ranges: &[Range<usize>], mark: &str) -> String {
    let (mut new, mut from) = (String::with_capacity(text.len()), 0);
    for range in ranges {
        new.push_str(text.get(from..range.start).unwrap_or_default());
        new.push_str(mark);
        from = range.end;
    }
    new.push_str(text.get(from..).unwrap_or_default());
    new
}

/// The long numbers, each from its first digit (or the plus or parenthesis before it) to its last.
fn numbers(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut digits, mut begin, mut end) = (0, 0, 0);
    let mut close = |digits: usize, number: Range<usize>| {
        if digits > FEW {
            found.push(before_number(text, &number)..number.end);
        }
    };
    for (at, c) in text.char_indices() {
        if c.is_numeric() {
            if digits == 0 {
                begin = at;
            }
            digits += 1;
            end = at + c.len_utf8();
        } else if !is_between_digits(c) {
            close(digits, begin..end);
            digits = 0;
        }
    }
    close(digits, begin..end);
    found
}

/// Where a number begins with the plus before its first digit, and the parenthesis that is closed in it.
fn before_number(text: &str, number: &Range<usize>) -> usize {
    let within = text.get(number.clone()).unwrap_or_default();
    let is_closed = within.matches(')').count() > within.matches('(').count();
    let mut before = text.get(..number.start).unwrap_or_default();
    before = before.strip_suffix('+').unwrap_or(before);
    if is_closed {
        before = before.strip_suffix('(').unwrap_or(before);
    }
    before.len()
}

/// Whether a character may stand between two digits of one number.
fn is_between_digits(c: char) -> bool {
    c.is_whitespace()
        || is_invisible(c)
        || is_mark(c)
        || matches!(
            c,
            '-' | '.' | '/' | '(' | ')' | '+' | ',' | '\'' | '_' | '*' | '|' | '\\' | '[' | ']'
        )
        || matches!(
            c,
            '\u{2010}'..='\u{2015}' | '\u{2019}' | '\u{2022}' | '\u{2044}' | '\u{2212}' | '\u{b7}'
        )
        || matches!(c, '\u{60c}' | '\u{66b}' | '\u{66c}' | '\u{3001}' | '\u{3002}' | '\u{30fb}')
        || matches!(c, '\u{fe58}' | '\u{fe63}' | '\u{fe59}' | '\u{fe5a}' | '\u{fe50}' | '\u{fe52}')
        || matches!(
            c,
            '\u{ff08}'
                | '\u{ff09}'
                | '\u{ff0b}'
                | '\u{ff0c}'
                | '\u{ff0d}'
                | '\u{ff0e}'
                | '\u{ff0f}'
                | '\u{ff3f}'
        )
}

/// Whether a character has no width, so that digits around it look like neighbours.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Whether a character is drawn onto the one before it, as in a digit on a key of a phone.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c) || matches!(c, '\u{fe00}'..='\u{fe0f}')
}

/// Whether a character is an at sign.
fn is_at(c: char) -> bool {
    matches!(c, '@' | '\u{fe6b}' | '\u{ff20}')
}

/// The mail addresses, in order; those that touch are one.
fn mails(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, sign) in text.char_indices().filter(|(_, c)| is_at(*c)) {
        let (before, after) = (text.get(..at), text.get(at + sign.len_utf8()..));
        let (Some(before), Some(after)) = (before, after) else { continue };
        let (local, host) = (local_part(before), host_part(after));
        // Alone, such a sign is a word: `3 kg @ 20`.
        if local == 0 || host == 0 {
            continue;
        }
        let range = at - local..at + sign.len_utf8() + host;
        let mut begin = range.start;
        while let Some(last) = found.pop_if(|last| last.end >= begin) {
            begin = begin.min(last.start);
        }
        found.push(begin..range.end);
    }
    found
}

/// Length of the part of an address that a text ends with.
fn local_part(before: &str) -> usize {
    // A part in quotes may hold anything.
    if let Some(inside) = before.strip_suffix('"')
        && let Some(quote) = inside.rfind('"')
    {
        return before.len() - quote;
    }
    let ends = |c: char| {
        c.is_whitespace()
            || (c.is_control() || is_at(c))
            || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '"' | '\\')
            || is_foreign_punctuation(c)
    };
    let from = before.char_indices().rev().find(|(_, c)| ends(*c));
    before.len() - from.map_or(0, |(at, c)| at + c.len_utf8())
}

/// Length of the host that a text begins with.
fn host_part(after: &str) -> usize {
    let is_host = |c: char| match c {
        c if c.is_ascii() => c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'),
        c => !c.is_whitespace() && !c.is_control() && !is_at(c) && !is_foreign_punctuation(c),
    };
    // An address with a number for a host: `x@[10.0.0.1]`.
    let is_number = |host: &str| {
        let number = host.strip_prefix("IPv6:").unwrap_or(host);
        number.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, '.' | ':'))
    };
    if let Some((host, _)) = after.strip_prefix('[').and_then(|inside| inside.split_once(']'))
        && is_number(host)
    {
        return host.len() + 2;
    }
    let host = after.find(|c| !is_host(c)).and_then(|end| after.get(..end)).unwrap_or(after);
    // A sentence may end behind it.
    host.trim_end_matches(['.', '-', '_']).len()
}

/// Marks of writing that end a word and are not ASCII; the full stop of Chinese and Japanese is part of host names.
fn is_foreign_punctuation(c: char) -> bool {
    matches!(
        c,
        '\u{ab}' | '\u{bb}' | '\u{60c}' | '\u{61b}' | '\u{61f}' | '\u{2018}'
            ..='\u{201f}' | '\u{2026}'
    ) || matches!(c, '\u{2039}' | '\u{203a}' | '\u{3001}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301b}')
        || matches!(
            c,
            '\u{ff01}'
                | '\u{ff08}'
                | '\u{ff09}'
                | '\u{ff0c}'
                | '\u{ff1a}'
                | '\u{ff1b}'
                | '\u{ff1c}'
                | '\u{ff1e}'
                | '\u{ff1f}'
        )
}

#[cfg(test)]
#[path = "mask_tests.rs"]
mod tests;
