//! The zone of several places together.

use crate::calendar::Zone;

/// The zone that all of them share; `None` if they have several, or if there is none of them.
pub(crate) fn shared_zone(mut zones: impl Iterator<Item = Zone>) -> Option<Zone> {
    let first = zones.next()?;
    zones.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_zone_that_all_have_is_shared() {
        let (utc, riyadh) = (Zone::UTC, Zone::parse("Asia/Riyadh").unwrap());
        assert_eq!(shared_zone([].into_iter()), None);
        assert_eq!(shared_zone([riyadh, riyadh].into_iter()), Some(riyadh));
        assert_eq!(shared_zone([riyadh, utc].into_iter()), None);
        assert_eq!(shared_zone([riyadh, riyadh, utc].into_iter()), None);
    }
}
