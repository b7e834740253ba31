//! Masks by table, and laws of any text.

use proptest::prelude::*;

use super::*;

#[test]
fn numbers_and_addresses_are_masked_and_the_rest_stays() {
    for (text, expected) in [
        ("", ""),
        ("Very good, 10 of 10!", "Very good, 10 of 10!"),
        ("Waited 45 min, gate 1234", "Waited 45 min, gate 1234"),
        ("Call 0701234567 please", "Call [number] please"),
        ("Ring +46 70-123 45 67.", "Ring [number]."),
        ("(070) 123.45.67", "[number]"),
        ("(+46) 70 123; (12345)", "[number]; ([number])"),
        ("tel (070-123456)", "tel ([number])"),
        ("0046/70/1234567", "[number]"),
        ("12345", "[number]"),
        ("1 2 3 4 5", "[number]"),
        ("1,234,567 kr", "[number] kr"),
        ("order AB12345X, twice", "order AB[number]X, twice"),
        ("٠٧٠١٢٣٤٥٦٧ اتصل", "[number] اتصل"),
        ("०७०-१२३ ४५", "[number]"),
        ("０７０（１２３）４５", "[number]"),
        ("070\u{200b}123\u{ad}45", "[number]"),
        ("070\u{2013}123\u{a0}45", "[number]"),
        ("1\u{fe0f}\u{20e3}2\u{fe0f}\u{20e3}3\u{fe0f}\u{20e3}4\u{fe0f}\u{20e3}5", "[number]"),
        ("070\n123\n45", "[number]"),
        ("𝟎𝟕𝟎𝟏𝟐𝟑", "[number]"),
        ("12 and 34 and 56", "12 and 34 and 56"),
        ("Write to anna.berg+queue@example.org!", "Write to [mail]!"),
        ("<anna@example.org>,bo@example.com.", "<[mail]>,[mail]."),
        ("jörg@münchen.example", "[mail]"),
        ("用户@例子。公司 很好", "[mail] 很好"),
        ("اسم@مثال.إختبار", "[mail]"),
        ("\"anna b\"@example.org", "[mail]"),
        ("anna＠example.org", "[mail]"),
        ("x@[10.0.0.1] y", "[mail] y"),
        ("x@[IPv6:2001:db8::1]", "[mail]"),
        ("a@b@example.org", "[mail]"),
        ("0701234567@example.org 5", "[mail] 5"),
        ("3 kg @ 20 kr", "3 kg @ 20 kr"),
        ("@staff was kind", "@staff was kind"),
        ("mail:anna@intranet", "mail:[mail]"),
    ] {
        assert_eq!(masked(text), expected, "{text}");
    }
}

/// The longest run of digits that only spaces, dashes, dots, slashes, parentheses and what is invisible stand between.
fn longest_number(text: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        let is_between = c.is_whitespace() || "-.–—/()\u{200b}\u{a0}".contains(c);
        match (c.is_numeric(), is_between) {
            (true, _) => run += 1,
            (false, true) => {}
            (false, false) => run = 0,
        }
        longest = longest.max(run);
    }
    longest
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[0-9]{1,4}",
        2 => "[٠-٩०-९０-９]{1,3}",
        4 => "[-./() \u{a0}–—\u{200b}+]{1,2}",
        2 => "[a-zåäö@＠\"\\[\\]]{1,4}",
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_long_number_and_no_address_is_left(text in text()) {
        let once = masked(&text);
        prop_assert!(longest_number(&once) <= 4, "{once}");
        // Between letters or digits no at sign is left.
        let chars: Vec<char> = once.chars().collect();
        for part in chars.windows(3) {
            let is_address = is_at(part[1]) && part[0].is_alphanumeric() && part[2].is_alphanumeric();
            prop_assert!(!is_address, "{once}");
        }
        prop_assert_eq!(masked(&once), once);
    }

    #[test]
    fn what_has_neither_is_left_alone(text in "[a-zA-Zåäö ,.!?;:'()-]{0,60}", few in 0_u32..10_000) {
        prop_assert_eq!(masked(&text), text.as_str());
        let with = format!("{text}x{few}x{text}");
        prop_assert_eq!(masked(&with), with);
    }

    /// A phone number in any of its forms is gone as a whole.
    #[test]
    fn a_phone_number_leaves_no_digit(
        digits in prop::collection::vec(0_u32..10, 5..15), signs in prop::collection::vec(0_usize..8, 15),
        base in prop::sample::select(vec!['0', '٠', '०', '０']),
    ) {
        let between = ["", " ", "-", ".", "/", " (", ") ", " – "];
        let number: String = digits
            .iter()
            .zip(&signs)
            .map(|(digit, sign)| format!("{}{}", char::from_u32(u32::from(base) + digit).unwrap(), between[*sign]))
            .collect();
        let text = masked(&format!("call {number} now"));
        prop_assert!(!text.chars().any(char::is_numeric), "{text}");
        prop_assert!(text.starts_with("call [number]") && text.ends_with("now"), "{text}");
    }
}
