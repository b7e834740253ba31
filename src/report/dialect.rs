//! How the cells of a CSV file are told apart, and how its numbers are written.

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Separator {
    /// `,`
    #[default]
    Comma,
    /// `;`, as spreadsheets expect it where numbers have a decimal comma.
    Semicolon,
    /// A tab.
    Tab,
}

impl Separator {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Comma, Self::Semicolon, Self::Tab];

    /// As it is written.
    #[must_use]
    pub const fn sign(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Tab => '\t',
        }
    }

    /// The one that is written like this, if there is any.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let mut signs = text.chars();
        let sign = signs.next().filter(|_| signs.next().is_none())?;
        Self::ALL.into_iter().find(|one| one.sign() == sign)
    }
}

/// How a CSV file is written. The usual one: commas between cells, a point in numbers, no byte order mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dialect {
    bom: bool,
    separator: Separator,
    decimal_comma: bool,
}

impl Dialect {
    /// One with a byte order mark or without, and a comma or a point in numbers. `None` if a comma would be both in numbers
    /// and between cells.
    #[must_use]
    pub fn new(bom: bool, separator: Separator, decimal_comma: bool) -> Option<Self> {
        let is_clear = !(decimal_comma && separator == Separator::Comma);
        is_clear.then_some(Self { bom, separator, decimal_comma })
    }

    /// Whether the file begins with a byte order mark.
    #[must_use]
    pub const fn bom(self) -> bool {
        self.bom
    }

    /// What stands between two cells.
    #[must_use]
    pub const fn separator(self) -> Separator {
        self.separator
    }

    /// Whether numbers have a comma before their decimals, not a point.
    #[must_use]
    pub const fn decimal_comma(self) -> bool {
        self.decimal_comma
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_is_not_both() {
        for separator in Separator::ALL {
            assert_eq!(Separator::of(&separator.sign().to_string()), Some(separator));
            assert!(Dialect::new(true, separator, false).is_some());
            let with_comma = Dialect::new(false, separator, true);
            assert_eq!(with_comma.is_some(), separator != Separator::Comma);
        }
        for text in ["", "|", ";;", ", "] {
            assert_eq!(Separator::of(text), None, "{text:?}");
        }
        assert_eq!(Dialect::new(false, Separator::Comma, false), Some(Dialect::default()));
    }
}
