//! `state forget` killed at any moment: the state is whole, and the same command again, or the next night, finishes it.

use std::time::{Duration, Instant};

use queuestat::disk::Disk;
use queuestat::partial::decode;
use queuestat::store::{Options, verify};

use crate::forget::{CONFIG, forget, night};
use crate::workspace::{Workspace, files, hook};

const ROUNDS: u32 = 40;
/// In the name of a folder that is being written or removed.
const UNFINISHED: &str = ".tmp/";

fn line(id: &str, day: u32) -> String {
    let position = format!("\"location\":\"Shop\",\"createdAt\":\"2021-04-{day:02}T10:00:00Z\"");
    hook("one", "positionCreated", id, &position)
}

/// The generations that still hold a ticket. What a killed run was writing may end anywhere, and counts for nothing until
/// the next run has removed it.
fn holders(space: &Workspace, id: &str) -> Vec<String> {
    let mut found = Vec::new();
    let wanted = queuestat::webhook::TicketId::from_text(id.as_bytes());
    for (name, bytes) in files(&space.path("state")) {
        if name.contains("tickets/") && !name.contains(UNFINISHED) {
            let mut has = false;
            decode(&bytes, |records| has |= records.iter().any(|one| one.id == wanted)).unwrap();
            found.extend(has.then_some(name));
        }
    }
    found
}

#[test]
fn a_forgetting_that_is_killed_is_finished_later() {
    let space = Workspace::in_memory();
    space.write("queuestat.toml", CONFIG);
    let ids: Vec<String> = (0..=ROUNDS).map(|n| format!("ticket-{n}")).collect();
    let text = |some: &[String]| some.iter().map(|id| line(id, 3)).collect::<String>();
    space.write("archive/a.jsonl", text(&ids[..5]));
    assert_eq!(night(&space, &[]).code, 0);
    space.write("archive/b.jsonl", text(&ids[5..]));
    assert_eq!(night(&space, &[]).code, 0);
    let begin = Instant::now();
    assert_eq!(forget(&space, &["--ticket", &ids[0]]).code, 0);
    let length = begin.elapsed();
    let (mut untouched, mut half, mut whole) = (0, 0, 0);
    for (n, id) in (1..).zip(&ids[1..]) {
        // So that there are older generations.
        space.write(
            "archive/c.jsonl",
            (0..n).map(|at| line(&format!("more-{at}"), 4)).collect::<String>(),
        );
        assert_eq!(night(&space, &[]).code, 0);
        let mut run = space.start(&["state", "forget", "--ticket", id]);
        std::thread::sleep(length.mul_f64(1.3 * (f64::from(n) * 0.618_034 % 1.0)));
        let ended = run.try_wait().unwrap().is_some();
        run.kill().unwrap();
        run.wait().unwrap();
        let patient = Options { wait: Duration::from_secs(20), ..Options::default() };
        let health = verify(&Disk::new(), &space.path("state"), patient).unwrap();
        assert!(health.is_good(), "{health:?}");
        let current = format!("gen-{}/", health.current.unwrap());
        let held = holders(&space, id);
        match (held.is_empty(), held.iter().any(|name| name.starts_with(&current))) {
            (true, _) => whole += 1,
            (false, true) => untouched += 1,
            (false, false) => half += 1,
        }
        assert!(!ended || held.is_empty(), "{held:?}");
        let committed = !held.iter().any(|name| name.starts_with(&current));
        if committed && n % 2 == 0 {
            // The next night finishes it.
            assert_eq!(night(&space, &[]).code, 0);
        } else {
            let again = forget(&space, &["--ticket", id]);
            assert_eq!(again.code, 0, "{}", again.stderr);
        }
        assert_eq!(holders(&space, id), Vec::<String>::new(), "round {n}");
        let left = files(&space.path("state")).into_keys().find(|name| name.contains(UNFINISHED));
        assert_eq!(left, None, "round {n}");
    }
    println!("{ROUNDS} kills: {untouched} before the commit, {half} half way, {whole} done");
    assert!(untouched > 0 && whole > 0);
}
