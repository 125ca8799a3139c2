//! What AWS did not do.

use std::{error::Error as _, fmt};

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::causes::with_causes;

/// What to do where AWS was not reached, or somebody else answered.
const UNREACHED: &str = "check the network, the name of the region, and AWS_ENDPOINT_URL if it is \
                         set";

/// What AWS did not do, and what to do about it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AwsError {
    action: String,
    code: Option<String>,
    message: String,
    hint: Option<String>,
}

impl AwsError {
    pub(super) fn new(action: &str, message: impl Into<String>) -> Self {
        Self { action: action.into(), code: None, message: message.into(), hint: None }
    }

    pub(super) fn no_credentials() -> Self {
        let hint = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in \
                    with `aws sso login`";
        let error = Self::new("signing in to AWS", "there are no credentials");
        Self { hint: Some(hint.into()), ..error }
    }

    pub(super) fn credentials(error: &CredentialsError) -> Self {
        match error {
            CredentialsError::CredentialsNotLoaded(_) => Self::no_credentials(),
            _ => Self { message: with_causes(error), ..Self::no_credentials() },
        }
    }

    /// What a call failed with. `action` is its name in policies, such as `lambda:InvokeFunction`.
    pub fn of<E, R>(action: &str, error: &SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        R: fmt::Debug,
    {
        let mut source = error.source();
        while let Some(inner) = source {
            if let Some(credentials) = inner.downcast_ref::<CredentialsError>() {
                return Self::credentials(credentials);
            }
            source = inner.source();
        }
        let code = error.code().map(str::to_owned);
        let message = match (error.code(), error.message()) {
            (Some(code), Some(message)) => format!("{code}: {message}"),
            (Some(code), None) => code.to_owned(),
            (None, _) => with_causes(error),
        };
        let hint = match &code {
            Some(code) => hint(code, action),
            None => Some(UNREACHED.into()),
        };
        Self { action: action.into(), code, message, hint }
    }

    /// AWS's own name for what is wrong.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Whether it is not allowed.
    pub fn is_denied(&self) -> bool {
        self.code().is_some_and(is_denied)
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

fn is_denied(code: &str) -> bool {
    ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"].contains(&code)
}

fn hint(code: &str, action: &str) -> Option<String> {
    let expired = ["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId"];
    let unknown = ["UnrecognizedClientException", "InvalidSignatureException"];
    if is_denied(code) {
        let policy = "`prepare-lambda --print-policy` prints what is needed";
        Some(format!("the policy of this user or role must allow `{action}`; {policy}"))
    } else if expired.contains(&code) {
        Some("the credentials have expired or are not valid: sign in again".into())
    } else if unknown.contains(&code) {
        let region =
            "the credentials are not valid here, or the region is not enabled in the account";
        Some(region.into())
    } else {
        None
    }
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed: {}", self.action, self.message)
    }
}

impl std::error::Error for AwsError {}
