//! Questions about any part of the tickets, answered with the measures of the reports.

use crate::dataframe::TicketFrame;
use crate::metric::{Answer, By, Grouped, Order, grouped, shared_queues};

use super::asked::Asked;
use super::error::JobError;
use super::groups::Groups;
use super::input::{Input, Quality};
use super::notice::Notice;
use super::observer::Observer;
use super::plan::Plan;
use super::source::{Loaded, Source, load};

/// A question.
#[derive(Debug)]
pub struct Question {
    /// How records are read and figures made.
    pub plan: Plan,
    /// Where the tickets come from.
    pub source: Source,
    /// Which tickets it is about.
    pub asked: Asked,
    /// What they are grouped by, the first outermost.
    pub by: Vec<By>,
    /// Which groups are shown, in which order.
    pub order: Order,
}

/// What an answer is made of, and what has to be said of it.
#[derive(Debug)]
pub struct Answered {
    /// The answer.
    pub answer: Answer,
    /// The rest.
    pub basis: Basis,
    /// Names of queues that tickets of several organizations have and that figures of this answer add up; sorted.
    pub shared_queues: Vec<String>,
}

/// What the tickets of an answer come from.
#[derive(Debug)]
pub struct Basis {
    /// What was asked for, with whole names.
    pub meant: Asked,
    /// What was read, and how good it is; of an archive only.
    pub input: Option<(Input, Quality)>,
    /// What somebody has to look at.
    pub warnings: Vec<Notice>,
    /// Whether tickets of the window were forgotten, so that the answer is without them.
    pub lacks_forgotten: bool,
    /// Names of locations that were asked for and stand in several organizations.
    pub shared: Vec<String>,
}

/// The names of locations that are asked for and stand in several organizations; places are organization and name.
pub(crate) fn shared<'p>(
    meant: &Asked,
    places: impl Iterator<Item = (&'p str, &'p str)>,
) -> Vec<String> {
    let is_asked = |organization: &str| {
        meant.organizations.is_empty() || meant.organizations.iter().any(|one| one == organization)
    };
    let named: Vec<&str> = places.filter(|(of, _)| is_asked(of)).map(|(_, name)| name).collect();
    let is_shared = |name: &&String| named.iter().filter(|one| **one == name.as_str()).count() > 1;
    meant.locations.iter().filter(is_shared).cloned().collect()
}

/// The places of some frames: organization and name.
pub(crate) fn places(frames: &[TicketFrame]) -> impl Iterator<Item = (&str, &str)> {
    frames.iter().flat_map(|frame| {
        frame.locations.iter().map(|one| (frame.organization.as_str(), one.name.as_str()))
    })
}

/// Answers a question.
///
/// # Errors
/// [`JobError`] if the archive or the state cannot be read, or a name is not there.
pub fn ask(question: &mut Question, observer: &dyn Observer) -> Result<Answered, JobError> {
    let Question { plan, source, asked, by, order } = question;
    let (grouped, basis, shared_queues) = tallies(plan, source, asked, by, observer)?;
    let answer = Answer::of(by.clone(), grouped, plan.rules, *order);
    Ok(Answered { answer, basis, shared_queues })
}

/// The tickets that are asked for, grouped, and the names of queues of several organizations that this adds up.
fn tallies(
    plan: &mut Plan,
    source: &Source,
    asked: &Asked,
    by: &[By],
    observer: &dyn Observer,
) -> Result<(Grouped, Basis, Vec<String>), JobError> {
    let Loaded { frames, known, input, warnings, is_frozen } =
        load(plan, source, (asked.from, asked.to), observer)?;
    let groups: &Groups = &plan.groups;
    let (frames, meant) = asked.of(frames, plan, &known)?;
    let group_of = |_: &str, location: &str| groups.get(location).cloned();
    let shared = shared(&meant, places(&frames));
    let grouped = grouped(&frames, by, plan.rules.week_starts_on, &group_of)?;
    let names_queues = by.contains(&By::Queue) || !meant.queues.is_empty();
    let is_apart = by.contains(&By::Organization) || by.contains(&By::Location);
    let mut queues = Vec::new();
    if names_queues && !is_apart {
        queues.extend(shared_queues(&frames)?.into_iter().map(str::to_owned));
    }
    let basis = Basis { meant, input, warnings, lacks_forgotten: is_frozen, shared };
    Ok((grouped, basis, queues))
}
