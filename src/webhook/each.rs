//! For now.
use super::decode::{Decoded, Decoder};
use super::reject::Reject;
impl Decoder<'_> {
    /// For now.
    pub fn decode_each(&mut self, record: &[u8], _: Option<i64>, mut found: impl FnMut(Result<Decoded<'_>, Reject>)) {
        found(self.decode(record));
    }
}
