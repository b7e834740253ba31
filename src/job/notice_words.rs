//! The words of every [`Notice`]: pages, `run.json` and stderr use the same.

use std::collections::BTreeSet;
use std::path::Path;

use crate::calendar::rfc3339;
use crate::report::text::{logged, shown};
use crate::ticket::Overruled;

use super::nearest::either;
use super::notice::{Notice, Table};
use super::renamed_words::note;
use super::shared_queues;
use super::toml_text::toml_text;
use super::words::{count, grouped, without_figures_words, years};

/// Graphemes of a name that are printed.
const SHOWN: usize = 60;

impl Notice {
    /// The notice as one sentence, for [`Notice::Renamed`] and
    /// [`Notice::SharedQueues`] with lines of configuration below it. File names are not escaped:
    /// callers do that for a terminal or a page.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::File { file, trouble } => format!("`{file}`: {}", trouble.words()),
            Self::MoreFiles { more } => {
                format!("and {} like them; see the table of files", count(*more, "file"))
            }
            Self::NotRead { file, unusable, note } => {
                format!("`{file}` {}: {note}", not_read(*unusable))
            }
            Self::Root { trouble, known: 0, .. } => {
                format!("{trouble}; is it mounted? Everything else was read")
            }
            Self::Root { trouble, known, .. } => format!(
                "{trouble}; is it mounted? {} of it that nights before have read {} out of reach, and what they say is kept",
                count(*known, "file"),
                if *known == 1 { "is" } else { "are" }
            ),
            Self::MoreNotRead { unusable, more } => {
                format!("and {more} more {}; `files.csv` names them", not_read(*unusable))
            }
            Self::NoDay { file, without, tickets, too_early, too_late } => format!(
                "{} {} in no figure by day: {}",
                part(file, *without, *tickets),
                if *without == 1 { "has no day and is" } else { "have no day and are" },
                because(too_early, too_late)
            ),
            Self::OldDays { file, old, tickets, years: of } => format!(
                "{} are of {}, before there were such webhooks; they were used. Set `archive.earliest` to the first day \
                 that is right",
                part(file, *old, *tickets),
                years(of)
            ),
            Self::MoreDays { more } => format!(
                "{}: tickets without a day, or of unlikely years, as in those above",
                count(*more, "more file")
            ),
            Self::OffScale { organization: None, ratings } => ratings.words(),
            Self::OffScale { organization: Some(name), ratings } => {
                format!("`{}`: {}", logged(name), ratings.words())
            }
            Self::ManyRejected { rejected, records } => format!(
                "{} of {} could not be used, more than is usual",
                grouped(*rejected),
                count(*records, "record")
            ),
            Self::ShareRejected { share, files } => format!(
                "{} of the records could not be used; they stand in {}",
                percent(*share),
                count(*files, "file")
            ),
            Self::Lost { organization, lost, records } => format!(
                "`{}`: {} of {} in its files could not be used, more than is usual",
                logged(organization),
                grouped(*lost),
                count(*records, "record")
            ),
            Self::UsedAgain { organization, several, many, tickets } => {
                used_again(organization.as_deref(), [*several, *many, *tickets])
            }
            Self::TwoQueues { organization, two, tickets } => format!(
                "`{}`: {} of {} {} seen in two queues, as when a visitor is passed on: each is one ticket of its newest \
                 queue, and its first wait is the one that counts",
                logged(organization),
                grouped(*two),
                count(*tickets, "ticket"),
                if *two == 1 { "was" } else { "were" }
            ),
            Self::SameSection { table, keys, config } => {
                same_section(*table, keys, config.as_deref())
            }
            Self::IdleSection { table, key, near, there, config } => format!(
                "`[{}.{}]` of {} matches no {}; {}",
                table.name(),
                toml_text(&shown(key, SHOWN)),
                named(config.as_deref()),
                table.noun(),
                advice(*table, near, *there)
            ),
            Self::MoreIdleSections { table, more, config } => format!(
                "{} `[{}.…]` of {} {} no {}",
                count(*more, "more section"),
                table.name(),
                named(config.as_deref()),
                if *more == 1 { "matches" } else { "match" },
                table.noun()
            ),
            // Its name is a folder's: small letters, digits and `-`.
            Self::EmptyWindow { window, to, earliest } => format!(
                "the nightly report `{window}` ends on {to}, before `archive.earliest` ({earliest}): it can have no ticket"
            ),
            Self::Fallen { fall, is_late: false } => fall.words(),
            Self::Fallen { fall, is_late: true } => {
                format!("{}; no night before could publish that day", fall.words())
            }
            Self::MoreFallen { more } => format!("and {} like it", count(*more, "day")),
            Self::Silent(silent) => silent.words(),
            Self::Restated(restated) => restated.words(),
            Self::SilentLocation(silent) => silent.words(),
            Self::MoreSilentLocations { more } => {
                format!("and {} like it; `run.json` names them", count(*more, "location"))
            }
            Self::SilentRoot(silent) => silent.words(),
            Self::Mended(words) | Self::Night(words) | Self::Told(words) => words.clone(),
            Self::Renamed(queue) => note(queue),
            Self::SharedQueues(shared) => shared_queues::note(shared),
            Self::MoreSharedQueues { more } => format!(
                "{} of organizations with the same queues; `queuestat locations` lists them",
                count(*more, "more group")
            ),
            Self::LongTable { file, rows, shown } => format!(
                "`{}` has {} rows; a spreadsheet shows the first {} and drops the rest without a word: choose a window with --from and --to, or read it with a program",
                logged(file),
                grouped(*rows),
                grouped(*shown)
            ),
            Self::MoreRenamed { more } => format!(
                "{} {} seen with several names; `queuestat locations` lists them",
                count(*more, "more queue"),
                if *more == 1 { "was" } else { "were" }
            ),
            Self::Overruled(overruled) => of_overruled(overruled),
            Self::MoreOverruled { more } => format!(
                "{} {} not in force; `queuestat locations` lists the zones",
                count(*more, "more setting"),
                if *more == 1 { "is" } else { "are" }
            ),
            Self::AsMade { before } => format!(
                "figures before {before} are kept as they were made: their single tickets are forgotten, so a later change of \
                 a zone or a target does not change them"
            ),
            Self::Summed { tickets, without_figures, before } => format!(
                "{} before {before} {} forgotten{}; {}",
                count(*tickets, "single ticket"),
                if *tickets == 1 { "was" } else { "were" },
                without_figures_words(*without_figures),
                Self::AsMade { before: *before }.words()
            ),
            Self::LeftOutAgain { forgotten, too_late } => left_out_again(*forgotten, *too_late),
            Self::WindowForgotten { window, before } => format!(
                "the nightly report `{}` begins before {before}, and single tickets are kept only from then on: it lacks what \
                 came before; let it begin later, or let it be a report of everything (`all = true`)",
                logged(window)
            ),
            Self::ReadAgain => {
                "the state was written by an older queuestat: the whole archive is read again"
                    .to_owned()
            }
        }
    }
}

fn left_out_again(forgotten: u64, too_late: u64) -> String {
    let mut parts = Vec::new();
    if forgotten > 0 {
        parts.push(format!(
            "{} that {} forgotten before",
            count(forgotten, "ticket"),
            if forgotten == 1 { "was" } else { "were" }
        ));
    }
    if too_late > 0 {
        parts.push(format!(
            "{} of dates whose single tickets are forgotten",
            count(too_late, "ticket")
        ));
    }
    format!("left out of tonight's lines: {}", parts.join(", "))
}

fn not_read(unusable: bool) -> &'static str {
    if unusable { "could not be used" } else { "skipped" }
}

/// Tickets of a file.
fn part(file: &str, n: u64, tickets: u64) -> String {
    format!("`{file}`: {} of {}", grouped(n), count(tickets, "ticket"))
}

fn because(too_early: &(BTreeSet<i32>, i64), too_late: &(BTreeSet<i32>, i64)) -> String {
    let mut because = Vec::new();
    let (early, earliest) = too_early;
    if !early.is_empty() {
        because.push(format!(
            "times of {} lie before `archive.earliest` ({}), which may be set earlier",
            years(early),
            rfc3339(*earliest)
        ));
    }
    let (late, as_of) = too_late;
    if !late.is_empty() {
        let as_of = rfc3339(*as_of);
        because
            .push(format!("times of {} lie after the instant of the run ({as_of})", years(late)));
    }
    if because.is_empty() {
        return "their times are missing or cannot be read".to_owned();
    }
    because.join(", and ")
}

/// `2.1 %`; a small share is never shown as 0.
fn percent(share: f64) -> String {
    if share < 0.001 { "Less than 0.1 %".to_owned() } else { format!("{:.1} %", share * 100.0) }
}

fn used_again(organization: Option<&str>, [several, many, tickets]: [u64; 3]) -> String {
    let whose = organization.map_or_else(String::new, |name| format!("`{}`: ", logged(name)));
    let most = match many {
        0 => String::new(),
        1 if several == 1 => " (ten or more)".to_owned(),
        many => format!(" ({} of them on ten or more)", grouped(many)),
    };
    let (verb, its) = if several == 1 { ("was", "its id was") } else { ("were", "their ids were") };
    format!(
        "{whose}{} of {} {verb} created on several dates{most}: it looks as if {its} used again, or anonymised to one \
         value; visits that share an id count as one ticket",
        grouped(several),
        count(tickets, "ticket")
    )
}

/// The configuration as it is called in a sentence.
fn named(config: Option<&Path>) -> String {
    config.map_or_else(
        || "the configuration".to_owned(),
        |path| format!("`{}`", shown(&path.display().to_string(), SHOWN)),
    )
}

fn same_section(table: Table, keys: &[String; 2], config: Option<&Path>) -> String {
    let (file, name, noun) = (named(config), table.name(), table.noun());
    // The beginning of a long key, with its invisible characters: they are the difference.
    let [one, other] = keys.each_ref().map(|key| {
        let begin: String = key.chars().take(SHOWN).collect();
        toml_text(&begin)
    });
    format!(
        "`[{name}.{one}]` and `[{name}.{other}]` of {file} are the same {noun}; only one of them is obeyed"
    )
}

fn advice(table: Table, near: &[String], there: usize) -> String {
    if !near.is_empty() {
        let near: Vec<&str> = near.iter().map(String::as_str).collect();
        return format!("did you mean {}?", either(&near));
    }
    let things = count(there as u64, table.noun());
    match there {
        1 => format!("there is {things}, and `queuestat locations` lists it"),
        _ => format!("there are {things}, and `queuestat locations` lists them"),
    }
}

fn of_overruled(Overruled { section, key, setting, location }: &Overruled) -> String {
    let section = format!("[{}.{}]", section.table(), toml_text(&shown(key, SHOWN)));
    let place = shown(&location.name, SHOWN);
    format!(
        "`{setting}` of `{section}` is not in force: its tickets are at `{place}`, which gets another one; \
         the location's own section comes first, then that of a name mapped to it, then that of its largest queue"
    )
}

#[cfg(test)]
#[path = "notice_words_tests.rs"]
mod tests;
