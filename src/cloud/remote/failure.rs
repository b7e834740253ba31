//! What an error of the client means. Its own words are not used: they hold the address of a request, which may be signed.

use std::error::Error;

use object_store::Error as StoreError;
use object_store::client::{HttpError, HttpErrorKind};

use super::super::trouble::{Trouble, What};
use super::no_listing::NoListing;

/// Where virtual machines find their credentials.
const METADATA: [&str; 2] = ["169.254.169.254", "metadata.google.internal"];

/// What an error means.
pub(super) fn trouble(error: &StoreError) -> Trouble {
    let text = error.to_string();
    let status = status(&text);
    let name = name(&text);
    let is_bucket = name == Some("NoSuchBucket");
    let what = if matches!(error, StoreError::NotFound { .. } | StoreError::InvalidPath { .. }) {
        if is_bucket { What::NoBucket } else { What::NoObject }
    } else if matches!(error, StoreError::Precondition { .. }) {
        What::Changed
    } else if matches!(
        error,
        StoreError::PermissionDenied { .. } | StoreError::Unauthenticated { .. }
    ) {
        What::Denied
    } else {
        general(error, &text, status)
    };
    let code = [status.map(|status| status.to_string()), name.map(str::to_owned)];
    Trouble { what, code: code.into_iter().flatten().collect::<Vec<_>>().join(" ") }
}

fn general(error: &StoreError, text: &str, status: Option<u16>) -> What {
    if METADATA.iter().any(|place| text.contains(place)) {
        return What::NoCredentials;
    }
    match status {
        Some(301..=308) => return What::Redirected,
        Some(401 | 403) => return What::Denied,
        Some(404) => return What::NoBucket,
        // An object that became shorter does not have the range any more.
        Some(412 | 416) => return What::Changed,
        Some(408 | 429 | 500 | 502..=504) => return What::Throttled,
        Some(_) => return What::Refused,
        None => {}
    }
    if text.contains("redirect") {
        return What::Redirected;
    }
    if find::<NoListing>(error).is_some() {
        return What::NoListing;
    }
    match find(error).map(HttpError::kind) {
        Some(HttpErrorKind::Connect | HttpErrorKind::Timeout) => What::Unreachable,
        Some(_) => What::Cut,
        None => What::Refused,
    }
}

/// What is among an error and its causes.
fn find<T: Error + 'static>(error: &StoreError) -> Option<&T> {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The status that a server answered with.
fn status(text: &str) -> Option<u16> {
    let (_, rest) = text.split_once("status code: ")?;
    rest.get(..3)?.parse().ok()
}

/// The name of an error in the answer of S3, Google or Azure, which is always one word.
fn name(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("<Code>")?;
    let (name, _) = rest.split_once("</Code>")?;
    let is_word = name.len() <= 60 && name.chars().all(|c| c.is_ascii_alphanumeric());
    (is_word && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generic(text: &str) -> StoreError {
        StoreError::Generic { store: "S3", source: text.to_owned().into() }
    }

    #[test]
    fn answers_get_a_name_and_never_the_address() {
        let at = "Error performing GET https://x.example/b/k?X-Amz-Signature=hush in 1s - ";
        for (text, what, code) in [
            (
                "Server returned non-2xx status code: 503 Service Unavailable: <Code>SlowDown</Code>",
                What::Throttled,
                "503 SlowDown",
            ),
            (
                "Server returned non-2xx status code: 403 Forbidden: <Code>RequestTimeTooSkewed</Code>",
                What::Denied,
                "403 RequestTimeTooSkewed",
            ),
            (
                "Server returned non-2xx status code: 404 Not Found: <Code>NoSuchBucket</Code>",
                What::NoBucket,
                "404 NoSuchBucket",
            ),
            (
                "Server returned non-2xx status code: 416 Range Not Satisfiable: ",
                What::Changed,
                "416",
            ),
            (
                "Server returned non-2xx status code: 301 Moved Permanently: ",
                What::Redirected,
                "301",
            ),
            (
                "Server returned non-2xx status code: 400 Bad Request: <Code>a b hush</Code>",
                What::Refused,
                "400",
            ),
            (
                "Received redirect without LOCATION, this normally indicates an incorrectly configured region",
                What::Redirected,
                "",
            ),
            ("PUT http://169.254.169.254/latest/api/token", What::NoCredentials, ""),
        ] {
            let found = trouble(&generic(&format!("{at}{text}")));
            assert_eq!((found.what, found.code.as_str()), (what, code), "{text}");
            assert!(!found.to_string().contains("hush"));
        }
        let source = || "<Code>NoSuchBucket</Code>".into();
        let bucket = StoreError::NotFound { path: "hush".into(), source: source() };
        assert_eq!(trouble(&bucket).what, What::NoBucket);
        let object = StoreError::NotFound { path: "hush".into(), source: "x".into() };
        assert_eq!(trouble(&object).what, What::NoObject);
        let cut = HttpError::new(
            HttpErrorKind::Interrupted,
            std::io::Error::from(std::io::ErrorKind::UnexpectedEof),
        );
        let cut = StoreError::Generic { store: "S3", source: Box::new(cut) };
        assert_eq!(trouble(&cut).what, What::Cut);
        let page = HttpError::new(HttpErrorKind::Unknown, NoListing);
        let page = StoreError::Generic { store: "S3", source: Box::new(page) };
        assert_eq!(trouble(&page).what, What::NoListing);
    }
}
