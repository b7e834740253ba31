//! `groups.csv`: the figures of groups of locations are those of their tickets, at every level, of an archive and of nights.

use queuestat::metric::MEASURES;
use queuestat::synth::{Compression, Recipe, write};

use crate::groupings::{cells, columns};
use crate::workspace::{Workspace, files};

const AS_OF: [&str; 2] = ["--as-of", "2021-08-01T00:00:00Z"];
const NIGHT: &str = "[gates]\nsilent_days = 0\nrefuse_fall = 1.0\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\nstate_dir = \"state\"\n";

/// Runs a command on the archive; an archive with faulty records ends with 3.
fn run(space: &Workspace, command: &[&str]) -> String {
    let all = [command, &["-q", "--config", "queuestat.toml"], &AS_OF[..]].concat();
    let run = space.run(&all);
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    run.stdout
}

/// The table of that name of each organization, in the order of their folders.
fn tables(space: &Workspace, out: &str, file: &str) -> Vec<String> {
    let all = files(&space.path(out)).into_iter();
    let named = all.filter(|(path, _)| path.split_once('/').is_some_and(|(_, name)| name == file));
    named.map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect()
}

/// The text of a quoted cell.
fn plain(cell: &str) -> String {
    let inner = cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')).unwrap();
    inner.replace("\"\"", "\"")
}

#[test]
fn the_figures_of_a_group_are_those_of_its_tickets() {
    let space = Workspace::new();
    let recipe = Recipe {
        tickets: 600,
        locations: 6,
        days: 40,
        compression: Compression::Plain,
        ..Recipe::default()
    };
    write(&recipe, &space.path("archive")).unwrap();
    space.write("queuestat.toml", "time_zone = \"Europe/Stockholm\"\n");
    run(&space, &["report", "archive", "--out", "out", "--only", "csv"]);
    let places = tables(&space, "out", "locations.csv");
    let names: Vec<String> = places
        .iter()
        .flat_map(|csv| columns(csv, &["location"]))
        .map(|name| plain(&name))
        .collect();
    assert!(names.len() >= 6, "{names:?}");
    for csv in tables(&space, "out", "groups.csv") {
        assert_eq!(csv.lines().count(), 1, "no group is configured: {csv}");
    }

    // The last location is in no group.
    let groups = ["North/City", "North/City", "North", "South", "North/Coast/Old"];
    let mut config = "time_zone = \"Europe/Stockholm\"\n".to_owned();
    for (name, group) in names.iter().zip(groups) {
        let name = serde_json::to_string(name).unwrap();
        config.push_str(&format!("[locations.{name}]\ngroup = \"{group}\"\n"));
    }
    space.write("queuestat.toml", format!("{config}{NIGHT}"));
    run(&space, &["report", "archive", "--out", "out", "--only", "csv"]);
    let measures: Vec<&str> = MEASURES.iter().map(|one| one.name).collect();
    let (mut seen, mut rows) = (Vec::new(), 0);
    for csv in tables(&space, "out", "groups.csv") {
        let keyed = columns(
            &csv,
            &[&["organization", "group", "level", "locations"], &measures[..]].concat(),
        );
        for row in keyed {
            let row = cells(&row);
            let ([organization, group, level, locations], figures) =
                row.split_first_chunk::<4>().unwrap();
            let (organization, group) = (plain(organization), plain(group));
            assert_eq!(*level, group.split('/').count().to_string(), "{group}");
            let only = ["--group", &group, "--organization", &organization];
            let answer = run(
                &space,
                &[&["ask", "archive", "--by", "organization", "--measure", "all"], &only[..]]
                    .concat(),
            );
            assert_eq!(columns(&answer, &measures), [figures.join(",")], "{group}");
            let members = run(
                &space,
                &[&["ask", "archive", "--by", "location", "--measure", "tickets"], &only[..]]
                    .concat(),
            );
            assert_eq!(*locations, (members.lines().count() - 1).to_string(), "{group}");
            seen.push(group);
            rows += 1;
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen, ["North", "North/City", "North/Coast", "North/Coast/Old", "South"]);
    assert!(rows >= 5);

    let all = run(&space, &["ask", "archive", "--by", "group", "--measure", "all"]);
    let of_none = columns(&all, &[&["group"], &measures[..]].concat());
    let of_none = of_none.iter().find_map(|row| row.strip_prefix("\"(none)\",")).unwrap();
    let none = ["--group", "(none)"];
    for command in [&["ask", "archive"][..], &["ask", "--state", "state"]] {
        if command.contains(&"state") {
            run(&space, &["nightly"]);
        }
        let asked = [command, &["--measure", "all"], &none[..]].concat();
        assert_eq!(columns(&run(&space, &asked), &measures), [of_none], "{command:?}");
    }
    let asked = ["export", "tickets", "archive", "-o", "-"];
    let exported = run(&space, &[&asked[..], &none].concat());
    let report = ["report", "archive", "--out", "none", "--only", "csv"];
    run(&space, &[&report[..], &none].concat());
    let tickets = tables(&space, "none", "locations.csv")
        .iter()
        .flat_map(|csv| columns(csv, &["tickets"]))
        .map(|tickets| tickets.parse::<usize>().unwrap())
        .sum::<usize>();
    assert!(tickets > 0 && tickets == exported.lines().count() - 1, "{tickets}");
    assert_eq!(of_none.split(',').next(), Some(tickets.to_string().as_str()));

    assert_eq!(
        tables(&space, "site/current/all", "groups.csv"),
        tables(&space, "out", "groups.csv")
    );
}
