//! What can go wrong with an account, and what to do then.

use controller::{command, exit_code::ExitCode};
use serde_json::json;

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody says who is asking.
    #[error("there are no AWS credentials: {0}")]
    NoCredentials(String),
    /// They were valid once.
    #[error("the AWS credentials have expired")]
    Expired,
    /// AWS does not know them, in this region at least.
    #[error("{region}: AWS does not accept the credentials: {message}")]
    NotAccepted {
        /// Where.
        region: String,
        /// What AWS says.
        message: String,
    },
    /// They may not do this.
    #[error("{region}: {action} is denied: {message}")]
    Denied {
        /// Where.
        region: String,
        /// What was tried, as a policy names it.
        action: &'static str,
        /// With what, as an ARN.
        resource: String,
        /// What AWS says.
        message: String,
    },
    /// There was no answer.
    #[error("{region}: no answer from AWS to {action}: {message}")]
    Unreachable {
        /// Where.
        region: String,
        /// What was tried.
        action: &'static str,
        /// Why.
        message: String,
    },
    /// Something else.
    #[error("{region}: {action} failed: {message}")]
    Aws {
        /// Where.
        region: String,
        /// What was tried.
        action: &'static str,
        /// AWS's code of the error.
        code: String,
        /// What AWS says.
        message: String,
    },
    /// Someone else's has the name.
    #[error("{region}: there is a {kind} {name} that was not made for this load test")]
    Foreign {
        /// Where.
        region: String,
        /// What.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// AWS could not make a function of it.
    #[error("{region}: the function did not get ready: {reason}")]
    NotReady {
        /// Where.
        region: String,
        /// Why.
        reason: String,
    },
    /// It takes too long.
    #[error("{region}: the function is still {state}")]
    NotInTime {
        /// Where.
        region: String,
        /// What it is instead.
        state: String,
    },
    /// A region's task ended early.
    #[error("{region}: stopped unexpectedly: {message}")]
    Stopped {
        /// Where.
        region: String,
        /// Why.
        message: String,
    },
}

impl Error {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::NoCredentials(_) => {
                "`aws configure sso` or `aws configure` makes a profile, and \
                AWS_PROFILE names it; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY do as well"
                    .into()
            }
            Self::Expired => "sign in again (`aws sso login`), or export new ones".into(),
            Self::NotAccepted { region, .. } => format!(
                "look at AWS_PROFILE and the keys it stands for; if other regions accept them, \
                 {region} is not enabled in this account: enable it (Account settings, AWS \
                 Regions) or take it out of the profile's location"
            ),
            Self::Denied { action, resource, .. } => {
                let statement = json!({"Effect": "Allow", "Action": action, "Resource": resource});
                format!(
                    "add this statement to the policy of whoever runs this; `--print-policy` \
                     shows all that are needed:\n{statement:#}"
                )
            }
            Self::Unreachable { region, .. } => format!(
                "is this machine online, and is {region} a region of AWS? AWS_ENDPOINT_URL is \
                 honoured, and proxies are not"
            ),
            Self::Aws { action: "lambda:PutFunctionConcurrency", .. } => {
                "reserve less, or ask for more in this region (Service Quotas, AWS Lambda, \
                 Concurrent executions): AWS keeps 100 for everyone else"
                    .into()
            }
            Self::Aws { code, .. } => match code.as_str() {
                "ResourceConflictException" => {
                    "someone else is changing the function: try again when they are done".into()
                }
                "CodeStorageExceededException" => {
                    "delete functions or versions of functions that nobody needs".into()
                }
                "InvalidParameterValueException" => {
                    "is `role` one that lambda.amazonaws.com may assume, does the network exist in \
                     this region, and may this account have so much memory (new ones 3,008 MB)?"
                        .into()
                }
                _ => {
                    "nothing else is affected; what is missing is done by running this again".into()
                }
            },
            Self::Foreign { kind: "role", .. } => {
                "name a role of your own in the profile (`role`), or give the test another name"
                    .into()
            }
            Self::Foreign { .. } => "give the test another name".into(),
            Self::NotReady { .. } => {
                "mend what AWS says, then run this again; `--destroy` begins anew".into()
            }
            Self::NotInTime { .. } => "look at it in AWS's console, and run this again".into(),
            Self::Stopped { .. } => "run this again".into(),
        }
    }

    /// Whether this region cannot be looked into by whoever asks, which is as usual.
    pub(crate) fn is_closed_region(&self) -> bool {
        matches!(self, Self::NotAccepted { .. } | Self::Denied { .. })
    }
}

impl From<Error> for command::Error {
    fn from(error: Error) -> Self {
        Self::of(ExitCode::GENERATOR, &error).with_hint(error.hint())
    }
}
