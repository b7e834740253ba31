//! The words of a renamed queue, with the lines of configuration that make it one location.

use crate::report::text::{logged, shown};
use crate::ticket::RenamedQueue;

use super::toml_text::toml_text;
use super::words::count;

/// Names of a queue that are told; of older ones, the number.
const NAMES: usize = 4;
/// Longest name in the lines of configuration, graphemes.
const LONGEST: usize = 200;

/// What to tell about a queue, with the lines of configuration that make it one location.
pub(crate) fn note(queue: &RenamedQueue) -> String {
    format!("{}\n{}", sentence(queue), lines(queue))
}

fn sentence(queue: &RenamedQueue) -> String {
    let two = queue.names.len() == 2;
    let last = queue.names.len().saturating_sub(1);
    // If there are too many, only the newest are named.
    let first = queue.names.len().saturating_sub(NAMES);
    let mut parts: Vec<String> = Vec::new();
    if first > 0 {
        parts.push(count(first as u64, "older name"));
    }
    for (at, name) in queue.names.iter().enumerate().skip(first) {
        let dates = name.dates.map(|(from, to)| match at {
            at if at == last => format!(" (since {from})"),
            _ if two => format!(" (until {to})"),
            _ if from == to => format!(" ({from})"),
            _ => format!(" ({from} to {to})"),
        });
        parts.push(format!("`{}`{}", logged(&name.name), dates.unwrap_or_default()));
    }
    let newest = parts.pop().unwrap_or_default();
    format!(
        "queue `{}` of `{}` was seen as {} and {newest}. If it is one place, two lines make it one location:",
        logged(&queue.queue),
        logged(&queue.organization),
        parts.join(", "),
    )
}

/// The two lines of configuration.
pub(crate) fn lines(queue: &RenamedQueue) -> String {
    let name = queue.names.last().map_or("", |name| &name.name);
    let name = if name.chars().count() > LONGEST { shown(name, LONGEST) } else { name.to_owned() };
    format!("  [queues.{}]\n  name = {}", toml_text(&queue.queue), toml_text(&name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::NameOfQueue;

    fn queue(names: &[(&str, Option<(&str, &str)>)]) -> RenamedQueue {
        let name = |(name, dates): &(&str, Option<(&str, &str)>)| NameOfQueue {
            name: (*name).to_owned(),
            dates: dates.map(|(a, b)| (a.parse().unwrap(), b.parse().unwrap())),
        };
        RenamedQueue {
            organization: "Org".into(),
            queue: "q\"1\\".into(),
            names: names.iter().map(name).collect(),
        }
    }

    #[test]
    fn the_note_names_dates_and_lines() {
        let old = ("Old", Some(("2021-01-01", "2021-03-02")));
        let new = ("The \"new\" one", Some(("2021-03-03", "2021-05-01")));
        assert_eq!(
            note(&queue(&[old, new])),
            "queue `q\"1\\` of `Org` was seen as `Old` (until 2021-03-02) and `The \"new\" one` (since 2021-03-03). \
             If it is one place, two lines make it one location:\n  [queues.\"q\\\"1\\\\\"]\n  name = \"The \\\"new\\\" one\""
        );
        let two = queue(&[("A", None), ("B", None)]);
        assert!(note(&two).contains("was seen as `A` and `B`. If"), "{}", note(&two));
        let many = queue(&[
            ("A", None),
            ("B", None),
            ("C", Some(("2021-01-01", "2021-01-01"))),
            ("D", Some(("2021-01-01", "2021-01-04"))),
            ("E", None),
            ("F", Some(("2021-02-01", "2021-02-02"))),
        ]);
        let expected = "was seen as 2 older names, `C` (2021-01-01), `D` (2021-01-01 to 2021-01-04), `E` and `F` (since 2021-02-01). If";
        assert!(note(&many).contains(expected), "{}", note(&many));
    }
}
