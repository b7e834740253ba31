//! A secret of the state and hashes keyed with it: they recognise a text again without holding it.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::error::StoreError;

/// A random key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the system gives no random bytes.
    pub fn new() -> Result<Self, StoreError> {
        let (mut bytes, source) = ([0; 32], Path::new("/dev/urandom"));
        File::open(source)
            .and_then(|mut file| file.read_exact(&mut bytes))
            .map_err(StoreError::io("read", source))?;
        Ok(Self(bytes))
    }

    /// The one with these hexadecimal digits; `None` if they are anything else.
    #[must_use]
    pub fn of_hex(text: &str) -> Option<Self> {
        blake3::Hash::from_hex(text).ok().map(|hash| Self(*hash.as_bytes()))
    }

    /// Its hexadecimal digits.
    #[must_use]
    pub fn to_hex(self) -> String {
        blake3::Hash::from_bytes(self.0).to_hex().to_string()
    }

    /// The hash of some parts, as hexadecimal digits; other parts, or others of the same text together, have another one.
    #[must_use]
    pub fn hash(&self, parts: &[&[u8]]) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        for part in parts {
            hasher.update(&part.len().to_le_bytes());
            hasher.update(part);
        }
        hasher.finalize().to_hex().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_depends_on_the_secret_and_on_each_part() {
        let (one, other) = (Secret::new().unwrap(), Secret::new().unwrap());
        assert_ne!(one, other);
        assert_eq!(Secret::of_hex(&one.to_hex()), Some(one));
        assert_eq!(Secret::of_hex("7"), None);
        let hash = one.hash(&[b"ab", b"c"]);
        assert_eq!(hash, one.hash(&[b"ab", b"c"]));
        assert_ne!(hash, one.hash(&[b"a", b"bc"]));
        assert_ne!(hash, other.hash(&[b"ab", b"c"]));
        assert_eq!(hash.len(), 64);
    }
}
