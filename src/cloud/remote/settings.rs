//! Where credentials, regions and endpoints come from: the environment, a profile, the machine.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::list::PaginatedListStore;
use object_store::{
    BackoffConfig, ClientOptions, Error, HeaderMap, HeaderValue, ObjectStore, RetryConfig,
};

use super::super::address::Scheme;
use super::super::trouble::{Trouble, What};
use super::aws_profile::Profile;
use super::client::Client;
use super::environment::variable;
use super::failure::trouble;
use super::signing::{Keys, Signer};
use super::told::Listening;

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// How long to wait for the next bytes.
const SILENT: Duration = Duration::from_secs(30);
/// How long one answer may take as a whole: 4 MiB at 35 kB a second.
const WHOLE: Duration = Duration::from_secs(120);

/// The account of an emulator of Azure, if none is named.
const EMULATED: &str = "devstoreaccount1";

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
        Scheme::Gs => google(bucket),
        Scheme::Az => azure(bucket),
    }
}

/// One client that makes listings and reads.
fn one<S: ObjectStore + PaginatedListStore>(store: S) -> Client {
    let store = Arc::new(store);
    Client { lists: Arc::clone(&store) as _, reads: store }
}

fn google(bucket: &str) -> Result<Client, Trouble> {
    let builder =
        GoogleCloudStorageBuilder::from_env().with_bucket_name(bucket).with_retry(retry());
    let endpoint = builder.get_config_value(&GoogleConfigKey::BaseUrl);
    let is_plain = is_plain(endpoint.as_deref()) || is_allowed("GOOGLE_ALLOW_HTTP");
    let options = options().with_allow_http(is_plain);
    // A bearer may ask for any key, so nothing is signed.
    let builder = builder.with_client_options(options).with_http_connector(Listening::default());
    Ok(one(builder.build().map_err(|error| unusable(&error))?))
}

/// Whether an endpoint is `http://…`. Somebody wrote that, such as for a store on the same machine.
fn is_plain(endpoint: Option<&str>) -> bool {
    endpoint.is_some_and(|endpoint| endpoint.starts_with("http://"))
}

/// Whether a variable allows what it is named for.
fn is_allowed(name: &str) -> bool {
    variable(name).is_some_and(|value| {
        matches!(value.to_ascii_lowercase().as_str(), "true" | "1" | "yes" | "on")
    })
}

fn azure(container: &str) -> Result<Client, Trouble> {
    let signer = Signer::default();
    let builder =
        MicrosoftAzureBuilder::from_env().with_container_name(container).with_retry(retry());
    let endpoint = builder.get_config_value(&AzureConfigKey::Endpoint);
    let is_plain = is_plain(endpoint.as_deref()) || is_allowed("AZURE_ALLOW_HTTP");
    let builder = builder
        .with_client_options(options().with_allow_http(is_plain))
        .with_http_connector(Listening(Arc::clone(&signer)));
    let account = builder.get_config_value(&AzureConfigKey::AccountName);
    let account = account.unwrap_or_else(|| EMULATED.to_owned());
    let store = builder.build().map_err(|error| unusable(&error))?;
    signer.get_or_init(|| Keys::Azure { credentials: Arc::clone(store.credentials()), account });
    Ok(one(store))
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
    let is_plain = is_plain(endpoint.as_deref()) || is_allowed("AWS_ALLOW_HTTP");
    let options = options().with_allow_http(is_plain);
    // S3 tells checksums only if it is asked to by a header that is signed; its listings are not asked.
    let mut ask = HeaderMap::new();
    ask.insert("x-amz-checksum-mode", HeaderValue::from_static("ENABLED"));
    let signer = Signer::default();
    let region = builder.get_config_value(&AmazonS3ConfigKey::Region);
    let region = region.unwrap_or_else(|| "us-east-1".to_owned());
    let build = |options| {
        let builder = builder.clone().with_client_options(options);
        let builder = builder.with_http_connector(Listening(Arc::clone(&signer)));
        builder.build().map_err(|error| unusable(&error))
    };
    let (lists, reads) = (build(options.clone())?, build(options.with_default_headers(ask))?);
    signer.get_or_init(|| Keys::Aws { credentials: Arc::clone(reads.credentials()), region });
    Ok(Client { lists: Arc::new(lists), reads: Arc::new(reads) })
}

fn unusable(error: &Error) -> Trouble {
    let found = trouble(error);
    if found.what == What::NoCredentials { found } else { What::Settings.into() }
}
