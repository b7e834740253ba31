//! The clock of several places together.

use crate::calendar::Clock;

/// The clock that all of them share; `None` if they have several, or if there is none of them.
pub(crate) fn shared_clock(mut clocks: impl Iterator<Item = Clock>) -> Option<Clock> {
    let first = clocks.next()?;
    clocks.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Zone;

    #[test]
    fn only_a_clock_that_all_have_is_shared() {
        let (utc, riyadh) = (Clock::UTC, Clock::from(Zone::parse("Asia/Riyadh").unwrap()));
        assert_eq!(shared_clock([].into_iter()), None);
        assert_eq!(shared_clock([riyadh, riyadh].into_iter()), Some(riyadh));
        assert_eq!(shared_clock([riyadh, utc].into_iter()), None);
        assert_eq!(shared_clock([riyadh, riyadh, utc].into_iter()), None);
    }
}
