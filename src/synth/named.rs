//! Kinds that a user picks by name: each list is written once, with what the help says.

/// Declares an enum whose members have a name to type and a few words of help.
macro_rules! named {
    ($(#[$about:meta])* $kind:ident { $($member:ident $name:literal $help:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $kind {
            $(#[doc = concat!("`", $name, "`, with the words of [`Self::help`].")] $member,)+
        }

        impl $kind {
            /// All of them, in the order in which the help lists them.
            pub const ALL: &'static [Self] = &[$(Self::$member,)+];

            /// What a user types.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$member => $name,)+
                }
            }

            /// What it is, in a few words.
            #[must_use]
            pub const fn help(self) -> &'static str {
                match self {
                    $(Self::$member => $help,)+
                }
            }

            /// The one of that name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.name() == name)
            }
        }
    };
}

pub(super) use named;
