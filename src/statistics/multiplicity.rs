//! Many tests at once: the step-up of Benjamini and Hochberg.
//!
//! Source: Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", JRSS B 57 (1995).

/// p-values adjusted for the number of tests, in the order given: reject where the adjusted value is at most the accepted
/// share of false discoveries (0.05). A p-value that is no number counts as 1.
#[must_use]
pub fn adjusted(p_values: &[f64]) -> Vec<f64> {
    let n = p_values.len() as f64;
    let mut order: Vec<(usize, f64)> =
        p_values.iter().map(|p| if p.is_nan() { 1.0 } else { *p }).enumerate().collect();
    // From the largest down: the smallest of p n / rank so far.
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut all = vec![1.0; p_values.len()];
    let mut least = 1.0_f64;
    for (above, (place, p)) in order.into_iter().enumerate() {
        least = least.min(p * (n / (n - above as f64)));
        if let Some(of) = all.get_mut(place) {
            *of = least;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::distribution::normal_two_sided;
    use proptest::prelude::*;

    /// `multiplicity.json`: the 15 p-values of the paper of 1995, and ten z; statistics.md section 2, "Multiplicity".
    #[test]
    fn benjamini_and_hochberg_1995() {
        let file = include_str!("../../tests/fixtures/statistics/multiplicity.json");
        let file: serde_json::Value = serde_json::from_str(file).unwrap();
        for case in file["cases"].as_array().unwrap() {
            let numbers = |name: &str| -> Option<Vec<f64>> {
                Some(case.get(name)?.as_array()?.iter().map(|v| v.as_f64().unwrap()).collect())
            };
            let mut p = numbers("p").unwrap();
            if let Some(z) = numbers("z") {
                let own: Vec<f64> = z.into_iter().map(normal_two_sided).collect();
                assert!(own.iter().zip(&p).all(|(own, p)| (own - p).abs() < 5.01e-7), "{own:?}");
                p = own;
            }
            let reject: Vec<bool> = adjusted(&p).iter().map(|p| *p <= 0.05).collect();
            let expected: Vec<bool> =
                case["reject"].as_array().unwrap().iter().map(|v| v.as_bool().unwrap()).collect();
            assert_eq!(reject, expected);
        }
        let paper = &file["cases"][0]["p"];
        let paper: Vec<f64> =
            paper.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
        for (own, printed) in adjusted(&paper).iter().zip([0.0015, 0.003, 0.0095, 0.0356, 0.0603]) {
            assert!((own - printed).abs() < 5.1e-5, "{own} {printed}");
        }
    }

    proptest! {
        #[test]
        fn order_changes_nothing(mut p in prop::collection::vec(0.0_f64..=1.0, 1..40)) {
            let mut forward = adjusted(&p);
            p.reverse();
            let back = adjusted(&p);
            forward.reverse();
            prop_assert_eq!(forward, back.clone());
            prop_assert!(back.iter().zip(&p).all(|(adjusted, p)| adjusted >= p && *adjusted <= 1.0));
        }
    }
}
