//! A client of HTTP that notes the checksums in the headers of what it receives, and passes keys on that the client above
//! refuses.

use std::borrow::Cow;

use async_trait::async_trait;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
    ReqwestConnector,
};
use object_store::{ClientOptions, Result};

use super::keys::{rewritten, target};
use super::no_listing::NoListing;
use super::signing::Signer;
use super::sums::Told;

/// Connects as usual.
#[derive(Debug, Default)]
pub(super) struct Listening(pub(super) Signer);

impl HttpConnector for Listening {
    fn connect(&self, options: &ClientOptions) -> Result<HttpClient> {
        let inner = ReqwestConnector::default().connect(options)?;
        Ok(HttpClient::new(Ear { inner, signer: self.0.clone() }))
    }
}

#[derive(Debug)]
struct Ear {
    inner: HttpClient,
    signer: Signer,
}

#[async_trait]
impl HttpService for Ear {
    async fn call(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if let Some(target) = request.uri().path_and_query().and_then(|sent| target(sent.as_str()))
        {
            let uri = request.uri();
            let scheme = uri.scheme_str().unwrap_or_default();
            let authority = uri.authority().map_or("", |authority| authority.as_str());
            *request.uri_mut() = format!("{scheme}://{authority}{target}")
                .parse()
                .map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?;
            if let Some(keys) = self.signer.get() {
                keys.sign(&mut request).await?;
            }
        }
        let is_listing = request.uri().query().is_some_and(|query| {
            query.split('&').any(|pair| matches!(pair, "list-type=2" | "comp=list"))
        });
        let mut response = self.inner.execute(request).await?;
        let mut told = Told::default();
        for (name, value) in response.headers() {
            if let Ok(value) = value.to_str() {
                told.header(name.as_str(), value);
            }
        }
        response.extensions_mut().insert(told);
        if is_listing && response.status().is_success() {
            let (parts, body) = response.into_parts();
            let bytes = body.bytes().await?;
            // The client would take a page of a login for a listing of nothing.
            let text = std::str::from_utf8(&bytes).ok().filter(|text| is_listing_of_a_store(text));
            let text = text.ok_or_else(|| HttpError::new(HttpErrorKind::Unknown, NoListing))?;
            let body = match rewritten(text) {
                Cow::Owned(new) => new.into(),
                Cow::Borrowed(_) => bytes.into(),
            };
            response = HttpResponse::from_parts(parts, body);
        }
        Ok(response)
    }
}

/// Whether it is what S3 and Google, or Azure, answer to who asks for a listing.
fn is_listing_of_a_store(text: &str) -> bool {
    ["<ListBucketResult", "<EnumerationResults"].iter().any(|begin| text.contains(begin))
}
