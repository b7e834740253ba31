//! `queuestat guide`: the pages for users, which stand as Markdown files in `src/cli/guide/`.
//!
//! They are part of the program, so that whoever has it has them too, in the words of its version.

use std::fmt::Write;

use clap::ValueEnum;

use super::answer::answer;
use super::failure::{Exit, Failure};
use super::guide_args::{GuideArgs, Topic};

/// Prints a page, or the list of pages.
pub(super) fn run(args: &GuideArgs) -> Result<Exit, Failure> {
    match args.topic {
        Some(topic) => answer(text(topic))?,
        None => answer(&list())?,
    }
    Ok(Exit::Ok)
}

/// The page of a topic.
fn text(topic: Topic) -> &'static str {
    match topic {
        Topic::Install => include_str!("guide/install.md"),
        Topic::Running => include_str!("guide/running.md"),
        Topic::Recording => include_str!("guide/recording.md"),
        Topic::Formats => include_str!("guide/formats.md"),
        Topic::Configuration => include_str!("guide/configuration.md"),
        Topic::Nightly => include_str!("guide/nightly.md"),
        Topic::Pages => include_str!("guide/pages.md"),
        Topic::Numbers => include_str!("guide/numbers.md"),
        Topic::Questions => include_str!("guide/questions.md"),
        Topic::ObjectStores => include_str!("guide/object-stores.md"),
        Topic::Pieces => include_str!("guide/pieces.md"),
        Topic::Speed => include_str!("guide/speed.md"),
    }
}

/// Every topic in a line, and how to print one.
fn list() -> String {
    let topics = Topic::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let mut list = String::new();
    for topic in topics {
        let about = topic.get_help().map(ToString::to_string).unwrap_or_default();
        // Writing to a text cannot fail.
        let _infallible = writeln!(list, "{:<14} {about}", topic.get_name());
    }
    list + "\n`queuestat guide TOPIC` prints a page.\n"
}

#[cfg(test)]
#[path = "guide_tests.rs"]
mod tests;
