//! Enums that a user picks from by name: each is declared once, together with its help texts.

/// Declares an enum whose variants each have a name to type and a short help text.
macro_rules! named {
    ($(#[$about:meta])* $kind:ident { $($member:ident $name:literal $help:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $kind {
            $(#[doc = concat!("`", $name, "`, with the words of [`Self::help`].")] $member,)+
        }

        impl $kind {
            /// All variants, in the order of the help.
            pub const ALL: &'static [Self] = &[$(Self::$member,)+];

            /// The name that a user types.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$member => $name,)+
                }
            }

            /// A short help text.
            #[must_use]
            pub const fn help(self) -> &'static str {
                match self {
                    $(Self::$member => $help,)+
                }
            }

            /// The variant of that name; `None` if there is none.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.name() == name)
            }
        }
    };
}

pub(super) use named;
