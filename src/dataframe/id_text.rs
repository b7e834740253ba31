//! The id of a ticket as text.

/// The id of a ticket in the form of a UUID: hexadecimal digits in groups of 8, 4, 4, 4 and 12. It takes no memory of its own,
/// because an export writes millions of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdText([u8; 36]);

impl IdText {
    /// The text of an id.
    #[must_use]
    pub fn of(id: [u8; 16]) -> Self {
        let mut text = [b'-'; 36];
        // A hyphen stands before these bytes.
        let hyphens = [4, 6, 8, 10];
        let mut to = text.iter_mut();
        for (at, byte) in id.into_iter().enumerate() {
            if hyphens.contains(&at) {
                to.next();
            }
            for half in [byte >> 4, byte & 15] {
                if let Some(to) = to.next() {
                    *to = if half < 10 { b'0' + half } else { b'a' + half - 10 };
                }
            }
        }
        Self(text)
    }

    /// Its characters, which are ASCII.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // It holds ASCII alone.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_looks_like_a_uuid() {
        let mut id = [0; 16];
        id.iter_mut().zip(0..).for_each(|(byte, at)| *byte = 0x10 * at + (15 - at));
        assert_eq!(IdText::of(id).as_str(), "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
    }

    proptest! {
        #[test]
        fn its_digits_are_those_of_the_number(number in any::<u128>()) {
            let text = IdText::of(number.to_be_bytes());
            let digits: String = text.as_str().split('-').collect();
            prop_assert_eq!(digits, format!("{number:032x}"));
            let groups: Vec<usize> = text.as_str().split('-').map(str::len).collect();
            prop_assert_eq!(groups, [8, 4, 4, 4, 12]);
        }
    }
}
