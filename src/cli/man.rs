//! `queuestat man`: a page for the program and for each of its commands, made from the same definitions as the help.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::answer::answer;
use super::args::Args;
use super::failure::{Exit, Failure};
use super::shells_args::ManArgs;

/// Prints the page of the program, or writes one for each command.
pub(super) fn run(args: &ManArgs) -> Result<Exit, Failure> {
    let pages = pages().map_err(|error| Failure::io("cannot make the man pages", &error))?;
    let Some(folder) = &args.dir else {
        answer(pages.first().map_or("", |(_, page)| page))?;
        return Ok(Exit::Ok);
    };
    let cannot =
        |path: &Path, error| Failure::io(format!("cannot write `{}`", path.display()), &error);
    std::fs::create_dir_all(folder).map_err(|error| cannot(folder, error))?;
    for (name, page) in &pages {
        let path: PathBuf = folder.join(format!("{name}.1"));
        std::fs::write(&path, page).map_err(|error| cannot(&path, error))?;
    }
    Ok(Exit::Ok)
}

/// The program with all its commands, as its pages tell of it.
fn program() -> Command {
    // Names of commands within commands, and the arguments they share, are known once it is built.
    // A page tells of the version, not of one build of it.
    let program = Args::command().disable_help_subcommand(true);
    let mut program = program.long_version(None::<&'static str>);
    program.build();
    program
}

/// Names and pages, that of the program first.
fn pages() -> io::Result<Vec<(String, String)>> {
    let program = program();
    let mut pages = Vec::new();
    add(&program, None, &mut pages)?;
    Ok(pages)
}

/// Adds the page of a command, and those of the commands below it.
fn add(
    command: &Command,
    above: Option<&str>,
    pages: &mut Vec<(String, String)>,
) -> io::Result<()> {
    let name = named(command);
    pages.push((name.clone(), page(command, &name, above)?));
    command.get_subcommands().try_for_each(|below| add(below, Some(&name), pages))
}

/// The name of the page of a command: `queuestat-state-list`.
fn named(command: &Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}

/// The page of a command.
fn page(command: &Command, name: &str, above: Option<&str>) -> io::Result<String> {
    let behind = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let mut page = Vec::new();
    // What stands behind the help is written here, so that its lines stay lines.
    Man::new(command.clone().after_help(None::<&'static str>)).render(&mut page)?;
    let mut text = String::from_utf8_lossy(&page).into_owned();
    // The library leaves out an empty date, and the version would stand in its place.
    let title =
        format!(".TH {name} 1 \"\" \"queuestat {}\" \"User Commands\"", env!("CARGO_PKG_VERSION"));
    let is_title = |line: &&str| line.starts_with(".TH ");
    if let Some(line) = text.lines().find(is_title).map(str::to_owned) {
        text = text.replacen(&line, &title, 1);
    }
    let mut roff = Roff::new();
    sections(&mut roff, &behind);
    if let Some(above) = above {
        roff.control("SH", ["SEE ALSO"]);
        roff.text([roman(format!("{above}(1)"))]);
    }
    text.push_str(&roff.to_roff());
    Ok(text)
}

/// Writes what stands behind the help. A line that ends with a colon is the title of a section, whose indented lines stay as
/// they are; other lines are filled, under a title of their own.
fn sections(roff: &mut Roff, text: &str) {
    let (mut is_kept, mut is_filled) = (false, false);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let kept = line.strip_prefix("  ");
        if is_kept && kept.is_none() {
            roff.control("fi", []);
            is_kept = false;
        }
        match (kept, line.strip_suffix(':')) {
            (Some(line), _) => {
                if !is_kept {
                    roff.control("nf", []);
                    is_kept = true;
                }
                roff.text([roman(line)]);
            }
            (None, Some(title)) => {
                roff.control("SH", [title.to_uppercase().as_str()]);
                is_filled = false;
            }
            (None, None) => {
                if !is_filled {
                    roff.control("SH", ["NOTES"]);
                    is_filled = true;
                }
                roff.text([roman(line)]);
            }
        }
    }
    if is_kept {
        roff.control("fi", []);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The names of all commands, joined as those of pages are.
    fn tree(command: &Command, above: &str) -> BTreeSet<String> {
        let mut names = BTreeSet::from([above.to_owned()]);
        for below in command.get_subcommands() {
            names.extend(tree(below, &format!("{above}-{}", below.get_name())));
        }
        names
    }

    /// What a line of a page says, without the escapes.
    fn plain(line: &str) -> String {
        line.replace("\\-", "-").replace("\\&", "").replace("\\*(Aq", "'").replace("\\\\", "\\")
    }

    #[test]
    fn every_command_has_a_page() {
        let names: BTreeSet<String> = pages().unwrap().into_iter().map(|page| page.0).collect();
        assert_eq!(names, tree(&Args::command(), "queuestat"));
        assert!(names.contains("queuestat-state-forget") && names.len() > 18, "{names:?}");
    }

    /// Every line of the examples is a line of the page, where none is joined with the next; and what is shared by
    /// commands is told on the page of each.
    #[test]
    fn examples_keep_their_lines() {
        let program = program();
        let pages = pages().unwrap();
        let mut lines = 0;
        let mut open = vec![&program];
        while let Some(command) = open.pop() {
            open.extend(command.get_subcommands());
            let name = named(command);
            let page = &pages.iter().find(|(one, _)| *one == name).unwrap().1;
            let as_is: Vec<String> = page
                .split("\n.nf\n")
                .skip(1)
                .flat_map(|part| part.split("\n.fi").next().unwrap().lines().map(plain))
                .collect();
            let behind = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let told: Vec<&str> =
                behind.lines().filter_map(|line| line.strip_prefix("  ")).collect();
            assert_eq!(as_is, told, "{name}");
            lines += told.len();
        }
        assert!(lines > 9, "{lines}");
        let of = |name: &str| &pages.iter().find(|(one, _)| one == name).unwrap().1;
        assert!(of("queuestat-state-list").contains("\\-\\-lock\\-wait"));
        assert!(of("queuestat-state-list").ends_with(".SH \"SEE ALSO\"\nqueuestat\\-state(1)\n"));
        assert!(of("queuestat").contains("\n.SH EXAMPLES\n.nf\nqueuestat report data"));
    }

    /// Nothing that archives or file names hold can stand in a page, but a line of an example may begin like a request.
    #[test]
    fn no_line_is_taken_for_a_request() {
        let mut roff = Roff::new();
        sections(&mut roff, "Examples:\n  .hidden \\x\n  'quoted'\n");
        assert_eq!(roff.to_roff(), ".SH EXAMPLES\n.nf\n\\&.hidden \\\\x\n\\&'quoted'\n.fi\n");
    }
}
