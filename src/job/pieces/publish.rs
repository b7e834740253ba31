//! The last step: publish the report of all tables.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use crate::archive::{Discovery, Root};
use crate::dataframe::{LeftOutOfAll, left_out_of};
use crate::disk::Disk;
use crate::ingest::{Account, Ingested};
use crate::job::error::JobError;
use crate::job::input::Input;
use crate::job::judged::Judged;
use crate::job::located::Located;
use crate::job::observer::Observer;
use crate::job::piece_error::PieceError;
use crate::job::plan::Plan;
use crate::job::read::Timer;
use crate::job::report::{ReportPlan, Reported, conclude};
use crate::job::tabulated::{Tabulated, tabulate};
use crate::job::united::unite;
use crate::job::words::count;
use crate::metric::{Courses, PlaceSums};
use crate::partial::{PartError, decode_files, left_out_of_rows, sums};
use crate::report::publish::FolderWriter;
use crate::report::text::logged;
use crate::ticket::{Fold, Gazetteer};

use super::forms::{TableOf, TablesOf};
use super::paths::{files_of, read};
use super::work::{ACCOUNTS, FILES, PLACES, Work, piece};

/// Everything that publishing needs to know; the report is asked for as [`places`](super::places()) was told.
#[derive(Debug)]
pub struct PublishPlan {
    /// The report.
    pub report: ReportPlan,
    /// The folder of the job.
    pub work: Work,
    /// The tables of all places.
    pub tables: Vec<PathBuf>,
}

/// Publishes the report of all tables.
///
/// # Errors
/// [`JobError`] if a table cannot be read, is of other places, or contradicts another; if a place has no table; and all that
/// stops a report.
pub fn publish(asked: &PublishPlan, observer: &dyn Observer) -> Result<Reported, JobError> {
    let PublishPlan { report, work, tables } = asked;
    let ReportPlan { plan, wanted, force, .. } = report;
    let mut timer = Timer::start(observer);
    let writer = FolderWriter::open(&Disk::new(), &report.out)?;
    let mut input = input(plan, work)?;
    let census = work.census(&work.places()?.content.census)?;
    let mut judged = Judged::of(plan, &mut input, Some(census), (*force, observer))?;
    let Located { fold, gazetteer, known, .. } = &mut judged.located;
    let nobody = std::mem::take(fold).finish_at(gazetteer);
    let chosen = ((wanted.from, wanted.to), &report.asked);
    let mut tabulated = tabulate(plan, chosen, nobody, (gazetteer, known), &mut timer)?;
    let together = Together::of(&work.places()?.digest, tables)?;
    together.complete(gazetteer)?;
    together.put_into(plan, &mut tabulated);
    timer.stage("bring together", tabulated.sums.len(), "organizations");
    conclude(report, writer, (input, judged, tabulated), timer)
}

/// What was read, by the accounts of all files.
fn input(plan: &Plan, work: &Work) -> Result<Input, PieceError> {
    let list = work.list()?;
    let path = work.path(FILES);
    let files = decode_files(&read(&path)?, &list.digest, &plan.stop.flag());
    let files = files.map_err(|error| PieceError::part(&path, error))?;
    let root = |(input, trouble): (String, Option<String>)| Root {
        input: input.into(),
        files: BTreeSet::new(),
        trouble,
    };
    let discovery = Discovery {
        files: files.into_iter().map(|(_, file)| file).collect(),
        skipped: list.content.skipped,
        containers: Vec::new(),
        roots: list.content.roots.into_iter().map(root).collect(),
    };
    let kept = work.accounts()?.content;
    let accounts = kept.files.into_iter().map(|file| file.account());
    let files = accounts.collect::<Result<Vec<_>, _>>();
    let files = files.map_err(|error| PieceError::part(&work.path(ACCOUNTS), error.into()))?;
    let mut account = Account { files };
    unite(&mut account, &plan.directory);
    let fold = Fold::import(kept.names.rows());
    Ok(Input::new(discovery, Ingested { fold, account }))
}

/// All tables together.
#[derive(Default)]
struct Together {
    sums: PlaceSums,
    /// By organization and the places that were added up together.
    tables: BTreeMap<(String, Vec<String>), LeftOutOfAll>,
    /// All places.
    places: BTreeSet<(String, String)>,
    covered: Option<(NaiveDate, NaiveDate)>,
}

impl Together {
    fn of(made_from: &str, tables: &[PathBuf]) -> Result<Self, PieceError> {
        let mut all = Self::default();
        for path in files_of(tables, "postcard")? {
            let bytes = read(&path)?;
            let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
            let (head, body) = bytes.split_at(end);
            let head: TablesOf = piece(&path, head, Some((PLACES, made_from)))?;
            let body = body.get(1..).unwrap_or_default();
            let sums: PlaceSums = sums::decode(body)
                .map_err(|error| PieceError::part(&path, PartError::Sums(error)))?;
            all.add(&path, head, sums)?;
        }
        Ok(all)
    }

    fn add(&mut self, path: &Path, head: TablesOf, sums: PlaceSums) -> Result<(), PieceError> {
        let differ = |place: &str| PieceError::Differ {
            path: path.to_owned(),
            of: format!("the location `{}`", logged(place)),
        };
        for TableOf { organization, places, left_out } in head.organizations {
            let left_out = left_out_of_rows(&left_out)
                .map_err(|error| PieceError::part(path, error.into()))?;
            let key = (organization, places);
            match self.tables.get(&key) {
                Some(known) if *known == left_out => continue,
                Some(_) => return Err(differ(key.1.first().map_or("", String::as_str))),
                None => {}
            }
            for place in &key.1 {
                if !self.places.insert((key.0.clone(), place.clone())) {
                    return Err(differ(place));
                }
            }
            self.tables.insert(key, left_out);
        }
        self.sums.merge(sums).map_err(|(_, place)| differ(&place))?;
        if let Some((first, last)) = head.covered {
            let date = |text: &str| {
                let date = text.parse::<NaiveDate>();
                date.map_err(|_| PieceError::part(path, PartError::Lacks("covered")))
            };
            let mine = (date(&first)?, date(&last)?);
            let both = |all: (NaiveDate, NaiveDate)| (all.0.min(mine.0), all.1.max(mine.1));
            self.covered = Some(self.covered.map_or(mine, both));
        }
        Ok(())
    }

    /// Refuses a report in which places lack.
    fn complete(&self, gazetteer: &Gazetteer) -> Result<(), PieceError> {
        let key = |at: usize| {
            let place = gazetteer.locations.get(at)?;
            Some((place.organization.clone(), place.name.clone()))
        };
        let missing: Vec<(String, String)> = (0..gazetteer.locations.len())
            .filter_map(key)
            .filter(|key| !self.places.contains(key))
            .collect();
        match missing.first() {
            None => Ok(()),
            Some((_, first)) => Err(PieceError::Incomplete(format!(
                "{} {} in no table, the first `{}`",
                count(missing.len() as u64, "location"),
                if missing.len() == 1 { "is" } else { "are" },
                logged(first)
            ))),
        }
    }

    /// Puts the sums into those of nobody.
    fn put_into(self, plan: &Plan, tabulated: &mut Tabulated) {
        let mut left_out = LeftOutOfAll::new();
        for (key, n) in self.tables.into_values().flatten() {
            *left_out.entry(key).or_default() += n;
        }
        for one in &mut tabulated.sums {
            one.left_out = left_out_of(&left_out, &one.organization);
        }
        let courses = Courses::new(plan.rules.week_starts_on);
        tabulated.courses = self.sums.put_into(&mut tabulated.sums, courses);
        tabulated.covered = self.covered;
    }
}
