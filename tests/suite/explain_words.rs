//! What is said of a figure, by hand: what decides, what is left out, what is refused.

use crate::explain_measure::explained;
use crate::export::well;
use crate::workspace::{AS_OF, Workspace, hook};

const SERVED: [(&str, u32); 5] = [("1", 20), ("2", 10), ("3", 40), ("4", 80), ("5", 160)];

/// Five waits of one place by hand.
fn by_hand(config: &str) -> Workspace {
    let space = Workspace::new();
    space.write("queuestat.toml", config);
    let line = |(id, wait): (&str, u32)| {
        let fields = format!(
            "\"location\":\"A\",\"createdAt\":\"2021-03-01T10:00:00Z\",\"fulfilledAt\":\"2021-03-01T10:{:02}:{:02}Z\"",
            wait / 60,
            wait % 60
        );
        hook("org", "positionCompleted", id, &fields)
    };
    space.write("archive/a.jsonl", SERVED.map(line).concat());
    space
}

#[test]
fn a_text_says_what_decides_and_what_is_left_out() {
    let space = by_hand("");
    let run = |more: &[&str]| {
        space.run(&[&["explain", "-q", "archive", "--as-of", AS_OF][..], more].concat())
    };
    let text = well(run(&["--measure", "wait_p90", "--date", "2021-03-01", "--limit", "3"]));
    // Places 4 and 5: 80 + 0.6 · 80.
    for part in [
        "wait_p90_s = 128.00\n",
        "Formula: 90th percentile of the waits, type 7\n",
        "Here:    place (5 − 1) · 0.90 + 1 = 4.60: 80 + 0.60 · (160 − 80) = 128.00\n",
        "Of:      2021-03-01 (tickets 5, waits 5)\n",
        "   … 2 tickets left out by --limit\n",
        "=  its value decides the figure.\n",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let marked: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("=  4 ") || line.starts_with("=  5 "))
        .collect();
    assert!(
        marked[0].ends_with("served       80") && marked[1].ends_with("served      160"),
        "{text}"
    );
    assert!(text.contains("\n   3  ") && !text.contains("\n   2  "), "{text}");
    let empty = well(run(&["--measure", "csat"]));
    assert!(
        empty.contains("csat is empty\n") && empty.contains("nothing to compute it from"),
        "{empty}"
    );
    let few = well(run(&["--measure", "wait_p50_low"]));
    assert!(few.contains("5 waits are too few for a 95 % interval of the median"), "{few}");
    space.write("archive/b.jsonl", hook("org", "positionRemoved", "x", "\"location\":\"A\""));
    let undated = well(run(&["--measure", "removed", "--date", "unknown"]));
    assert!(
        undated.contains("removed = 1\n")
            && undated.contains("without a service date (tickets 1, removed 1)"),
        "{undated}"
    );
    std::fs::remove_file(space.path("archive/b.jsonl")).unwrap();
    // Tickets without a service are told as in `segments.csv`.
    let none = well(run(&["--measure", "tickets", "--category", "(none)"]));
    assert!(none.contains("tickets = 5\n") && none.contains("service (none)"), "{none}");
}

#[test]
fn what_cannot_be_explained_is_refused_with_a_hint() {
    let space = by_hand("");
    for (args, said) in [
        (&[][..], "neither a ticket nor a measure nor a table is named"),
        (&["1"], "no archive is named"),
        (&["--measure", "waits"], "no archive is named"),
        (
            &["--measure", "waits", "archive", "--state", "state"],
            "both an archive and a state are named",
        ),
        (&["1", "archive", "--location", "A"], "filters are for figures"),
        (&["--measure", "no_such", "archive"], "`no_such` is no measure"),
        (&["--measure", "waits", "archive", "--date", "then"], "--date names no day"),
        (
            &["--measure", "waits", "archive", "--date", "2021-03-01", "--to", "2021-03-02"],
            "cannot be used with",
        ),
    ] {
        let failed = space.run(&[&["explain"][..], args].concat());
        assert_eq!(failed.code, 2, "{args:?}: {}", failed.stderr);
        assert!(failed.stderr.contains(said), "{args:?}: {}", failed.stderr);
    }
}

/// A wait that a burst would make is left out of the figure, and the ticket says why.
#[test]
fn a_ticket_agrees_with_the_figures_about_bursts() {
    let space = by_hand("[wait]\nleave_out_bursts = true\n");
    let line = |id: u32| {
        let fields = format!(
            "\"location\":\"B\",\"createdAt\":\"2021-03-01T10:0{id}:00Z\",\"fulfilledAt\":\"2021-03-01T18:00:00Z\""
        );
        hook("org", "positionFulfilled", &format!("b{id}"), &fields)
    };
    space.write("archive/b.jsonl", (1..=5).map(line).collect::<String>());
    let told = explained(
        &space,
        &["--measure", "waits", "archive", "--as-of", AS_OF, "--config", "queuestat.toml"],
        &["--location".to_owned(), "B".to_owned()],
    );
    assert_eq!((&told["value"], &told["counts"]["tickets"]), (&"0".into(), &5.into()));
    let ticket = well(space.run(&[
        "explain",
        "b1",
        "archive",
        "--as-of",
        AS_OF,
        "--config",
        "queuestat.toml",
    ]));
    assert!(ticket.contains("left out: five tickets or more share the second"), "{ticket}");
}
