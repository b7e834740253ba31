//! Mutated lines and configurations, from a fixed seed: documented exit codes, sums that add up, the figures of others untouched.

use crate::workspace::{Run, Workspace, files};

const AS_OF: [&str; 2] = ["--as-of", "2021-04-08T02:00:00Z"];
/// In fields that are never read; none is part of a name.
const CANARIES: [&str; 4] =
    ["+46701234567", "canary.mail@example.org", "canary message text", "CANARYstaff"];
const SPLICES: [&[u8]; 22] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"null",
    b"-1",
    b"1e999",
    b"{}",
    b"\0",
    b"\xff\xfe",
    b"\n",
    b"\x1e",
    b",",
    b"\"createdAt\":\"9999-12-31T23:59:59Z\"",
    b"\"rating\":99",
    b"\"organization\":\"../../etc\"",
    b"<script>",
    b"\"data\":{\"position\":{\"id\":\"x\"}}",
];

/// xorshift: the same numbers everywhere.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n.max(1) as u64).unwrap()
    }

    pub(crate) fn mutate(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..1 + self.below(3) {
            let at = self.below(bytes.len());
            let end = (at + 1 + self.below(30)).min(bytes.len());
            let splice = SPLICES[self.below(SPLICES.len())].iter().copied();
            match self.below(5) {
                0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                1 => drop(bytes.splice(at..at, splice)),
                2 => drop(bytes.splice(at..end, splice)),
                3 => drop(bytes.drain(at..end)),
                _ => bytes.truncate(at.max(1)),
            }
        }
        bytes
    }
}

fn line(id: usize, organization: &str) -> String {
    let [phone, mail, message, staff] = CANARIES;
    let kinds = ["positionCreated", "positionCalled", "positionCompleted", "feedbackReceived"];
    format!(
        "{{\"message\":\"{message}\",\"data\":{{\"position\":{{\"id\":\"{id}\",\"createdAt\":\"2021-04-01T10:{:02}:00Z\",\
         \"location\":\"L{}\",\"notification\":{{\"settings\":{{\"to\":\"{phone}\",\"recipient\":\"{mail}\"}}}},\
         \"updatedBy\":\"{staff}\",\"feedback\":{{\"message\":\"{message}\",\"rating\":{}}}}}}},\"type\":\"{}\",\
         \"organization\":\"{organization}\"}}\n",
        id % 60,
        id % 3,
        1 + id % 5,
        kinds[id % 4]
    )
}

fn assert_fair(run: &Run, codes: &[i32]) {
    assert!(codes.contains(&run.code), "{} {}", run.code, run.stderr);
    assert!(!run.stderr.contains("internal fault"), "{}", run.stderr);
}

#[test]
fn mutated_lines_are_accounted_for_and_change_nobody_elses_figures() {
    let space = Workspace::new();
    space.write(
        "queuestat.toml",
        "[gates]\nrefuse_share = 1.0\nwarn_share = 1.0\nsilent_days = 0\n[nightly]\narchive = [\"in\"]\nout = \"site\"\nstate_dir = \"state\"\n\
         on_trouble = [\"sh\", \"-c\", \"cat > told\"]\n",
    );
    space.write("in/good.jsonl", (0..200).map(|id| line(id, "good")).collect::<String>());
    let good = |out: &str| {
        let args = ["report", "in", "--out", out, "--only", "csv", "--organization", "good"];
        let run = space.run(&[&args[..], &AS_OF].concat());
        assert_fair(&run, &[0, 3]);
        let mut found = files(&space.path(out));
        found.retain(|name, _| !name.ends_with("files.csv") && !name.ends_with("data_quality.csv"));
        assert!(found.len() > 5);
        found
    };
    let expected = good("before");
    let mut dice = Dice(14);
    let bad: Vec<u8> = (0..4_000)
        .flat_map(|id| [dice.mutate(line(1_000 + id, "bad").as_bytes()), vec![b'\n']].concat())
        .collect();
    space.write("in/bad.jsonl", bad);
    assert_eq!(good("after"), expected);
    let check = space.run(&[&["check", "in", "--json"][..], &AS_OF].concat());
    assert_fair(&check, &[0, 3]);
    let said: serde_json::Value = serde_json::from_str(&check.stdout).unwrap();
    for file in said["files"].as_array().unwrap().iter().chain([&said["total"]]) {
        let n = |name: &str| file[name].as_u64().unwrap();
        let parts = ["blank", "accepted", "duplicate", "rejected", "other", "deferred"];
        assert_eq!(n("records"), parts.into_iter().map(n).sum::<u64>());
    }
    let night =
        space.run(&[&["nightly", "--verbose", "--metrics-file", "m.prom"][..], &AS_OF].concat());
    assert_fair(&night, &[0, 3]);
    let mut outputs = files(&space.path("."));
    outputs.retain(|name, _| !name.starts_with("in/"));
    outputs.insert("stderr".into(), (night.stderr + &check.stderr + &check.stdout).into_bytes());
    for (name, bytes) in outputs {
        for canary in CANARIES {
            let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
            assert!(!found, "{name} holds {canary}");
        }
    }
}

#[test]
fn mutated_configurations_are_obeyed_or_refused() {
    let config = "time_zone = \"Europe/Stockholm\"\ntarget_minutes = 10.0\n[wait]\nends_at = \"check-in\"\nmax_hours = 24\n\
        [archive]\nexclude = [\"*.md\"]\nearliest = 2010-01-01\nsettle_minutes = 10\n[gates]\nrefuse_share = 0.20\n\
        [locations.\"L1\"]\ntime_zone = \"Asia/Riyadh\"\n[nightly]\narchive = [\"in\"]\nout = \"site\"\nstate_dir = \"state\"\nkeep = 3\n";
    let mut dice = Dice(2021);
    let mut refused = 0;
    for round in 0..150 {
        let space = Workspace::new();
        space.write("in/good.jsonl", line(1, "good"));
        space.write("queuestat.toml", dice.mutate(config.as_bytes()));
        let command = if round % 2 == 0 {
            &["nightly"][..]
        } else {
            &["check", "in", "--config", "queuestat.toml"]
        };
        let run = space.run(&[command, &AS_OF].concat());
        assert_fair(&run, &[0, 2, 3, 4, 5]);
        refused += u32::from(run.code == 2);
        assert!(run.code == 0 || !run.stderr.is_empty());
    }
    assert!(refused > 50, "{refused}");
}
