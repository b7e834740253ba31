//! Questions about any part of the tickets, answered with the measures of the reports.

use chrono::NaiveDate;

use crate::metric::{Answer, By, Grouped, Order, grouped};

use super::asked::Asked;
use super::error::JobError;
use super::groups::Groups;
use super::input::{Input, Quality};
use super::notice::Notice;
use super::observer::Observer;
use super::plan::Plan;
use super::shared_names::SharedNames;
use super::source::{Loaded, Source, load};
use super::unfinished::{unfinished, words};

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
    /// Names that stand in several organizations and are added up.
    pub shared: SharedNames,
    /// The first day that is not over, if any is told: the earliest and the latest of all organizations.
    pub unfinished: Option<(NaiveDate, NaiveDate)>,
}

impl Basis {
    /// What the days that are not over mean, in words.
    #[must_use]
    pub fn unfinished_words(&self) -> Option<String> {
        self.unfinished.map(words)
    }
}

/// Answers a question.
///
/// # Errors
/// [`JobError`] if the archive or the state cannot be read, or a name is not there.
pub fn ask(question: &mut Question, observer: &dyn Observer) -> Result<Answered, JobError> {
    let Question { plan, source, asked, by, order } = question;
    let (grouped, basis) = tallies(plan, source, asked, by, observer)?;
    let answer = Answer::of(by.clone(), grouped, plan.rules, *order);
    Ok(Answered { answer, basis })
}

/// The tickets that are asked for, grouped.
fn tallies(
    plan: &mut Plan,
    source: &Source,
    asked: &Asked,
    by: &[By],
    observer: &dyn Observer,
) -> Result<(Grouped, Basis), JobError> {
    let Loaded { frames, known, input, warnings, is_frozen, data_through } =
        load(plan, source, (asked.from, asked.to), observer)?;
    let groups: &Groups = &plan.groups;
    let (frames, meant) = asked.of(frames, plan, &known)?;
    let group_of = |_: &str, location: &str| groups.get(location).cloned();
    let grouped = grouped(&frames, by, plan.rules.week_starts_on, &group_of)?;
    // Answers by organization or location keep names of several organizations apart.
    let shared = match by.contains(&By::Organization) || by.contains(&By::Location) {
        true => SharedNames::default(),
        false => SharedNames::of_frames(&meant, &frames, by.contains(&By::Queue))?,
    };
    let has_dates = [By::Day, By::Week, By::Month].iter().any(|grain| by.contains(grain));
    let unfinished = unfinished(&frames, &data_through).filter(|_| has_dates);
    let basis = Basis { meant, input, warnings, lacks_forgotten: is_frozen, shared, unfinished };
    Ok((grouped, basis))
}
