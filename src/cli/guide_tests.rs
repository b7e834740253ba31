//! README and guide against the program: every topic has its page, and whatever command or option they name is one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory, ValueEnum};

use super::*;
use crate::cli::args::Args;

/// Programs of others, whose options are theirs.
const OTHERS: &[&str] = &["cargo", "rustc", "systemctl"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// README, guide and what is written for developers: names and texts.
fn pages() -> Vec<(String, String)> {
    let folder = root().join("src/cli/guide");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|page| page.unwrap().path()).collect();
    paths.extend(["README.md", "CONTRIBUTING.md", "SECURITY.md"].map(|name| root().join(name)));
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// The prose and the lines of code blocks of a page.
fn parts(page: &str) -> (String, Vec<&str>) {
    let (mut prose, mut code) = (String::new(), Vec::new());
    for (at, part) in page.split("```").enumerate() {
        if at % 2 == 0 { prose.push_str(part) } else { code.extend(part.lines().skip(1)) }
    }
    (prose, code)
}

/// The words of the last command in a line of a shell, without what it writes to and comments.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for letter in line.chars().chain([' ']) {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (None, '#' | '>') if word.is_none() => break,
            (None, '|') if word.is_none() => words.clear(),
            (Some(_) | None, _) => word.get_or_insert_default().push(letter),
        }
    }
    words
}

/// The command of ours in a line, if there is one.
fn ours(line: &str, program: &Command) -> Option<Vec<String>> {
    let all = words(line);
    let begins = |at: usize| {
        let is_ours = all[at].rsplit('/').next() == Some("queuestat")
            || all[at] == "--" && all[0] == "cargo" && all[1] == "run";
        let known = |name: &String| program.find_subcommand(name).is_some();
        // The name of ours may also be that of a package or a folder.
        is_ours && (at == 0 || all.get(at + 1).is_some_and(known))
    };
    let at = (0..all.len()).rev().find(|at| begins(*at))?;
    Some([vec!["queuestat".to_owned()], all[at + 1..].to_vec()].concat())
}

/// The long options of a command, and with `deep` of those below it.
fn options(command: &Command, deep: bool) -> BTreeSet<String> {
    let mut names: BTreeSet<String> =
        command.get_arguments().filter_map(|arg| arg.get_long()).map(str::to_owned).collect();
    if deep {
        names.extend(command.get_subcommands().flat_map(|below| options(below, true)));
    }
    names
}

#[test]
fn every_topic_is_a_page_and_every_page_a_topic() {
    let mut files: Vec<String> = pages().into_iter().map(|(name, _)| name).collect();
    files.retain(|name| name.chars().next().is_some_and(char::is_lowercase));
    let topics = Topic::value_variants();
    let names: BTreeSet<String> = topics
        .iter()
        .map(|topic| topic.to_possible_value().unwrap().get_name().to_owned() + ".md")
        .collect();
    assert_eq!(files.into_iter().collect::<BTreeSet<_>>(), names);
    for (topic, name) in topics.iter().map(|topic| (topic, topic.to_possible_value().unwrap())) {
        let file = fs::read_to_string(root().join(format!("src/cli/guide/{}.md", name.get_name())));
        assert_eq!(text(*topic), file.unwrap());
        assert!(text(*topic).starts_with("# "), "{}", name.get_name());
        assert!(list().contains(&format!("\n{}", name.get_name())) || *topic == topics[0]);
    }
    assert_eq!(list().lines().count(), topics.len() + 2);
}

/// Whatever stands in a code block as a command of ours is understood by the program.
#[test]
fn every_command_that_is_shown_is_one() {
    let program = Args::command();
    let mut tried = 0;
    for (name, page) in pages() {
        for line in parts(&page).1 {
            let Some(command) = ours(line, &program) else { continue };
            if let Err(error) = program.clone().try_get_matches_from(&command) {
                assert!(!error.use_stderr(), "{name}: {line}\n{error}");
            }
            tried += 1;
        }
    }
    assert!(tried > 60, "{tried}");
}

/// In the text, an option stands in backticks, and a command has it.
#[test]
fn every_option_that_is_named_is_one() {
    let mut program = Args::command();
    program.build();
    let job = include_str!("spark_job.py").split("add_argument(\"--").skip(1);
    let job: BTreeSet<String> =
        job.map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    let any: BTreeSet<String> = options(&program, true).into_iter().chain(job).collect();
    assert!(any.contains("fold-bytes") && any.contains("lock-wait") && !any.contains("release"));
    let mut tried = 0;
    for (name, page) in pages() {
        for (at, span) in parts(&page).0.split('`').enumerate() {
            let words = words(&span.replace('\n', " "));
            if at % 2 == 0 {
                // An apostrophe is no quote there.
                let bare = span.split_whitespace().find(|word| word.starts_with("--"));
                assert_eq!(bare, None, "{name}: outside of backticks");
                continue;
            }
            if words.iter().any(|word| OTHERS.contains(&word.as_str())) {
                continue;
            }
            // The command that the span begins with, and those below it.
            let (mut known, mut command) = (None, &program);
            for word in words.iter().filter(|word| *word != "queuestat") {
                let Some(below) = command.find_subcommand(word) else { break };
                command = below;
                known = Some(options(command, true));
            }
            for word in words.iter().filter_map(|word| word.strip_prefix("--")) {
                let option = word.split(['=', ' ']).next().unwrap();
                let is_known = known.as_ref().unwrap_or(&any).contains(option);
                assert!(option.is_empty() || is_known, "{name}: `{span}`: --{option}");
                tried += 1;
            }
        }
    }
    assert!(tried > 90, "{tried}");
}

#[test]
fn lines_are_cut_into_words_as_a_shell_does() {
    let program = Args::command();
    let of = |line: &str| ours(line, &program).unwrap_or_default().join("|");
    assert_eq!(of("queuestat ask a --type '(none)'  # why"), "queuestat|ask|a|--type|(none)");
    assert_eq!(of("zcat a.gz | queuestat report - -o b"), "queuestat|report|-|-o|b");
    assert_eq!(of("cargo run --release -- report data"), "queuestat|report|data");
    assert_eq!(of("timeout 4h /usr/bin/queuestat nightly > x"), "queuestat|nightly");
    assert_eq!(of("podman build --tag queuestat --build-arg A=1 ."), "");
}
