//! A proof of who speaks, and where it is kept.

use std::{fmt, future::Future, pin::Pin};

use serde::{Deserialize, Serialize};

/// The longest name or ARN that either of them takes.
const LONGEST: usize = 2048;

/// A token or a password. It shows itself nowhere.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Secret {
    /// The secret itself.
    Plain(String),
    /// Where in AWS it is kept. Who needs it looks there: a function, in its own region.
    Kept(Reference),
}

impl Secret {
    /// The secret itself; empty if it was not taken out of where it is kept.
    pub(crate) fn expose(&self) -> &str {
        match self {
            Self::Plain(secret) => secret,
            Self::Kept(_) => "",
        }
    }

    /// Where it is kept; none if it is there.
    pub(crate) fn reference(&self) -> Option<&Reference> {
        match self {
            Self::Plain(_) => None,
            Self::Kept(reference) => Some(reference),
        }
    }

    /// Takes it out of where it is kept.
    pub(crate) async fn open(&mut self, vault: Option<&dyn Vault>) -> Result<(), String> {
        if let Self::Kept(reference) = self {
            let vault = vault.ok_or_else(|| format!("no AWS credentials to read {reference}"))?;
            let opened = vault.open(reference).await;
            let opened = opened.map_err(|error| format!("cannot read {reference}: {error}"))?;
            *self = Self::Plain(opened);
        }
        Ok(())
    }
}

/// What a vault gives.
pub type Opened<'a> = Pin<Box<dyn Future<Output = Result<String, String>> + Send + 'a>>;

/// Knows what is kept in AWS.
pub trait Vault: Send + Sync {
    /// The secret that is kept there, or why it cannot be had.
    fn open<'a>(&'a self, reference: &'a Reference) -> Opened<'a>;
}

/// Where in AWS a secret is kept.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// In Secrets Manager.
    SecretsManager {
        /// Its name or ARN.
        id: String,
        /// Which of its keys, if it is a JSON object.
        key: Option<String>,
    },
    /// In the Systems Manager's parameter store, encrypted or not.
    Parameter {
        /// Its name or ARN.
        name: String,
    },
}

impl Reference {
    /// Whether AWS could have given its name or ARN: nothing else may end in a policy, where a star
    /// would be all of them.
    pub(crate) fn is_usable(&self) -> bool {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+=.@-:".contains(&byte);
        let name = self.name();
        // It becomes a part of a host's name, to which signed requests go.
        let is_region = |region: &str| {
            region
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        !name.is_empty()
            && name.len() <= LONGEST
            && name.bytes().all(known)
            && self.region().is_none_or(is_region)
    }

    /// Its name or ARN.
    pub fn name(&self) -> &str {
        match self {
            Self::SecretsManager { id: name, .. } | Self::Parameter { name } => name,
        }
    }

    /// All of what is kept there: nobody can be allowed a key of a secret alone.
    #[must_use]
    pub fn of_all_keys(&self) -> Self {
        match self {
            Self::SecretsManager { id, .. } => Self::SecretsManager { id: id.clone(), key: None },
            Self::Parameter { .. } => self.clone(),
        }
    }

    /// The region that its ARN names; none if it is a name, which any region may have.
    pub fn region(&self) -> Option<&str> {
        self.name().strip_prefix("arn:")?.split(':').nth(2).filter(|region| !region.is_empty())
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SecretsManager { id, key: None } => write!(f, "secret {id}"),
            Self::SecretsManager { id, key: Some(key) } => write!(f, "key {key} of secret {id}"),
            Self::Parameter { name } => write!(f, "parameter {name}"),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(_) => f.write_str(engine::secret::MASK),
            Self::Kept(reference) => reference.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_aws_may_have_named_is_usable() {
        let is_usable =
            |id: &str| Reference::SecretsManager { id: id.into(), key: None }.is_usable();
        let arn =
            |region: &str| format!("arn:aws:secretsmanager:{region}:123456789012:secret:a-AbCdEf");
        for good in ["team/splunk", "a", &arn("us-gov-west-1"), &arn("")] {
            assert!(is_usable(good), "{good}");
        }
        let stranger = arn("x.example.org/");
        for bad in
            ["", "team/*", "a b", "a?", &"a".repeat(2049), &stranger, &arn("EU"), &arn("a@b")]
        {
            assert!(!is_usable(bad), "{bad}");
        }
    }
}
