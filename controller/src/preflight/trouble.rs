//! What keeps a run from starting.

use std::fmt;

use crate::{aws::AwsError, invoke::lambda::PingError, shown::shown};

/// What is wrong in a region, and what to do about it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Trouble {
    /// Where.
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
            let hint = format!(
                "the policy of this user or role must allow `lambda:InvokeFunction`; {} prints all \
                 that is needed",
                prepare(function, "--print-policy=run"),
            );
            return Self::new(region, text, &hint);
        }
        let hint = match error {
            PingError::Busy(_) => {
                "other functions of the account use up the region's concurrency, or the function's \
                 reserved concurrency is 0: wait, or ask AWS for more"
            }
            PingError::Refused(_) => {
                "are the credentials valid, and is the region enabled in the account?"
            }
            PingError::Silent(_) => "is the network there, and the region enabled?",
            PingError::Other(_) => {
                "it is not this tool's, or does not start: its log in CloudWatch tells more"
            }
        };
        Self::new(region, text, hint)
    }
}

/// The command that prepares a test's functions, as a person types it.
pub(crate) fn prepare(test: &str, actions: &str) -> String {
    format!("`prepare-lambda {test} {actions}`")
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Some of it is what somebody else answered.
        write!(f, "{}: {}", self.region, shown(&self.message))?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "\n  hint: {hint}"))
    }
}
