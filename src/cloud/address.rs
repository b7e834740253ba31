//! Addresses of objects: `s3://bucket/key`, `gs://…`, `az://…`.

use std::fmt;
use std::path::Path;

use super::trouble::{Trouble, What};

/// Which kind of store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// Amazon S3, and stores that speak like it.
    S3,
    /// Google Cloud Storage.
    Gs,
    /// Azure Blob Storage.
    Az,
}

impl Scheme {
    const ALL: [Self; 3] = [Self::S3, Self::Gs, Self::Az];

    /// As it stands before `://`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Gs => "gs",
            Self::Az => "az",
        }
    }
}

/// An object, or what the keys of several begin with.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// The kind of store.
    pub scheme: Scheme,
    /// The bucket; of Azure, the container.
    pub bucket: String,
    /// The key: what stands behind the slash that follows the bucket.
    pub key: String,
}

/// Whether an input names an object store and no file.
#[must_use]
pub fn is_address(input: &Path) -> bool {
    split(&input.to_string_lossy()).is_some()
}

fn split(text: &str) -> Option<(Scheme, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let scheme = Scheme::ALL.into_iter().find(|one| one.name() == scheme)?;
    Some((scheme, rest))
}

/// Whether a part of a key is `.` or `..`. Such a key cannot be asked for: on the way to the store, these parts are taken for
/// the folder itself and the one above.
pub(super) fn has_dots(key: &str) -> bool {
    key.split('/').any(|part| matches!(part, "." | ".."))
}

impl Address {
    /// The address that an input is; `None` if it is a path of the file system.
    ///
    /// # Errors
    /// [`What::BadAddress`]: what stands behind `://` is no bucket.
    #[must_use]
    pub fn of(input: &Path) -> Option<Result<Self, Trouble>> {
        let text = input.to_string_lossy();
        let (scheme, rest) = split(&text)?;
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        // A name with `@` or `:` in it may hold a password, and the name is printed.
        let is_good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if bucket.is_empty() || !bucket.chars().all(is_good) {
            return Some(Err(What::BadAddress.into()));
        }
        Some(Ok(Self { scheme, bucket: bucket.to_owned(), key: key.to_owned() }))
    }

    /// Whether the object can be asked for by its key.
    #[must_use]
    pub fn can_be_asked_for(&self) -> bool {
        !has_dots(&self.key)
    }

    /// The same bucket with another key.
    #[must_use]
    pub fn with_key(&self, key: impl Into<String>) -> Self {
        Self { scheme: self.scheme, bucket: self.bucket.clone(), key: key.into() }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}/{}", self.scheme.name(), self.bucket, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_paths() {
        for path in
            ["archive", "/srv/s3", "s3:/bucket/x", "http://x/y", "S3://bucket", "-", "a/s3://b"]
        {
            assert!(Address::of(Path::new(path)).is_none(), "{path}");
            assert!(!is_address(Path::new(path)), "{path}");
        }
        for (text, bucket, key) in [
            ("s3://hooks", "hooks", ""),
            ("s3://hooks/", "hooks", ""),
            ("gs://my-hooks.eu/2021/*.gz", "my-hooks.eu", "2021/*.gz"),
            ("az://a_b/x y/ö.jsonl", "a_b", "x y/ö.jsonl"),
        ] {
            let address = Address::of(Path::new(text)).unwrap().unwrap();
            assert_eq!((address.bucket.as_str(), address.key.as_str()), (bucket, key));
            assert_eq!(address.to_string().trim_end_matches('/'), text.trim_end_matches('/'));
        }
    }

    #[test]
    fn keys_with_dots_as_parts_cannot_be_asked_for() {
        for (key, can) in [
            ("a/b", true),
            ("a//b.jsonl", true),
            ("a/.b/..c/d..", true),
            ("./a", false),
            ("a/../b", false),
            ("a/..", false),
        ] {
            let address = Address { scheme: Scheme::S3, bucket: "b".into(), key: key.into() };
            assert_eq!(address.can_be_asked_for(), can, "{key}");
        }
    }

    #[test]
    fn what_may_hold_a_password_is_refused_and_not_repeated() {
        for text in [
            "s3://",
            "s3:///key",
            "s3://id:hush@bucket/key",
            "az://box@account/key",
            "s3://a*b/key",
        ] {
            let trouble = Address::of(Path::new(text)).unwrap().unwrap_err();
            assert_eq!(trouble.what, What::BadAddress);
            assert!(!trouble.to_string().contains("hush"));
        }
    }
}
