//! Jobs as another program runs them: settings go in, values and events come out, nothing is printed.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use queuestat::archive::{Exclude, Limits};
use queuestat::calendar::DEFAULT_EARLIEST_MS;
use queuestat::dataframe::{WaitEnd, WaitRules};
use queuestat::ingest;
use queuestat::job::{
    Asked, ClosedDays, Gates, JobError, NamedWindow, Night, NightEnd, NightPlan, Notice, Observer,
    Only, Places, Plan, Quality, ReportPlan, Sections, Stop, Unobserved, Wanted, Weight, check,
    report,
};
use queuestat::metric::Rules;
use queuestat::report::dialect::Dialect;
use queuestat::store::Options;
use queuestat::synth::{self, Recipe};
use queuestat::ticket::Directory;
use queuestat::webhook::{self, Scale};

/// What a job told, in order.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Heard {
    fn add(&self, event: impl Into<String>) {
        self.0.lock().unwrap().push(event.into());
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Observer for Heard {
    fn stage(&self, name: &str, seconds: f64, _amount: u64, _unit: &str) {
        assert!(seconds >= 0.0);
        // One for each window and organization.
        if !["frames", "tables", "CSV", "charts and pages"].contains(&name) {
            self.add(name);
        }
    }

    fn notice(&self, notice: &Notice) {
        assert!(!notice.words().is_empty());
        if notice.weight() == Weight::Warning {
            self.add("warning");
        }
    }

    fn committed(&self, generation: u64, _out: &Path) {
        self.add(format!("committed {generation}"));
    }

    fn published(&self) {
        self.add("published");
    }

    fn night(&self, end: &NightEnd<'_>) {
        self.add(if end.published_files.is_some() { "done" } else { "nothing new" });
    }
}

/// Midnight of 5 April 2021, UTC milliseconds: the day after the sample archive ends.
const AS_OF: i64 = 1_617_580_800_000;

pub(crate) fn plan(archive: &Path) -> Plan {
    let webhook = webhook::Settings {
        as_of: AS_OF,
        earliest: DEFAULT_EARLIEST_MS,
        payload: None,
        received_at: None,
        scale: Scale::FIVE,
    };
    Plan {
        inputs: vec![archive.to_owned()],
        config_path: None,
        exclude: (Vec::new(), Exclude::new(&[]).unwrap()),
        ingest: ingest::Settings {
            webhook,
            limits: Limits::default(),
            settle_ms: 0,
            ignore_others: false,
        },
        directory: Directory::new(BTreeMap::new(), BTreeMap::new(), None, 600_000),
        sections: Sections::default(),
        waits: WaitRules {
            ends_at: WaitEnd::CheckIn,
            max_ms: 86_400_000,
            as_of: AS_OF,
            leave_out_bursts: false,
        },
        rules: Rules { scale: Scale::FIVE, ..Rules::default() },
        as_of_given: Some("2021-04-05T00:00:00Z".to_owned()),
        png: None,
        parquet: false,
        xlsx: false,
        csv: Dialect::default(),
        earliest_given: false,
        gates: Gates { warn_share: 0.01, refuse_share: 0.2, refuse_fall: 0.8, silent_days: 3 },
        groups: BTreeMap::new(),
        closed: ClosedDays::default(),
        silent_days: BTreeMap::new(),
        silent_locations: BTreeMap::new(),
        stop: Stop::default(),
    }
}

fn night(folder: &Path) -> NightPlan {
    let archive = folder.join("archive");
    NightPlan {
        plan: plan(&archive),
        places: Places {
            archive: vec![archive],
            state: folder.join("state"),
            out: folder.join("site"),
            options: Options { keep: 3, wait: Duration::ZERO },
        },
        config_text: String::new(),
        through: "2021-04-04".parse().unwrap(),
        windows: vec![NamedWindow {
            name: "all".to_owned(),
            wanted: Wanted { from: None, to: None, only: Some(Only::Csv) },
        }],
        keep_from: None,
        rebuild: false,
        verify: false,
        force: false,
        metrics_file: None,
    }
}

fn archive(folder: &Path, tickets: u64) {
    let recipe = Recipe { tickets, faults: false, ..Recipe::default() };
    synth::write(&recipe, &folder.join("archive")).unwrap();
}

#[test]
fn a_night_runs_its_stages_in_order_and_the_next_one_finds_nothing_new() {
    let folder = tempfile::tempdir().unwrap();
    archive(folder.path(), 200);
    let (night, heard) = (night(folder.path()), Heard::default());
    let run = Night::run(&night, &heard).unwrap();
    assert_eq!((run.generation, run.tickets, run.reports.len()), (1, 200, 1));
    assert!(!run.needs_a_look());
    assert_eq!(
        heard.taken(),
        [
            "recognise files",
            "read what is new",
            "merge with the state",
            "rows of periods with news",
            "committed 1",
            "commit",
            "load rows and sums",
            "published",
            "publish",
            "done",
        ]
    );
    let run = Night::run(&night, &heard).unwrap();
    assert_eq!((run.generation, run.read.records, run.reports.len()), (1, 0, 0));
    assert_eq!(heard.taken(), ["recognise files", "read what is new", "nothing new"]);
}

#[test]
fn a_job_that_was_asked_to_stop_keeps_and_publishes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    archive(folder.path(), 20);
    let (night, heard) = (night(folder.path()), Heard::default());
    night.plan.stop.ask();
    let error = Night::run(&night, &heard).unwrap_err();
    assert!(matches!(error, JobError::Stopped { kept: None }), "{error:?}");
    assert_eq!(heard.taken(), Vec::<String>::new());
    assert!(!folder.path().join("site/current").exists());
}

#[test]
fn a_report_and_a_night_make_the_same_tables() {
    let folder = tempfile::tempdir().unwrap();
    archive(folder.path(), 200);
    let night = night(folder.path());
    Night::run(&night, &Unobserved).unwrap();
    let asked = ReportPlan {
        plan: plan(&folder.path().join("archive")),
        wanted: Wanted { from: None, to: None, only: Some(Only::Csv) },
        asked: Asked::default(),
        out: folder.path().join("report"),
        force: false,
    };
    let reported = report(&asked, &Unobserved).unwrap();
    assert_eq!((reported.tickets, reported.organizations, reported.needs_a_look), (200, 2, false));
    let mut compared = 0;
    for organization in std::fs::read_dir(&asked.out).unwrap() {
        let organization = organization.unwrap();
        if !organization.path().is_dir() {
            continue;
        }
        for table in std::fs::read_dir(organization.path()).unwrap() {
            let table = table.unwrap();
            let site = folder.path().join("site/current/all").join(organization.file_name());
            let nightly = std::fs::read(site.join(table.file_name())).unwrap();
            assert_eq!(std::fs::read(table.path()).unwrap(), nightly, "{:?}", table.path());
            compared += 1;
        }
    }
    assert!(compared > 10, "{compared}");
}

#[test]
fn what_is_missing_and_what_is_refused_are_kinds_of_errors() {
    let folder = tempfile::tempdir().unwrap();
    archive(folder.path(), 20);
    let archive = folder.path().join("archive");
    let asked = |locations: &[&str], from: Option<&str>| ReportPlan {
        plan: plan(&archive),
        wanted: Wanted { from: from.map(|day| day.parse().unwrap()), to: None, only: None },
        asked: Asked {
            locations: locations.iter().map(|name| (*name).to_owned()).collect(),
            ..Asked::default()
        },
        out: folder.path().join("report"),
        force: false,
    };
    let error = report(&asked(&["No such place"], None), &Unobserved).unwrap_err();
    let JobError::Missing(missing) = error else { panic!("{error:?}") };
    assert_eq!((missing.noun, missing.name.as_str()), ("location", "No such place"));
    assert!(missing.there > 0);
    let later = report(&asked(&[], Some("2030-01-01")), &Unobserved).unwrap_err();
    assert!(
        matches!(later, JobError::EmptyWindow { window: (Some(_), None), covered: Some(_), .. }),
        "{later:?}"
    );
    std::fs::write(archive.join("broken.jsonl"), "x\n".repeat(500)).unwrap();
    let heard = Heard::default();
    let error = report(&asked(&[], None), &heard).unwrap_err();
    let JobError::TooManyRejected { rejected: 500, records, worst: Some(worst) } = &error else {
        panic!("{error:?}")
    };
    assert!(*records > 500 && worst.file.ends_with("broken.jsonl") && worst.line == 1);
    assert!(heard.taken().contains(&"warning".to_owned()));
    let checked = check(&plan(&archive), &Unobserved).unwrap();
    assert_eq!((checked.quality, checked.tickets), (Quality::Refused, 20));
    let of_file = |notice: &Notice| matches!(notice, Notice::File { file, .. } if file.ends_with("broken.jsonl"));
    assert!(checked.warnings.iter().any(of_file), "{:?}", checked.warnings);
}
