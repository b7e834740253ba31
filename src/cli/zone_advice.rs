//! What to write instead of a name that is no time zone of the IANA database.

use crate::calendar::Zone;

use super::windows_zones::WINDOWS;

/// Well-known places with their minutes east of UTC in January and in July: for "such as".
const PLACES: &[(&str, [i32; 2])] = &[
    ("Europe/Berlin", [60, 120]),
    ("Europe/London", [0, 60]),
    ("America/New_York", [-300, -240]),
    ("America/Chicago", [-360, -300]),
    ("America/Denver", [-420, -360]),
    ("America/Los_Angeles", [-480, -420]),
    ("Europe/Helsinki", [120, 180]),
    ("Europe/Istanbul", [180, 180]),
    ("Asia/Riyadh", [180, 180]),
    ("Asia/Dubai", [240, 240]),
    ("Asia/Kolkata", [330, 330]),
    ("Asia/Kathmandu", [345, 345]),
    ("Asia/Tehran", [210, 210]),
    ("Asia/Kabul", [270, 270]),
    ("Asia/Karachi", [300, 300]),
    ("Asia/Dhaka", [360, 360]),
    ("Asia/Yangon", [390, 390]),
    ("Asia/Bangkok", [420, 420]),
    ("Asia/Singapore", [480, 480]),
    ("Asia/Tokyo", [540, 540]),
    ("Australia/Adelaide", [630, 570]),
    ("Australia/Sydney", [660, 600]),
    ("Pacific/Auckland", [780, 720]),
    ("Africa/Johannesburg", [120, 120]),
    ("Africa/Lagos", [60, 60]),
    ("America/Sao_Paulo", [-180, -180]),
    ("America/Halifax", [-240, -180]),
    ("America/St_Johns", [-210, -150]),
    ("America/Anchorage", [-540, -480]),
    ("Pacific/Honolulu", [-600, -600]),
    ("Atlantic/Azores", [-60, 0]),
];

/// Abbreviations that are no names of the database, or that mean several zones, with places that use them.
const ABBREVIATIONS: &[(&str, &[&str])] = &[
    ("CEST", &["Europe/Berlin"]),
    ("MEZ", &["Europe/Berlin"]),
    ("MESZ", &["Europe/Berlin"]),
    ("WEST", &["Europe/Lisbon"]),
    ("EEST", &["Europe/Helsinki"]),
    ("BST", &["Europe/London"]),
    ("MSK", &["Europe/Moscow"]),
    ("TRT", &["Europe/Istanbul"]),
    ("EDT", &["America/New_York"]),
    ("ET", &["America/New_York"]),
    ("CDT", &["America/Chicago"]),
    ("CST", &["America/Chicago", "Asia/Shanghai"]),
    ("CT", &["America/Chicago"]),
    ("MDT", &["America/Denver"]),
    ("MT", &["America/Denver"]),
    ("PDT", &["America/Los_Angeles"]),
    ("PST", &["America/Los_Angeles"]),
    ("PT", &["America/Los_Angeles"]),
    ("AKST", &["America/Anchorage"]),
    ("AKDT", &["America/Anchorage"]),
    ("AST", &["America/Halifax", "Asia/Riyadh"]),
    ("ADT", &["America/Halifax"]),
    ("NST", &["America/St_Johns"]),
    ("BRT", &["America/Sao_Paulo"]),
    ("ART", &["America/Argentina/Buenos_Aires"]),
    ("IST", &["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"]),
    ("GST", &["Asia/Dubai"]),
    ("PKT", &["Asia/Karachi"]),
    ("ICT", &["Asia/Bangkok"]),
    ("SGT", &["Asia/Singapore"]),
    ("HKT", &["Asia/Hong_Kong"]),
    ("JST", &["Asia/Tokyo"]),
    ("KST", &["Asia/Seoul"]),
    ("AWST", &["Australia/Perth"]),
    ("ACST", &["Australia/Adelaide"]),
    ("ACDT", &["Australia/Adelaide"]),
    ("AEST", &["Australia/Sydney", "Australia/Brisbane"]),
    ("AEDT", &["Australia/Sydney"]),
    ("NZST", &["Pacific/Auckland"]),
    ("NZDT", &["Pacific/Auckland"]),
    ("SAST", &["Africa/Johannesburg"]),
    ("EAT", &["Africa/Nairobi"]),
    ("WAT", &["Africa/Lagos"]),
    ("CAT", &["Africa/Maputo"]),
];

/// What to write instead, as a sentence.
pub(super) fn advice(name: &str) -> String {
    let name = name.trim();
    offset(name)
        .map(of_offset)
        .or_else(|| windows(name).map(|zone| format!("that is a name of Windows: write `{zone}`")))
        .or_else(|| abbreviation(name))
        .or_else(|| near(name).map(|zone| format!("did you mean `{zone}`?")))
        .unwrap_or_else(|| "use an IANA name such as Europe/Stockholm or UTC".to_owned())
}

/// Minutes east of UTC of `+02:00`, `UTC+2`, `GMT-0330`; `None` for anything else.
fn offset(name: &str) -> Option<i32> {
    let upper = name.to_ascii_uppercase();
    let rest = ["UTC", "GMT", "UT", "Z"].iter().find_map(|begin| upper.strip_prefix(begin));
    let rest = rest.unwrap_or(&upper).trim_start();
    // The minus sign of a word processor too.
    let (east, rest) = [('+', 1), ('-', -1), ('\u{2212}', -1)]
        .iter()
        .find_map(|(sign, east)| Some((*east, rest.strip_prefix(*sign)?.trim_start())))?;
    let number = |text: &str| {
        let plain = (1..=2).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
        plain.then(|| text.parse::<i32>().ok()).flatten()
    };
    let (hours, minutes) = match rest.split_once([':', '.', 'H']) {
        Some((hours, "")) => (number(hours)?, 0),
        Some((hours, minutes)) => (number(hours)?, number(minutes)?),
        None if rest.len() > 2 => {
            let (hours, minutes) = rest.split_at_checked(rest.len() - 2)?;
            (number(hours)?, number(minutes)?)
        }
        None => (number(rest)?, 0),
    };
    (hours <= 14 && minutes < 60).then_some(east * (60 * hours + minutes))
}

fn of_offset(minutes: i32) -> String {
    if minutes == 0 {
        return "write `UTC`; if the clocks there change in summer, name a place, such as Europe/London".to_owned();
    }
    let mut places: Vec<&str> = PLACES
        .iter()
        .filter(|(_, offsets)| offsets.contains(&minutes))
        .map(|(place, _)| *place)
        .take(2)
        .collect();
    if places.is_empty() {
        places.push("Europe/Berlin");
    }
    let mut text = format!(
        "a fixed offset knows no summer time: name a place, such as {}",
        places.join(" or ")
    );
    // Only whole hours have a name.
    if minutes % 60 == 0 && (-12..=14).contains(&(minutes / 60)) {
        let hours = minutes / 60;
        let side = if hours > 0 { "east" } else { "west" };
        text.push_str(&format!(
            "; if you do mean a fixed offset: Etc/GMT{:+}, whose sign is reversed ({} {side} of Greenwich)",
            -hours,
            if hours.abs() == 1 { "1 hour".to_owned() } else { format!("{} hours", hours.abs()) }
        ));
    }
    text
}

/// The words of a name, small, without punctuation.
fn words(name: &str) -> Vec<String> {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// The zone of a name of Windows, with `Standard`, `Daylight` or `Summer Time` at its end; `Time Zone 3` keeps its number.
fn windows(name: &str) -> Option<&'static str> {
    let mut asked = words(name);
    let season = |word: &String| ["standard", "daylight", "summer"].contains(&word.as_str());
    let is_seasonal = match asked.as_slice() {
        [.., a, b] => season(a) && b == "time",
        _ => false,
    };
    let country = asked.iter().any(|word| word == "mexico");
    if !is_seasonal && !country {
        return None;
    }
    if is_seasonal {
        asked.truncate(asked.len() - 2);
    } else {
        // `Central Daylight Time (Mexico)` is listed with `Standard`.
        asked.iter_mut().filter(|word| season(word)).for_each(|word| "standard".clone_into(word));
    }
    WINDOWS.iter().find(|(listed, _)| words(listed) == asked).map(|(_, zone)| *zone)
}

fn abbreviation(name: &str) -> Option<String> {
    let upper = name.to_ascii_uppercase();
    let (_, places) = ABBREVIATIONS.iter().find(|(short, _)| *short == upper)?;
    Some(format!(
        "an abbreviation names half a year or several places: name a place, such as {}",
        places.join(" or ")
    ))
}

/// The zone whose name is spelled nearly so, or whose city is in the name.
fn near(name: &str) -> Option<&'static str> {
    let asked = words(name).join(" ");
    let has_city = |zone: &str| {
        let city = zone.rsplit('/').next().unwrap_or(zone).replace('_', " ");
        let is_place = zone.contains('/') && !zone.starts_with("etc/") && city.len() > 3;
        is_place && format!(" {asked} ").contains(&format!(" {city} "))
    };
    let spelled = Zone::nearest(name, |asked, zone| {
        let apart = strsim::damerau_levenshtein(asked, zone);
        // Of a short name, hardly anything would be left.
        if 3 * apart <= asked.len() { apart } else { usize::MAX }
    });
    spelled.or_else(|| Zone::nearest(name, |_, zone| if has_city(zone) { 0 } else { usize::MAX }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_that_is_named_is_a_zone() {
        let named = WINDOWS.iter().map(|(_, zone)| *zone);
        let short = ABBREVIATIONS.iter().flat_map(|(_, places)| places.iter().copied());
        for zone in named.chain(short) {
            assert!(Zone::parse(zone).is_ok(), "{zone}");
        }
        // 2024-01-15 and 2024-07-15, noon.
        for (place, offsets) in PLACES {
            let zone = Zone::parse(place).unwrap();
            for (noon, minutes) in [1_705_320_000_000, 1_721_044_800_000].into_iter().zip(offsets) {
                let wall = zone.wall_clock(noon).unwrap().and_utc().timestamp_millis();
                assert_eq!((wall - noon) / 60_000, i64::from(*minutes), "{place}");
            }
        }
    }

    /// The name that is offered means what was asked for: its sign is not taken for the usual one.
    #[test]
    fn offsets_are_never_read_as_their_opposite() {
        let mut tried = 0;
        for hours in (-12..=14_i32).filter(|hours| *hours != 0) {
            for name in [
                format!("GMT{hours:+}"),
                format!("UTC{hours:+}"),
                format!("utc {hours:+}"),
                format!("{hours:+03}:00"),
                format!("{hours:+03}00"),
                format!("UTC{hours:+03}:00"),
            ] {
                assert!(Zone::parse(&name).is_err(), "{name}");
                let text = advice(&name);
                assert!(text.contains("knows no summer time"), "{name}: {text}");
                let (_, etc) = text.split_once("fixed offset: ").unwrap();
                let zone = Zone::parse(etc.split_once(',').unwrap().0).unwrap();
                let wall = zone.wall_clock(0).unwrap().and_utc().timestamp_millis();
                assert_eq!(wall, i64::from(hours) * 3_600_000, "{name}: {text}");
                tried += 1;
            }
        }
        assert_eq!(tried, 156);
        assert!(advice("+05:30").contains("Asia/Kolkata") && !advice("+05:30").contains("Etc/"));
        assert!(advice("GMT+2").contains("Europe/Berlin") && advice("GMT+2").contains("Etc/GMT-2"));
        assert!(advice("+00:00").contains("`UTC`"));
    }

    #[test]
    fn names_of_other_systems_get_the_place() {
        for (name, place) in [
            ("W. Europe Standard Time", "Europe/Berlin"),
            ("W. Europe Daylight Time", "Europe/Berlin"),
            ("w europe standard time", "Europe/Berlin"),
            ("Romance Standard Time", "Europe/Paris"),
            ("GMT Standard Time", "Europe/London"),
            ("Eastern Standard Time", "America/New_York"),
            ("Eastern Standard Time (Mexico)", "America/Cancun"),
            ("Pacific Daylight Time (Mexico)", "America/Tijuana"),
            ("AUS Eastern Standard Time", "Australia/Sydney"),
            ("Arab Standard Time", "Asia/Riyadh"),
            ("CEST", "Europe/Berlin"),
            ("pst", "America/Los_Angeles"),
            ("europe/oslo", "Europe/Oslo"),
            ("Europe/Stokholm", "Europe/Stockholm"),
            ("Stockholm, Sweden", "Europe/Stockholm"),
            ("(UTC+01:00) Amsterdam, Berlin, Bern", "Europe/"),
            ("New York", "America/New_York"),
            ("Asia/Ryadh", "Asia/Riyadh"),
        ] {
            assert!(Zone::parse(name).is_err(), "{name}");
            assert!(advice(name).contains(place), "{name}: {}", advice(name));
        }
        for name in ["", "local", "XYZ", "Mars/Base", "+99", "GMT+2000"] {
            assert!(advice(name).contains("use an IANA name"), "{name}: {}", advice(name));
        }
    }
}
