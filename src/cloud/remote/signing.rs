//! Signs a request again whose target was changed.

use std::sync::{Arc, OnceLock};

use object_store::aws::{AwsAuthorizer, AwsCredentialProvider};
use object_store::azure::{AzureAuthorizer, AzureCredentialProvider};
use object_store::client::{HttpError, HttpErrorKind, HttpRequest};

/// What signs; empty before the client is built, and for a store where the target is no part of what is signed.
pub(super) type Signer = Arc<OnceLock<Keys>>;

/// What requests are signed with.
#[derive(Debug)]
pub(super) enum Keys {
    /// Those of S3.
    Aws {
        /// Gives the keys that hold now.
        credentials: AwsCredentialProvider,
        /// The region of the bucket.
        region: String,
    },
    /// Those of Azure.
    Azure {
        /// Gives the keys that hold now.
        credentials: AzureCredentialProvider,
        /// The name of the account.
        account: String,
    },
}

impl Keys {
    /// Signs a request again, if it was signed.
    ///
    /// # Errors
    /// [`HttpError`] if there are no credentials any more.
    pub(super) async fn sign(&self, request: &mut HttpRequest) -> Result<(), HttpError> {
        let failed = |error| HttpError::new(HttpErrorKind::Request, error);
        let text = |request: &HttpRequest, name: &str| {
            request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let Some(signed) = text(request, "authorization") else { return Ok(()) };
        match self {
            Self::Aws { credentials, region } if signed.starts_with("AWS4-HMAC-SHA256") => {
                let keys = credentials.get_credential().await.map_err(failed)?;
                let is_hashed = text(request, "x-amz-content-sha256")
                    .is_none_or(|hash| hash != "UNSIGNED-PAYLOAD");
                request.headers_mut().remove("authorization");
                let signer = AwsAuthorizer::new(&keys, "s3", region).with_sign_payload(is_hashed);
                signer.try_authorize(request, None).map_err(failed)
            }
            Self::Azure { credentials, account } if signed.starts_with("SharedKey") => {
                let keys = credentials.get_credential().await.map_err(failed)?;
                request.headers_mut().remove("authorization");
                AzureAuthorizer::new(&keys, account).try_authorize(request).map_err(failed)
            }
            // A bearer may ask for anything.
            Self::Aws { .. } | Self::Azure { .. } => Ok(()),
        }
    }
}
