//! Where credentials, regions and endpoints come from: the environment, a profile, the machine.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::{
    BackoffConfig, ClientOptions, Error, HeaderMap, HeaderValue, ObjectStore, RetryConfig,
};

use super::super::address::Scheme;
use super::super::trouble::{Trouble, What};
use super::aws_profile::Profile;
use super::client::Client;
use super::environment::variable;
use super::failure::trouble;
use super::told::Listening;

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// How long to wait for the next bytes.
const SILENT: Duration = Duration::from_secs(30);
/// How long one answer may take as a whole: 4 MiB at 35 kB a second.
const WHOLE: Duration = Duration::from_secs(120);

/// A refused or failed request is made again up to 6 times within a minute, after 0.2 s, then twice as long each time up to 10 s,
/// each by chance somewhat shorter or longer, so that many readers do not come back at once.
fn retry() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(200),
            max_backoff: Duration::from_secs(10),
            base: 2.0,
        },
        max_retries: 6,
        retry_timeout: Duration::from_secs(60),
    }
}

fn options() -> ClientOptions {
    ClientOptions::new().with_connect_timeout(CONNECT).with_read_timeout(SILENT).with_timeout(WHOLE)
}

/// What talks to a bucket.
///
/// # Errors
/// [`What::Settings`] if the settings cannot be used.
pub(super) fn client(scheme: Scheme, bucket: &str) -> Result<Client, Trouble> {
    match scheme {
        Scheme::S3 => s3(bucket),
        Scheme::Gs => one(GoogleCloudStorageBuilder::from_env()
            .with_bucket_name(bucket)
            .with_retry(retry())
            .with_client_options(options())
            .with_http_connector(Listening)
            .build()),
        Scheme::Az => one(MicrosoftAzureBuilder::from_env()
            .with_container_name(bucket)
            .with_retry(retry())
            .with_client_options(options())
            .with_http_connector(Listening)
            .build()),
    }
}

/// One client that makes listings and reads.
fn one(store: Result<impl ObjectStore, Error>) -> Result<Client, Trouble> {
    let store: Arc<dyn ObjectStore> = Arc::new(store.map_err(|error| unusable(&error))?);
    Ok(Client { lists: Arc::clone(&store), reads: store })
}

fn s3(bucket: &str) -> Result<Client, Trouble> {
    let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retry());
    let has_keys = ["AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE"]
        .iter()
        .any(|name| variable(name).is_some());
    let profile = Profile::read()?;
    if !has_keys {
        builder = profile
            .credentials()?
            .into_iter()
            .fold(builder, |builder, (key, value)| builder.with_config(key, value));
    }
    let is_set = |key| builder.get_config_value(&key).is_some();
    let has_region = is_set(AmazonS3ConfigKey::Region) || variable("AWS_DEFAULT_REGION").is_some();
    let has_endpoint = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"]
        .iter()
        .find_map(|name| variable(name));
    let endpoint = has_endpoint.clone().or_else(|| profile.endpoint().map(str::to_owned));
    if let Some(region) = profile.region().filter(|_| !has_region) {
        builder = builder.with_region(region);
    }
    if let Some(endpoint) = endpoint.as_ref().filter(|_| has_endpoint.is_none()) {
        builder = builder.with_endpoint(endpoint);
    }
    // Somebody wrote `http://`, such as for a store on the same machine.
    let is_plain = endpoint.is_some_and(|endpoint| endpoint.starts_with("http://"));
    let options = options().with_allow_http(is_plain);
    // S3 tells checksums only if it is asked to by a header that is signed; its listings are not asked.
    let mut ask = HeaderMap::new();
    ask.insert("x-amz-checksum-mode", HeaderValue::from_static("ENABLED"));
    let build = |options| {
        let builder = builder.clone().with_client_options(options).with_http_connector(Listening);
        builder.build().map_err(|error| unusable(&error))
    };
    Ok(Client {
        lists: Arc::new(build(options.clone())?),
        reads: Arc::new(build(options.with_default_headers(ask))?),
    })
}

fn unusable(error: &Error) -> Trouble {
    let found = trouble(error);
    if found.what == What::NoCredentials { found } else { What::Settings.into() }
}
