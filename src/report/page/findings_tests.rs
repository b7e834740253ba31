//! The words of findings, and where they stand on a page.

use super::super::change_words::words;
use super::super::index;
use super::*;
use crate::report::chart::Charts;
use crate::report::fixture::report;
use crate::report::model::{Change, Finding, Judged, State, Told, TooLittle};
use crate::statistics::what_changed::{Basis, Plain};

fn judged(verdict: Verdict, state: State) -> Judged {
    Judged {
        verdict,
        state,
        since_weeks: Some(6),
        span_weeks: 4,
        spans_before: 6,
        peers: true,
        n_before: 4_233,
        n_after: 1_390,
        before: 398.0,
        change: 191.0,
        low: 91.0,
        high: 312.0,
        smallest_worse: Some(55.0),
        smallest_better: Some(50.0),
        basis: Basis { z: 5.0, worse_at: 3.0, better_at: 3.0, delta: 0.3, sd: 0.06, base: 6.1 },
    }
}

fn finding(told: Told) -> Finding {
    Finding { measure: Change::Wait, week: "2021-03-22".parse().ok(), told: Some(told) }
}

#[test]
fn the_sentence_of_a_finding() {
    let new = finding(Told::Judged(judged(Verdict::Worse, State::New)));
    let change = new.change().unwrap();
    assert_eq!(
        sentence(&new, change, true),
        "Median wait rose from about 6 min 38 s to 9 min 49 s"
    );
    assert_eq!(turn(Change::Wait, change), "Longer wait, worse");
    assert_eq!(
        size_and_n(&new, change),
        "+3 min 11 s (95 % interval +1 min 31 s to +5 min 12 s) since about the week of 15 February 2021, beyond what all locations did. n = 4,233 waits before, 1,390 after. New."
    );
    let told = finding(Told::Judged(judged(Verdict::Better, State::Ongoing { first_said: 2 })));
    let text = size_and_n(&told, told.change().unwrap());
    assert!(text.ends_with("First said after the week of 8 March 2021."), "{text}");
    let quiet = judged(Verdict::NoClearChange, State::Quiet);
    let quiet = finding(Told::Judged(Judged { change: -4.0, low: -20.0, high: 30.0, ..quiet }));
    assert_eq!(
        words(&quiet).unwrap(),
        "last 4 weeks, no clear change: −4 s (95 % interval −20 s to +30 s)"
    );
    let plain = Plain { weeks: 2, before: 300.0, after: 360.0, n_before: 40, n_after: 50 };
    let little = Told::TooLittle(TooLittle { weeks: 5, needed: 10, plain: Some(plain) });
    assert_eq!(
        words(&finding(little)).unwrap(),
        "too early to compare; last 2 weeks: 5 min before, 6 min after"
    );
    let few = Plain { n_after: 9, ..plain };
    let few = Told::TooLittle(TooLittle { weeks: 5, needed: 10, plain: Some(few) });
    assert_eq!(
        words(&finding(few)).unwrap(),
        "too few to compare; last 2 weeks: 40 waits before, 9 after"
    );
}

#[test]
fn the_front_page_tells_findings_and_nothing_else() {
    let mut report = report("o", &["A & B", "C"], 28);
    let page = |report: &OrganizationReport| index(report, &Charts::default());
    let quiet = || finding(Told::Judged(judged(Verdict::NoClearChange, State::Quiet)));
    report.all.changes = vec![quiet()];
    let text = page(&report);
    assert!(text.contains("What changed: nothing beyond chance"), "{text}");
    // Four weeks that end with that of 22 March, and six spans of four before them: 28 weeks in all.
    let weeks = "Compared: the last 4 whole weeks, 1 March 2021 to 28 March 2021, with the weeks before them back to 14 September 2020.";
    assert!(text.replace('\u{a0}', " ").contains(weeks), "{text}");
    assert!(text.contains("the organization as a whole: median wait 55\u{a0}s"), "{text}");
    report.locations[0].section.changes =
        vec![finding(Told::Judged(judged(Verdict::Worse, State::New)))];
    let text = page(&report);
    assert!(text.contains("What changed: one finding beyond chance"));
    assert!(text.contains("A &amp; B</bdi></a>: median wait rose from about 6\u{a0}min"), "{text}");
    let ended = State::Ended { was: Verdict::Worse, last_said: 1 };
    report.locations[0].section.changes =
        vec![finding(Told::Judged(judged(Verdict::NoClearChange, ended)))];
    assert!(page(&report).contains("median wait is back within its usual range."));
    let young = finding(Told::TooLittle(TooLittle { weeks: 1, needed: 10, plain: None }));
    report.all.changes = vec![young];
    report.locations.iter_mut().for_each(|place| place.section.changes = vec![young]);
    let text = page(&report);
    assert!(text.contains("What changed: too early to say"));
    assert!(
        text.contains("once there are 10 whole weeks of data. So far there is 1 whole week."),
        "{text}"
    );
}
