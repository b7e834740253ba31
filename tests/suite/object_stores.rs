//! Addresses of object stores: what a program says that was built without them, and what holds in every build.

use crate::workspace::Workspace;

#[cfg(not(feature = "cloud"))]
#[test]
fn a_program_without_stores_says_which_one_has_them() {
    let space = Workspace::new();
    for address in ["s3://hooks/2021/", "gs://hooks/2021/*.gz", "az://hooks"] {
        let run = space.run(&["report", address, "--out", "out"]);
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains(&format!(
            "cannot read `{address}`: this queuestat was built without object stores"
        )));
        assert!(run.stderr.contains("--features cloud"), "{}", run.stderr);
        assert!(!space.path("out").exists());
    }
    space.write("queuestat.toml", "[nightly]\narchive = [\"s3://hooks/\"]\nout = \"site\"\n");
    let run = space.run(&["nightly", "--config", "queuestat.toml"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    // The address is no path below the folder of the configuration.
    assert!(run.stderr.contains("cannot read `s3://hooks/`"), "{}", run.stderr);
    assert!(!space.path("site/current").exists());
}

#[test]
fn an_address_with_a_password_is_refused_and_not_repeated() {
    let space = Workspace::new();
    for address in ["s3://id:hush@hooks/x", "az://hooks@hush/x", "gs://"] {
        let run = space.run(&["check", address]);
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains("names no bucket"), "{}", run.stderr);
        assert!(!run.stderr.contains("hush"), "{}", run.stderr);
    }
}
