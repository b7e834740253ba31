//! A configuration to begin with, completions and man pages.

use std::process::Command;

use queuestat::synth::{Compression, Recipe, write};

use crate::workspace::{Run, Workspace, files, hook};

const AS_OF: [&str; 2] = ["--as-of", "2021-08-01T00:00:00Z"];

/// The CSV files of a report with more arguments.
fn tables(space: &Workspace, more: &[&str]) -> Vec<(String, Vec<u8>)> {
    let report = ["report", "archive", "--out", "out", "--only", "csv", "-q"];
    let run = space.run(&[&report[..], more, &AS_OF[..]].concat());
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
    let before = tables(&space, &["--config", "empty.toml"]);
    assert!(before.len() > 20);
    assert!(before == tables(&space, &["--config", "new.toml"]));
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

/// A visit with a rating at a place of a queue.
fn visit(id: u32, queue: &str, place: &str, day: u32, rating: &str) -> String {
    let fields = format!(
        "\"queue\":\"{queue}\",\"location\":\"{place}\",\"createdAt\":\"2021-03-{day:02}T10:00:00Z\",\
         \"fulfilledAt\":\"2021-03-{day:02}T10:05:00Z\",\"feedback\":{{\"rating\":{rating}}}"
    );
    hook("org", "positionCompleted", &id.to_string(), &fields)
}

fn init(space: &Workspace, more: &[&str]) -> Run {
    space.run(&[&["init", "archive", "-q"], more, &AS_OF[..]].concat())
}

/// A configuration that lies there already decides nothing: the names are those of the archive, and the new file says so.
#[test]
fn an_older_configuration_is_not_looked_at() {
    let space = Workspace::new();
    space.write("archive/a.jsonl", visit(1, "q1", "A", 1, "5") + &visit(2, "q2", "B", 2, "4"));
    let old = "time_zone = \"Asia/Riyadh\"\n[locations.\"A\"]\nname = \"Other\"\n[locations.\"B\"]\nexclude = true\n";
    let plain = init(&space, &["-o", "-"]);
    assert_eq!(plain.code, 0, "{}", plain.stderr);
    assert!(!plain.stdout.contains("configuration already"), "{}", plain.stdout);
    for place in ["archive/queuestat.toml", "queuestat.toml"] {
        space.write(place, old);
        let run = init(&space, &["-o", "-"]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        let (said, rest): (Vec<&str>, Vec<&str>) =
            run.stdout.lines().partition(|line| line.contains("configuration already"));
        assert!(said.len() == 1 && said[0].contains(&format!("`{place}`")), "{said:?}");
        assert_eq!(rest, plain.stdout.lines().collect::<Vec<_>>());
        std::fs::remove_file(space.path(place)).unwrap();
    }
    // One that is named is obeyed, and named in the file.
    space.write("named.toml", old);
    let run = init(&space, &["-o", "-", "--config", "named.toml"]);
    assert!(run.stdout.contains("[locations.\"Other\"]"), "{}", run.stdout);
    assert!(run.stdout.contains("# The archive was read by `named.toml`"), "{}", run.stdout);
}

/// What the command line says of the archive stands in the file, so that a report with it says the same.
#[test]
fn what_was_given_is_written() {
    let space = Workspace::new();
    space.write("empty.toml", "");
    let line = |id: u32, rating: &str| {
        let [one, other] = ["A", "B"].map(|place| visit(id, "q", place, 28, rating));
        format!(
            "{{\"first\":{},\"second\":{},\"times\":{{\"at \\\"x\\\"\":\"2021-03-28T22:30:0{}Z\"}}}}\n",
            one.trim_end(),
            other.trim_end(),
            id % 10
        )
    };
    let lines: Vec<String> = (0..30).map(|id| line(id / 2, ["5", "1"][id as usize % 2])).collect();
    space.write("archive/a.jsonl", lines.concat());
    let given = [
        "--payload-pointer",
        "/second",
        "--received-at-pointer",
        "/times/at \"x\"",
        "--time-zone",
        "Asia/Riyadh",
        "--target-minutes",
        "4.5",
        "--wait-ends-at",
        "call",
    ];
    let run = init(&space, &[&["-o", "new.toml"], &given[..]].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let text = std::fs::read_to_string(space.path("new.toml")).unwrap();
    for line in [
        "payload_pointer = \"/second\"",
        "received_at_pointer = \"/times/at \\\"x\\\"\"",
        "time_zone = \"Asia/Riyadh\"",
        "target_minutes = 4.5",
        "ends_at = \"call\"",
    ] {
        assert!(text.lines().any(|one| one == line), "{line}: {text}");
    }
    assert!(text.contains("[locations.\"B\"]") && !text.contains("[locations.\"A\"]"), "{text}");
    let with_file = tables(&space, &["--config", "new.toml"]);
    assert!(with_file.len() > 10);
    assert!(with_file == tables(&space, &[&["--config", "empty.toml"], &given[..]].concat()));
    assert!(with_file != tables(&space, &["--config", "empty.toml"]));
}

/// Paths in the file hold from its folder, wherever that is: with the lines taken in, a night runs.
#[test]
fn paths_are_relative_to_the_file() {
    for (output, archive, site) in [
        ("conf/deep/new.toml", "../../archive", "conf/deep/site"),
        ("archive/queuestat.toml", ".", "site"),
        ("new.toml", "archive", "site"),
    ] {
        let space = Workspace::new();
        space.write("archive/a.jsonl", visit(1, "q1", "A", 1, "5"));
        std::fs::create_dir_all(space.path("conf/deep")).unwrap();
        assert_eq!(init(&space, &["-o", output]).code, 0);
        let text = std::fs::read_to_string(space.path(output)).unwrap();
        assert!(text.contains(&format!("# archive = [\"{archive}\"]\n")), "{text}");
        let (before, nightly) = text.split_once("# [nightly]").unwrap();
        let nightly = nightly.replace("\n# ", "\n");
        space.write(output, format!("{before}[nightly]{nightly}"));
        let run = space.run(&[&["nightly", "--config", output], &AS_OF[..]].concat());
        assert!(run.code == 0 || run.code == 3, "{output}: {}", run.stderr);
        assert!(space.path(site).join("current/last-28-days").is_dir(), "{output}");
    }
    // Folders that have nothing in common, and standard input.
    let (space, far) = (Workspace::new(), Workspace::in_memory());
    let lines = visit(1, "q1", "A", 1, "5");
    space.write("archive/a.jsonl", lines);
    let output = far.path("new.toml").display().to_string();
    assert_eq!(init(&space, &["-o", &output]).code, 0);
    let text = std::fs::read_to_string(&output).unwrap();
    let named = text.lines().find_map(|line| line.strip_prefix("# archive = [\"")).unwrap();
    let named = far.path(named.trim_end_matches("\"]"));
    let archive = space.path("archive").canonicalize().unwrap();
    assert_eq!(named.canonicalize().unwrap(), archive);
}

/// Without a ticket there is nothing to write a configuration of.
#[test]
fn an_archive_without_tickets_makes_no_file() {
    for (lines, read) in
        [("[]\n", "1 record from 1 file"), ("{\"x\":1}\n", "1 record"), ("", "0 records")]
    {
        let space = Workspace::new();
        space.write("archive/a.jsonl", lines);
        for output in ["new.toml", "-"] {
            let run = init(&space, &["-o", output]);
            assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{lines}: {}", run.stderr);
            let words = format!("the archive holds no ticket; {read}");
            assert!(run.stderr.contains(&words), "{lines}: {}", run.stderr);
            assert!(run.stderr.contains("nothing was written"), "{}", run.stderr);
        }
        let left: Vec<_> = std::fs::read_dir(space.path(".")).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }
    let space = Workspace::new();
    space.write("archive/a.jsonl", visit(1, "q1", "A", 1, "5"));
    let run = init(&space, &["-o", "nowhere/new.toml"]);
    assert!(
        run.code == 5 && run.stderr.contains("cannot write `nowhere/new.toml`"),
        "{}",
        run.stderr
    );
}

/// A scale that is not the usual one, and queues that were renamed, are named in lines that only have to be taken in.
#[test]
fn scales_and_names_that_were_met_are_offered() {
    let space = Workspace::new();
    let ratings = ["9", "3", "7", "999"];
    let line = |at: u32| {
        let place = if at < 10 { "Old \\\"desk\\\"" } else { "New" };
        visit(at, "q1", place, 1 + at, ratings[at as usize % 4])
    };
    space.write("archive/a.jsonl", (0..20).map(line).collect::<String>());
    let run = init(&space, &["-o", "new.toml"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    let text = std::fs::read_to_string(space.path("new.toml")).unwrap();
    let scale = "# scale = 10             # the best rating; 15 of 20 ratings lie above 5, the largest is 9; above 100, which \
                 no scale holds: 5\n# satisfied_from = 9 ";
    assert!(text.contains(scale), "{text}");
    let lines = "# [queues.\"q1\"]\n# name = \"New\"\n";
    assert!(text.contains(lines) && text.contains("was seen as `Old \"desk\"` (until 2021-03-10)"));
    let joined = text.replace(lines, &lines.replace("# ", ""));
    space.write(
        "joined.toml",
        joined.replace("# [ratings]", "[ratings]").replace("# scale", "scale"),
    );
    let ask = |config: &str| {
        let args = ["ask", "archive", "-q", "--by", "location", "--measure", "tickets,ratings"];
        space.run(&[&args[..], &["--config", config], &AS_OF[..]].concat()).stdout
    };
    assert_eq!(ask("joined.toml"), "location,tickets,ratings\n\"New\",20,15\n");
    assert_eq!(ask("new.toml").lines().count(), 3, "{}", ask("new.toml"));
    // A slip is no scale.
    space.write(
        "archive/a.jsonl",
        (0..40).map(|at| visit(at, "q", "A", 1, "4")).collect::<String>(),
    );
    space.write("archive/b.jsonl", visit(99, "q", "A", 1, "6"));
    let text = init(&space, &["-o", "-"]).stdout;
    let scale = "# scale = 5              # the best rating; 1 of 41 ratings lies above 5, the largest is 6\n# satisfied_from = 4 ";
    assert!(text.contains(scale), "{text}");
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
