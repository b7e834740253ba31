//! What can go wrong with an object store, in words that hold no address of a request: these may be signed.

use std::fmt;
use std::io;

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// This program was built without the feature `cloud`.
    NotBuilt,
    /// The text of an address is none.
    BadAddress,
    /// The settings in the environment or in a profile cannot be used.
    Settings,
    /// Neither the environment nor the machine has credentials.
    NoCredentials,
    /// There is no such object.
    NoObject,
    /// There is no such bucket.
    NoBucket,
    /// The store denies access.
    Denied,
    /// The object is not the one that was listed.
    Changed,
    /// The store asks to slow down, or says that it is busy.
    Throttled,
    /// The store sends on to other places without end, or to nowhere.
    Redirected,
    /// The store does not answer, or not in time.
    Unreachable,
    /// The connection broke, or fewer bytes came than the object has.
    Cut,
    /// The bytes do not have the checksum that the store tells.
    Checksum,
    /// The store answers with another error.
    Refused,
    /// What answers is no store: it lists nothing.
    NoListing,
    /// The run is asked to stop.
    Stopped,
}

/// Something that went wrong, and the code that the store gave for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What it is.
    pub what: What,
    /// As the store names it: a status such as `503` and a code such as `SlowDown`; may be empty.
    pub code: String,
}

impl From<What> for Trouble {
    fn from(what: What) -> Self {
        Self { what, code: String::new() }
    }
}

impl Trouble {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self.what {
            What::NotBuilt => {
                "build it with `cargo build --release --features cloud`, or copy the objects to a folder and name that"
            }
            What::BadAddress => {
                "write `s3://bucket/prefix/`, `gs://bucket/prefix/` or `az://container/prefix/`; credentials and the account \
                 come from the environment"
            }
            What::Settings => {
                "look at the variables AWS_…, GOOGLE_… or AZURE_… of this run, and at the profile they name"
            }
            What::NoCredentials => {
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; for GOOGLE_… and AZURE_… see `queuestat guide object-stores`"
            }
            What::NoObject => "run again: what is there then is read",
            What::NoBucket => "check the name of the bucket, and the region or endpoint",
            What::Denied => {
                "give the user or role of this run the right to list the bucket and to read its objects, and check that the \
                 credentials have not run out"
            }
            What::Changed => "run again when nobody writes to it",
            What::Throttled => "run again later, or with fewer threads (`--threads`)",
            What::Redirected | What::NoListing => "check the endpoint and the region",
            What::Unreachable => "check the network, the endpoint and the region, then run again",
            What::Cut | What::Checksum => {
                "run again; if it fails again, look at the network and the store"
            }
            What::Refused => "look the code up in the documentation of the store",
            What::Stopped => "run again",
        }
    }

    /// Whether trying again at once may help.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self.what, What::Cut | What::Checksum)
    }

    fn kind(&self) -> io::ErrorKind {
        match self.what {
            What::NoObject | What::NoBucket => io::ErrorKind::NotFound,
            What::Denied => io::ErrorKind::PermissionDenied,
            What::Changed => io::ErrorKind::StaleNetworkFileHandle,
            What::NotBuilt => io::ErrorKind::Unsupported,
            What::BadAddress
            | What::Settings
            | What::NoCredentials
            | What::Throttled
            | What::Redirected
            | What::Unreachable
            | What::Cut
            | What::Checksum
            | What::Refused
            | What::NoListing
            // Not `Interrupted`: that is tried again.
            | What::Stopped => io::ErrorKind::Other,
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.what {
            What::NotBuilt => "this queuestat was built without object stores",
            What::BadAddress => "the address of an object store names no bucket",
            What::Settings => "the settings of the object store cannot be used",
            What::NoCredentials => "there are no credentials for the object store",
            What::NoObject => "the store has no such object",
            What::NoBucket => "the store has no such bucket",
            What::Denied => "the store denies access",
            What::Changed => "the object was replaced while it was read",
            What::Throttled => "the store is busy and asks to slow down, also after several tries",
            What::Redirected => "the store sends on to other addresses without end",
            What::Unreachable => "the store does not answer, also after several tries",
            What::Cut => "the connection to the store broke, also after several tries",
            What::Checksum => "what arrives does not have the checksum that the store tells, also after several tries",
            What::Refused => "the store answers with an error",
            What::NoListing => "the endpoint answers, but not with a listing of objects",
            What::Stopped => "stopped while waiting for the store",
        })?;
        if self.code.is_empty() { Ok(()) } else { write!(f, " ({})", self.code) }
    }
}

impl std::error::Error for Trouble {}

impl From<Trouble> for io::Error {
    fn from(trouble: Trouble) -> Self {
        Self::new(trouble.kind(), trouble)
    }
}

/// The trouble with a store that an error is about, if it is about one.
#[must_use]
pub fn trouble_of(error: &io::Error) -> Option<&Trouble> {
    error.get_ref()?.downcast_ref()
}
