//! The edges of the system around a run: its clock, its umask, what is mounted where, and editors of other systems.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::workspace::{Run, Workspace, hook};

const CONFIG: &str = "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"in\"]\nout = \"site\"\nstate_dir = \"state\"\n\
    [[nightly.report]]\nname = \"all\"\nall = true\n";

fn space() -> Workspace {
    let space = Workspace::new();
    let position = "\"location\":\"A\",\"createdAt\":\"2021-03-01T10:00:00Z\",\"fulfilledAt\":\"2021-03-01T10:05:00Z\"";
    let booked = "\"location\":\"A\",\"type\":\"booking\",\"createdAt\":\"2021-03-01T10:00:00Z\",\"booking\":{\"start\":\"2021-03-02T09:00:00Z\"}";
    space.write(
        "in/a.jsonl",
        hook("org", "positionFulfilled", "1", position)
            + &hook("org", "positionCreated", "2", booked),
    );
    space.write("queuestat.toml", CONFIG);
    space
}

/// Runs a line of shell in the folder, with `$Q` for the binary.
fn shell(space: &Workspace, line: &str) -> Run {
    let mut command = Command::new("/bin/sh");
    command
        .env_clear()
        .env("Q", env!("CARGO_BIN_EXE_queuestat"))
        .env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
    Run::from(command.current_dir(space.path("")).args(["-c", line]).output().unwrap())
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Asserts the modes of everything below a folder, links apart.
fn assert_modes(path: &Path, folder: u32, file: u32) {
    let meta = fs::symlink_metadata(path).unwrap();
    if meta.is_symlink() {
        return;
    }
    let expected = if meta.is_dir() { folder } else { file };
    assert_eq!(mode(path), expected, "{}: {:o}", path.display(), mode(path));
    if meta.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            assert_modes(&entry.unwrap().path(), folder, file);
        }
    }
}

#[test]
fn one_rule_for_permissions_under_any_umask() {
    for umask in ["077", "022", "002", "000"] {
        let space = space();
        let line = format!(
            "umask {umask}; $Q nightly --as-of 2021-03-12T02:00:00Z --metrics-file m.prom && \
             $Q nightly --as-of 2021-03-13T02:00:00Z && \
             $Q report in --out a/b/out --as-of 2021-03-12T02:00:00Z && \
             $Q report in --out a/b/out --as-of 2021-03-13T02:00:00Z"
        );
        let run = shell(&space, &line);
        assert_eq!(run.code, 0, "{umask}: {}", run.stderr);
        assert_modes(&space.path("site"), 0o755, 0o644);
        assert_modes(&space.path("a"), 0o755, 0o644);
        assert_modes(&space.path("state"), 0o700, 0o600);
        assert_eq!(mode(&space.path("m.prom")), 0o644);
    }
}

#[test]
fn a_state_with_other_modes_is_set_right_at_the_next_night() {
    let space = space();
    assert_eq!(space.run(&["nightly", "--as-of", "2021-03-12T02:00:00Z"]).code, 0);
    let run = shell(
        &space,
        "find state -type d -exec chmod 755 {} +; find state -type f -exec chmod 664 {} +; chmod 500 state/gen-1",
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run = space.run(&["nightly", "--as-of", "2021-03-13T02:00:00Z"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_modes(&space.path("state"), 0o700, 0o600);
}

#[test]
fn a_run_before_the_data_is_refused_with_a_word_about_the_clock() {
    let space = space();
    let page = || fs::read_to_string(space.path("site/current/index.html")).unwrap();
    // Before there is a state: nothing is made.
    for as_of in [
        "1970-01-01T00:00:07Z",
        "2009-12-31T00:00:00Z",
        "2012-01-01T00:00:00Z",
        "2021-02-25T00:00:00Z",
    ] {
        for command in [&["nightly"][..], &["report", "in", "--out", "out"][..]] {
            let run = space.run(&[command, &["--as-of", as_of]].concat());
            assert_eq!(run.code, 2, "{as_of}: {}", run.stderr);
            assert!(run.stderr.contains("clock"), "{as_of}: {}", run.stderr);
        }
        assert!(!space.path("site/current").exists() && !space.path("out").exists());
    }
    assert_eq!(space.run(&["nightly", "--as-of", "2021-03-03T02:00:00Z"]).code, 0);
    let good = page();
    for as_of in ["1970-01-01T00:00:07Z", "2012-01-01T00:00:00Z", "2021-02-25T00:00:00Z"] {
        let run = space.run(&["nightly", "--as-of", as_of]);
        assert!(
            run.code == 2 && run.stderr.contains("clock"),
            "{as_of}: {} {}",
            run.code,
            run.stderr
        );
        assert_eq!(page(), good, "{as_of}");
    }
    assert_eq!(space.run(&["nightly", "--as-of", "2021-03-04T02:00:00Z"]).code, 0);
}

/// A clock that nobody typed, with a state of later tickets: `faketime` is not everywhere, so the tickets are of the future.
#[test]
fn a_clock_far_behind_the_state_is_refused_and_one_night_ahead_is_forgiven() {
    let space = space();
    assert_eq!(space.run(&["nightly", "--as-of", "2021-03-03T02:00:00Z"]).code, 0);
    // One night with a clock in the year 2090; then the machine's own clock, which is right.
    assert_eq!(space.run(&["nightly", "--as-of", "2090-01-01T02:00:00Z"]).code, 0);
    let run = space.run(&["nightly"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    // Tickets of 2090: now the clock of this machine is behind.
    let position = "\"location\":\"A\",\"createdAt\":\"2090-01-01T10:00:00Z\",\"fulfilledAt\":\"2090-01-01T10:05:00Z\"";
    space.write("in/b.jsonl", hook("org", "positionFulfilled", "3", position));
    assert_eq!(space.run(&["nightly", "--as-of", "2090-01-02T02:00:00Z"]).code, 0);
    let run = space.run(&["nightly"]);
    assert_eq!(run.code, 4, "{}", run.stderr);
    let words = ["clock says", "2090-01-01T10:05:00Z already", "the last reports stay"];
    assert!(words.iter().all(|word| run.stderr.contains(word)), "{}", run.stderr);
}

/// Needs the right to mount; without it, as in most containers, there is nothing to test.
#[test]
fn a_mount_point_cannot_be_replaced_and_says_so_before_any_work() {
    let space = space();
    let line = "mkdir -p vol bound other site && unshare -m /bin/sh -c '
        mount -t tmpfs none vol && mount --bind other bound && mount -t tmpfs none site || exit 99
        $Q report in --out vol --as-of 2021-06-01T00:00:00Z; echo code=$?
        $Q report in --out bound --as-of 2021-06-01T00:00:00Z; echo code=$?
        $Q report nowhere --out vol --as-of 2021-06-01T00:00:00Z; ls -A vol other
        for day in 1 2; do
          $Q report in --out vol/report --as-of 2021-06-0${day}T00:00:00Z -q; echo code=$?
          $Q nightly --as-of 2021-06-0${day}T00:00:00Z -q; echo code=$?
        done
        ls vol site'";
    let run = shell(&space, line);
    if run.code != 0 && (run.stderr.contains("unshare") || run.code == 99) {
        return;
    }
    assert_eq!(
        run.stdout,
        "code=2\ncode=2\nother:\n\nvol:\ncode=0\ncode=0\ncode=0\ncode=0\nsite:\ncurrent\n\nvol:\nreport\n",
        "{}",
        run.stderr
    );
    assert_eq!(
        run.stderr.matches("is a mount point, which cannot be replaced").count(),
        3,
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("name a folder inside it"), "{}", run.stderr);
    let shown = shell(&space, "ls -A").stdout;
    assert!(!shown.contains(".vol") && !shown.contains(".bound"), "{shown}");
}

#[test]
fn a_configuration_of_another_editor_is_read_or_named_with_its_line() {
    let space = space();
    let plain = "time_zone = \"Europe/Oslo\"\r\n[locations.\"A\"]\r\nname = \"Havn \u{f8}\"\r\n";
    let wide =
        |order: fn(u16) -> [u8; 2]| -> Vec<u8> { plain.encode_utf16().flat_map(order).collect() };
    let latin: Vec<u8> = plain.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let cases: [(&str, Vec<u8>, i32, &str); 6] = [
        ("bom", [b"\xef\xbb\xbf", plain.as_bytes()].concat(), 0, ""),
        ("utf16le", wide(u16::to_le_bytes), 2, "c.toml:1: the configuration is saved as UTF-16"),
        ("utf16be", wide(u16::to_be_bytes), 2, "c.toml:1: the configuration is saved as UTF-16"),
        ("latin1", latin, 2, "c.toml:3: the byte f8 is not UTF-8"),
        ("quotes", plain.replace('"', "\u{201d}").into_bytes(), 2, "c.toml:1: "),
        ("path", b"[nightly]\narchive = [\"C:\\Data\"]\nout = 'x'\n".to_vec(), 2, "c.toml:2: "),
    ];
    for (name, bytes, code, words) in cases {
        space.write("c.toml", bytes);
        let run = space.run(&[
            "report",
            "in",
            "--out",
            "out",
            "--config",
            "c.toml",
            "--as-of",
            "2021-06-01T00:00:00Z",
        ]);
        assert_eq!(run.code, code, "{name}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{name}: {}", run.stderr);
        assert!(code == 0 || run.stderr.contains("hint: "), "{name}: {}", run.stderr);
    }
    assert!(space.csv("locations.csv").contains("Havn \u{f8}"));
}
