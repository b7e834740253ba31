//! The words of notices: plurals, hints, and what is left out.

use super::*;
use crate::job::notice::{Fall, FileTrouble, OffScale, Silent, SilentLocation};
use crate::webhook::Reject;

fn mostly(reason: Reject) -> Notice {
    let trouble = FileTrouble::MostlyRejected { rejected: 1_200, records: 1_300, line: 7, reason };
    Notice::File { file: "a.gz".into(), trouble }
}

#[test]
fn a_file_is_named_with_what_to_do() {
    assert_eq!(
        mostly(Reject::NotJson).words(),
        "`a.gz`: 1,200 of 1,300 records could not be used, the first on line 7: not JSON; \
         repair it or leave it out with `archive.exclude`"
    );
    // Only there do the keys help.
    for reason in Reject::ALL {
        let tells_keys = mostly(reason).words().contains("shows the keys");
        assert_eq!(tells_keys, reason == Reject::NoWebhook, "{reason:?}");
    }
}

#[test]
fn one_is_told_in_another_way_than_many() {
    for (more, words) in [(1, "1 more queue was seen"), (2, "2 more queues were seen")] {
        assert!(Notice::MoreRenamed { more }.words().starts_with(words));
    }
    for (more, words) in [(1, "and 1 day like it"), (1_000, "and 1,000 days like it")] {
        assert_eq!(Notice::MoreFallen { more }.words(), words);
    }
    for (more, words) in [(1, "1 more setting is"), (2, "2 more settings are")] {
        assert!(Notice::MoreOverruled { more }.words().starts_with(words));
    }
    let table = Table::Queues;
    let idle = |more| Notice::MoreIdleSections { table, more, config: None }.words();
    assert_eq!(idle(1), "1 more section `[queues.…]` of the configuration matches no queue");
    assert_eq!(idle(2), "2 more sections `[queues.…]` of the configuration match no queue");
}

#[test]
fn days_say_why_they_are_missing() {
    let no_day = |early: &[i32], late: &[i32]| {
        let years = |years: &[i32]| years.iter().copied().collect::<BTreeSet<_>>();
        let words = Notice::NoDay {
            file: "a".into(),
            without: 3,
            tickets: 9,
            too_early: (years(early), 0),
            too_late: (years(late), 86_400_000),
        }
        .words();
        words.split_once("by day: ").map(|(_, because)| because.to_owned()).unwrap()
    };
    let early = |years: &str| {
        format!(
            "times of {years} lie before `archive.earliest` (1970-01-01T00:00:00Z), which may be set earlier"
        )
    };
    let late = "times of 2031 lie after the instant of the run (1970-01-02T00:00:00Z)";
    assert_eq!(no_day(&[], &[]), "their times are missing or cannot be read");
    assert_eq!(no_day(&[2005, 2007], &[]), early("2005, 2007"));
    assert_eq!(no_day(&[1, 2, 3, 4, 9], &[]), early("5 years from 1 to 9"));
    assert_eq!(no_day(&[2005], &[2031]), format!("{}, and {late}", early("2005")));
}

#[test]
fn ratings_hint_at_the_scale_they_fit() {
    let words = |beyond, met, on_no_scale| {
        let ratings = OffScale { beyond, ratings: 100, met, on_no_scale, top: 5 };
        Notice::OffScale { organization: None, ratings }.words()
    };
    assert_eq!(
        words(40, Some((6, 10)), 0),
        "40 of 100 ratings lie outside 1 to 5 and were not used (values met: 6 to 10); \
         if the scale is another one, set `ratings.scale = 10` in the configuration"
    );
    assert!(
        words(1, Some((7, 7)), 0)
            .contains("lies outside 1 to 5 and was not used (the value met is 7)")
    );
    assert!(words(9, Some((6, 21)), 2).contains("(values met: 6 to 21, and above 100); if"));
    assert!(words(9, Some((6, 21)), 2).contains("`ratings.scale = 100`"));
    assert!(words(9, None, 9).ends_with("(values met: above 100); scales above 100 are not read"));
}

#[test]
fn a_small_share_is_never_none() {
    for (share, words) in [(0.000_4, "Less than 0.1 %"), (0.001, "0.1 %"), (0.0214, "2.1 %")] {
        assert_eq!(percent(share), words);
    }
}

#[test]
fn a_forced_day_and_a_late_one_say_the_same_of_the_day() {
    let date = |day: &str| day.parse().unwrap();
    let fall = Fall {
        organization: "Org".into(),
        day: (date("2021-03-31"), 1),
        usual: [(date("2021-03-24"), 1_000), (date("2021-03-17"), 2_000)],
    };
    let [forced, late] =
        [false, true].map(|is_late| Notice::Fallen { fall: fall.clone(), is_late }.words());
    assert_eq!(forced, fall.words());
    assert_eq!(late, format!("{forced}; no night before could publish that day"));
}

#[test]
fn sections_to_write_are_toml_whatever_the_names_hold() {
    let zone = crate::calendar::Zone::parse("UTC").unwrap();
    let last = chrono::NaiveDate::from_ymd_opt(2021, 3, 1).unwrap();
    for name in ["Desk \"A\", left", "A/B\\C", "عيادة", "plain"] {
        let silent = Silent { organization: name.into(), since: 0, zone, open_days: 4 }.words();
        let (_, section) = silent.split_once("under ").unwrap();
        let table: toml::Table = toml::from_str(section).unwrap();
        assert!(table["organizations"].get(name).is_some(), "{silent}");
        let place =
            SilentLocation { organization: "o".into(), location: name.into(), last, open_days: 4 };
        let words = place.words();
        let (_, section) = words.split_once("under ").unwrap();
        let (section, _) = section.rsplit_once(", or").unwrap();
        let table: toml::Table = toml::from_str(section).unwrap();
        assert!(table["locations"].get(name).is_some(), "{words}");
    }
}
