//! README and guide: their links lead somewhere, the README is short and leads to every page, and its commands work.

use std::collections::BTreeSet;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::workspace::{Workspace, root};

/// The guide, which is linked from the README.
const GUIDE: &str = "src/cli/guide";
/// Whoever has ten minutes reads so many.
const MOST_LINES: usize = 300;

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// The pages of the guide.
fn guide() -> Vec<PathBuf> {
    let folder = std::fs::read_dir(root().join(GUIDE)).unwrap();
    let mut pages: Vec<PathBuf> = folder.map(|page| page.unwrap().path()).collect();
    pages.sort();
    pages
}

/// The text without its code blocks, whose `](` and `#` mean something else.
fn prose(page: &str) -> String {
    page.split("```").step_by(2).collect()
}

/// Where the links of a page lead to.
fn links(page: &str) -> Vec<String> {
    let prose = prose(page);
    let ends = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    ends.map(|(link, _)| link.to_owned()).collect()
}

/// The anchors of the headings of a page, as browsers of repositories make them.
fn anchors(page: &str) -> BTreeSet<String> {
    let anchor = |heading: &str| {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    let prose = prose(page);
    let headings = prose.lines().filter(|line| line.starts_with('#'));
    headings.map(|line| anchor(line.trim_start_matches('#').trim_start())).collect()
}

#[test]
fn every_link_and_anchor_is_there() {
    let others = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "packaging/README.md"];
    let mut pages = guide();
    pages.extend(others.map(|name| root().join(name)));
    let (mut files, mut places) = (0, 0);
    for page in &pages {
        let text = read(page);
        for link in links(&text) {
            if link.starts_with("https://") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target =
                if path.is_empty() { page.clone() } else { page.parent().unwrap().join(path) };
            assert!(target.exists(), "{}: there is no `{link}`", page.display());
            files += usize::from(!path.is_empty());
            if !anchor.is_empty() {
                let known = anchors(&read(&target));
                assert!(
                    known.contains(anchor),
                    "{}: `{link}` is none of {known:?}",
                    page.display()
                );
                places += 1;
            }
        }
    }
    assert!(files > 40 && places > 15, "{files}, {places}");
}

#[test]
fn the_readme_is_short_and_leads_to_every_page() {
    let readme = read(&root().join("README.md"));
    assert!(readme.lines().count() <= MOST_LINES, "the README: {} lines", readme.lines().count());
    let links: BTreeSet<PathBuf> = links(&readme).iter().map(|link| root().join(link)).collect();
    for page in guide() {
        assert!(links.contains(&page), "the README has no link to {}", page.display());
    }
    // Its picture is in the package of sources too.
    let picture = readme.split("![").nth(1).and_then(|rest| rest.split("](").nth(1));
    let picture = picture.and_then(|rest| rest.split(')').next()).unwrap();
    let package = read(&root().join("Cargo.toml"));
    assert!(package.contains(&format!("\"/{picture}\",")), "Cargo.toml does not include {picture}");
    // What it says of cron is what is tried in the guide.
    let crontab = readme.split("```crontab\n").nth(1).and_then(|rest| rest.split("```").next());
    assert!(read(&root().join(GUIDE).join("nightly.md")).contains(crontab.unwrap()));
}

/// Its figures of speed stand in one row of the run that it names beside them.
#[test]
fn the_figures_of_the_readme_are_of_runs_that_are_kept() {
    let readme = read(&root().join("README.md"));
    let section = readme.split("## Speed\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows: Vec<Vec<&str>> = section
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains(".md`"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() > 2, "{section}");
    for row in rows {
        let run = read(&root().join("tests/bench/runs").join(row[3].trim_matches('`')));
        for part in row[2].split(';') {
            let words: Vec<&str> = part.split_whitespace().collect();
            // A span, and memory in GB, are rounded from several rows.
            if words.iter().any(|word| ["to", "GB"].contains(word)) {
                continue;
            }
            let exact: Vec<&str> = words
                .windows(2)
                .filter(|pair| ["s", "MB"].contains(&pair[1]))
                .map(|pair| pair[0])
                .collect();
            assert!(!exact.is_empty(), "no figure in {part}");
            let stands = run.lines().any(|line| {
                let cells: Vec<&str> = line.split('|').map(str::trim).collect();
                exact.iter().all(|figure| cells.contains(figure))
            });
            assert!(stands, "{exact:?} is in no row of {}", row[3]);
        }
    }
}

/// The README as somebody follows it who has an archive: every command of ours in its order, and its configuration.
#[test]
fn the_commands_of_the_readme_run_as_they_stand() {
    let space = Workspace::new();
    for name in ["data", "archive"] {
        symlink(root().join("data"), space.path(name)).unwrap();
    }
    let readme = read(&root().join("README.md"));
    let mut commands = 0;
    for block in readme.split("```").skip(1).step_by(2) {
        let (language, code) = block.split_once('\n').unwrap();
        if language == "toml" {
            space.write("queuestat.toml", code);
        }
        for line in code.lines().filter(|_| language.is_empty()) {
            let Some(words) = line
                .strip_prefix("queuestat ")
                .or_else(|| line.strip_prefix("cargo run --release -- "))
            else {
                assert!(line.starts_with("cargo "), "{line}");
                continue;
            };
            let parts = words.split('\'').enumerate();
            let words: Vec<&str> =
                parts
                    .flat_map(|(at, part)| {
                        if at % 2 == 1 { vec![part] } else { part.split_whitespace().collect() }
                    })
                    .collect();
            let run = space.run(&words);
            assert!(run.code == 0 || run.code == 3, "{line}: {} {}", run.code, run.stderr);
            commands += 1;
        }
    }
    assert!(commands > 8, "{commands}");
    for path in ["reports/today/index.html", "reports/first/index.html", "tickets.parquet"] {
        assert!(space.path(path).exists(), "{path}");
    }
    // Its configuration is one for nights.
    let run = space.run(&["nightly"]);
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    assert!(!run.stderr.contains("matches no"), "{}", run.stderr);
    assert!(space.path("site/current/index.html").exists());
}

#[test]
fn the_program_prints_its_guide() {
    let space = Workspace::new();
    for page in guide() {
        let name = page.file_stem().unwrap().to_string_lossy().into_owned();
        let run = space.run(&["guide", &name]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        assert_eq!(run.stdout, read(&page));
        let list = space.run(&["guide"]).stdout;
        assert!(list.lines().any(|line| line.split(' ').next() == Some(&name)), "{name}: {list}");
    }
    let run = space.run(&["guide", "nightl"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("'nightly'"), "{}", run.stderr);
}
