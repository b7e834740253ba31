//! Ratings on another scale: every figure against plain loops, nights against one run, and the warning for the wrong scale.

use std::collections::BTreeMap;

use crate::workspace::{AS_OF, Run, Workspace, files};

/// A visit of March 2021 with what stands in the place of a rating, as JSON.
fn visit(organization: &str, place: u32, id: u32, rating: &str) -> String {
    format!(
        r#"{{"type":"positionCompleted","organization":"{organization}","data":{{"position":{{"id":"{organization}-{id}","queue":"q{place}","location":"Place {place}","type":"anonymous","status":"completed","createdAt":"2021-03-{day:02}T10:00:00Z","fulfilledAt":"2021-03-{day:02}T10:0{wait}:00Z","completedAt":"2021-03-{day:02}T10:30:00Z","feedback":{{"rating":{rating}}}}}}}}}"#,
        day = 1 + id % 28,
        wait = id % 10,
    ) + "\n"
}

/// Ratings 1 to 10 in three spellings, a few that are none, at two locations.
fn archive() -> (String, BTreeMap<u32, Vec<u32>>) {
    let (mut text, mut given) = (String::new(), BTreeMap::<u32, Vec<u32>>::new());
    for id in 0..300_u32 {
        let (place, value) = (id % 2, 1 + (id * 7 + id / 10) % 10);
        let written = match id % 5 {
            0 => format!("\"{value}\""),
            1 => format!("{value}.0"),
            2 if id % 3 == 0 => {
                ["0", "11", "null", "\"good\"", "7.5"][id as usize / 15 % 5].to_owned()
            }
            _ => value.to_string(),
        };
        if !(id % 5 == 2 && id % 3 == 0) {
            given.entry(place).or_default().push(value);
        }
        text += &visit("Org", place, id, &written);
    }
    (text, given)
}

fn report(space: &Workspace, config: &str) -> Run {
    space.write("queuestat.toml", config);
    let args = ["report", "in", "--out", "out", "--as-of", AS_OF, "--config", "queuestat.toml"];
    space.run(&args)
}

/// Rows of a CSV file as cells; no cell of these archives holds a comma.
fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = text.lines().map(|line| line.split(',').map(|cell| cell.trim_matches('"')));
    let head: Vec<&str> = lines.next().unwrap().collect();
    lines
        .map(|cells| head.iter().zip(cells).map(|(k, v)| ((*k).to_owned(), v.to_owned())).collect())
        .collect()
}

#[test]
fn ten_values_are_counted_and_satisfied_from_is_obeyed() {
    let (text, given) = archive();
    for (from, config) in [(9, ""), (8, "satisfied_from = 8\n"), (10, "satisfied_from = 10\n")] {
        let space = Workspace::new();
        space.write("in/a.jsonl", &text);
        let run =
            report(&space, &format!("[gates]\nwarn_share = 0.05\n[ratings]\nscale = 10\n{config}"));
        assert_eq!(run.code, 0, "{}", run.stderr);
        let locations = rows(&space.csv("locations.csv"));
        let by_value = rows(&space.csv("ratings.csv"));
        assert_eq!(by_value.len(), 20);
        for (place, values) in &given {
            let name = format!("Place {place}");
            let n = values.len();
            let f64 = |n: usize| f64::from(u32::try_from(n).unwrap());
            let one = locations.iter().find(|row| row["location"] == name).unwrap();
            let satisfied = values.iter().filter(|value| **value >= from).count();
            assert_eq!(one["ratings"], n.to_string());
            assert_eq!(one["csat"], format!("{:.4}", f64(satisfied) / f64(n)));
            let sum: u32 = values.iter().sum();
            assert_eq!(one["rating_mean"], format!("{:.4}", f64::from(sum) / f64(n)));
            let (z, k, m) = (1.959_963_984_540_054_f64, f64(satisfied), f64(n));
            let root = z * (k * (m - k) / m + z * z / 4.0).sqrt();
            let end = |sign: f64| {
                format!("{:.4}", ((k + z * z / 2.0 + sign * root) / (m + z * z)).clamp(0.0, 1.0))
            };
            assert_eq!([&one["csat_low"], &one["csat_high"]], [&end(-1.0), &end(1.0)]);
            for stars in 1..=5 {
                assert_eq!(one[&format!("rating_{stars}")], "");
            }
            let mine = by_value.iter().filter(|row| row["location"] == name);
            for (row, value) in mine.zip(1_u32..) {
                let count = values.iter().filter(|v| **v == value).count();
                assert_eq!(row["value"], value.to_string());
                assert_eq!(row["ratings"], count.to_string());
                assert_eq!(row["share"], format!("{:.4}", f64(count) / f64(n)));
            }
        }
        let words = ["8 to 10", "9 or 10", "10"]
            [usize::try_from(if from == 8 { 0 } else { from - 8 }).unwrap()];
        for (name, page) in files(&space.only())
            .iter()
            .filter(|(n, _)| n.ends_with(".html") && !n.ends_with("digest.html"))
        {
            let page = String::from_utf8_lossy(page);
            assert!(
                !page.contains("4 or 5")
                    && !page.contains("1 to 5,")
                    && !page.contains("ratings 1 to 5"),
                "{name}"
            );
            assert!(page.contains(&format!("Rated {words}<")), "{name}");
            assert!(
                page.contains(&format!("1 to 10, the newest of each visit. “{words}”")),
                "{name}"
            );
        }
    }
}

#[test]
fn ratings_of_another_scale_are_said_to_their_organization() {
    let space = Workspace::new();
    let (mut text, _) = archive();
    for id in 0..100 {
        // Zeros and words are no sign of another scale.
        text += &visit(
            "Other",
            3,
            id,
            ["5", "0", "-1", "\"46701234567\"", "46701234567"][id as usize % 5],
        );
    }
    space.write("in/a.jsonl", &text);
    let run = report(&space, "");
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(!run.stderr.contains("Other") && !run.stderr.contains("4670"), "{}", run.stderr);
    assert!(
        run.stderr.contains("`Org`: ") && run.stderr.contains("values met: 6 to 11"),
        "{}",
        run.stderr
    );
    let told = |organization: &str| {
        let pages = files(&space.path("out"));
        let mine = pages.iter().filter(|(name, page)| {
            name.ends_with(".html")
                && String::from_utf8_lossy(page).contains(&format!(">{organization}<"))
                && name.contains('/')
        });
        mine.map(|(_, page)| String::from_utf8_lossy(page).contains("values met"))
            .collect::<Vec<_>>()
    };
    assert!(told("Org").contains(&true), "{:?}", told("Org"));
    assert!(!told("Other").contains(&true));
    // Of the right scale, and below the gate, nothing is said.
    assert_eq!(report(&space, "[gates]\nwarn_share = 0.05\n[ratings]\nscale = 10\n").code, 0);
    assert_eq!(report(&space, "[gates]\nwarn_share = 0.9\n").code, 0);
}

#[test]
fn nights_are_one_run_and_a_changed_scale_is_refused() {
    let (text, _) = archive();
    let lines: Vec<&str> = text.lines().collect();
    let space = Workspace::new();
    let config = |ratings: &str| {
        format!(
            "{ratings}[gates]\nsilent_days = 0\n[nightly]\narchive = [\"in\"]\nout = \"site\"\n[[nightly.report]]\nname = \"all\"\nall = true\n"
        )
    };
    space.write("queuestat.toml", config("[ratings]\nscale = 10\n"));
    for (at, part) in lines.chunks(75).enumerate() {
        space.write(&format!("in/{at}.jsonl"), part.join("\n") + "\n");
        let run = space.run(&["nightly", "--as-of", AS_OF, "--force"]);
        assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    }
    let csv = |folder: &str| {
        let mut all = files(&space.path(folder));
        all.retain(|name, _| name.ends_with(".csv") || name.ends_with(".html"));
        all
    };
    let same = |config: &str| {
        let run = report(&space, config);
        assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
        let (once, nights) = (csv("out"), csv("site/current/all"));
        let names = once.keys().filter(|name| name.ends_with(".csv"));
        assert!(names.clone().count() >= 9);
        for name in names {
            assert!(once[name] == nights[name], "{name}");
        }
    };
    same(&config("[ratings]\nscale = 10\n"));
    // From which value on a customer is satisfied is no matter of what is kept.
    let eight = config("[ratings]\nscale = 10\nsatisfied_from = 8\n");
    space.write("queuestat.toml", &eight);
    let run = space.run(&["nightly", "--as-of", AS_OF, "--force"]);
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    same(&eight);
    let five = config("");
    space.write("queuestat.toml", &five);
    let run = space.run(&["nightly", "--as-of", AS_OF, "--force"]);
    assert!(run.code == 4 && run.stderr.contains("--rebuild"), "{} {}", run.code, run.stderr);
    let run = space.run(&["nightly", "--as-of", AS_OF, "--force", "--rebuild"]);
    assert!(run.code == 3 && run.stderr.contains("values met: 6 to 11"), "{}", run.stderr);
    same(&five);
}

#[test]
fn scales_that_are_none() {
    let space = Workspace::new();
    space.write("in/a.jsonl", archive().0);
    for (config, words) in [
        ("scale = 1", "`ratings.scale` is 1"),
        ("scale = 101", "`ratings.scale` is 101"),
        ("scale = 266", "`ratings.scale` is 266"),
        ("scale = -5", "`ratings.scale` is -5"),
        ("scale = 10\nsatisfied_from = 11", "`ratings.satisfied_from` is 11"),
        ("satisfied_from = 9", "on a scale of 1 to 5"),
        ("satisfied_from = 1", "`ratings.satisfied_from` is 1"),
        ("skale = 10", "did you mean `scale`?"),
    ] {
        let run = report(&space, &format!("[ratings]\n{config}\n"));
        assert!(
            run.code == 2 && run.stderr.contains(words),
            "{config}: {} {}",
            run.code,
            run.stderr
        );
    }
}

#[test]
fn no_number_above_the_scale_is_dropped_in_silence() {
    let space = Workspace::new();
    let told = |ratings: &[&str]| {
        let line = |(id, rating): (u32, &&str)| visit("org", 0, id, rating);
        space.write("in/a.jsonl", (0..).zip(ratings).map(line).collect::<String>());
        let run = report(&space, "");
        (run.code, run.stderr)
    };
    for (ratings, words) in [
        // 999 for "no answer" does not hide that the scale ends at 10.
        (
            &["5", "6", "10", "999", "1"][..],
            "3 of 5 ratings lie outside 1 to 5 and were not used (values met: 6 to 10, and above 100); if the scale is \
             another one, set `ratings.scale = 10` in",
        ),
        (&["5", "999", "101"], "(values met: above 100); scales above 100 are not read"),
        // Halves, and numbers with a point in quotes.
        (
            &["5", "7.5", "9.5", "4.5"],
            "2 of 3 ratings lie outside 1 to 5 and were not used (values met: 8 to 10)",
        ),
        (
            &["5", "\"9.0\"", "\"10.0\""],
            "2 of 3 ratings lie outside 1 to 5 and were not used (values met: 9 to 10)",
        ),
    ] {
        let (code, stderr) = told(ratings);
        assert!(code == 3 && stderr.contains(words), "{ratings:?}: {code} {stderr}");
    }
    // What means "no answer", what is a text, and what may be anything: a phone number, say.
    for quiet in
        ["0", "-1", "\"\"", "\" \"", "\"0\"", "null", "\"9 of 10\"", "\"0701234567\"", "4.5"]
    {
        let (code, stderr) = told(&["5", "4", quiet, quiet]);
        assert!(code == 0 && !stderr.contains("outside"), "{quiet}: {code} {stderr}");
    }
}

#[test]
fn a_single_best_rating_is_not_taken_for_a_column_of_its_value() {
    let space = Workspace::new();
    space.write("in/a.jsonl", visit("org", 0, 1, "5"));
    let run = report(&space, "[ratings]\nsatisfied_from = 5\n");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let all = files(&space.path("out"));
    let (_, page) = all.iter().find(|(name, _)| name.ends_with("/index.html")).unwrap();
    let page = String::from_utf8_lossy(page);
    assert!(page.contains("Rated 5<") && page.contains(">only 5</th>"));
}
