//! A JSON value, as a slice of the text it stands in.

/// The JSON text of a value, or `None` if it is absent or null; the bytes are valid UTF-8.
pub(super) type Raw<'a> = Option<&'a [u8]>;

/// The value of a field; the bytes are valid UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// Absent or null.
    None,
    /// The inside of a string that has no escapes.
    Plain(&'a [u8]),
    /// The JSON text of any value.
    Json(&'a [u8]),
}
