//! What keeps a run from starting.

use std::fmt;

use crate::{aws::AwsError, invoke::lambda::PingError, shown::shown};

/// What is wrong in a region, and what to do about it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Trouble {
    /// Where: a region, or several.
    pub region: String,
    /// What.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Trouble {
    pub(super) fn new(region: &str, message: impl Into<String>, hint: &str) -> Self {
        Self { region: region.into(), message: message.into(), hint: Some(hint.into()) }
    }

    pub(super) fn aws(region: &str, error: &AwsError) -> Self {
        let hint = error.hint().map(str::to_owned);
        Self { region: region.into(), message: error.to_string(), hint }
    }

    pub(crate) fn ping(region: &str, function: &str, error: &PingError) -> Self {
        let text = error.to_string();
        if text.contains("ResourceNotFoundException") {
            let message = format!("there is no function `{function}`");
            let hint = format!("{} makes it", prepare(function, "--build --upload"));
            return Self::new(region, message, &hint);
        }
        if text.contains("AccessDenied") {
            let hint = "the policy of this user or role must allow `lambda:InvokeFunction`; \
                        `prepare-lambda --print-policy` prints all that is needed";
            return Self::new(region, text, hint);
        }
        let hint = match error {
            PingError::Busy(_) => {
                "other functions of the account use up the region's concurrency, or the function's \
                 reserved concurrency is 0: wait, or ask AWS for more"
                    .into()
            }
            PingError::Refused(_) => {
                "are the credentials valid, and is the region enabled in the account?".into()
            }
            PingError::Silent(_) => {
                "check the network, whether the region is enabled, and AWS_ENDPOINT_URL if it is set"
                    .into()
            }
            PingError::Other(_) => format!(
                "it is not this tool's, or does not start: its log in CloudWatch tells more, and {} \
                 replaces it",
                prepare(function, "--build --upload")
            ),
        };
        Self::new(region, text, &hint)
    }
}

/// The command that prepares a test's functions, as a person types it.
pub(crate) fn prepare(test: &str, actions: &str) -> String {
    format!("`prepare-lambda {test} {actions}`")
}

/// What to do where a function cannot read a secret.
pub(crate) fn grant(test: &str) -> String {
    format!(
        "is it there, in this region? {} lets the function read it; a role of your own, and a key of \
         your own (kms:Decrypt), must allow that themselves",
        prepare(test, "--upload")
    )
}

/// The same trouble in several regions becomes one.
pub(super) fn merged(mut troubles: Vec<Trouble>) -> Vec<Trouble> {
    troubles.sort_by(|a, b| a.region.cmp(&b.region));
    let mut merged: Vec<Trouble> = Vec::new();
    for trouble in troubles {
        let same = |other: &&mut Trouble| {
            (&other.message, &other.hint) == (&trouble.message, &trouble.hint)
        };
        match merged.iter_mut().find(same) {
            Some(other) => other.region = format!("{}, {}", other.region, trouble.region),
            None => merged.push(trouble),
        }
    }
    merged
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Some of it is what somebody else answered.
        write!(f, "{}: {}", self.region, shown(&self.message))?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "\n    hint: {hint}"))
    }
}
