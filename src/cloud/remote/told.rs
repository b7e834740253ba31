//! A client of HTTP that notes the checksums in the headers of what it receives.

use async_trait::async_trait;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpService, ReqwestConnector,
};
use object_store::{ClientOptions, Result};

use super::sums::Told;

/// Connects as usual.
#[derive(Debug)]
pub(super) struct Listening;

impl HttpConnector for Listening {
    fn connect(&self, options: &ClientOptions) -> Result<HttpClient> {
        Ok(HttpClient::new(Ear(ReqwestConnector::default().connect(options)?)))
    }
}

#[derive(Debug)]
struct Ear(HttpClient);

#[async_trait]
impl HttpService for Ear {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let mut response = self.0.execute(request).await?;
        let mut told = Told::default();
        for (name, value) in response.headers() {
            if let Ok(value) = value.to_str() {
                told.header(name.as_str(), value);
            }
        }
        response.extensions_mut().insert(told);
        Ok(response)
    }
}
