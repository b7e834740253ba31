//! The variables of the environment that other programs, too, take credentials from.

/// A variable that is set and not empty.
#[expect(
    clippy::disallowed_methods,
    reason = "credentials have no place on a command line or in a configuration: they come from where other programs look"
)]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
