//! What a configuration may say, and how its faults are told.

use super::*;
use crate::ticket::Entry;

#[test]
fn everything_that_can_be_configured() {
    let config = Config::parse(
        "time_zone = \"Europe/Stockholm\"\ntarget_minutes = 10\n[wait]\nends_at = \"call\"\nmax_hours = 12\n\
         [archive]\npayload_pointer = \"/a\"\nreceived_at_pointer = \"/b\"\nearliest = 2012-03-01\n\
         [gates]\nwarn_share = 0.5\nrefuse_share = 0.9\nrefuse_fall = 1.0\nsilent_days = 0\nclosed = [\"Sunday\"]\n\
         [locations.\"الرياض\"]\ntime_zone = \"Asia/Riyadh\"\ntarget_minutes = 7.5\n\
         [queues.\"q-1\"]\nname = \"Sales\"\n",
        "x.toml",
    )
    .unwrap();
    let riyadh = Some(TimeZone::One("Asia/Riyadh".into()));
    assert_eq!(config.locations["الرياض"].time_zone, riyadh);
    assert_eq!(config.queues["q-1"].name.as_deref(), Some("Sales"));
    let earliest = |text: &str| {
        let config = Config::parse(&format!("[archive]\nearliest = {text}"), "x").unwrap();
        config.archive.earliest.unwrap().instant()
    };
    let at = 1_330_560_000_000;
    assert_eq!(config.archive.earliest.unwrap().instant().unwrap(), at);
    for text in ["\"2012-03-01\"", "2012-03-01T01:00:00+01:00", "\"2012-03-01T00:00:00Z\""] {
        assert_eq!(earliest(text).unwrap(), at, "{text}");
    }
    for text in ["2012-03-01T00:00:00", "00:00:00", "\"1/3/2012\"", "1969-12-31"] {
        assert_eq!(earliest(text).unwrap_err().exit, Exit::Usage, "{text}");
    }
    assert_eq!((config.gates.silent_days, config.gates.closed.len()), (0, 1));
    assert_eq!(config.gates.refuse_fall.to_string(), "1");
    assert_eq!(config.locations["الرياض"].entry(false, false).unwrap().target_ms, Some(450_000));
    assert_eq!(config.locations["الرياض"].entry(true, true).unwrap(), Entry::default());
    assert_eq!(Config::parse("", "x").unwrap(), Config::default());
}

#[test]
fn unknown_keys_name_line_and_nearest_key() {
    for (text, line, near) in [
        ("\n\ntime_zon = \"UTC\"", 3, "time_zone"),
        ("[wait]\nend_at = \"call\"", 2, "ends_at"),
        ("[locations.\"A\"]\nname = \"B\"\ntimezone = \"UTC\"", 3, "time_zone"),
        ("[qeues.\"A\"]\nname = \"B\"", 1, "queues"),
        ("[nightly]\nstate_dri = \"x\"", 2, "state_dir"),
        ("[nightly]\n[[nightly.report]]\nday = 3", 3, "days"),
    ] {
        let failure = Config::parse(text, "q.toml").unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        let text = failure.text();
        assert!(text.contains(&format!("q.toml:{line}: unknown key")), "{text}");
        assert!(text.contains(&format!("did you mean `{near}`?")), "{text}");
    }
    let wrong = Config::parse("a = 1\ntime_zone = 7", "q.toml").unwrap_err().text();
    assert!(wrong.contains("q.toml:1"), "{wrong}");
    let wrong = Config::parse("\ntime_zone = 7", "q.toml").unwrap_err().text();
    assert!(wrong.contains("q.toml:2"), "{wrong}");
    assert!(Config::parse("time_zone = ", "q.toml").unwrap_err().text().contains("q.toml:1"));
}
