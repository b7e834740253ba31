//! Organizations, locations and their habits.

use crate::calendar::Zone;

/// A location.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) organization: usize,
    pub(super) name: String,
    pub(super) zone: Zone,
    /// Whether the working week runs from Saturday to Thursday.
    pub(super) arab_week: bool,
    /// ISO weekday on which it is closed; 0 = open all week.
    pub(super) closed: u32,
    /// Share of the tickets.
    pub(super) weight: f64,
    /// Median wait in a quiet hour, minutes.
    pub(super) wait: f64,
    pub(super) queue: String,
    /// Display name from the second half of the archive on, if it was renamed.
    pub(super) renamed: Option<String>,
    /// Share of tickets without the location's name, 0 to 1.
    pub(super) nameless: f64,
    /// Whether staff check visitors out; if not, nothing says when a service ended.
    pub(super) serving: bool,
    pub(super) language: &'static str,
}

const KNOWN: [(usize, &str, &str, f64, f64); 6] = [
    (0, "Nordhem Kållered – Returns & Exchange", "Europe/Stockholm", 1.6, 7.0),
    (0, "Nordhem Malmö Kitchen planning", "Europe/Stockholm", 0.8, 4.0),
    (0, "Nordhem Leeds \"Click, collect\"", "Europe/London", 1.1, 5.0),
    (1, "عيادة الرياض", "Asia/Riyadh", 1.3, 9.0),
    (1, "Jeddah Pharmacy", "Asia/Riyadh", 0.9, 3.5),
    (1, "Riyadh Vaccination", "Asia/Riyadh", 0.7, 12.0),
];

const MORE_ZONES: [&str; 8] = [
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "Asia/Riyadh",
    "Australia/Sydney",
    "Asia/Kolkata",
    "America/Sao_Paulo",
    "Europe/Stockholm",
];

/// The first `count` organizations.
pub(super) fn organizations(count: u32) -> Vec<String> {
    (1..=count.max(1))
        .map(|number| match number {
            1 => "nordhem".to_owned(),
            2 => "riyadh-clinic".to_owned(),
            _ => format!("org-{number}"),
        })
        .collect()
}

/// The first `count` locations, divided among `owners` organizations.
pub(super) fn places(count: u32, organizations: u32) -> Vec<Place> {
    (0..count.max(1)).map(|number| place(number, organizations.max(1))).collect()
}

fn place(number: u32, organizations: u32) -> Place {
    let at = usize::try_from(number).unwrap_or(0);
    let queue = format!(
        "{:08x}-5ec0-46c6-a75b-{:012x}",
        0xdd31_dda9_u32 ^ (number * 0x9e37),
        0x71cb_1f66_u64 + u64::from(number)
    );
    let in_turn = usize::try_from(number % organizations).unwrap_or(0);
    let (organization, name, zone, weight, wait) = match KNOWN.get(at) {
        Some((known, name, zone, weight, wait)) => {
            // With more than two organizations, the named locations are dealt out too.
            let owner = if organizations == 2 { *known } else { in_turn };
            (owner, (*name).to_owned(), *zone, *weight, *wait)
        }
        None => (
            in_turn,
            format!("Store {number:03}"),
            MORE_ZONES.get(at % MORE_ZONES.len()).copied().unwrap_or("UTC"),
            0.4 + f64::from(number % 7) * 0.25,
            3.0 + f64::from(number % 5) * 1.5,
        ),
    };
    let arab = zone == "Asia/Riyadh";
    Place {
        organization,
        zone: Zone::parse(zone).unwrap_or(Zone::UTC),
        arab_week: arab,
        closed: match (arab, number % 2) {
            (true, _) => 5,
            (false, 1) => 7,
            (false, _) => 0,
        },
        weight,
        wait,
        queue,
        renamed: (number == 1).then(|| "Nordhem Malmö Kitchen & Bath".to_owned()),
        nameless: if number == 5 { 0.2 } else { 0.0 },
        serving: number % 6 != 4,
        language: if arab {
            "ar"
        } else if zone == "Europe/Stockholm" {
            "sv"
        } else {
            "en"
        },
        name,
    }
}

/// How busy a local hour is: peaks at lunch and after work.
pub(super) fn hour_weight(hour: u8) -> f64 {
    match hour {
        8 => 0.4,
        9 => 0.9,
        10 | 14 => 1.3,
        11 | 13 | 17 => 1.6,
        12 => 1.9,
        15 => 1.4,
        16 => 1.8,
        18 => 0.9,
        19 => 0.3,
        _ => 0.0,
    }
}

/// How busy a weekday (1 = Monday) is.
pub(super) fn day_weight(place: &Place, weekday: u32) -> f64 {
    if weekday == place.closed {
        return 0.0;
    }
    match (place.arab_week, weekday) {
        (true, 6) => 0.6,
        (true, 7) => 1.4,
        (false, 6) => 1.7,
        (false, 5 | 7) => 1.2,
        _ => 1.0,
    }
}

/// The `queuestat.toml` for these locations.
pub(super) fn configuration(places: &[Place]) -> String {
    let quoted = |name: &str| name.replace('\\', "\\\\").replace('"', "\\\"");
    let mut text = "# Zones and targets of the locations of this invented archive.\n\
        time_zone = \"Europe/Stockholm\"\ntarget_minutes = 10.0\n"
        .to_owned();
    for place in places {
        if let Some(name) = &place.renamed {
            // The old and the new name are one location.
            text.push_str(&format!(
                "\n[queues.\"{}\"]\nname = \"{}\"\n",
                place.queue,
                quoted(name)
            ));
        }
    }
    for place in places.iter().filter(|place| place.zone.name() != "Europe/Stockholm") {
        text.push_str(&format!(
            "\n[locations.\"{}\"]\ntime_zone = \"{}\"\n",
            quoted(&place.name),
            place.zone.name()
        ));
        if place.arab_week {
            text.push_str("target_minutes = 15.0\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_is_known_and_every_organization_gets_places() {
        let places = places(40, 3);
        for organization in 0..organizations(3).len() {
            assert!(places.iter().any(|place| place.organization == organization));
        }
        let queues: std::collections::BTreeSet<_> = places.iter().map(|p| &p.queue).collect();
        assert_eq!(queues.len(), 40);
        assert!(places.iter().all(|place| place.zone != Zone::UTC));
        assert!(
            configuration(&places).contains("[locations.\"Nordhem Leeds \\\"Click, collect\\\"\"]")
        );
    }
}
