//! Configuration that is not obeyed is said, with the names that may have been meant.
use proptest::prelude::*;
use serde_json::Value;

use crate::workspace::{AS_OF, Run, Workspace, files, hook, root};

pub(crate) const DESK: &str = "dd31dda9-5ec0-46c6-a75b-71cb1f66a48d";
pub(crate) const PIER: &str = "b23bea4f-8e8a-4da6-b413-04454f8428aa";

/// A visit that was served: organization, id, queue, location, day.
pub(crate) fn visit(
    organization: &str,
    id: &str,
    queue: &str,
    location: &str,
    day: &str,
) -> String {
    let position = format!(
        "\"location\":{},\"queue\":\"{queue}\",\"type\":\"anonymous\",\"createdAt\":\"{day}T10:00:00Z\",\
         \"fulfilledAt\":\"{day}T10:05:00Z\"",
        Value::from(location)
    );
    hook(organization, "positionCompleted", id, &position)
}

/// Arabic, a decomposed accent, a mapped queue, a name in two organizations.
pub(crate) fn archive() -> String {
    [
        visit("harbour", "1", DESK, "Harbour Desk", "2021-03-01"),
        visit("harbour", "2", DESK, "Harbour Desk", "2021-03-02"),
        visit("harbour", "3", PIER, "Pier", "2021-03-02"),
        visit("harbour", "4", "q-cafe", "Cafe\u{301} Kiosk", "2021-03-03"),
        visit("clinic", "1", "q-riyadh", "عيادة الرياض", "2021-03-01"),
        visit("clinic", "2", "q-pier", "Pier", "2021-03-05"),
    ]
    .concat()
}

pub(crate) const NIGHTLY: &str = "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"in\"]\nout = \"site\"\nstate_dir = \"state\"\n\
    [[nightly.report]]\nname = \"all\"\nall = true\n";

pub(crate) fn space(config: &str) -> Workspace {
    let space = Workspace::new();
    space.write("in/a.jsonl", archive());
    space.write("queuestat.toml", format!("{config}\n{NIGHTLY}"));
    space
}

/// The three commands that judge a configuration; each with a state and a report of its own.
pub(crate) fn all_commands(space: &Workspace) -> Vec<(&'static str, Run)> {
    let common = ["--config", "queuestat.toml", "--as-of", AS_OF];
    let run = |args: &[&str]| space.run(&[args, &common].concat());
    vec![
        ("report", run(&["report", "in", "--out", "out", "--only", "csv"])),
        ("check", run(&["check", "in"])),
        ("locations", run(&["locations", "in"])),
        ("nightly", run(&["nightly"])),
        ("nightly without news", run(&["nightly"])),
        ("locations of a state", run(&["locations", "--state", "state"])),
    ]
}

pub(crate) fn warnings(run: &Run) -> Vec<&str> {
    run.stderr.lines().filter_map(|line| line.strip_prefix("warning: ")).collect()
}

#[test]
fn what_matches_is_not_warned_of_however_it_is_typed() {
    let space = space(&format!(
        "[locations.\"Harbour  Desk \"]\ntime_zone = \"Europe/Oslo\"\n\
         [locations.\"Caf\u{e9}\u{a0}Kiosk\"]\nname = \"Kiosk\"\n\
         [locations.\"Kiosk\"]\ntarget_minutes = 3\n\
         [locations.\"\u{200f}عيادة الرياض\"]\ntime_zone = \"Asia/Riyadh\"\n\
         [queues.\"{}\"]\nname = \"Quay\"\n\
         [locations.\"Quay\"]\ntime_zone = \"Europe/Paris\"\n\
         [locations.\"Pier\"]\ntime_zone = \"Europe/London\"\n\
         [queues.\"q-cafe\"]\ntarget_minutes = 3\n\
         [locations.\"(unknown)\"]\ntime_zone = \"Europe/Oslo\"\n\
         [organizations.\"harbour\"]\nsilent_days = 0\n",
        PIER.to_uppercase()
    ));
    for (command, run) in all_commands(&space) {
        assert_eq!((run.code, warnings(&run)), (0, vec![]), "{command}: {}", run.stderr);
    }
    // The mapping by a UUID in capitals is obeyed too.
    let csv = space.run(&["locations", "in", "--csv", "--quiet"]).stdout;
    assert!(csv.contains("\"harbour\",\"Quay\"") && csv.contains("\"Europe/Paris\""), "{csv}");
    assert!(!csv.contains("\"harbour\",\"Pier\"") && csv.contains("\"clinic\",\"Pier\""), "{csv}");
}

#[test]
fn what_matches_nothing_is_warned_of_with_the_nearest_names() {
    let near_desk = DESK.replace("48d", "48e");
    let space = space(&format!(
        "[locations.\"Harbor Desk\"]\ntime_zone = \"Europe/Oslo\"\n\
         [locations.\"café kiosk\"]\nname = \"Kiosk\"\n\
         [locations.\"PIER\"]\n[locations.\"Airport \\\"A\\\"\"]\n\
         [locations.\"عيادة الرياص\"]\ntime_zone = \"Asia/Riyadh\"\n\
         [queues.\"{near_desk}\"]\nname = \"Desk\"\n[queues.\"nobody\"]\nname = \"Desk\"\n\
         [organizations.\"Harbor\"]\nsilent_days = 2\n"
    ));
    let expected = [
        "`[locations.\"Airport \\\"A\\\"\"]` of `queuestat.toml` matches no location; there are 5 locations, and `queuestat locations` lists them".to_owned(),
        "`[locations.\"Harbor Desk\"]` of `queuestat.toml` matches no location; did you mean `Harbour Desk`?".to_owned(),
        "`[locations.\"PIER\"]` of `queuestat.toml` matches no location; did you mean `Pier`?".to_owned(),
        "`[locations.\"café kiosk\"]` of `queuestat.toml` matches no location; did you mean `Café Kiosk`?".to_owned(),
        "`[locations.\"عيادة الرياص\"]` of `queuestat.toml` matches no location; did you mean `عيادة الرياض`?".to_owned(),
        format!("`[queues.\"{near_desk}\"]` of `queuestat.toml` matches no queue; did you mean `{DESK}`?"),
        "`[queues.\"nobody\"]` of `queuestat.toml` matches no queue; there are 5 queues, and `queuestat locations` lists them".to_owned(),
        "`[organizations.\"Harbor\"]` of `queuestat.toml` matches no organization; did you mean `harbour`?".to_owned(),
    ];
    for (command, run) in all_commands(&space) {
        assert_eq!(run.code, 3, "{command}: {}", run.stderr);
        assert_eq!(warnings(&run), expected, "{command}");
    }
    let run_file = std::fs::read_to_string(space.path("site/current/run.json")).unwrap();
    let run_file: Value = serde_json::from_str(&run_file).unwrap();
    assert_eq!(
        (&run_file["exit_code"], &run_file["warnings"][1]),
        (&3.into(), &expected[1].as_str().into())
    );
    // Pages are of one organization, and the names of another are none of its business.
    for (name, bytes) in files(&space.path("site/current")) {
        let text = String::from_utf8(bytes).unwrap();
        assert!(!name.ends_with(".html") || !text.contains("matches no"), "{name}");
    }
}

#[test]
fn a_night_judges_by_everything_that_is_kept() {
    let space = space("[locations.\"Pier\"]\ntime_zone = \"Europe/Oslo\"\n[locations.\"Lobby\"]\n");
    let night =
        |day: u32| space.run(&["nightly", "--as-of", &format!("2021-03-{day:02}T02:00:00Z")]);
    let first = night(10);
    assert_eq!((first.code, warnings(&first).len()), (3, 1), "{}", first.stderr);
    assert!(warnings(&first)[0].contains("\"Lobby\""));
    // Tonight brings the lobby, and nothing of the pier.
    space.write("in/b.jsonl", visit("harbour", "9", "q-lobby", "Lobby", "2021-03-10"));
    let second = night(11);
    assert_eq!((second.code, warnings(&second)), (0, vec![]), "{}", second.stderr);
}

#[test]
fn sections_that_contradict_each_other_are_told() {
    // Two spellings of one name are two sections of one location.
    let twice = space(
        "[locations.\"Pier\"]\ntime_zone = \"Europe/Oslo\"\n[locations.\"Pier \"]\nname = \"Quay\"\n",
    );
    for (command, run) in all_commands(&twice) {
        let said = "`[locations.\"Pier\"]` and `[locations.\"Pier \"]` of `queuestat.toml` are the same location; only one of them is obeyed";
        assert_eq!((run.code, warnings(&run)), (3, vec![said]), "{command}: {}", run.stderr);
    }
    // The queue's tickets are all at a location with a zone of its own: what is in force may be what was meant.
    let overruled = space(&format!(
        "[locations.\"Harbour Desk\"]\ntime_zone = \"Europe/Oslo\"\n[queues.\"{DESK}\"]\ntime_zone = \"Asia/Tokyo\"\n"
    ));
    for (command, run) in all_commands(&overruled) {
        let said = format!(
            "note: `time_zone` of `[queues.\"{DESK}\"]` is not in force: its tickets are at `Harbour Desk`, which"
        );
        let is_told = ["report", "check", "locations"].contains(&command);
        assert_eq!(
            (run.code, run.stderr.contains(&said)),
            (0, is_told),
            "{command}: {}",
            run.stderr
        );
    }
}

#[test]
fn a_name_of_nothing_is_an_error() {
    for name in ["", " ", "\u{200b}\u{a0}"] {
        let space = space(&format!("[locations.\"Pier\"]\nname = \"{name}\"\n"));
        for (command, run) in all_commands(&space) {
            assert_eq!(run.code, 2, "{command}: {}", run.stderr);
            let is_said =
                run.stderr.contains("the `name` of `\"Pier\"` in the configuration is empty");
            assert!(is_said || command.ends_with("state"), "{command}: {}", run.stderr);
        }
    }
}

#[test]
fn an_empty_archive_is_no_reason_to_doubt_the_configuration() {
    let space = space("[locations.\"Pier\"]\ntime_zone = \"Europe/Oslo\"\n");
    space.write("in/a.jsonl", "\n");
    for (command, run) in all_commands(&space) {
        assert!(!run.stderr.contains("matches no"), "{command}: {}", run.stderr);
    }
    let list = space.run(&["locations", "in"]);
    assert_eq!(list.stdout, "no locations\n", "{}", list.stderr);
}

#[test]
fn what_was_asked_for_and_is_not_there_is_an_error_with_names() {
    let space = space("[locations.\"Café Kiosk\"]\nname = \"Kiosk\"\n");
    for (args, hint) in [
        (["--location", "Habour Desk"], "did you mean `Harbour Desk`?"),
        (["--location", "harbor desk"], "did you mean `Harbour Desk`?"),
        (["--location", "café kiosk"], "did you mean `Kiosk`?"),
        (["--location", "Café Kiosk"], "did you mean `Kiosk`?"),
        (
            ["--location", "Airport"],
            "there are 5 locations; `queuestat locations` lists what there is",
        ),
        (["--organization", "Harbor"], "did you mean `harbour`?"),
        (
            ["--organization", "x\u{1b}[31m"],
            "there are 2 organizations; `queuestat locations` lists what there is",
        ),
    ] {
        let run = space.report("in", &args);
        assert_eq!(run.code, 2, "{args:?} {}", run.stderr);
        assert!(run.stderr.contains(hint), "{args:?} {}", run.stderr);
        assert!(!run.stderr.contains('\u{1b}'), "{:?}", run.stderr);
    }
    for name in ["Kiosk", " Harbour  Desk", "Pier", "harbour desk", "KIO"] {
        let run = space.report("in", &["--location", name, "--only", "csv"]);
        assert_eq!(run.code, 0, "{name} {}", run.stderr);
    }
}

/// A name as a person may type it.
fn spelled(name: &str, how: usize) -> String {
    match how % 4 {
        0 => name.to_owned(),
        1 => format!(" {}\u{200b} ", name.replace(' ', "\u{a0}")),
        2 => name.replace('é', "e\u{301}").replace('ö', "o\u{308}"),
        _ => name.replace(' ', "  "),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    /// A section with the name of a location, or the id of a queue, never warns; one slip of the finger does, and the name
    /// that was meant is offered.
    #[test]
    fn exact_sections_are_silent_and_slips_are_found(
        names in prop::collection::btree_set("[A-ZÖعا][a-zéöعيا]{3,9}( [A-Z0-9][a-zéöيا]{3,9}){0,2}", 2..9),
        how in 0_usize..4, at in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(),
    ) {
        let names: Vec<&String> = names.iter().collect();
        let space = Workspace::new();
        let (mut text, mut config) = (String::new(), String::new());
        for (n, name) in names.iter().enumerate() {
            text.push_str(&visit("o", &format!("{n}"), &format!("queue {n}"), name, "2021-03-01"));
            let spelled = spelled(name, how + n);
            config.push_str(&format!("[locations.{spelled:?}]\n[queues.\"queue {n}\"]\n").replace("\\u{a0}", "\u{a0}")
                .replace("\\u{200b}", "\u{200b}").replace("\\u{301}", "\u{301}").replace("\\u{308}", "\u{308}"));
        }
        space.write("in/a.jsonl", text);
        space.write("in/queuestat.toml", &config);
        let run = space.run(&["check", "in", "--as-of", AS_OF]);
        prop_assert_eq!((run.code, warnings(&run)), (0, vec![]), "{}", run.stderr);

        let meant = at.get(&names);
        let mut letters: Vec<char> = meant.chars().collect();
        letters.remove(place.index(letters.len()));
        let slipped: String = letters.into_iter().collect();
        prop_assume!(!names.iter().any(|name| **name == slipped.trim()));
        space.write("in/queuestat.toml", format!("[locations.\"{slipped}\"]\n"));
        let run = space.run(&["check", "in", "--as-of", AS_OF]);
        let said = warnings(&run);
        prop_assert_eq!((run.code, said.len()), (3, 1), "{}", run.stderr);
        let offered = format!("`{meant}`");
        prop_assert!(said[0].contains(&offered), "{} {}", offered, said[0]);
    }
}

#[test]
fn the_examples_of_readme_and_guide_are_of_the_sample() {
    let pages = ["README.md", "src/cli/guide/configuration.md", "src/cli/guide/nightly.md"];
    let text: String = pages.map(|p| std::fs::read_to_string(root().join(p)).unwrap()).concat();
    let blocks: Vec<&str> =
        text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    let named = blocks.iter().filter(|block| {
        ["[locations.", "[queues.", "[organizations."].iter().any(|section| block.contains(section))
    });
    let data = root().join("data");
    let mut tried = 0;
    for block in named {
        let space = Workspace::new();
        space.write("example.toml", block);
        let run =
            space.report(data.to_str().unwrap(), &["--config", "example.toml", "--only", "csv"]);
        assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
        assert!(!run.stderr.contains("matches no"), "{}", run.stderr);
        tried += 1;
    }
    assert!(tried > 1, "README and guide name places");
}
