//! Profiles of AWS: `~/.aws/credentials` and `~/.aws/config`, as far as they hold keys.

use std::collections::BTreeMap;
use std::env::home_dir;
use std::fs::read_to_string;
use std::path::PathBuf;

use object_store::aws::AmazonS3ConfigKey;

use super::super::trouble::{Trouble, What};
use super::environment::variable;

/// Settings of a profile that lead to keys which stand elsewhere.
const ELSEWHERE: [&str; 4] = ["role_arn", "sso_session", "sso_start_url", "credential_process"];

/// The settings of one profile.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Profile(BTreeMap<String, String>);

impl Profile {
    /// The profile that `AWS_PROFILE` names, else the default one; empty if there is none.
    ///
    /// # Errors
    /// [`What::Settings`] if one is named and there is none.
    pub(super) fn read() -> Result<Self, Trouble> {
        let named = variable("AWS_PROFILE");
        let text = |set: &str, file: &str| {
            let path = variable(set).map(PathBuf::from);
            let path = path.or_else(|| Some(home_dir()?.join(".aws").join(file)))?;
            read_to_string(path).ok()
        };
        let credentials = text("AWS_SHARED_CREDENTIALS_FILE", "credentials");
        let config = text("AWS_CONFIG_FILE", "config");
        let name = named.as_deref().unwrap_or("default");
        let found = Self::of(&credentials.unwrap_or_default(), &config.unwrap_or_default(), name);
        if found.0.is_empty() && named.is_some() {
            let code = "there is no profile of the name in AWS_PROFILE".to_owned();
            return Err(Trouble { what: What::Settings, code });
        }
        Ok(found)
    }

    /// A profile by its name; what the first file says wins.
    fn of(credentials: &str, config: &str, name: &str) -> Self {
        let mut all = section(config, |title| {
            title == name && name == "default"
                || title
                    .strip_prefix("profile")
                    .is_some_and(|rest| rest.trim() == name && rest != rest.trim_start())
        });
        all.extend(section(credentials, |title| title == name));
        Self(all)
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(super) fn region(&self) -> Option<&str> {
        self.get("region")
    }

    pub(super) fn endpoint(&self) -> Option<&str> {
        self.get("endpoint_url")
    }

    /// Its keys; nothing if it has none.
    ///
    /// # Errors
    /// [`What::Settings`] if it leads to keys that stand elsewhere.
    pub(super) fn credentials(&self) -> Result<Vec<(AmazonS3ConfigKey, String)>, Trouble> {
        let pairs = [
            (AmazonS3ConfigKey::AccessKeyId, "aws_access_key_id"),
            (AmazonS3ConfigKey::SecretAccessKey, "aws_secret_access_key"),
            (AmazonS3ConfigKey::Token, "aws_session_token"),
        ];
        if self.get("aws_access_key_id").is_none()
            && ELSEWHERE.iter().any(|key| self.get(key).is_some())
        {
            let code = "the profile has no keys of its own; `aws configure export-credentials --format env` prints those that it leads to";
            return Err(Trouble { what: What::Settings, code: code.to_owned() });
        }
        let found =
            pairs.into_iter().filter_map(|(key, name)| Some((key, self.get(name)?.to_owned())));
        Ok(found.collect())
    }
}

/// The settings of the sections with a title that is wanted; nested ones, which are indented, are left out.
fn section(text: &str, is_wanted: impl Fn(&str) -> bool) -> BTreeMap<String, String> {
    let mut inside = false;
    let mut found = BTreeMap::new();
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(title) = trimmed.strip_prefix('[') {
            inside = title.split_once(']').is_some_and(|(title, _)| is_wanted(title.trim()));
        } else if inside
            && !line.starts_with(char::is_whitespace)
            && let Some((key, value)) = trimmed.split_once('=')
        {
            found.insert(key.trim().to_ascii_lowercase(), value.trim().to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREDENTIALS: &str = "# mine\n[default]\naws_access_key_id = A\naws_secret_access_key=B\n\n[night]\naws_access_key_id=C\n";
    const CONFIG: &str = "[default]\nregion = eu-north-1\n[profile night]\nregion=eu-west-1\ns3 =\n  region = no\n\
        endpoint_url = http://localhost:9000\naws_access_key_id = X\n[profile far]\nrole_arn = arn\n[night]\nregion = no\n";

    #[test]
    fn a_profile_is_read_from_both_files() {
        let of = |name: &str| Profile::of(CREDENTIALS, CONFIG, name);
        let keys = |name: &str| -> Vec<String> {
            of(name).credentials().unwrap().into_iter().map(|(_, value)| value).collect()
        };
        assert_eq!(
            (keys("default"), of("default").region()),
            (vec!["A".into(), "B".into()], Some("eu-north-1"))
        );
        assert_eq!((keys("night"), of("night").region()), (vec!["C".into()], Some("eu-west-1")));
        assert_eq!(of("night").endpoint(), Some("http://localhost:9000"));
        assert_eq!(of("nobody"), Profile::default());
        assert_eq!(of("far").credentials().unwrap_err().what, What::Settings);
    }
}
