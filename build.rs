//! What `queuestat --version` tells of its build. Nothing but the sources, the compiler and its options goes in: no time, no
//! folder, no name of a machine. So the same commit built twice gives the same program.

use std::env::var_os;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=QUEUESTAT_BUILT_FROM={}", commit()?);
    println!("cargo::rustc-env=QUEUESTAT_BUILT_AS={}", build()?);
    Ok(())
}

/// A variable that cargo sets.
fn of_cargo(name: &str) -> Result<String, Box<dyn Error>> {
    let value = var_os(name).ok_or_else(|| format!("cargo did not set {name}"))?;
    Ok(value.to_string_lossy().into_owned())
}

/// Profile, target, compiler, and what the processor must be able to do.
fn build() -> Result<String, Box<dyn Error>> {
    let compiler = Command::new(of_cargo("RUSTC")?).arg("--version").output()?;
    let compiler = String::from_utf8_lossy(&compiler.stdout).into_owned();
    // Without the hash and the date in parentheses, which the number says already.
    let compiler = compiler.split(" (").next().unwrap_or_default().trim().to_owned();
    let features = var_os("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    let features = features.to_string_lossy().replace(',', " ");
    Ok(format!("{}, {}, {compiler}, {features}", of_cargo("PROFILE")?, of_cargo("TARGET")?))
}

/// The commit of the sources: told by who builds, or by the package of sources, or by git.
fn commit() -> Result<String, Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=QUEUESTAT_COMMIT");
    if let Some(told) = var_os("QUEUESTAT_COMMIT").filter(|told| !told.is_empty()) {
        let told = told.to_string_lossy().into_owned();
        return is_hash(&told).then_some(told).ok_or_else(|| {
            "QUEUESTAT_COMMIT is no commit: give its hash in full, 40 or 64 hexadecimal digits"
                .into()
        });
    }
    let folder = of_cargo("CARGO_MANIFEST_DIR")?;
    let folder = Path::new(&folder);
    // `cargo package` writes it. Nobody puts one into a folder later, so its absence need not be watched.
    if let Ok(package) = fs::read_to_string(folder.join(".cargo_vcs_info.json")) {
        println!("cargo::rerun-if-changed=.cargo_vcs_info.json");
        return Ok(of_package(&package));
    }
    // A folder above may be a checkout of something else.
    if !folder.join(".git").exists() {
        return Ok("unknown".to_owned());
    }
    // While people work on it, every commit would build the whole crate anew.
    if of_cargo("PROFILE")? != "release" {
        return Ok("unknown (a debug build does not look)".to_owned());
    }
    Ok(of_git(folder).unwrap_or_else(|| "unknown".to_owned()))
}

/// Whether a text is the full hash of a commit.
fn is_hash(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The commit that `.cargo_vcs_info.json` names: `{"git": {"sha1": "…", "dirty": true}, …}`.
fn of_package(text: &str) -> String {
    let hash = text.split("\"sha1\":").nth(1).and_then(|rest| rest.split('"').nth(1));
    let Some(hash) = hash.filter(|hash| is_hash(hash)) else {
        return "unknown".to_owned();
    };
    let words: String = text.split_whitespace().collect();
    with_changes(hash, words.contains("\"dirty\":true"))
}

fn with_changes(hash: &str, changed: bool) -> String {
    format!("{hash}{}", if changed { " with changes" } else { "" })
}

/// The commit that is checked out, if git is there and answers. It refuses folders of other people.
fn of_git(folder: &Path) -> Option<String> {
    let git = |args: &[&str]| {
        let output = Command::new("git").arg("-C").arg(folder).args(args).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    // The log of HEAD grows with every commit and every change of branch.
    for name in ["HEAD", "logs/HEAD", "packed-refs"] {
        let path = folder.join(git(&["rev-parse", "--git-path", name])?);
        if path.exists() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
    for name in ["src", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={name}");
    }
    let hash = git(&["rev-parse", "--verify", "HEAD"]).filter(|hash| is_hash(hash))?;
    let changes =
        git(&["status", "--porcelain", "--", "src", "build.rs", "Cargo.toml", "Cargo.lock"])?;
    Some(with_changes(&hash, !changes.is_empty()))
}
