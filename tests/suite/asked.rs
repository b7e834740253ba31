//! What a question says besides its figures: whose locations they are, that there is no ticket, what was meant, what is wrong.

use std::fs;

use serde_json::Value;

use crate::workspace::{AS_OF, Run, Workspace, hook};

/// Two organizations with a location of one name, and one with another name.
fn space() -> Workspace {
    let space = Workspace::new();
    space.write(
        "queuestat.toml",
        "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\nstate_dir = \"state\"\n",
    );
    let mut text = String::new();
    for (organization, location, n) in
        [("north", "Lobby", 40), ("south", "Lobby", 30), ("south", "Hall", 50)]
    {
        for id in 0..n {
            let (day, minute) = (1 + id % 20, id % 50);
            let fields = format!(
                "\"location\":\"{location}\",\"queue\":\"q\",\"createdAt\":\"2021-03-{day:02}T10:00:00Z\",\
                 \"fulfilledAt\":\"2021-03-{day:02}T10:{minute:02}:00Z\",\"feedback\":{{\"rating\":{}}}",
                1 + id % 5,
            );
            let id = format!("{organization}-{location}-{id}");
            text += &hook(organization, "feedbackReceived", &id, &fields);
        }
    }
    space.write("archive/a.jsonl", text);
    let run = space.run(&["nightly", "--as-of", AS_OF]);
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    space
}

/// A command with an archive, and with the state of the nights.
fn both(space: &Workspace, command: &[&str]) -> [Run; 2] {
    let of = |source: &[&str]| space.run(&[command, source].concat());
    [of(&["archive", "--as-of", AS_OF]), of(&["--state", "state", "--config", "queuestat.toml"])]
}

#[test]
fn two_organizations_never_mix_in_a_location() {
    let space = space();
    for run in both(&space, &["ask", "--by", "location", "--measure", "tickets"]) {
        assert_eq!(
            run.stdout,
            "location,tickets\n\"Hall\",50\n\"Lobby (north)\",40\n\"Lobby (south)\",30\n",
            "{}",
            run.stderr
        );
    }
    let by = "organization,location";
    for run in both(&space, &["ask", "--by", by, "--measure", "tickets", "--location", "lobby"]) {
        assert_eq!(
            run.stdout,
            "organization,location,tickets\n\"north\",\"Lobby\",40\n\"south\",\"Lobby\",30\n"
        );
    }
    // With one of them alone, the name is enough.
    for run in both(
        &space,
        &["ask", "--by", "location", "--measure", "tickets", "--organization", "north"],
    ) {
        assert_eq!(run.stdout, "location,tickets\n\"Lobby\",40\n");
    }
    // What an answer calls a location can be asked for.
    for (label, n) in [("Lobby (north)", 40), ("Lobby (south)", 30), ("Hall (south)", 50)] {
        let name = label.split(' ').next().unwrap_or_default();
        for run in
            both(&space, &["ask", "--by", "location", "--measure", "tickets", "--location", label])
        {
            assert_eq!(run.stdout, format!("location,tickets\n\"{name}\",{n}\n"), "{}", run.stderr);
        }
    }
    for run in both(&space, &["export", "tickets", "-o", "-", "--location", "Lobby (south)"]) {
        assert_eq!(run.stdout.lines().count(), 31, "{}", run.stderr);
    }
    let run = space.report("archive", &["--location", "Lobby (north)"]);
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    let locations = space.csv("locations.csv");
    assert!(locations.lines().count() == 2 && locations.contains("\"Lobby\""), "{locations}");
    for run in both(&space, &["ask", "--location", "Lobby (nobody)"]) {
        assert_eq!(run.code, 2, "{}", run.stderr);
    }
    // Where both are added up, that is said.
    let said = "`Lobby` is a location of several organizations, and they are added up here";
    for command in [
        &["ask", "--measure", "tickets"][..],
        &["ask", "--measure", "tickets", "--by", "weekday"],
        &["explain", "--measure", "tickets", "--limit", "1"],
        &["compare", "--with-location", "hall"],
    ] {
        for (organization, is_said) in [(None, true), (Some("south"), false)] {
            let chosen = organization.map_or_else(Vec::new, |name| vec!["--organization", name]);
            let args = [command, &["--location", "Lobby"], &chosen].concat();
            for run in both(&space, &args) {
                assert_eq!(run.code, 0, "{args:?}: {}", run.stderr);
                assert_eq!(run.stderr.contains(said), is_said, "{args:?}: {}", run.stderr);
            }
        }
    }
    let quiet = ["ask", "--measure", "tickets", "--location", "Lobby", "--quiet"];
    assert!(both(&space, &quiet).iter().all(|run| run.stderr.is_empty()));
}

#[test]
fn queues_of_several_organizations_are_told_where_they_are_added_up() {
    let space = space();
    let said = "`q` is a queue of several organizations, and they are added up here";
    for (more, is_said) in [
        (&["--by", "queue"][..], true),
        (&["--by", "weekday,queue"], true),
        (&["--queue", "q"], true),
        // Nothing in the question is about queues.
        (&["--by", "weekday"], false),
        // They stand apart, or only one of them is asked for.
        (&["--by", "organization,queue"], false),
        (&["--by", "queue,location"], false),
        (&["--by", "queue", "--organization", "south"], false),
        (&["--by", "queue", "--location", "Hall"], false),
        (&["--by", "queue", "--quiet"], false),
    ] {
        for run in both(&space, &[&["ask", "--measure", "tickets"], more].concat()) {
            assert_eq!(run.code, 0, "{more:?}: {}", run.stderr);
            assert_eq!(run.stderr.contains(said), is_said, "{more:?}: {}", run.stderr);
            assert_eq!(run.stderr.contains("added up here"), is_said, "{}", run.stderr);
        }
    }
    for command in [
        &["explain", "--measure", "tickets", "--limit", "1"][..],
        &["compare", "--location", "lobby", "--with-location", "hall"],
    ] {
        for (more, is_said) in [
            (&["--queue", "q"][..], true),
            (&["--queue", "q", "--organization", "south"], false),
            (&[], false),
        ] {
            for run in both(&space, &[command, more].concat()) {
                assert_eq!(run.code, 0, "{command:?} {more:?}: {}", run.stderr);
                assert_eq!(run.stderr.contains(said), is_said, "{more:?}: {}", run.stderr);
            }
        }
    }
    let fields = |queue: &str| {
        format!(
            "\"location\":\"Hall\",\"queue\":\"{queue}\",\"createdAt\":\"2021-03-01T10:00:00Z\""
        )
    };
    let more = ["north", "south"].map(|organization| {
        let of = |queue| hook(organization, "positionCreated", queue, &fields(queue));
        format!("{}{}", of("a"), of("z"))
    });
    space.write("archive/b.jsonl", more.concat());
    let run = space.run(&["ask", "archive", "--as-of", AS_OF, "--by", "queue"]);
    let many = "`a` and 2 other names are queues of several organizations, added up here; --organization chooses one";
    assert!(run.stderr.contains(many), "{}", run.stderr);
}

#[test]
fn what_no_ticket_answers_is_said() {
    let space = space();
    for command in [
        &["ask"][..],
        &["ask", "--by", "location"],
        &["compare", "--to", "2022-03", "--with-from", "2021-03", "--with-to", "2021-03"],
        &["explain", "--measure", "csat"],
        &["export", "tickets", "-o", "-"],
    ] {
        for run in both(&space, &[command, &["--from", "2022-03"]].concat()) {
            assert_eq!(run.code, 0, "{command:?}: {}", run.stderr);
            // Of two parts, the one that is empty is named.
            let compares = command[0] == "compare";
            let said =
                if compares { "there is no ticket after (" } else { "there is no such ticket" };
            assert!(run.stderr.contains(said), "{command:?}: {}", run.stderr);
        }
        for run in both(&space, command) {
            // Some of them lack a window then; whatever they say, it is not this.
            assert!(!run.stderr.contains("no such ticket"), "{command:?}: {}", run.stderr);
        }
    }
    // Groups that are too small are no missing tickets.
    for (by, n) in [("location", "3 groups"), ("month", "1 group")] {
        for run in both(&space, &["ask", "--by", by, "--min-n", "1000"]) {
            assert!(run.stderr.contains(&format!("{n} too small")), "{}", run.stderr);
            assert!(!run.stderr.contains("no such ticket"), "{}", run.stderr);
        }
    }
}

/// A state knows more than was known at an earlier instant, so it cannot answer as of then.
#[test]
fn a_state_is_not_asked_as_of_before_its_last_night() {
    let space = space();
    for command in [
        &["ask"][..],
        &["compare", "--location", "Lobby", "--with-location", "Hall"],
        &["explain", "--measure", "csat"],
        &["explain", "north-Lobby-1"],
        &["explain", "--table", "locations", "--column", "csat", "--row", "location=Hall"],
        &["export", "tickets", "-o", "-"],
        &["locations"],
        &["report", "--out", "out"],
    ] {
        let of =
            |as_of: &str| space.run(&[command, &["--state", "state", "--as-of", as_of]].concat());
        let run = of("2021-07-31T23:59:59Z");
        assert_eq!(run.code, 2, "{command:?}: {}", run.stdout);
        assert!(run.stderr.contains("a later instant than --as-of"), "{}", run.stderr);
        assert!(run.stdout.is_empty() && !space.path("out").exists(), "{command:?}");
        for as_of in [AS_OF, "2021-09-01T00:00:00Z"] {
            let run = of(as_of);
            assert_eq!(run.code, 0, "{command:?}: {}", run.stderr);
            let _removed = fs::remove_dir_all(space.path("out"));
        }
    }
}

#[test]
fn parts_that_share_tickets_are_not_compared() {
    let space = space();
    for parts in [
        &["--from", "2021-03-05", "--to", "2021-03-09", "--with-from", "2021-03-01"][..],
        &["--from", "2021-03-05", "--to", "2021-03-09", "--with-to", "2021-03-05"],
        &["--location", "Hall", "--with-location", "hall"],
        &["--location", "Hall", "--with-location", "Hall", "--with-location", "Lobby"],
    ] {
        for run in both(&space, &[&["compare"], parts].concat()) {
            assert_eq!(run.code, 2, "{parts:?}: {}", run.stdout);
            assert!(run.stderr.contains("in both parts that are compared"), "{}", run.stderr);
            assert!(run.stdout.is_empty());
        }
    }
    for parts in [
        &["--from", "2021-03-05", "--to", "2021-03-09", "--with-to", "2021-03-04"][..],
        &["--location", "Hall", "--with-location", "Lobby"],
        // One place in two windows, and two places in one.
        &[
            "--location",
            "Hall",
            "--with-location",
            "Hall",
            "--to",
            "2021-03-09",
            "--with-from",
            "2021-03-10",
        ],
    ] {
        for run in both(&space, &[&["compare"], parts].concat()) {
            assert_eq!(run.code, 0, "{parts:?}: {}", run.stderr);
        }
    }
}

/// Counts are whole numbers wherever they stand, with their sign in a difference.
#[test]
fn counts_that_are_compared_are_whole_numbers() {
    let space = space();
    let args = [
        "compare",
        "--location",
        "Lobby",
        "--with-location",
        "Hall",
        "--measure",
        "tickets,wait_max,wait_p50,csat",
    ];
    for run in both(&space, &args) {
        let lines: Vec<&str> = run.stdout.lines().collect();
        assert_eq!(lines[1], "\"tickets\",\"count\",50,,,,70,,,,20,,,\"not judged\"");
        // 49 minutes at most in the hall, 39 in the lobbies.
        assert!(
            lines[2].starts_with("\"wait_max_s\",\"seconds\",2940,,,50,2340,,,70,-600,,,"),
            "{}",
            lines[2]
        );
        assert!(lines[3].starts_with("\"wait_p50_s\",\"seconds\",1470.00,"), "{}", lines[3]);
        assert!(lines[4].starts_with("\"csat\",\"share\",0.4000,"), "{}", lines[4]);
    }
    for run in both(&space, &[&args[..], &["--json"]].concat()) {
        let rows: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!((&rows[0]["before"], &rows[0]["difference"]), (&50.into(), &20.into()));
        assert_eq!(rows[1]["difference"], -600);
    }
    for run in both(&space, &[&args[..], &["--format", "table"]].concat()) {
        assert!(run.stdout.contains("+20") && run.stdout.contains("-10.0"), "{}", run.stdout);
    }
}

#[test]
fn what_is_wrong_is_said_in_plain_words() {
    let space = space();
    let asked = |args: &[&str]| space.run(&[&["ask", "archive", "--as-of", AS_OF], args].concat());
    for (args, words) in [
        (&["--measure", "wait"][..], "`wait` begins the names of 6 measures"),
        (&["--measure", "wait_p59"], "did you mean `wait_p5"),
        (&["--measure", "quux"], "`queuestat guide numbers` lists all of them"),
        (&["--outcome", "cancelled"], "`cancelled_by_customer` or `cancelled_by_staff`"),
        (&["--outcome", "noshow"], "did you mean `no_show`?"),
        (&["--limit", "x"], "'--limit <N>': use a whole number from 0 on"),
        (&["--min-n=-1"], "'--min-n <N>': use a whole number from 0 on"),
        (&["--weekday", "1-3"], "--weekday cannot be understood: `1-3`"),
        (&["--hour", "9-24"], "--hour cannot be understood: `9-24`"),
        (&["--location", "nowhere"], "there is no location `nowhere`\n"),
        (&["-o", "nowhere/a.csv"], "cannot write `nowhere/a.csv`"),
        (&["-o", "archive"], "`archive` is a folder"),
    ] {
        let run = asked(args);
        assert!(run.code == 2 || run.code == 5, "{args:?}: {}", run.code);
        assert!(run.stderr.contains(words), "{args:?}: {}", run.stderr);
        for rust in ["invalid digit", "invalid float", "ParseIntError"] {
            assert!(!run.stderr.contains(rust), "{args:?}: {}", run.stderr);
        }
    }
    // A bad path is found before anything is read, and nothing is left of the attempt.
    let run = space.run(&["ask", "no-archive", "-o", "nowhere/a.csv"]);
    assert!(run.code == 5 && run.stderr.contains("nowhere/a.csv"), "{}", run.stderr);
    let run = space.run(&["ask", "no-archive", "-o", "a.csv"]);
    assert!(run.code == 2 && run.stderr.contains("no-archive"), "{}", run.stderr);
    let left = fs::read_dir(space.path(".")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!left.into_iter().any(|name| name.to_string_lossy().contains("a.csv")));
    let tolerance = space.run(&["compare", "a", "b", "--tolerance", "x"]);
    assert!(tolerance.stderr.contains("use a number, such as"), "{}", tolerance.stderr);
    let before = space.run(&["state", "forget", "--before", "soon"]);
    assert!(before.stderr.contains("use a date, such as 2021-03-01"), "{}", before.stderr);
    // The folder of an archive is no state.
    for command in [
        &["ask"][..],
        &["compare", "--from", "2021-03-05", "--to", "2021-03-09"],
        &["explain", "--measure", "csat"],
        &["export", "tickets", "-o", "-"],
        &["locations"],
    ] {
        let run = space.run(&[command, &["--state", "archive"]].concat());
        assert_eq!(run.code, 2, "{command:?}: {}", run.stderr);
        assert!(run.stderr.contains("it holds `a.jsonl`"), "{command:?}: {}", run.stderr);
        assert!(run.stderr.contains("an archive is named without --state"), "{}", run.stderr);
    }
}

#[test]
fn an_export_of_ratings_reminds_of_those_that_are_hidden() {
    let space = space();
    let said = "`ratings.hide_below` hides the ratings of small groups in figures";
    for (hide, what, is_said) in [
        ("", "tickets", false),
        ("[ratings]\nhide_below = 30\n", "tickets", true),
        ("[ratings]\nhide_below = 30\n", "ratings", true),
        ("[ratings]\nhide_below = 30\n", "waits", false),
    ] {
        space.write("hide.toml", hide);
        for source in [&["archive", "--as-of", AS_OF][..], &["--state", "state"]] {
            let args = ["export", what, "--config", "hide.toml", "-o", "-"];
            let run = space.run(&[&args[..], source].concat());
            assert_eq!(run.stderr.contains(said), is_said, "{hide}{what}: {}", run.stderr);
        }
    }
}
