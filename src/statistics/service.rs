//! Service levels: five definitions of "served within X minutes" that are all in use, so that a figure can be compared with
//! one from elsewhere.
//!
//! Sources: ICMI, "Service level: definitions and calculations" (the five); Cisco Unified ICM, "Service level type", which has
//! three of them: abandoned calls ignored, negative, positive. This program's own is [`Levels::of_all`]: it is the share
//! served by then as the curves have it, and nobody makes it better by leaving.

/// Tickets below which no service level is shown.
pub const LEAST_OFFERED: u64 = 20;

/// How many were served, and how many left, within the target and at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offered {
    /// Served.
    pub served: u64,
    /// Of these, within the target.
    pub served_within: u64,
    /// Left without being served.
    pub left: u64,
    /// Of these, within the target.
    pub left_within: u64,
    /// Of these, so soon that they are taken to have changed their mind.
    pub left_at_once: u64,
}

/// The same tickets by five definitions, shares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Levels {
    /// Served or gone within the target, of all (Cisco: positive).
    pub or_gone: Option<f64>,
    /// Served within the target, of those served.
    pub of_served: Option<f64>,
    /// Served within the target, of all (Cisco: negative). The one this program reports.
    pub of_all: Option<f64>,
    /// Served within the target, of all but those who left within it (Cisco: ignored).
    pub of_patient: Option<f64>,
    /// Served within the target or gone at once, of all.
    pub or_gone_at_once: Option<f64>,
}

/// The five levels; each `None` where nobody counts for it. `None` altogether where a part is more than its whole.
#[must_use]
pub fn levels(of: Offered) -> Option<Levels> {
    let Offered { served, served_within, left, left_within, left_at_once } = of;
    if served_within > served || left_within > left || left_at_once > left_within {
        return None;
    }
    let all = served.checked_add(left)?;
    let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    Some(Levels {
        or_gone: share(served_within + left_within, all),
        of_served: share(served_within, served),
        of_all: share(served_within, all),
        of_patient: share(served_within, all - left_within),
        or_gone_at_once: share(served_within + left_at_once, all),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn percent(of: Option<f64>) -> String {
        format!("{:.1}", 100.0 * of.unwrap())
    }

    /// statistics.md section 2, "Service level": ICMI, five definitions.
    #[test]
    fn icmi() {
        let of = levels(Offered {
            served: 1000,
            served_within: 860,
            left: 60,
            left_within: 20,
            left_at_once: 10,
        })
        .unwrap();
        assert_eq!(
            [of.or_gone, of.of_served, of.of_all, of.of_patient, of.or_gone_at_once].map(percent),
            ["83.0", "86.0", "81.1", "82.7", "82.1"]
        );
    }

    /// The same: Cisco, 70 answered and 10 abandoned within the target, 20 neither.
    #[test]
    fn cisco() {
        let of = levels(Offered {
            served: 90,
            served_within: 70,
            left: 10,
            left_within: 10,
            left_at_once: 0,
        })
        .unwrap();
        assert_eq!([of.of_patient, of.of_all, of.or_gone].map(percent), ["77.8", "70.0", "80.0"]);
        let nobody =
            Offered { served: 0, served_within: 0, left: 0, left_within: 0, left_at_once: 0 };
        assert_eq!(levels(nobody).unwrap().of_all, None);
        assert!(levels(Offered { served_within: 1, ..nobody }).is_none());
        assert!(levels(Offered { left: 2, left_at_once: 1, ..nobody }).is_none());
    }

    proptest! {
        #[test]
        fn their_order(
            within in 0_u64..300, later in 0_u64..300,
            at_once in 0_u64..300, soon in 0_u64..300, late in 0_u64..300,
        ) {
            prop_assume!(within + later > 0);
            let of = levels(Offered {
                served: within + later,
                served_within: within,
                left: at_once + soon + late,
                left_within: at_once + soon,
                left_at_once: at_once,
            }).unwrap();
            let all = [of.of_all, of.or_gone_at_once, of.or_gone, of.of_patient, of.of_served].map(Option::unwrap);
            prop_assert!(all.iter().all(|share| (0.0..=1.0).contains(share)));
            // Who leaves early is never held against the place but by the one that is reported.
            let [of_all, at_once, gone, patient, served] = all;
            prop_assert!(of_all <= at_once && at_once <= gone && of_all <= patient && patient <= served + 1e-15);
        }
    }
}
