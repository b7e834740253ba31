//! A configuration to begin with, completions and man pages.

use std::process::Command;

use queuestat::synth::{Compression, Recipe, write};

use crate::workspace::{Workspace, files, hook};

const AS_OF: [&str; 2] = ["--as-of", "2021-08-01T00:00:00Z"];

/// The CSV files of a report with a configuration.
fn tables(space: &Workspace, config: &str) -> Vec<(String, Vec<u8>)> {
    let run = space.run(
        &[
            &["report", "archive", "--out", "out", "--only", "csv", "-q", "--config", config],
            &AS_OF[..],
        ]
        .concat(),
    );
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    files(&space.path("out")).into_iter().filter(|(name, _)| name.ends_with(".csv")).collect()
}

/// What `init` writes changes no figure, whatever the names are.
#[test]
fn a_configuration_to_begin_with_changes_nothing() {
    let space = Workspace::new();
    space.write("empty.toml", "");
    let recipe = Recipe { tickets: 600, compression: Compression::Plain, ..Recipe::default() };
    write(&recipe, &space.path("archive")).unwrap();
    std::fs::remove_file(space.path("archive/queuestat.toml")).unwrap();
    let nasty = [
        "A \\\"quoted\\\" place",
        "back\\\\slash]",
        "line\\nend # no comment",
        "عيادة الرياض",
        "'single' = 1",
        "x".repeat(90).leak(),
        "=1+1",
        "\\u202eturned",
    ];
    let line = |(at, name): (usize, &&str)| {
        let fields = format!(
            "\"location\":\"{name}\",\"createdAt\":\"2021-03-01T10:00:00Z\",\"fulfilledAt\":\"2021-03-01T10:05:00Z\""
        );
        hook("org \\\"x\\\"", "positionCompleted", &at.to_string(), &fields)
    };
    let lines: Vec<String> = nasty.iter().enumerate().map(line).collect();
    space.write("archive/nasty.jsonl", lines.concat());
    let run = space.run(
        &[&["init", "archive", "-q", "--output", "new.toml", "--config", "empty.toml"], &AS_OF[..]]
            .concat(),
    );
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    let text = std::fs::read_to_string(space.path("new.toml")).unwrap();
    assert!(
        text.contains("[locations.\"عيادة الرياض\"]\n# ") && text.contains("# [nightly]\n"),
        "{text}"
    );
    assert!(text.matches("\n[locations.").count() > 8);
    let before = tables(&space, "empty.toml");
    assert!(before.len() > 20);
    assert!(before == tables(&space, "new.toml"));
    // Every line that is commented out is one that is understood: with all of them there are other figures, and no error.
    let again = space.run(&["init", "archive", "--output", "new.toml", "--config", "empty.toml"]);
    assert_eq!(again.code, 2);
    assert!(again.stderr.contains("`new.toml` is there already"), "{}", again.stderr);
    assert_eq!(std::fs::read_to_string(space.path("new.toml")).unwrap(), text);
    let printed = space.run(
        &[&["init", "archive", "-q", "--output", "-", "--config", "empty.toml"], &AS_OF[..]]
            .concat(),
    );
    assert_eq!(printed.stdout, text);
}

/// The settings that are offered as comments are understood.
#[test]
fn what_is_commented_out_can_be_taken_in() {
    let space = Workspace::new();
    space.write(
        "archive/a.jsonl",
        hook(
            "org",
            "positionCompleted",
            "1",
            "\"location\":\"A\",\"createdAt\":\"2021-03-01T10:00:00Z\"",
        ),
    );
    let run = space.run(&[&["init", "archive", "-q", "--output", "-"], &AS_OF[..]].concat());
    let settings: Vec<&str> = run
        .stdout
        .lines()
        .map(|line| {
            line.strip_prefix("# ")
                .filter(|rest| rest.contains(" = ") || rest.starts_with('['))
                .unwrap_or(line)
        })
        .filter(|line| !line.starts_with("payload_pointer") && !line.starts_with("name = \"\""))
        .collect();
    let all = settings.join("\n");
    assert!(all.contains("\ngroup = \"North/City\"\n") && all.contains("\n[nightly]\n"), "{all}");
    space.write("all.toml", all);
    let run = space.run(
        &[
            &[
                "ask",
                "archive",
                "-q",
                "--measure",
                "tickets",
                "--group",
                "north",
                "--config",
                "all.toml",
            ],
            &AS_OF[..],
        ]
        .concat(),
    );
    assert_eq!((run.code, run.stdout.as_str()), (0, "tickets\n1\n"), "{}", run.stderr);
}

#[test]
fn shells_and_pages_know_every_command() {
    let space = Workspace::new();
    let commands = [
        "report",
        "ask",
        "compare",
        "explain",
        "check",
        "locations",
        "nightly",
        "state",
        "synth",
        "init",
    ];
    for shell in ["bash", "zsh", "fish"] {
        let run = space.run(&["completions", shell]);
        assert_eq!(run.code, 0);
        for command in commands {
            assert!(run.stdout.contains(command), "{shell}: {command}");
        }
        if shell == "bash" {
            space.write("completions.bash", run.stdout);
            let checked =
                Command::new("bash").arg("-n").arg(space.path("completions.bash")).status();
            assert!(checked.unwrap().success());
        }
    }
    let page = space.run(&["man"]).stdout;
    assert!(page.contains(".TH queuestat 1"), "{page}");
    assert_eq!(space.run(&["man", "--dir", "man"]).code, 0);
    for command in commands {
        let page =
            std::fs::read_to_string(space.path(&format!("man/queuestat-{command}.1"))).unwrap();
        assert!(page.contains(&format!(".TH queuestat-{command} 1")), "{page}");
    }
}
