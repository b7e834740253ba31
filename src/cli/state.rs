//! `queuestat state`: what nightly runs keep.

use crate::disk::Disk;
use crate::store::{self, Health, Options};

use super::answer;
use super::args::{StateAction, StateArgs};
use super::failure::{Exit, Failure};
use super::nightly_plan::{Places, read};
use super::words::{bytes, count};

/// Lists, checks or goes back.
pub(super) fn run(args: &StateArgs) -> Result<Exit, Failure> {
    let (_, _, nightly) = read(&args.config)?;
    let Places { state, options, .. } = Places::of(&args.config, &nightly, args.lock_wait)?;
    let disk = Disk::new();
    let look: fn(&Disk, &std::path::Path, Options) -> _ = match args.action {
        StateAction::List => store::list,
        StateAction::Verify => store::verify,
        StateAction::Rollback => {
            let done = store::rollback(&disk, &state, options)?;
            let from = done.from.map_or_else(String::new, |from| format!(" from {from}"));
            let mut text = format!("went back{from} to generation {}\n", done.to.number());
            for number in done.damaged {
                text.push_str(&format!("generation {number} is damaged and was passed over\n"));
            }
            answer(&text)?;
            return Ok(Exit::Ok);
        }
    };
    let health = look(&disk, &state, options)?;
    answer(&table(&health))?;
    Ok(if health.is_good() { Exit::Ok } else { Exit::Refused })
}

fn table(health: &Health) -> String {
    let mut text = String::new();
    if let Some(trouble) = &health.trouble {
        text.push_str(&format!("damaged: {trouble}\n"));
    }
    for (number, found) in &health.generations {
        let mark = if health.current == Some(*number) { " (current)" } else { "" };
        let words = match found {
            Ok(generation) => {
                let sizes = generation.names().filter_map(|name| generation.size(name));
                let (parts, size) =
                    sizes.fold((0_u64, 0_u64), |(n, sum), size| (n + 1, sum + size));
                let by = generation.written_by();
                format!("{}, {}, written by queuestat {by}", count(parts, "part"), bytes(size))
            }
            Err(error) => format!("damaged: {error}"),
        };
        text.push_str(&format!("generation {number}{mark}: {words}\n"));
    }
    if health.generations.is_empty() {
        text.push_str("nothing was kept yet\n");
    }
    if let (false, Some(hint)) = (health.is_good(), way_out(health)) {
        text.push_str(&format!("hint: {hint}\n"));
    }
    text
}

fn way_out(health: &Health) -> Option<&'static str> {
    let damaged = health.generations.iter().filter_map(|(_, found)| found.as_ref().err());
    health.trouble.iter().chain(damaged).next().map(store::StoreError::way_out)
}
