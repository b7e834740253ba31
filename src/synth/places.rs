//! Organizations, locations and their customs.

use crate::calendar::Zone;

/// Organizations of an archive.
pub(super) const ORGANIZATIONS: [&str; 2] = ["nordhem", "riyadh-clinic"];

/// A location.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) organization: usize,
    pub(super) name: String,
    pub(super) zone: Zone,
    /// Sunday to Thursday week, closed on Friday; else closed on Sunday.
    pub(super) arab_week: bool,
    /// Share of the tickets.
    pub(super) weight: f64,
    /// Median wait in a quiet hour, minutes.
    pub(super) wait: f64,
    pub(super) queue: String,
    /// Display name from the second half of the archive on, if it was renamed.
    pub(super) renamed: Option<String>,
    /// Share of webhooks that come without the location's name.
    pub(super) nameless: f64,
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

/// The first `count` locations.
pub(super) fn places(count: u32) -> Vec<Place> {
    (0..count.max(1)).map(place).collect()
}

fn place(number: u32) -> Place {
    let at = usize::try_from(number).unwrap_or(0);
    let queue = format!(
        "{:08x}-5ec0-46c6-a75b-{:012x}",
        0xdd31_dda9_u32 ^ (number * 0x9e37),
        0x71cb_1f66_u64 + u64::from(number)
    );
    let (organization, name, zone, weight, wait) = match KNOWN.get(at) {
        Some((organization, name, zone, weight, wait)) => {
            (*organization, (*name).to_owned(), *zone, *weight, *wait)
        }
        None => (
            at % ORGANIZATIONS.len(),
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
        weight,
        wait,
        queue,
        renamed: (number == 1).then(|| "Nordhem Malmö Kitchen & Bath".to_owned()),
        nameless: if number == 5 { 0.2 } else { 0.0 },
        language: if arab {
            "ar"
        } else if zone.starts_with("Europe/S") {
            "sv"
        } else {
            "en"
        },
        name,
    }
}

/// How busy a local hour is.
pub(super) fn hour_weight(hour: u8) -> f64 {
    match hour {
        8 => 0.4,
        9 => 0.9,
        10 => 1.3,
        11 => 1.6,
        12 => 1.9,
        13 => 1.6,
        14 => 1.3,
        15 => 1.4,
        16 => 1.8,
        17 => 1.6,
        18 => 0.9,
        19 => 0.3,
        _ => 0.0,
    }
}

/// How busy a weekday (1 = Monday) is.
pub(super) fn day_weight(place: &Place, weekday: u32) -> f64 {
    match (place.arab_week, weekday) {
        (true, 5) | (false, 7) => 0.0,
        (true, 6) => 0.6,
        (true, 7) => 1.4,
        (false, 6) => 1.7,
        (false, 5) => 1.2,
        _ => 1.0,
    }
}
